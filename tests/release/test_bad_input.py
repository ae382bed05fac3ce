"""What cannot work is refused by name and with advice, before any container has run."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from .harness import Done, Engine
from .recorder import Recorder

USAGE = 2
AS_ON_DAGGER = 1
REAL = ("--repository", "registry.example.com/team/inventory", "--version", "1.0.0")
KEYED = ("--key", "env://BAD_INPUT_SECRET", "--key-password", "env://BAD_INPUT_SECRET")
SECRET = {"BAD_INPUT_SECRET": "of no importance"}
ATTEST = ("attest", "--reference", f"registry.example.com/team/inventory@sha256:{'0' * 64}", *KEYED)


SOURCES = {
    "TWO_DOCKERFILES": {"Dockerfile": "FROM scratch\n", "Containerfile": "FROM scratch\n"},
    "NEEDS_SECRET": {
        "Dockerfile": "FROM scratch\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token\n"
    },
    "BAD_SETTINGS": {"Dockerfile": "FROM scratch\n", "supply-chain.toml": 'docker-file = "x"\n'},
}
EXCEPTIONS = {
    "BROKEN_EXCEPTIONS": "vulnerabilities: [\n",
    "NO_REASON": "vulnerabilities:\n  - id: CVE-2024-0001\n    expired_at: 2999-01-01\n",
}


@dataclass(frozen=True)
class Bad:
    """A command line and how it is refused."""

    error: str
    args: tuple[str, ...]
    exit_code: int = USAGE
    advice: str = "what to do:"


@dataclass(frozen=True)
class Answer:
    """What a command line came to, and what it had Podman make."""

    done: Done
    containers: list[list[str]]


def _release(error: str, *flags: str) -> Bad:
    return Bad(error, ("release", *flags))


CASES = {
    "no Dockerfile": Bad("DockerfileMissing", ("--source", "EMPTY", "release")),
    "no such Dockerfile": Bad("DockerfileMissing", ("--dockerfile", "Containerfile", "release")),
    "unknown target": Bad("UnknownTarget", ("--target", "production", "build")),
    "repository without a host": _release("BadReference", "--repository", "inventory", "--version", "1.0.0"),
    "repository in upper case": _release(
        "BadReference", "--repository", "ghcr.io/Acme/inventory", "--version", "1.0.0"
    ),
    "repository with a tag": _release(
        "BadReference", "--repository", "ghcr.io/acme/inventory:1", "--version", "1.0.0"
    ),
    "version that is no tag": _release("BadVersion", "--version", "1.0 final"),
    "no version for a real target": _release("BadVersion", *REAL[:2], *KEYED),
    "revision that is no commit": _release("BadVersion", "--revision", "main"),
    "no key for a real target": _release("SignerMissing", *REAL),
    "half a key": _release("SignerMissing", *REAL, *KEYED[:2]),
    "registry that is none": Bad(
        "BadReference",
        (
            *("with-registry-login", "--address", "https://ghcr.io", "--username", "me"),
            *("--password", "env://BAD_INPUT_SECRET", "checks"),
        ),
    ),
    "two Dockerfiles": Bad("DockerfileAmbiguous", ("--source", "TWO_DOCKERFILES", "release")),
    "build that needs a secret": Bad("BuildSecretMissing", ("--source", "NEEDS_SECRET", "build")),
    "settings with an unknown key": Bad("SettingsInvalid", ("--source", "BAD_SETTINGS", "build")),
    "port that is none": Bad("SettingsInvalid", ("--port", "70000", "smoke")),
    "platform that is none": Bad("SettingsInvalid", ("--platform", "Linux", "build")),
    "broken exceptions": _release("ExceptionsInvalid", "--exceptions", "BROKEN_EXCEPTIONS"),
    "exception without a reason": _release("ExceptionsInvalid", "--exceptions", "NO_REASON"),
    "unknown severity": _release("UsageError", "--severities", "URGENT"),
    "two images": Bad(
        "InputAmbiguous", ("scan", "--reference", "ghcr.io/a/b:1", "--tarball", "BROKEN", "table")
    ),
    "reference without a tag": Bad("BadReference", ("scan", "--reference", "ghcr.io/a/b", "table")),
    "predicate that is no JSON": Bad("PredicateInvalid", (*ATTEST, "--predicate", "BROKEN")),
    "predicate that is no object": Bad("PredicateInvalid", (*ATTEST, "--predicate", "LIST")),
    "empty database folder": _release("DatabaseInvalid", "--db", "EMPTY"),
    "database of another version": _release("DatabaseInvalid", "--db", "OLD"),
    "images file that is no TOML": Bad("ImagesInvalid", ("--images", "BROKEN", "release")),
    "images file with an unknown image": Bad("ImagesInvalid", ("--images", "UNKNOWN", "release")),
    "images file without a digest": Bad("ImagesInvalid", ("--images", "UNPINNED", "release")),
    "evidence that is none": Bad("EvidenceInvalid", ("verdict", "--evidence", "EMPTY")),
    "unknown flag": Bad("unknown flag: --registry", ("release", "--registry", "x"), AS_ON_DAGGER, "--help"),
    "unknown function": Bad('unknown command "deploy"', ("deploy",), AS_ON_DAGGER, "--help"),
}


@pytest.fixture(scope="module")
def places(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Folders and files by the names that stand for them above."""
    folder = tmp_path_factory.mktemp("bad")
    texts = {
        "BROKEN": "[images.trivy",
        "UNKNOWN": '[images.syft]\nreference = "x"\nversion = "1"\n',
        "LIST": "[1]",
        "UNPINNED": '[images.trivy]\nreference = "ghcr.io/aquasecurity/trivy:latest"\nversion = "1"\n',
    }
    for name, text in (texts | EXCEPTIONS).items():
        (folder / name).write_text(text)
    for name, files in SOURCES.items():
        (folder / name).mkdir()
        for file, text in files.items():
            (folder / name / file).write_text(text)
    (folder / "EMPTY").mkdir()
    for name in ("OLD", "TRUNCATED", "NO_DATABASE"):
        shutil.copytree(engine.sample / "db", folder / name / "db")
    metadata = folder / "OLD" / "db" / "metadata.json"
    metadata.write_text(
        metadata.read_text().replace('"Version":2', '"Version":1').replace('"Version": 2', '"Version": 1')
    )
    with (folder / "TRUNCATED" / "db" / "trivy.db").open("r+b") as database:
        database.truncate(20)
    (folder / "NO_DATABASE" / "db" / "trivy.db").write_bytes(b"<html>not found</html>" * 100)
    return {path.name: str(path) for path in folder.iterdir()}


