"""Identities as a caller gives them: in one way or none, and never more of them than cosign must have."""

from typing import cast

import anyio
import dagger
import pytest

from supply_chain.errors import IdentityInvalid, IdentityUnavailable, InternalError
from supply_chain.identity import GivenToken, Identity, RequestedToken, identity_of
from supply_chain.identity import _refusal as refusal
from supply_chain.images import Images
from supply_chain.models.identity import Claims
from supply_chain.scripts.identity import OUTAGE, REFUSED
from unit.supply_chain.identities import JOB, token


class Text:
    """A secret as the engine hands it out."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def plaintext(self) -> str:
        """Its value."""
        return self.text


class Variables:
    """A container that only takes secret variables."""

    def __init__(self, **there: str) -> None:
        self.there = there

    def with_secret_variable(self, name: str, secret: Text) -> "Variables":
        """The container with one more."""
        return Variables(**self.there | {name: secret.text})


def secret(text: str) -> dagger.Secret:
    return cast("dagger.Secret", Text(text))


def given(
    token: dagger.Secret | None, url: dagger.Secret | None, bearer: dagger.Secret | None
) -> Identity | None:
    return anyio.run(identity_of, token, url, bearer)


def variables(identity: Identity | None) -> dict[str, str]:
    """What cosign finds in its environment."""
    assert identity
    return cast("Variables", identity.equip(cast("dagger.Container", Variables()))).there


def test_a_token_is_given_or_asked_for_or_there_is_none() -> None:
    assert isinstance(given(secret("a.b.c"), None, None), GivenToken)
    assert isinstance(given(None, secret("https://ci"), secret("x")), RequestedToken)
    assert given(None, None, None) is None


def test_half_a_way_is_refused() -> None:
    for half in ((None, secret("x"), None), (None, None, secret("x"))):
        with pytest.raises(IdentityInvalid, match="needs its request token"):
            given(*half)


def test_two_ways_are_refused() -> None:
    for two in ((secret("a"), secret("b"), secret("c")), (secret("a"), secret("b"), None)):
        with pytest.raises(IdentityInvalid, match="two identities"):
            given(*two)


def test_cosign_finds_its_token_where_it_looks() -> None:
    """pkg/cosign/env/env.go of cosign 3.1.3; for either it needs nothing else."""
    assert variables(given(secret("a.b.c"), None, None)) == {"SIGSTORE_ID_TOKEN": "a.b.c"}
    assert variables(given(None, secret("https://ci"), secret("x"))) == {
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://ci",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
    }


def test_the_end_of_a_files_line_is_not_part_of_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    class Engine:
        def set_secret(self, name: str, text: str) -> dagger.Secret:
            assert text not in name
            return secret(text)

    monkeypatch.setattr("supply_chain.identity.dag", Engine())
    assert variables(given(secret("a.b.c\n"), None, None)) == {"SIGSTORE_ID_TOKEN": "a.b.c"}


def test_a_token_that_was_given_is_read_here() -> None:
    identity = given(secret(token(JOB)), None, None)
    assert identity
    assert anyio.run(identity.claims, Images.pinned(), {}) == Claims.model_validate(JOB)


def test_a_token_that_is_none_is_refused() -> None:
    identity = given(secret("of no importance"), None, None)
    assert identity
    with pytest.raises(IdentityInvalid, match="is no JWT"):
        anyio.run(identity.claims, Images.pinned(), {})


def test_a_refusal_an_outage_and_a_bug_are_told_apart() -> None:
    refused, outage, bug = (refusal(code, "it answered 403 Forbidden\n") for code in (REFUSED, OUTAGE, 1))
    assert (type(refused), refused.exit_code) == (IdentityInvalid, 2)
    assert (type(outage), outage.exit_code) == (IdentityUnavailable, 17)
    assert (type(bug), bug.exit_code) == (InternalError, 70)
    assert refused.why == "it answered 403 Forbidden"
    assert "id-token: write" in refused.message
