"""Key, passwords, login and identity tokens turn up nowhere: in no command line, file or log."""

import base64
import time
from dataclasses import dataclass

import pytest

from .canary import KEY_PASSWORD, REGISTRY_PASSWORD, Needles, Watch, files_since
from .harness import Done, Engine
from .keyless import BY_REQUEST, BY_TOKEN, Releaser
from .private_registry import USER
from .private_sigstore import REQUEST_TOKEN, PrivateSigstore
from .recorder import Recorder
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


def test_no_command_line_of_podman_or_the_runtime_held_a_secret(caller: Caller, release: Release) -> None:
    assert release.recorder.containers()
    assert "COSIGN_PRIVATE_KEY" in release.recorder.variables(), "no key was handed over"
    argvs = release.recorder.argvs()
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


@dataclass(frozen=True)
class Keyless:
    """Signing with a token, and with one that the run asked for itself, watched."""

    runs: tuple[Done, Done]
    needles: Needles
    began: float
    watch: Watch
    recorder: Recorder


@pytest.fixture(scope="module")
def keyless(
    engine: Engine,
    caller: Caller,
    private_sigstore: PrivateSigstore,
    release: Release,
    tmp_path_factory: pytest.TempPathFactory,
) -> Keyless:
    """The image of the release is signed once more, by an identity."""
    folder, began = tmp_path_factory.mktemp("keyless"), time.time()
    releaser, recorder = Releaser.made(engine, caller, private_sigstore, folder), Recorder.made_in(folder)
    token = private_sigstore.token()
    command = ("sign", "--reference", f"{caller.registry.repository}@{release.evidence.image_digest()}")
    with Watch.running() as watch:
        runs = tuple(
            releaser.call(*command, identity=identity, token=token, variables=recorder.env).expect(0)
            for identity in (BY_TOKEN, BY_REQUEST)
        )
    # All tokens of an issuer begin alike, those that cosign asked for too.
    needles = Needles.of(token, token.partition(".")[0], REQUEST_TOKEN)
    return Keyless((runs[0], runs[1]), needles, began, watch, recorder)


def test_no_command_line_held_a_token(keyless: Keyless) -> None:
    assert any(b"podman" in argv for argv in keyless.watch.seen), "the watch saw nothing of the run"
    assert [argv for argv in keyless.watch.seen if keyless.needles.within(argv)] == []
    argvs = keyless.recorder.argvs()
    handed_over = keyless.recorder.variables()
    assert handed_over >= {"SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}
    assert [argv for argv in argvs if keyless.needles.within("\n".join(argv).encode())] == []


def test_nothing_printed_held_a_token(keyless: Keyless) -> None:
    assert [done for done in keyless.runs if keyless.needles.within(done.said.encode())] == []


@pytest.mark.parametrize("place", ["store", "registry", "temporary"])
def test_no_file_holds_a_token(caller: Caller, engine: Engine, keyless: Keyless, place: str) -> None:
    folder = {"store": engine.store, "registry": caller.registry.storage, "temporary": engine.temporary}[
        place
    ]
    files = files_since(folder, keyless.began)
    assert files or place == "temporary", f"nothing was written to {folder}"
    assert keyless.needles.in_files(files) == []
