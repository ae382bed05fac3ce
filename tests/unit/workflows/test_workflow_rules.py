"""What holds for every workflow: pins, permissions, order, and that nothing of it is a program."""

import json
import re
from collections import defaultdict
from typing import Any

import pytest

from unit.workflows.files import (
    CALLS,
    CONTENTS,
    DAGGER,
    JOBS,
    REPOSITORY,
    REUSABLE,
    STEPS,
    TEXTS,
    WORKFLOWS,
    words,
)

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# All that any job may change. What is not here may be read at most.
MAY_WRITE = {
    ("ci.yml", "candidate"): {"security-events"},
    ("codeql.yml", "analyze"): {"security-events"},
    ("release-image.yml", "release"): {"id-token", "packages"},
    ("release-image.yml", "code-scanning"): {"security-events"},
    ("release.yml", "release"): {"id-token", "packages"},
    ("release.yml", "code-scanning"): {"security-events"},
    ("release.yml", "publish"): {"contents"},
    ("rescan.yml", "rescan"): {"security-events"},
    ("scorecard.yml", "analysis"): {"id-token", "security-events"},
}
# What a command of a step may be: a program of ours, or one that moves what the module made.
RUNS = re.compile(r"(?:sudo make|cat|tar|gh) .*")
RELEASES = ["release.yml", REUSABLE]


