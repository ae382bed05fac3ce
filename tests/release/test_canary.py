"""Key, passwords and login turn up nowhere: in no command line, file or log."""

import base64

import pytest

from .canary import KEY_PASSWORD, REGISTRY_PASSWORD, files_since
from .harness import Engine
from .private_registry import USER
from .releasing import Caller, Release

pytestmark = pytest.mark.alone  # files that somebody else writes or removes meanwhile cannot be read


def test_the_search_finds_secrets_as_written_and_inside_base64(caller: Caller) -> None:
    login = base64.b64encode(f"{USER}:{REGISTRY_PASSWORD}".encode())
    assert caller.needles.within(b"x" + login + b"x")
    assert caller.needles.within(f"--password={KEY_PASSWORD}".encode())
    assert caller.needles.within(caller.key.read_bytes())
    assert not caller.needles.within(caller.public_key.read_bytes())


def test_no_command_line_held_a_secret(caller: Caller, release: Release) -> None:
    seen = release.watch.seen
    assert any(b"podman" in argv for argv in seen), "the watch saw nothing of the run"
    assert [caller.needles.within(argv) for argv in seen if caller.needles.within(argv)] == []


def test_no_command_line_of_podman_held_a_secret(caller: Caller, release: Release) -> None:
    assert release.recorder.containers()
    argvs = release.recorder.argvs()
    assert any("COSIGN_PRIVATE_KEY" in argument for argv in argvs for argument in argv), (
        "no key was handed over"
    )
    assert [argv for argv in argvs if caller.needles.within("\n".join(argv).encode())] == []


def test_nothing_printed_held_a_secret(caller: Caller, release: Release) -> None:
    for done in (release.candidate, release.verdict):
        assert caller.needles.within(done.said.encode()) == []


@pytest.mark.parametrize("place", ["store", "evidence", "registry", "temporary"])
def test_no_file_holds_a_secret(caller: Caller, engine: Engine, release: Release, place: str) -> None:
    folder = {
        "store": engine.store,
        "evidence": release.evidence.path,
        "registry": caller.registry.storage,
        "temporary": engine.temporary,
    }[place]
    files = files_since(folder, release.began)
    assert files or place == "temporary", f"nothing was written to {folder}"
    assert caller.needles.in_files(files) == []