@pytest.fixture(scope="module")
def answers(
    engine: Engine, places: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Answer]:
    """What every case comes to; two at a time, because each is mostly the start of a program."""

    def answer(case: Bad) -> Answer:
        recorder = Recorder.made_in(tmp_path_factory.mktemp("recorder"))
        args = [places.get(arg, arg) for arg in case.args]
        return Answer(engine.call(*args, env={**SECRET, **recorder.env}), recorder.containers())

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(CASES, pool.map(answer, CASES.values()), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_before_work_starts(answers: dict[str, Answer], name: str) -> None:
    answers[name].done.expect(CASES[name].exit_code, f"Error: {CASES[name].error}", CASES[name].advice)
    assert answers[name].containers == []


@pytest.mark.parametrize("name", ["TRUNCATED", "NO_DATABASE"])
def test_corrupt_database_is_refused_before_the_build(
    engine: Engine, places: dict[str, str], tmp_path: Path, name: str
) -> None:
    """It may be a gigabyte, so its first page is read inside a container: the only one that runs."""
    recorder = Recorder.made_in(tmp_path)
    done = engine.call("release", "--db", places[name], "--allow-sample-db", env=recorder.env)
    done.expect(USAGE, "Error: DatabaseInvalid", "trivy.db", "what to do:")
    assert [argv for argv in recorder.containers() if "build" in argv] == []


def test_sample_that_nobody_asked_for_is_refused(engine: Engine) -> None:
    engine.call("release", "--db", str(engine.sample)).expect(USAGE, "SampleRefused", "--allow-sample-db")
