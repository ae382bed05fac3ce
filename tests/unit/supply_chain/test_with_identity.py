"""What a caller says of an identity: kept for the functions that follow, or refused at once."""

from typing import Any, cast

import anyio
import pytest

from supply_chain.faults import Fault
from supply_chain.identity import GivenToken, RequestedToken
from supply_chain.keyless import Named
from supply_chain.main import SupplyChain
from supply_chain.signing import Signing
from unit.supply_chain.engine import directory, secret

URL, BEARER, TOKEN = secret("https://ci.example"), secret("x"), secret("a.b.c")


def signing(*calls: dict[str, Any]) -> Signing:
    """The signer after calls of with-identity."""

    async def main() -> Signing:
        # Dagger's decorators leave no types to go by.
        module = cast("Any", SupplyChain)(source=directory({}))
        for said in calls:
            module = await module.with_identity(**said)
        made: Signing = await module._signing(None, None)
        return made

    return anyio.run(main)


def refusal(**said: Any) -> str:
    with pytest.raises(Fault) as caught:
        signing(said)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_token_or_the_leave_to_ask_for_one_is_kept_with_what_is_said_of_it() -> None:
    given = signing({"token": TOKEN, "subject": "me@acme.example", "issuer": "https://acme.example"})
    assert given.identity == GivenToken(TOKEN)
    assert given.named == Named("me@acme.example", "https://acme.example")
    asked = signing({"request_url": URL, "request_token": BEARER})
    assert asked.identity == RequestedToken(URL, BEARER)
    assert asked.named == Named()


def test_an_identity_that_is_none_is_refused_where_it_is_given() -> None:
    assert "no identity was given" in refusal()
    assert "no identity was given" in refusal(subject="me@acme.example")


def test_half_an_identity_and_two_are_refused() -> None:
    assert "needs its request token" in refusal(request_url=URL)
    assert "needs its request token" in refusal(request_token=BEARER)
    assert "two identities" in refusal(token=TOKEN, request_url=URL, request_token=BEARER)


def test_the_last_identity_counts_and_nothing_of_the_one_before() -> None:
    last = signing({"token": TOKEN, "subject": "first"}, {"request_url": URL, "request_token": BEARER})
    assert (last.identity, last.named) == (RequestedToken(URL, BEARER), Named())


def test_without_it_nobody_is_named() -> None:
    assert signing() == Signing()
