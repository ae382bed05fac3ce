"""outcome.json and what is rendered from it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from supply_chain.errors import BuildFailed, EvidenceInvalid, GateBlocked, InternalError, SupplyChainError
from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.models.database import Database
from supply_chain.models.outcome import Failure, Mode, Outcome, Signed, Step
from supply_chain.models.policy import Finding, Judgement, Policy, judge
from supply_chain.models.summary import proven, render
from supply_chain.models.trivy_report import Report, Severity
from supply_chain.models.verification import SIGNATURE_TYPE, Verification

STARTED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def outcome(**facts: Any) -> Outcome:
    known: dict[str, Any] = {"status": "passed", "mode": Mode.REHEARSAL, "version": "1.2.3", "revision": ""}
    return Outcome(**known | {"images": dict(Images.pinned()), "started_at": STARTED} | facts)


def blocked(judgement: Judgement) -> Outcome:
    error = GateBlocked(judgement.headline, why="CVE-1")
    return outcome(status=error.status, error=Failure.of(error), gate=judgement)


def finding(**facts: Any) -> Finding:
    known = {"id": "CVE-1", "package": "p", "installed": "1", "fixed": "2", "url": "", "target": "Python"}
    return Finding(**{"severity": Severity.HIGH, "title": "t"} | known | facts)


@pytest.fixture
def full(report: Report, digest: str, image: str) -> Outcome:
    """A run that passed, with every field set."""
    signed = Signed(predicate_type=SIGNATURE_TYPE, signer="key sha256:0")
    return outcome(
        digest=digest,
        image=image,
        tags=("sha-0123456", "1.2.3"),
        notices=("rehearsal: nothing public was touched",),
        gate=judge(report, Policy(severities=(Severity.CRITICAL,))),
        database=Database(source="given", digest=digest, updated_at=STARTED, sample=True),
        signatures=(signed,),
        attestations=(signed.model_copy(update={"predicate_type": "https://spdx.dev/Document"}),),
        steps=(Step(name="build", seconds=1.25, passed=True),),
    )


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


def test_an_error_nobody_knows_is_still_an_error() -> None:
    failure = Failure(name="Made.Up", what="w", why="", advice="a", exit_code=0)
    with pytest.raises(InternalError):
        outcome(status="passed", error=failure).check()


def test_a_status_without_an_error_does_not_pass() -> None:
    with pytest.raises(EvidenceInvalid, match="gives no error"):
        outcome(status="blocked").check()


def test_the_summary_says_what_was_made(full: Outcome, digest: str, image: str) -> None:
    summary = render(full)
    assert summary.startswith("# Rehearsal of 1.2.3: passed\n\n- rehearsal: nothing public was touched\n")
    for told in (
        digest,
        image,
        "`sha-0123456`, `1.2.3`",
        "| packages     | 7 ",
        SIGNATURE_TYPE,
        "https://spdx.dev/Document",
    ):
        assert told in summary
    assert "| database     | **sample**, `given` of 2026-11-23 04:00 UTC" in summary
    assert "| HIGH     | 4          | 1       |" in summary


def test_the_summary_of_an_early_failure_claims_nothing() -> None:
    error = SupplyChainError("odd")
    summary = render(outcome(status=error.status, error=Failure.of(error)))
    for told in (
        "nothing was built",
        "nothing was pushed",
        "no tag was moved",
        "nothing was scanned",
        "none verified",
    ):
        assert told in summary


def test_the_summary_of_a_blocked_run_names_findings_and_advice(report: Report) -> None:
    summary = render(blocked(judge(report, Policy())))
    assert "**GateBlocked**: 4 of 12 findings block" in summary
    assert "What to do: update the packages" in summary
    assert "`CVE-2022-40023` | `HIGH`   | `mako`     | `1.2.1`   | `1.2.2`" in summary


def test_the_summary_is_bounded_and_says_what_it_left_out() -> None:
    many = Judgement(policy=Policy(), blocking=(finding(),) * 70, counts={}, packages=1)
    summary = render(blocked(many))
    assert summary.count("`CVE-1`") == 50
    assert "and 20 more, all in outcome.json" in summary


def test_hostile_words_cannot_break_the_summary() -> None:
    title = "x | y\n# owned <script>alert(1)</script> [a](http://b)"
    hostile = finding(title=title, package="a`|b", fixed="1\n| 2 |")
    summary = render(blocked(Judgement(policy=Policy(), blocking=(hostile,), counts={}, packages=1)))
    assert "\n# owned" not in summary
    assert "<script>" not in summary.replace(r"\<", "")
    assert r"x \| y \# owned" not in summary
    assert r"x \| y # owned \<script\>" in summary
    assert "\n| 2 |" not in summary


def test_stand_ins_are_named_beside_what_they_stand_for() -> None:
    pinned = Images.pinned()
    stand_in = pinned.trivy.model_copy(update={"stand_in_for": pinned.trivy.reference, "version": "0.76.0"})
    summary = render(outcome(images=dict(pinned) | {"trivy": stand_in}))
    assert f"a stand-in for `{pinned.trivy.reference}`" in summary


def test_a_verification_is_a_table(image: str) -> None:
    shown = proven(
        Verification(image=image, signer="key sha256:0", signatures=1, attestations=("https://a",))
    )
    assert f"| image       | `{image}` |" in shown
    assert f"| signature   | `{SIGNATURE_TYPE}` |" in shown
    assert "| attestation | `https://a` |" in shown


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
