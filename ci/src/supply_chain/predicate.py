"""A document that is to be attested: what it must be before anything is signed."""

import json

import dagger

from supply_chain.errors import PredicateInvalid
from supply_chain.faults import failing_as


async def check_predicate(predicate: dagger.File) -> None:
    """PredicateInvalid unless the file holds a JSON object."""
    with failing_as(PredicateInvalid, "the predicate cannot be read"):
        text = await predicate.contents()
    try:
        content = json.loads(text)
    except ValueError as error:
        raise PredicateInvalid("the predicate is not JSON", why=str(error)) from None
    if not isinstance(content, dict):
        raise PredicateInvalid("the predicate is not a JSON object", why=f"it is a {type(content).__name__}")
