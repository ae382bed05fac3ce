"""What docs/github.md gives people to copy is right as it stands there."""

from pathlib import Path

import pytest

from supply_chain.models.verification_policy import VerificationPolicy
from unit.docs.pages import DOCS, fenced
from unit.workflows.files import CONTENTS, JOBS, REUSABLE, parsed
from unit.workflows.test_workflow_linters import lint

MOST_LINES = 15
TEXT = (DOCS / "github.md").read_text()
(CALLER,) = fenced(TEXT, "yaml")
(POLICY,) = fenced(TEXT, "toml")
WORKFLOW = "https://github.com/acme/supply-chain/.github/workflows/release-image.yml"
LEVELS = ("read", "write")


def _rows(after: str) -> list[str]:
    """First cells of the first table behind some words, without back quotes."""
    lines = TEXT.partition(after)[2].split("\n|---", 1)[1].splitlines()[1:]
    table = lines[: next(place for place, line in enumerate(lines) if not line.startswith("|"))]
    return [line.split("|")[1].strip(" `") for line in table]


def test_a_stranger_needs_a_few_lines() -> None:
    assert len(CALLER.splitlines()) <= MOST_LINES


def test_a_strangers_workflow_is_right(linter: Path, tmp_path: Path) -> None:
    file = tmp_path / "release.yml"
    file.write_text(CALLER)
    done = lint(linter, file)
    assert (done.stdout, done.returncode) == ("", 0)


def test_a_stranger_grants_what_our_jobs_need_and_no_more() -> None:
    (job,) = parsed(CALLER)["jobs"].values()
    needed: dict[str, str] = {}
    for (workflow, _), ours in JOBS.items():
        if workflow == REUSABLE:
            for scope, level in ours["permissions"].items():
                needed[scope] = max(needed.get(scope, "read"), level, key=LEVELS.index)
    assert job["permissions"] == needed
    assert f"/.github/workflows/{REUSABLE}@" in job["uses"]


def test_every_input_and_secret_is_told() -> None:
    called = CONTENTS[REUSABLE]["on"]["workflow_call"]
    assert _rows("How your image is built and checked stands") == list(called["inputs"])
    assert _rows("findings are uploaded") == list(called["secrets"])


def test_every_workflow_is_told() -> None:
    assert sorted(_rows("What they do can be done by hand")) == sorted(CONTENTS)


@pytest.mark.parametrize("ref", ["1" * 40, "refs/tags/v1.0.0"])
def test_the_policy_trusts_our_workflow(ref: str) -> None:
    policy = VerificationPolicy.parse(POLICY)
    assert policy.trusts_identity(f"{WORKFLOW}@{ref}")
    assert policy.allows_builder(f"{WORKFLOW}@{ref}")
    assert policy.repository == "https://github.com/acme/shop"


@pytest.mark.parametrize(
    "identity",
    [
        f"{WORKFLOW}@refs/heads/main",
        f"{WORKFLOW}@{'1' * 40}".replace("acme/supply-chain", "mallory/supply-chain"),
        f"{WORKFLOW}@{'1' * 40}".replace("release-image", "release-images"),
    ],
)
def test_the_policy_trusts_nobody_else(identity: str) -> None:
    assert not VerificationPolicy.parse(POLICY).trusts_identity(identity)


def test_a_policy_names_the_repository_for_whoever_calls_our_workflow() -> None:
    """Its subject is the same for all of them."""
    commands = [block for block in fenced(TEXT, "") if "cosign verify" in block]
    assert commands
    for block in commands:
        assert block.count("cosign verify") == block.count(
            "--certificate-github-workflow-repository acme/shop"
        )
