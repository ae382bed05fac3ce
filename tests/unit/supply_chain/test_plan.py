"""What is refused before any work, and what a reader is told beforehand."""

from typing import Any, cast

import dagger
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import BadVersion, CredentialsIncomplete, SignerMissing
from supply_chain.images import Images
from supply_chain.models.database import Database
from supply_chain.models.outcome import Mode
from supply_chain.models.verification import SIGNATURE_TYPE, Verification
from supply_chain.plan import REHEARSED_VERSION, Build, Plan, Request, check_secrets, tags_of, version_of
from supply_chain.registry import REHEARSAL
from supply_chain.release import notices, statements
from supply_chain.vulnerability_db import VulnerabilityDb

SECRET = cast("dagger.Secret", object())
DIRECTORY = cast("dagger.Directory", object())


def request(**facts: Any) -> Request:
    known: dict[str, Any] = {
        "build": Build(DIRECTORY),
        "images": Images.pinned(),
        "repository": "",
        "db": None,
    }
    secrets = {"key": None, "key_password": None, "registry_username": "", "registry_password": None}
    return Request(**known | secrets | {"allow_sample_db": False} | facts)


def plan(mode: Mode, db: VulnerabilityDb | None = None, **facts: Any) -> Plan:
    return Plan(request=request(**facts), mode=mode, repository=REHEARSAL, tags=("1.0",), db=db)


def test_the_versions_tag_is_the_last() -> None:
    assert tags_of(Build(DIRECTORY, version="1.0", revision="0123456789")) == ("sha-0123456", "1.0")
    assert tags_of(Build(DIRECTORY, version="1.0")) == ("1.0",)


def test_only_a_rehearsal_may_go_without_a_version() -> None:
    assert version_of("", rehearsal=True) == REHEARSED_VERSION
    assert version_of("1.0", rehearsal=False) == "1.0"
    with pytest.raises(BadVersion, match="needs a version"):
        version_of("", rehearsal=False)


def test_a_real_release_is_never_left_unsigned() -> None:
    with pytest.raises(SignerMissing, match="needs a signer"):
        check_secrets(request(), rehearsal=False)
    check_secrets(request(), rehearsal=True)
    check_secrets(request(key=SECRET, key_password=SECRET), rehearsal=False)


@settings(max_examples=16, deadline=None)
@given(st.booleans(), st.booleans(), st.booleans())
def test_half_a_key_is_refused_everywhere(key: bool, password: bool, rehearsal: bool) -> None:
    given_secrets = request(key=SECRET if key else None, key_password=SECRET if password else None)
    if key != password:
        with pytest.raises(SignerMissing, match="needs its password"):
            check_secrets(given_secrets, rehearsal=rehearsal)


@pytest.mark.parametrize("half", [{"registry_username": "me"}, {"registry_password": SECRET}])
def test_half_a_login_is_refused(half: dict[str, Any]) -> None:
    with pytest.raises(CredentialsIncomplete):
        check_secrets(request(**half), rehearsal=True)


def test_a_rehearsal_says_what_it_does_not_prove() -> None:
    updated_at = cast("Any", "2026-11-23T00:00:00Z")
    record = Database(source="given", digest=f"sha256:{'0' * 64}", updated_at=updated_at, sample=True)
    said = " ".join(notices(plan(Mode.REHEARSAL, db=VulnerabilityDb(DIRECTORY, record))))
    for told in ("rehearsal", "made for this run", "sample"):
        assert told in said


def test_stand_ins_are_named() -> None:
    pinned = Images.pinned()
    images = pinned.model_copy(update={"crane": pinned.crane.model_copy(update={"stand_in_for": "crane"})})
    assert notices(plan(Mode.RELEASE, images=images, key=SECRET))[-1].endswith("official images: crane")


def test_a_real_release_has_nothing_to_add() -> None:
    assert notices(plan(Mode.RELEASE, key=SECRET)) == ()


def test_every_verified_statement_is_recorded() -> None:
    proven = Verification(image="x", signer="key sha256:0", signatures=2, attestations=("https://a",))
    recorded = statements(proven)
    assert [signed.predicate_type for signed in recorded["signatures"]] == [SIGNATURE_TYPE] * 2
    assert [signed.predicate_type for signed in recorded["attestations"]] == ["https://a"]
