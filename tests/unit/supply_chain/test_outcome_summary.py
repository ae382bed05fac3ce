"""outcome.json and what is rendered from it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from supply_chain.errors import BuildFailed, EvidenceInvalid, GateBlocked, InternalError, SupplyChainError
from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.models.database import Database
from supply_chain.models.exceptions import Entry, Exceptions
from supply_chain.models.outcome import CheckResult, CheckRow, Failure, Mode, Outcome, Signed, Step
from supply_chain.models.policy import Excepted, Finding, Judgement, Policy, judge
from supply_chain.models.summary import proven, render
from supply_chain.models.trivy_report import NOTHING_LISTED, Report, Severity
from supply_chain.models.verification import SIGNATURE_TYPE, Verification
from supply_chain.schema import DIALECT, document, outcome_schema

TODAY = date(2026, 11, 25)
SCHEMA = Path(__file__).parents[3] / "docs" / "outcome.schema.json"
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


def exception(id_: str, days: int, statement: str = "not reachable") -> Entry:
    return Entry(id=id_, statement=statement, expired_at=TODAY + timedelta(days=days))


def excepting(report: Report, **policy: Any) -> Judgement:
    """A judgement with an exception in each state: in use, ending soon, unused, ended."""
    entries = (
        exception("CVE-2022-40023", 100),
        exception("CVE-2023-25577", 3),
        exception("CVE-1999-0001", 100),
        exception("CVE-1999-0002", -1),
    )
    return judge(report, Policy(exceptions=Exceptions(entries=entries), **policy), TODAY)


@pytest.fixture
def full(report: Report, digest: str, image: str) -> Outcome:
    """A run that passed, with every field set."""
    signed = Signed(predicate_type=SIGNATURE_TYPE, signer="key sha256:0")
    return outcome(
        digest=digest,
        image=image,
        tags=("sha-0123456", "1.2.3"),
        notices=("rehearsal: nothing public was touched",),
        dirty=True,
        input=image,
        platform="linux/amd64",
        adopted=True,
        checks=(CheckRow(name="lint", result=CheckResult.PASSED, seconds=1.5, detail="2 commands"),),
        gate=excepting(report, severities=(Severity.CRITICAL, Severity.HIGH)),
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
    for made in (full, blocked(judge(report, Policy())), outcome(), failed):
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


def test_the_summary_says_what_was_made(full: Outcome, digest: str, image: str) -> None:
    summary = render(full)
    assert summary.startswith("# Rehearsal of 1.2.3: passed\n\n- rehearsal: nothing public was touched\n")
    for told in (
        digest,
        image,
        "`sha-0123456`, `1.2.3`",
        "| packages     | 7 ",
        "| platform     | `linux/amd64`",
        "adopted: the version was there already and holds",
        "none given, **with changes that were not committed**",
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
    assert "and 20 more in `outcome.json`" in summary


def test_hostile_words_cannot_break_the_summary() -> None:
    title = "x | y\n# owned <script>alert(1)</script> [a](http://b)"
    hostile = finding(title=title, package="a`|b", fixed="1\n| 2 |")
    summary = render(blocked(Judgement(policy=Policy(), blocking=(hostile,), counts={}, packages=1)))
    assert "\n# owned" not in summary
    assert "<script>" not in summary.replace(r"\<", "")
    assert r"x \| y \# owned" not in summary
    assert r"x \| y # owned \<script\>" in summary
    assert "\n| 2 |" not in summary


def test_the_summary_shows_what_each_check_came_to() -> None:
    rows = [
        CheckRow(name=result.value, result=result, seconds=1, detail="a | b\n# c") for result in CheckResult
    ]
    summary = render(outcome(checks=tuple(rows)))
    assert "| failed | **failed**       | 1.0     | a \\| b # c |" in summary
    assert "| none   | nothing to check |" in summary
    assert "## Checks" not in render(outcome())


def test_the_summary_shows_exceptions_and_what_they_cover(full: Outcome) -> None:
    lines = render(full).splitlines()
    start = lines.index("## Exceptions")
    shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start + 4 : start + 8]]
    assert shown == [
        ["`CVE-1999-0002`", "2026-11-24", "**has ended**: decide anew", "not reachable"],
        ["`CVE-2023-25577`", "2026-11-28", "**ends soon**", "not reachable"],
        ["`CVE-2022-40023`", "2027-03-05", "counts", "not reachable"],
        ["`CVE-1999-0001`", "2027-03-05", "unused: covers nothing that was found", "not reachable"],
    ]
    excepted = [line for line in lines if line.startswith("| `CVE-2022-40023`")][1]
    assert [cell.strip() for cell in excepted.strip("|").split("|")] == [
        "`CVE-2022-40023`",
        "`HIGH`",
        "`mako`",
        "2027-03-05",
        "not reachable",
    ]


def test_without_exceptions_nothing_is_said_of_them(report: Report) -> None:
    assert "## Exceptions" not in render(blocked(judge(report, Policy())))


def test_the_summary_says_when_there_was_nothing_to_read() -> None:
    empty = Report(schema_version=2, artifact_name="x", artifact_type="container_image")
    assert f"| 0: **{NOTHING_LISTED}** |" in render(outcome(gate=judge(empty, Policy())))


def test_a_huge_outcome_fits_a_job_summary(digest: str) -> None:
    words = "| <b> `x` & www.x.y\n# z " * 60
    huge = finding(id=words, package=words, installed=words, fixed=words, title=words)
    entry = exception("CVE-1", 1, words)
    gate = Judgement(
        policy=Policy(exceptions=Exceptions(entries=(entry,) * 500)),
        blocking=(huge,) * 200,
        counts={},
        packages=5000,
        excepted=(Excepted(finding=huge, statement=words, expired_at=TODAY),) * 200,
        expiring=(entry,),
    )
    signed = (Signed(predicate_type=words, signer=words),) * 100
    summary = render(
        outcome(
            version=words,
            digest=digest,
            image=words,
            tags=(words,) * 100,
            notices=(words,) * 100,
            checks=(CheckRow(name=words, result=CheckResult.FAILED, seconds=1, detail=words),) * 100,
            gate=gate,
            signatures=signed,
            attestations=signed,
            error=Failure(name=words, what=words, why=words, advice=words, exit_code=1),
            evidence=(words,) * 100,
            steps=(Step(name=words, seconds=1, passed=True),) * 200,
        )
    )
    assert len(summary.encode()) < 1024 * 1024
    assert not [line for line in summary.splitlines() if line.startswith("# z")]


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
