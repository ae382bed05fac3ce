"""Which signer a run has, refused before any work where there is none, half a one, or one too many."""

import json
import re
from typing import cast

import anyio
import dagger
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import InputAmbiguous, SignerMissing, SignerRefused, SupplyChainError
from supply_chain.identity import Identity
from supply_chain.images import Images
from supply_chain.models.identity import AUDIENCE, Claims
from supply_chain.models.place import Kind, place_of
from supply_chain.patience import Patience
from supply_chain.signer import KeySigner
from supply_chain.signing import Signing, _claims, signer_of
from supply_chain.tools import sigstore_servers
from unit.supply_chain.engine import secret
from unit.supply_chain.identities import COMMIT

SECRET = secret("x")
SIGSTORE = cast("dagger.Directory", object())
IDENTITY = cast("Identity", object())
ISSUER = "http://issuer:8080"


def said(signing: Signing, *, rehearsal: bool) -> tuple[type[SupplyChainError], str] | None:
    """How it is refused; None where it is not."""
    try:
        signing.check(rehearsal=rehearsal)
    except SupplyChainError as error:
        return type(error), error.what
    return None


def test_a_real_release_is_never_left_unsigned() -> None:
    assert said(Signing(), rehearsal=False) == (SignerMissing, "a release to a repository needs a signer")
    assert "with-identity" in SignerMissing.default_advice
    for signing in (Signing(key=SECRET, key_password=SECRET), Signing(identity=IDENTITY)):
        assert said(signing, rehearsal=False) is None


def test_a_rehearsal_makes_a_signer_of_its_own_or_takes_a_key() -> None:
    assert said(Signing(), rehearsal=True) is None
    assert Signing().is_throw_away
    by_key = Signing(key=SECRET, key_password=SECRET)
    assert said(by_key, rehearsal=True) is None
    assert not by_key.is_throw_away


def test_a_rehearsal_leaves_no_trace_in_the_public_log() -> None:
    """What the public Sigstore logs of an identity, it logs for ever."""
    assert said(Signing(identity=IDENTITY), rehearsal=True) == (
        SignerRefused,
        "a rehearsal does not sign with a real identity at the public Sigstore",
    )
    assert said(Signing(identity=IDENTITY, sigstore=SIGSTORE), rehearsal=True) is None
    assert "with-identity" in SignerRefused.default_advice


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_key_and_an_identity_are_one_too_many(rehearsal: bool) -> None:
    both = Signing(key=SECRET, key_password=SECRET, identity=IDENTITY, sigstore=SIGSTORE)
    assert said(both, rehearsal=rehearsal) == (InputAmbiguous, "a key and an identity were given")
    with pytest.raises(InputAmbiguous) as refused:
        both.check(rehearsal=rehearsal)
    assert "--image" not in refused.value.advice


@settings(max_examples=64, deadline=None)
@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_half_a_key_is_refused_everywhere_and_all_else_is_one_whole_signer(
    key: bool, password: bool, identity: bool, sigstore: bool, rehearsal: bool
) -> None:
    signing = Signing(
        key=SECRET if key else None,
        key_password=SECRET if password else None,
        identity=IDENTITY if identity else None,
        sigstore=SIGSTORE if sigstore else None,
    )
    refused = said(signing, rehearsal=rehearsal)
    if key != password:
        assert refused == (SignerMissing, "a private key needs its password, and the other way round")
    elif refused is None:
        assert key + identity == 1 or (rehearsal and signing.is_throw_away)


def test_the_callers_key_is_the_signer() -> None:
    async def main() -> None:
        async with signer_of(
            Signing(key=SECRET, key_password=SECRET), Images.pinned(), Patience(), COMMIT
        ) as made:
            assert made == KeySigner(SECRET, SECRET)

    anyio.run(main)


def test_without_a_signer_nobody_signs() -> None:
    async def main() -> None:
        await Signing().given(Images.pinned(), Patience())

    with pytest.raises(SignerMissing):
        anyio.run(main)


def wanted() -> set[str]:
    """Claims that Fulcio writes into certificates, and refuses a token without."""
    [workflow] = json.loads(sigstore_servers.fulcio_config(ISSUER))["CIIssuerMetadata"].values()
    templates = [workflow["SubjectAlternativeNameTemplate"], *workflow["ExtensionTemplates"].values()]
    named = [re.findall(r"\.(\w+)", one) if "{{" in one else [one] for one in templates]
    return {claim for claims in named for claim in claims} - set(workflow["DefaultTemplateValues"])


def test_a_rehearsals_token_says_all_that_fulcio_wants() -> None:
    assert {"repository_visibility", "workflow_sha", "run_attempt"} <= wanted()
    assert wanted() <= _claims(COMMIT).keys()
    assert all(_claims("").values())


@pytest.mark.parametrize("revision", [COMMIT, ""])
def test_a_rehearsals_token_is_of_a_job_that_there_is_not(revision: str) -> None:
    facts = {"iss": ISSUER, "sub": "rehearsal", "aud": AUDIENCE, "exp": 1}
    place = place_of(Claims.model_validate(_claims(revision) | facts), rehearsal=True)
    assert place.kind is Kind.REHEARSAL
    assert place.commit == (revision or "0" * 40)
    assert place.workflow == (
        "https://rehearsal.example/rehearsal/release/.github/workflows/release.yml@refs/heads/rehearsal"
    )
    assert "github.com" not in place.model_dump_json()
