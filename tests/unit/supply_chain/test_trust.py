"""What a verifier trusts: its name for people, its files for strangers, its flags for cosign."""

import hashlib
from typing import cast

import dagger
import pytest

from supply_chain.models.signers import key_name
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.tools import cosign
from supply_chain.trust import Trust
from unit.supply_chain.attesting import PUBLIC_KEY
from unit.supply_chain.engine import Container, bad, content
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.provenances import PLACE

IDENTITY = VerificationPolicy.parse("", {"identity": PLACE.workflow, "issuer": PLACE.issuer})
PATTERN = VerificationPolicy.parse(
    "",
    {
        "identity_regexp": r"^https://github\.com/acme/.*$",
        "issuer_regexp": r"^https://issuer\.acme\.example$",
    },
)
KEY = VerificationPolicy.parse("", {"public_key": PUBLIC_KEY})


def files_in(trust: Trust) -> dict[str, str]:
    """What cosign finds in a container."""
    equipped = trust.equip(cast("dagger.Container", Container(lambda *_: bad("nobody is asked"))))
    return content(equipped)


def test_a_key_is_named_by_its_digest_as_a_verification_names_it() -> None:
    assert Trust(KEY).name == f"key sha256:{hashlib.sha256(PUBLIC_KEY.encode()).hexdigest()}"
    assert Trust(KEY).name == key_name(PUBLIC_KEY)


def test_an_identity_is_named_with_who_vouches_for_it() -> None:
    assert Trust(IDENTITY).name == f"{PLACE.workflow}, vouched for by {PLACE.issuer}"
    assert Trust(PATTERN).name == (
        r"^https://github\.com/acme/.*$, vouched for by ^https://issuer\.acme\.example$"
    )


def test_a_stranger_gets_what_he_needs_beside_the_bundles() -> None:
    assert Trust(KEY).files == {"cosign.pub": PUBLIC_KEY}
    assert Trust(IDENTITY, "root").files == {"sigstore/trusted_root.json": "root"}
    assert Trust(IDENTITY).files == {}, "the public root comes from Sigstore itself, not from us"


@pytest.mark.parametrize("trust", [Trust(KEY), Trust(KEY, "root"), Trust(IDENTITY, "root"), Trust(IDENTITY)])
def test_every_file_that_a_flag_names_is_there(trust: Trust) -> None:
    named = {word for word in trust.flags if word.startswith("/")}
    assert named <= files_in(trust).keys()


def test_flags_are_those_of_the_anchor() -> None:
    assert Trust(KEY).flags == cosign.anchor_flags(KEY, private=False)
    assert Trust(IDENTITY, "root").flags == cosign.anchor_flags(IDENTITY, private=True)
    assert Trust(IDENTITY).flags == cosign.anchor_flags(IDENTITY, private=False)


def test_a_key_is_checked_without_any_service() -> None:
    assert files_in(Trust(KEY)) == cosign.NO_SERVICES | {cosign.key_file(PUBLIC_KEY): PUBLIC_KEY}


def test_the_public_sigstore_leaves_its_root_to_cosign() -> None:
    assert files_in(Trust(IDENTITY)) == {}
    assert files_in(Trust(IDENTITY, "root")) == {cosign.TRUSTED_ROOT: "root"}


@pytest.mark.parametrize("policy", [IDENTITY, KEY])
def test_a_whole_commit_is_required_and_a_short_one_says_nothing(policy: VerificationPolicy) -> None:
    trust = Trust(policy, "root")
    strict = trust.of_commit(COMMIT)
    assert strict.policy.commit == COMMIT
    assert (strict.flags, strict.trusted_root) == (trust.flags, "root")
    for unknown in ("", COMMIT[:7], f"{COMMIT}-dirty"):
        assert trust.of_commit(unknown) == trust
