"""outcome.json: its format, its published schema, and the error it brings back."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from supply_chain.errors import BuildFailed, EvidenceInvalid, InternalError
from supply_chain.ledger import Ledger
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Failure, Outcome
from supply_chain.models.policy import Policy, judge
from supply_chain.models.trivy_report import Report
from supply_chain.schema import DIALECT, document, outcome_schema
from unit.supply_chain.outcomes import TODAY, blocked, outcome

SCHEMA = Path(__file__).parents[3] / "docs" / "outcome.schema.json"


def test_an_outcome_reads_back_as_it_was_written(full: Outcome) -> None:
    assert Outcome.parse(full.model_dump_json()) == full


def test_the_format_says_its_version() -> None:
    assert json.loads(outcome().model_dump_json())["schema_version"] == 1


@pytest.mark.parametrize(
    "change", [{"schema_version": 2}, {"surprise": 1}, {"digest": "sha256:short"}, {"mode": "x"}]
)
def test_another_format_is_refused(change: dict[str, Any]) -> None:
    document = json.loads(outcome().model_dump_json()) | change
    with pytest.raises(EvidenceInvalid, match="cannot be read"):
        Outcome.parse(json.dumps(document))


def test_a_passed_run_raises_nothing(full: Outcome) -> None:
    full.check()
    assert full.passed


def test_a_failed_run_raises_its_own_error_again() -> None:
    error = BuildFailed("step 3", why="exit code 1", advice="mend it")
    failed = Outcome.parse(outcome(status=error.status, error=Failure.of(error)).model_dump_json())
    with pytest.raises(BuildFailed) as raised:
        failed.check()
    assert (raised.value.message, raised.value.exit_code) == (error.message, 10)


@pytest.mark.parametrize("made_of", ["", "tarballs", "ghcr.io/a/b:1.0", "ghcr.io/a/b@sha256:00"])
def test_what_the_image_came_from_is_one_of_few_things(made_of: str) -> None:
    with pytest.raises(ValueError, match="input"):
        outcome(input=made_of)


def test_the_published_schema_is_the_models() -> None:
    assert SCHEMA.read_text() == document(), "run `make docs`"


def test_real_outcomes_follow_the_published_schema(full: Outcome, report: Report) -> None:
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert (schema["$schema"], schema["$id"]) == (DIALECT, "urn:supply-chain:outcome:1")
    failed = outcome(status="outage", error=Failure.of(BuildFailed("x")))
    for made in (full, blocked(judge(report, Policy(), TODAY)), outcome(), failed):
        validator.validate(json.loads(made.model_dump_json()))


@pytest.mark.parametrize(
    "change", [{"schema_version": 2}, {"surprise": 1}, {"digest": "sha256:short"}, {"checks": [{}]}]
)
def test_another_format_does_not_follow_the_schema(change: dict[str, Any], full: Outcome) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(outcome_schema()).validate(
            json.loads(full.model_dump_json()) | change
        )


def test_every_field_of_the_schema_is_described() -> None:
    schema = outcome_schema()
    for kind in [schema, *schema["$defs"].values()]:
        assert kind["description"]
        for name, field in kind.get("properties", {}).items():
            assert field.get("description"), f"{kind['title']}.{name}"


def test_an_error_nobody_knows_is_still_an_error() -> None:
    failure = Failure(name="Made.Up", what="w", why="", advice="a", exit_code=0)
    with pytest.raises(InternalError):
        outcome(status="passed", error=failure).check()


def test_a_status_without_an_error_does_not_pass() -> None:
    with pytest.raises(EvidenceInvalid, match="gives no error"):
        outcome(status="blocked").check()


def test_a_ledger_times_steps_and_keeps_what_it_learned(digest: str) -> None:
    ledger = Ledger({"mode": Mode.RELEASE, "version": "1", "revision": "", "images": {}})
    with ledger.step("build"):
        ledger.learn(digest=digest)
    with pytest.raises(BuildFailed), ledger.step("scan"):
        raise BuildFailed("x")
    made = ledger.outcome(BuildFailed("x"))
    assert (made.status, made.digest) == ("build-failed", digest)
    assert [(step.name, step.passed) for step in made.steps] == [("build", True), ("scan", False)]
    assert ledger.outcome(None).passed