def _used(text: str) -> list[str]:
    return re.findall(r"^\s*(?:- )?uses: (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(name: str) -> None:
    assert _used(TEXTS[name])
    for used in _used(TEXTS[name]):
        assert PINNED.fullmatch(used)


def test_an_action_has_one_pin() -> None:
    pins: dict[str, set[str]] = defaultdict(set)
    for text in TEXTS.values():
        for used in _used(text):
            owner_and_name = "/".join(used.split("@", maxsplit=1)[0].split("/")[:2])
            pins[owner_and_name].add(used.partition("@")[2])
    assert {action: len(found) for action, found in pins.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_is_granted_to_a_workflow_as_a_whole(name: str) -> None:
    assert CONTENTS[name]["permissions"] == {}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_may_change_what_it_must_and_no_more(job: tuple[str, str]) -> None:
    granted = JOBS[job]["permissions"]
    assert set(granted.values()) <= {"read", "write"}
    assert {scope for scope, level in granted.items() if level == "write"} == MAY_WRITE.get(job, set())


def test_only_who_signs_has_an_identity() -> None:
    """But for Scorecard, which publishes its result by one."""
    have = {job for job, content in JOBS.items() if content["permissions"].get("id-token") == "write"}
    sign = {(step.workflow, step.job) for step in CALLS.values() if "with-identity" in words(step)}
    assert have - sign == {("scorecard.yml", "analysis")}
    assert sign <= have


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_stranger_runs_with_our_rights(name: str) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(_events(name))
    if "pull_request" in _events(name):
        assert "secrets." not in TEXTS[name]


def _events(name: str) -> list[str]:
    return list(CONTENTS[name]["on"])


def test_the_events_are_those_that_were_meant() -> None:
    assert {name: _events(name) for name in WORKFLOWS} == {
        "ci.yml": ["pull_request", "push"],
        "codeql.yml": ["pull_request", "push", "schedule"],
        "dependency-review.yml": ["pull_request"],
        "release-image.yml": ["workflow_call"],
        "release.yml": ["push", "workflow_dispatch"],
        "rescan.yml": ["schedule", "workflow_dispatch"],
        "scorecard.yml": ["push", "schedule"],
    }


@pytest.mark.parametrize("name", WORKFLOWS)
def test_runs_do_not_pile_up(name: str) -> None:
    assert set(CONTENTS[name]["concurrency"]) == {"group", "cancel-in-progress"}


@pytest.mark.parametrize("name", [*RELEASES, "rescan.yml"])
def test_a_release_is_never_cut_short_by_the_next(name: str) -> None:
    assert CONTENTS[name]["concurrency"]["cancel-in-progress"] == "false"


@pytest.mark.parametrize("job", JOBS)
def test_a_job_ends(job: tuple[str, str]) -> None:
    assert 0 < int(JOBS[job]["timeout-minutes"]) <= 90


def test_no_checkout_leaves_its_token_behind() -> None:
    checkouts = [step for step in STEPS if step.action == "actions/checkout"]
    assert len(checkouts) >= len(WORKFLOWS)
    for step in checkouts:
        assert step.inputs["persist-credentials"] == "false", step.name


def test_what_a_step_runs_is_one_command_without_pasted_values() -> None:
    """`${{ }}` in a command would make whatever stands there part of it."""
    commands = [step.content["run"] for step in STEPS if "run" in step.content]
    assert commands
    for command in commands:
        assert RUNS.fullmatch(command), command
        assert not re.search(r"\$\{\{|&&|\|\||;|`|\$\(", command), command


def test_what_is_made_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    commands = [step.content["run"].split() for step in STEPS if "run" in step.content]
    made = {word for command in commands if "make" in command for word in command[2:] if "=" not in word}
    assert made == {"lint", "unit", "contract", "release-tests"}
    assert made <= targets


@pytest.mark.parametrize("name", CALLS)
def test_the_cli_is_of_the_version_that_the_module_wants(name: str) -> None:
    wanted = json.loads((REPOSITORY / "dagger.json").read_text())["engineVersion"]
    assert CALLS[name].inputs["version"] == wanted


def _job_of_candidate(workflow: str) -> list[dict[str, Any]]:
    (job,) = {step.job for step in CALLS.values() if step.workflow == workflow and "candidate" in words(step)}
    return list(JOBS[workflow, job]["steps"])


@pytest.mark.parametrize("workflow", ["ci.yml", *RELEASES])
def test_the_verdict_is_spoken_last_when_all_it_rests_on_is_kept(workflow: str) -> None:
    *before, last = _job_of_candidate(workflow)
    assert last["with"]["args"].endswith("verdict --evidence evidence")
    args = [step.get("with", {}).get("args", "") for step in before]
    ran = next(place for place, said in enumerate(args) if " candidate " in said)
    assert args[ran].endswith("export --path evidence")
    for step in [*before[ran + 1 :], last]:
        assert re.fullmatch(r"\$\{\{ !cancelled\(\) && hashFiles\('evidence/[\w.]+'\) != '' \}\}", step["if"])


@pytest.mark.parametrize("workflow", RELEASES)
def test_findings_reach_code_scanning_whether_or_not_the_gate_passed(workflow: str) -> None:
    job = JOBS[workflow, "code-scanning"]
    assert job["if"].startswith("${{ !cancelled() && ")
    assert job["if"].endswith("needs.release.outputs.evidence != '' }}")
    taken = next(step for step in job["steps"] if "artifact-ids" in step.get("with", {}))
    assert taken["with"]["artifact-ids"] == "${{ needs.release.outputs.evidence }}", "of this run, by its id"


def test_nothing_is_published_of_a_release_that_did_not_pass() -> None:
    publish = JOBS["release.yml", "publish"]
    assert publish["needs"] == "release"
    assert "if" not in publish, "only where what it needs has passed"


@pytest.mark.parametrize("workflow", RELEASES)
def test_sbom_and_evidence_are_kept_for_90_days(workflow: str) -> None:
    kept = {
        step.inputs["path"]: step.inputs["retention-days"]
        for step in STEPS
        if step.workflow == workflow and step.action == "actions/upload-artifact"
    }
    assert kept == {"evidence/": "90", "evidence/sbom.spdx.json": "90"}


def test_who_releases_is_asked() -> None:
    assert JOBS["release.yml", "release"]["environment"] == "production"


def test_the_module_of_the_reusable_workflow_is_of_its_own_commit() -> None:
    """Else its name in a certificate would stand for code that anybody can change."""
    (module,) = [step for step in STEPS if step.workflow == REUSABLE and "repository" in step.inputs]
    assert module.inputs["repository"] == "${{ job.workflow_repository || '?' }}"
    assert module.inputs["ref"] == "${{ job.workflow_sha }}"
    calls = [step for step in STEPS if step.workflow == REUSABLE and step.action == DAGGER]
    assert {step.inputs["module"] for step in calls} == {f"./{module.inputs['path']}"}
    assert all(words(step)[:2] == ["--source", "source"] for step in calls)
