"""What the README tells people to type works as it stands there, but for names that are theirs."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from supply_chain.errors import families

from .cosign_by_hand import Cosign
from .harness import REPOSITORY, Done, Engine
from .oci_images import archive
from .private_sigstore import REQUEST_TOKEN, PrivateSigstore
from .rehearsing import Rehearsal
from .releasing import VERSION, Caller, Release

README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def _commands() -> list[str]:
    """Command lines of the README's blocks, continued lines joined, remarks left out."""
    lines = "\n".join(BLOCKS).replace("\\\n", " ").splitlines()
    typed = (re.sub(r"\s+#.*", "", line).strip() for line in lines)
    return [re.sub(r"\s+", " ", line) for line in typed if re.match(r"\./daggerw |make ", line)]


COMMANDS = _commands()
CALLS = [command for command in COMMANDS if command.startswith("./daggerw call ")]
BY_HAND = [block for block in BLOCKS if "cosign verify " in block]


@dataclass(frozen=True)
class Reader:
    """Somebody who types what the README says, with names of their own."""

    engine: Engine
    caller: Caller
    folder: Path
    run: Callable[[str], Done]


@pytest.fixture(scope="module")
def reader(
    engine: Engine,
    caller: Caller,
    release: Release,
    rehearsal: Rehearsal,
    private_sigstore: PrivateSigstore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Reader:
    """Their repository is the example, their registry the one that wants a login, their image our release.

    Their Sigstore is private, as tests reach no public one.
    """
    folder = tmp_path_factory.mktemp("reader")
    archive(folder / "image.tar", {"hello": "not a program"})
    assert release.verdict.exit_code == 0
    registry = f"{caller.registry.address}:{caller.registry.port}"
    theirs = {
        f"ghcr.io/acme/inventory:{VERSION}": f"{caller.registry.repository}:{VERSION}",
        "ghcr.io/acme/inventory": f"{registry}/team/readme",
        "ghcr.io": registry,
        "acme": "releaser",
        "../inventory": str(REPOSITORY / "examples" / "quotes"),
        "file://cosign.key": f"file://{caller.key}",
        "cosign.pub": str(caller.public_key),
        "dist/sigstore": str(rehearsal.evidence.path / "sigstore"),
        "image.tar": str(folder / "image.tar"),
        "trivy.sarif": str(folder / "trivy.sarif"),
        "dist": str(folder / "dist"),
    }
    env = {
        "REGISTRY_TOKEN": caller.secrets["RELEASE_REGISTRY_PASSWORD"],
        "COSIGN_PASSWORD": caller.secrets["RELEASE_KEY_PASSWORD"],
        "NPM_TOKEN": "of no importance",
        "ACTIONS_ID_TOKEN_REQUEST_URL": private_sigstore.request_url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
    }

    def run(command: str) -> Done:
        ours = {"dist": str(rehearsal.evidence.path)} if "--allow-rehearsal" in command else {}
        words = [(theirs | ours).get(word, word) for word in shlex.split(command)[2:]]
        if "--reference" in words:
            function = next(place for place, word in enumerate(words) if word in {"scan", "smoke", "verify"})
            words[function:function] = caller.login_with("REGISTRY_TOKEN")
        if "with-identity" in words:
            words[:0] = ["--sigstore", str(private_sigstore.directory)]
        return engine.call(*_with_samples(words, engine, caller), env=env)

    return Reader(engine, caller, folder, run)


def _with_samples(words: list[str], engine: Engine, caller: Caller) -> list[str]:
    """Flags that stand for what this machine cannot download."""
    real = ("--db", str(caller.db), "--advisories", str(caller.advisories))
    flags = {
        "checks": engine.audit, "scan": engine.database, "candidate": engine.rehearsal, "release": real,
    }  # fmt: skip
    return [part for word in words for part in (word, *flags.get(word, ()))]


def test_the_readme_has_commands() -> None:
    assert len(CALLS) >= 10
    assert len(BY_HAND) == 1
    assert BY_HAND[0].count("\ncosign ") == 4


@pytest.mark.parametrize("command", CALLS)
def test_a_call_works_as_it_stands_there(reader: Reader, command: str) -> None:
    """In the order of the README: what one leaves the next may need."""
    reader.run(command).expect(0)


def test_evidence_is_checked_by_hand(rehearsal: Rehearsal, cosign: Cosign, tmp_path: Path) -> None:
    (tmp_path / "dist").symlink_to(rehearsal.evidence.path)
    path = f"{cosign.program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-ec", BY_HAND[0]], cwd=tmp_path, env={"PATH": path, "HOME": str(tmp_path)}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_what_is_made_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)\b", README)) - {"of", "a"}
    assert named <= targets


def test_every_exit_code_is_in_the_table() -> None:
    cells = re.findall(r"^\| ([0-9, ]+) \|", README, re.MULTILINE)
    listed = {int(code) for cell in cells for code in cell.split(",")}
    assert {kind.exit_code for kind in families()} | {0, 1, 3} == listed


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 200
