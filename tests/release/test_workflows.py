"""The calls of the reusable workflow, as they stand in its file, release a stranger's repository."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import validate

from unit.docs.pages import DOCS, commands
from unit.workflows.files import CALLS, REUSABLE, STEPS

from .canary import REGISTRY_PASSWORD
from .cosign_by_hand import Cosign
from .harness import REPOSITORY, Done, Engine, copy_of_repository
from .private_registry import USER
from .private_sigstore import REQUEST_TOKEN, PrivateSigstore
from .rehearsing import Evidence
from .releasing import Caller
from .sarif import SARIF

VERSION = "3.1.4"
OTHER = f"sha256:{'6' * 64}"
REFUSED = 15
NOUNS = ("signing-config", "trusted-root")
"""Commands of cosign that have commands of their own."""


@dataclass(frozen=True)
class Job:
    """The job's workspace, after the checkouts of the workflow."""

    engine: Engine
    workspace: Path
    env: Mapping[str, str]

    def step(self, name: str, *module_flags: str, **function_flags: tuple[str, ...]) -> Done:
        """One call of the workflow, with what this machine needs beside what the file says."""
        inputs = CALLS[f"{REUSABLE}: release: {name}"].inputs
        words = shlex.split(
            re.sub(r'"\$(\w+)"', lambda found: shlex.quote(self.env[found[1]]), inputs["args"])
        )
        more = [part for word in words for part in (word, *function_flags.get(word, ()))]
        command = ("call", "-m", inputs["module"], *self.engine.module_flags, *module_flags, *more)
        checkout = self.workspace / "supply-chain"
        return self.engine.begin(*command, checkout=checkout, folder=self.workspace, env=self.env).wait()

    @property
    def evidence(self) -> Evidence:
        """What the call exported."""
        return Evidence(self.workspace / "evidence")


@pytest.fixture(scope="module")
def job(
    engine: Engine,
    caller: Caller,
    private_sigstore: PrivateSigstore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Job:
    """A stranger's repository at a version tag, and the module, each where the workflow checks it out."""
    workspace = tmp_path_factory.mktemp("workspace")
    paths = {
        step.inputs["path"] for step in STEPS if step.workflow == REUSABLE and "fetch-depth" in step.inputs
    }
    assert paths == {"source"}
    shutil.copytree(REPOSITORY / "examples" / "quotes", workspace / "source")
    _tagged(workspace / "source")
    copy_of_repository(workspace / "supply-chain")
    registry = f"{caller.registry.address}:{caller.registry.port}"
    env = {
        "REGISTRY_ADDRESS": registry,
        "REGISTRY_PASSWORD": REGISTRY_PASSWORD,
        "REGISTRY_USERNAME": USER,
        "RELEASE_REPOSITORY": f"{registry}/team/stranger",
        "RELEASE_VERSION": "",
        "ACTIONS_ID_TOKEN_REQUEST_URL": private_sigstore.request_url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
    }
    return Job(engine, workspace, env)


def _tagged(folder: Path) -> None:
    """Makes a repository of the folder, with one commit and a version's tag on it."""
    person = ("-c", "user.name=Stranger", "-c", "user.email=stranger@example.com")
    for command in (
        ("init", "--quiet"), ("add", "."), (*person, "commit", "--quiet", "--message", "All of it"),
        ("tag", f"v{VERSION}"),
    ):  # fmt: skip
        subprocess.run(["git", *command], cwd=folder, check=True)  # noqa: S607 - git of the PATH


@pytest.fixture(scope="module")
def ran(job: Job, caller: Caller, private_sigstore: PrivateSigstore) -> Done:
    """The workflow's pipeline."""
    real = ("--db", str(caller.db), "--advisories", str(caller.advisories))
    return job.step("Run the pipeline", "--sigstore", str(private_sigstore.directory), candidate=real)


def test_the_pipeline_releases_the_strangers_version(job: Job, ran: Done) -> None:
    ran.expect(0)
    outcome = job.evidence.outcome
    assert outcome.error is None
    assert (outcome.version, outcome.mode, outcome.dirty) == (VERSION, "release", False)
    assert outcome.image == f"{job.env['RELEASE_REPOSITORY']}@{outcome.digest}"
    assert VERSION in outcome.tags
    names = {package["name"] for package in job.evidence.json("sbom.spdx.json")["packages"]}
    assert {"starlette", "uvicorn"} <= names, "their packages, not ours"


def test_what_the_workflow_uploads_is_there(job: Job, ran: Done) -> None:
    ran.expect(0)
    validate(job.evidence.json("trivy.sarif"), SARIF)
    for name in ("outcome.json", "sbom.spdx.json", "summary.md"):
        assert (job.workspace / "evidence" / name).stat().st_size


def test_the_verdict_passes(job: Job, ran: Done) -> None:
    ran.expect(0)
    job.step("Verdict").expect(0, f"# Release of {VERSION}: passed")


def test_evidence_of_another_image_is_refused(job: Job, ran: Done) -> None:
    """By what is asked for, and by what lies in one folder."""
    ran.expect(0)
    image = f"{job.env['RELEASE_REPOSITORY']}@{OTHER}"
    job.step("Verdict", verdict=("--reference", image)).expect(REFUSED, "DigestMismatch", "of another image")
    report = job.workspace / "evidence" / "trivy.json"
    genuine = report.read_text()
    report.write_text(json.dumps(json.loads(genuine) | {"ArtifactName": image}))
    try:
        job.step("Verdict").expect(REFUSED, "DigestMismatch", "of two images", "trivy.json is of")
    finally:
        report.write_text(genuine)


@pytest.mark.parametrize("page", ["admission.md", "github.md", "reuse.md"])
def test_flags_that_a_page_gives_cosign_are_cosigns(page: str, cosign: Cosign) -> None:
    told = [shlex.split(command)[1:] for command in commands(DOCS / page) if command.startswith("cosign ")]
    assert told
    for verb, *words in told:
        parent = (verb, *words[:1]) if verb in NOUNS else (verb,)
        known = cosign.run(*parent, "--help").expect(0).said
        assert f"cosign {' '.join(parent)} " in known
        for flag in (word for word in words if word.startswith("--")):
            assert f"{flag} " in known or f"{flag}=" in known, f"cosign {verb} {flag}"
