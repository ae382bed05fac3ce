"""What the tests share: one engine, one rehearsal, stock cosign, one registry that wants a login."""

import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagger_local.store import default_root
from standins import sample_db, sample_osv
from standins.oci import Layout

from . import campaign, releasing, stand_ins
from .behind_proxy import Site, site
from .canary import KEY_PASSWORD
from .cosign_by_hand import Cosign
from .harness import REPOSITORY, Engine
from .private_registry import PrivateRegistry, serving
from .private_sigstore import PrivateSigstore, keeping
from .rehearsing import Rehearsal, run
from .releasing import Caller, Release, released
from .traces import Traces

_PREPARED = REPOSITORY / ".cache" / "rehearsal" / "flags.sh"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are release tests."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.release)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What campaigns came to."""
    for line in campaign.counts():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine, after `python -m standins prepare`."""
    assert _PREPARED.exists(), (
        "run `.venv/bin/python -m standins prepare` first, as `make release-tests` does"
    )
    flags = dict(line.split("=", 1) for line in _PREPARED.read_text().splitlines())
    module_flags = shlex.split(shlex.split(flags["MODULE_FLAGS"])[0])
    absolute = tuple(str(REPOSITORY / flag) if flag.endswith(".toml") else flag for flag in module_flags)
    samples = tmp_path_factory.mktemp("sample")
    sample_db.make(samples / "trivy")
    sample_osv.make(samples / "advisories")
    return Engine(
        default_root(), absolute, samples / "trivy", samples / "advisories", tmp_path_factory.mktemp("engine")
    )


@pytest.fixture(scope="session")
def traces(engine: Engine) -> Traces:
    """The machine before the first run."""
    return Traces(engine)


@pytest.fixture(scope="session")
def rehearsal(engine: Engine, traces: Traces, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:  # noqa: ARG001 - looks first
    """A rehearsal of this repository and its verdict: the run that most tests look at."""
    return run(engine, tmp_path_factory.mktemp("rehearsal") / "dist", *engine.rehearsal)


@pytest.fixture(scope="session")
def layouts() -> dict[str, Layout]:
    """The stand-in images."""
    return stand_ins.layouts()


@pytest.fixture(scope="session")
def cosign(layouts: dict[str, Layout], tmp_path_factory: pytest.TempPathFactory) -> Cosign:
    """Stock cosign for use by hand."""
    root = stand_ins.unpacked(layouts["cosign"], tmp_path_factory.mktemp("cosign"))
    return Cosign(root / "ko-app" / "cosign", tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def registry(
    layouts: dict[str, Layout], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateRegistry]:
    """A registry that wants a login; tests share it."""
    root = stand_ins.unpacked(layouts["registry"], tmp_path_factory.mktemp("registry"))
    with serving(root) as registry:
        yield registry


@pytest.fixture(scope="session")
def private_sigstore(
    layouts: dict[str, Layout], cosign: Cosign, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateSigstore]:
    """A Sigstore that is neither a rehearsal's nor the public one; tests share it."""
    with keeping(layouts, cosign, tmp_path_factory.mktemp("private-sigstore")) as sigstore:
        yield sigstore


@pytest.fixture(scope="session")
def caller(
    engine: Engine, registry: PrivateRegistry, cosign: Cosign, tmp_path_factory: pytest.TempPathFactory
) -> Caller:
    """Somebody who may release, with a key of their own."""
    folder = tmp_path_factory.mktemp("caller")
    key, public_key = cosign.make_key(folder, KEY_PASSWORD)
    db = releasing.double_of_real(engine.sample, folder / "trivy")
    shutil.copytree(engine.advisories, folder / "osv", ignore=shutil.ignore_patterns("SAMPLE.json"))
    return Caller(registry, key, public_key, db, folder / "osv")


@pytest.fixture(scope="session")
def release(engine: Engine, caller: Caller, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release to the registry that wants a login, watched."""
    return released(engine, caller, tmp_path_factory.mktemp("release"), time.time())


@pytest.fixture(scope="module")
def place(
    request: pytest.FixtureRequest,
    engine: Engine,
    registry: PrivateRegistry,
    caller: Caller,
    cosign: Cosign,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The registry without a referrers API behind a proxy, with a repository for each file of tests."""
    name = request.path.stem.removeprefix("test_").replace("_", "-")
    with site(engine, registry, caller, cosign, tmp_path_factory.mktemp(name)) as made:
        yield made


@pytest.fixture(scope="session")
def readable_by_all() -> Iterator[Path]:
    """A folder that another user can read, unlike pytest's."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="release-tests-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - that is its purpose
        yield Path(folder)
