"""A version names one image for ever: adopted when it is this commit's own, else refused; and `latest`."""

import pytest

from .harness import Done, Engine
from .releasing import REVISION, VERSION, Caller, Release

USAGE, REGISTRY_FAILED, PASSED = 2, 13, 0
OTHER = "f" * 40


def _repeated(caller: Caller, engine: Engine, *flags: str) -> Done:
    return caller.release(engine, *caller.flags(), *flags)


def test_the_same_commit_adopts_what_is_there_and_finishes_its_tags(
    caller: Caller, engine: Engine, release: Release
) -> None:
    """As after a crash between two tags: the rebuild might have another digest, and must not matter."""
    digest, tag = release.evidence.image_digest(), f"sha-{REVISION[:7]}"
    caller.registry.let_another_have(tag)
    done = _repeated(caller, engine, "--revision", REVISION)
    done.expect(PASSED, f"# Release of {VERSION}: passed", "adopted", digest)
    assert "build" not in _steps(done)
    assert caller.registry.digest(tag) == caller.registry.digest(VERSION) == digest


def test_another_commit_is_refused_and_nothing_moves(
    caller: Caller, engine: Engine, release: Release
) -> None:
    before = caller.registry.content()
    done = _repeated(caller, engine, "--revision", OTHER)
    done.expect(REGISTRY_FAILED, "VersionExists", release.evidence.image_digest(), REVISION, OTHER)
    assert caller.registry.content() == before


def test_an_unknown_commit_is_refused(caller: Caller, engine: Engine, release: Release) -> None:
    done = _repeated(caller, engine)
    done.expect(REGISTRY_FAILED, "VersionExists", release.evidence.image_digest(), "--git", "what to do")


def test_an_image_that_nobody_signed_is_not_adopted(caller: Caller, engine: Engine, release: Release) -> None:
    caller.registry.let("7.0.0", release.evidence.image_digest())
    caller.registry.let_another_have("7.0.0")
    done = caller.release(engine, *caller.flags("7.0.0"), "--revision", REVISION)
    done.expect(REGISTRY_FAILED, "VersionExists", "does not verify")


def test_a_version_that_somebody_else_took_meanwhile_is_left_alone(
    caller: Caller, engine: Engine, release: Release
) -> None:
    """Between the first look and the last: the run ends with an error, its image untagged."""
    command = (*caller.login, "release", *caller.flags("3.0.0"), "--reference", _first(caller, release))
    running = engine.begin("call", *engine.module_flags, *command, env=caller.secrets)
    running.wait_until_it_says("crane push")
    caller.registry.let("3.0.0", release.evidence.image_digest())
    caller.registry.let_another_have("3.0.0")
    taken = caller.registry.digest("3.0.0")
    running.wait().expect(REGISTRY_FAILED, "TagMoved", taken)
    assert caller.registry.digest("3.0.0") == taken


@pytest.mark.parametrize(
    ("version", "moves"), [("1.0.0", False), ("2.0.0-rc.1", False), ("10.0.0", True)], ids=str
)
def test_latest_names_the_highest_stable_version(
    caller: Caller, engine: Engine, version: str, moves: bool
) -> None:
    """The image is given, so that each version has a digest of its own without a build."""
    before = caller.registry.digest("latest")
    caller.registry.let_another_have("source")
    given = ("--reference", f"{caller.registry.repository}:source")
    done = caller.release(engine, *caller.flags(version), *given).expect(PASSED)
    assert caller.registry.digest(version) in done.stdout
    after = caller.registry.digest("latest")
    assert (after != before) is moves
    assert (after == caller.registry.digest(version)) is moves


@pytest.fixture(autouse=True)
def _source(caller: Caller, release: Release) -> None:
    """An image to give."""
    caller.registry.let("source", release.evidence.image_digest())


@pytest.mark.parametrize("version", ["latest", "main", "sha-0123456", "1.0+build", "v", "1.0 final"])
def test_what_is_no_version(engine: Engine, version: str) -> None:
    engine.call("release", "--version", version).expect(USAGE, "BadVersion", "what to do")


def _first(caller: Caller, release: Release) -> str:
    return f"{caller.registry.repository}@{release.evidence.image_digest()}"


def _steps(done: Done) -> list[str]:
    return [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ")]
