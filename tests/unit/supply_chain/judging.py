"""Policies and certificates for runs in one place or another, and how a judgement must end."""

from typing import Any

import pytest
from cryptography import x509

from supply_chain import errors
from supply_chain.models.identity import Claims
from supply_chain.models.place import Place, place_of
from supply_chain.models.verification import judged
from supply_chain.models.verification_policy import VerificationPolicy
from unit.supply_chain.attesting import (
    certificate,
    facts,
)
from unit.supply_chain.identities import JOB
from unit.supply_chain.provenances import PLACE

URI = x509.UniformResourceIdentifier


def policy(place: Place = PLACE, **fields: Any) -> VerificationPolicy:
    """A policy that trusts the run in that place."""
    return VerificationPolicy.parse("", {"identity": place.workflow, "issuer": place.issuer} | fields)


def place(**claims: Any) -> Place:
    """A place of a run in GitHub with other claims."""
    return place_of(Claims.model_validate(JOB | claims), rehearsal=claims.get("rehearsal", False))


def of(here: Place, **said: str) -> bytes:
    """The certificate of a run in that place."""
    return certificate(facts(here, **said), names=(URI(here.workflow),))


def refused(kind: type[errors.SupplyChainError], *args: Any) -> errors.SupplyChainError:
    """The error that a judgement ends with, which must be of exactly that name."""
    with pytest.raises(errors.VerificationFailed) as raised:
        judged(*args)
    assert type(raised.value) is kind, raised.value.message
    assert raised.value.what
    assert raised.value.advice != errors.VerificationFailed.default_advice
    return raised.value
