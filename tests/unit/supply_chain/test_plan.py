"""What is refused before any work, and what a reader is told beforehand."""

from typing import Any, cast

import dagger
import pytest

from supply_chain.errors import BadReference, BadVersion, GitInvalid, InputAmbiguous
from supply_chain.git_facts import Commit
from supply_chain.images import Images
from supply_chain.inputs import Given
from supply_chain.models.database import Database
from supply_chain.models.mode import Mode
from supply_chain.models.policy import Policy
from supply_chain.models.version import Version
from supply_chain.notices import notices
from supply_chain.plan import REHEARSED_VERSION, Plan, Request, version_of
from supply_chain.project import Project
from supply_chain.registry import REHEARSAL
from supply_chain.signing import Signing
from supply_chain.vulnerability_db import VulnerabilityDb

SECRET = cast("dagger.Secret", object())
BY_KEY = Signing(key=SECRET, key_password=SECRET)
DIRECTORY = cast("dagger.Directory", object())
COMMIT = "0123456789abcdef"


def request(images: Images | None = None, **facts: Any) -> Request:
    return Request(project=Project(images=images or Images.pinned()), **facts)


def plan(mode: Mode, db: VulnerabilityDb | None = None, commit: Commit | None = None, **facts: Any) -> Plan:
    version = Version.parse("1.0")
    return Plan(request(**facts), mode, REHEARSAL, version, commit or Commit(), Policy(), db)


def test_only_a_rehearsal_may_go_without_a_version() -> None:
    assert version_of("", rehearsal=True).tag == REHEARSED_VERSION
    assert version_of("1.0", rehearsal=False).tag == "1.0"
    with pytest.raises(BadVersion, match="needs a version"):
        version_of("", rehearsal=False)


def test_an_image_is_given_in_one_way_or_none() -> None:
    assert Given.of(None, None, "").is_source
    assert not Given.of(None, None, "ghcr.io/acme/inventory:1.0").is_source
    with pytest.raises(InputAmbiguous, match="--tarball and --reference"):
        Given.of(None, cast("dagger.File", object()), "ghcr.io/acme/inventory:1.0")
    with pytest.raises(BadReference):
        Given.of(None, None, "ghcr.io/acme/inventory")


def test_a_changed_source_is_not_called_by_its_commit_alone() -> None:
    assert Commit(COMMIT, dirty=False).described == COMMIT
    assert Commit(COMMIT, dirty=True).described == f"{COMMIT}-dirty"
    assert Commit(COMMIT).described == COMMIT
    assert Commit().described == ""


def test_the_callers_commit_and_gits_are_one() -> None:
    commit = Commit(COMMIT)
    assert commit.named("") is commit
    assert commit.named(COMMIT[:7]) is commit
    with pytest.raises(GitInvalid, match="is not the commit"):
        commit.named("fedcba9")


def test_a_rehearsal_says_what_it_does_not_prove() -> None:
    updated_at = cast("Any", "2026-11-23T00:00:00Z")
    record = Database(source="given", digest=f"sha256:{'0' * 64}", updated_at=updated_at, sample=True)
    commit = Commit(COMMIT, dirty=True)
    said = " ".join(notices(plan(Mode.REHEARSAL, db=VulnerabilityDb(DIRECTORY, record), commit=commit)))
    for told in ("a rehearsal", "its Sigstore were made for this run", "sample", "not what was committed"):
        assert told in said


def test_stand_ins_are_named() -> None:
    pinned = Images.pinned()
    images = pinned.model_copy(update={"crane": pinned.crane.model_copy(update={"stand_in_for": "crane"})})
    assert notices(plan(Mode.RELEASE, images=images, signing=BY_KEY))[-1].endswith("official images: crane")


def test_a_real_release_has_nothing_to_add() -> None:
    assert notices(plan(Mode.RELEASE, signing=BY_KEY, commit=Commit(COMMIT, dirty=False))) == ()


def test_a_rehearsal_with_the_callers_own_signer_does_not_call_it_made_up() -> None:
    said = " ".join(notices(plan(Mode.REHEARSAL, signing=BY_KEY)))
    assert "a rehearsal" in said
    assert "made for this run" not in said
