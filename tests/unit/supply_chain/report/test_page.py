"""What a page says of a run, and that nobody takes a rehearsal for a release."""

import re
import shlex
from typing import Any

import pytest

from supply_chain.errors import BuildFailed, GateBlocked, SupplyChainError
from supply_chain.images import Images
from supply_chain.models.checks import Result, Row
from supply_chain.models.database import Database
from supply_chain.models.exceptions import Exceptions
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Failure, Outcome, Step
from supply_chain.models.place import Kind
from supply_chain.models.policy import Policy
from supply_chain.models.trivy_report import Severity
from supply_chain.report.documents import SCAN, Documents, documents
from supply_chain.report.page import Page, page_of
from unit.supply_chain.outcomes import STARTED, exception, outcome, verification_by_key
from unit.supply_chain.provenances import PLACE

from .pages import BASE, DIGEST, IMAGE, Elements, page_text, release, texts

GIVEN = texts(packages=4, findings=6)


def page(made: Outcome | None = None) -> Page:
    made = made or release(GIVEN)
    return page_of(made, documents(GIVEN, made.digest))


def failed(error: SupplyChainError, **facts: Any) -> Outcome:
    return release(
        GIVEN, status=error.status, error=Failure.of(error), verification=None, tags=(), image=None, **facts
    )


def test_a_release_that_passed_has_no_banner() -> None:
    made = page()
    assert made.marks == ()
    assert made.is_release
    assert made.title == "Release of 1.2.3: passed"
    assert 'class="banner"' not in page_text(made.outcome, GIVEN)


STAND_IN = Images.pinned().trivy.model_copy(update={"stand_in_for": "ghcr.io/aquasecurity/trivy:0.74.0"})
SAMPLE = Database(source="given", digest=DIGEST, updated_at=STARTED, sample=True)


@pytest.mark.parametrize(
    ("facts", "mark"),
    [
        ({"mode": Mode.REHEARSAL}, "rehearsal"),
        ({"database": SAMPLE}, "sample database"),
        ({"images": dict(Images.pinned()) | {"trivy": STAND_IN}}, "stand-in images"),
        ({"verification": None}, "unsigned"),
        ({"verification": None, "evidence": ("bundles",)}, "not verified"),
        ({"place": PLACE.model_copy(update={"kind": Kind.REHEARSAL})}, "throw-away signer"),
        ({"dirty": True}, "uncommitted changes"),
        ({"status": "forged"}, "not passed"),
    ],
)
def test_whatever_is_no_release_says_so_in_banner_and_title(facts: dict[str, Any], mark: str) -> None:
    made = release(GIVEN, **facts, notices=("what a reader must know",))
    shown = page_text(made, GIVEN)
    assert page(made).marks == (mark,)
    assert f"<title>[{mark.upper()}] " in shown
    banner = shown.partition('<aside class="banner"')[2].partition("</aside>")[0]
    assert f"<strong>{mark}</strong>" in banner
    assert "<li>what a reader must know</li>" in banner


def test_a_blocked_run_shows_its_error_and_no_commands() -> None:
    error = GateBlocked("2 of 6 findings block", why="CVE-1\nCVE-2")
    made = failed(error)
    shown = Elements(page_text(made, GIVEN)).text
    assert page(made).in_folder == ()
    assert page(made).marks == ("not passed", "unsigned")
    for part in ("2 of 6 findings block", "Why: GateBlocked", "CVE-1\nCVE-2\n", error.advice, "exit code 11"):
        assert part in shown


def test_a_run_that_failed_early_has_a_page_too() -> None:
    error = BuildFailed("the Dockerfile cannot be built")
    shown = Elements(page_text(outcome(status=error.status, error=Failure.of(error)), {})).text
    for part in (
        "Nothing was scanned",
        "made no SBOM",
        "Nothing was verified",
        "nothing was built",
    ):
        assert part in shown


def test_an_adopted_version_says_that_this_run_has_not_scanned_it() -> None:
    made = release(GIVEN, adopted=True, gate=None, database=None, steps=())
    shown = Elements(page_text(made, {})).text
    assert page_of(made, Documents()).is_release
    for part in (
        "The version was there already",
        "This run scanned nothing",
        "No step was begun",
        "Image, adopted",
    ):
        assert part in shown


def test_it_says_what_was_released() -> None:
    facts = {fact.name: fact for fact in page().facts}
    assert facts["Digest"].value == DIGEST
    assert facts["Image"].value == IMAGE
    assert facts["Tags"].value == "sha-0123456, latest, 1.2.3"
    assert facts["Commit"].value == PLACE.commit
    assert facts["Repository"].link == PLACE.repository
    assert facts["Builder"].value == PLACE.builder_id
    assert facts["Builder"].note == "SLSA Build L1"
    assert facts["Run at"].value == "2026-11-23 04:00:00 to 04:00:23 UTC"


def test_addresses_of_a_rehearsal_are_no_links() -> None:
    place = PLACE.model_copy(update={"kind": Kind.REHEARSAL})
    facts = {fact.name: fact for fact in page(release(GIVEN, place=place)).facts}
    assert facts["Repository"].link == facts["Run"].link == ""
    assert facts["Run"].remark == "made up for the rehearsal"


def test_findings_have_package_fix_and_what_the_gate_makes_of_them() -> None:
    entry = exception("CVE-2026-00000", 100)
    policy = Policy(severities=(Severity.CRITICAL, Severity.MEDIUM), exceptions=Exceptions(entries=(entry,)))
    rows = page(release(GIVEN, policy)).findings
    assert [(row.severity, row.id, row.fix, row.fixed, row.gate) for row in rows] == [
        ("CRITICAL", "CVE-2026-00000", "yes", "1.1", "excepted"),
        ("CRITICAL", "CVE-2026-00005", "no", "(will not fix)", "passes"),
        ("HIGH", "CVE-2026-00001", "no", "(will not fix)", "passes"),
        ("MEDIUM", "CVE-2026-00002", "yes", "1.1", "blocks"),
        ("LOW", "CVE-2026-00003", "no", "(will not fix)", "passes"),
        ("UNKNOWN", "CVE-2026-00004", "yes", "1.1", "passes"),
    ]
    assert {row.place for row in rows} == {"debian 13.8"}
    assert rows[0].package == "package-0"


def test_exceptions_have_their_end_and_the_most_urgent_comes_first() -> None:
    entries = (
        exception("CVE-2026-00000", 100, "not reachable"),
        exception("CVE-1", 1),
        exception("CVE-2", -4),
    )
    made = release(GIVEN, Policy(exceptions=Exceptions(entries=entries)))
    assert [(row.id, row.days, row.state, row.covers) for row in page(made).exceptions] == [
        ("CVE-2", -2, "has ended, blocks", "nothing that was found"),
        ("CVE-1", 3, "ends soon, unused", "nothing that was found"),
        ("CVE-2026-00000", 102, "counts", "package-0"),
    ]
    assert page(made).exceptions[2].ends == "2027-03-05"


def test_packages_have_licences_by_name_and_their_findings() -> None:
    rows = {row.name: row for row in page().packages}
    assert list(rows) == [f"package-{number}" for number in range(4)]
    assert rows["package-0"].licenses == ""
    assert rows["package-1"].licenses == "MIT, the team's own"
    assert (rows["package-1"].kind, rows["package-1"].findings) == ("deb", 2)


def test_images_are_there_by_digest_with_what_they_stand_in_for() -> None:
    made = release(GIVEN, images=dict(Images.pinned()) | {"trivy": STAND_IN})
    rows = {row.use: row for row in page(made).images}
    assert rows["base image"].reference == BASE
    assert rows["cosign"].reference == Images.pinned().cosign.reference
    assert rows["trivy"].stands_for == STAND_IN.stand_in_for
    assert rows["crane"].stands_for == ""


def test_commands_name_signer_and_issuer() -> None:
    who = f"--certificate-identity {PLACE.workflow}"
    made = page()
    lines = [" ".join(command.words) for command in made.in_folder]
    assert lines[0] == "sha256sum --check --quiet SHA256SUMS"
    assert all(who in line and f"--certificate-oidc-issuer {PLACE.issuer}" in line for line in lines[1:])
    assert not [line for line in lines if "trusted-root" in line]
    registry = [" ".join(command.words) for command in made.in_registry]
    assert len(registry) == 3
    assert all(line.endswith(IMAGE) and "--local-image" not in line for line in registry)


def test_commands_are_copied_over_several_lines() -> None:
    made = page()
    shown = page_text(made.outcome, GIVEN)
    copied = [Elements(part).text for part in re.findall("<pre><code>(.*?)</code></pre>", shown, re.DOTALL)]
    assert " \\\n  --certificate-identity " in copied[1]
    assert [shlex.split(command.replace("\\\n", "")) for command in copied] == [
        shlex.split(" ".join(command.words)) for command in (*made.in_folder, *made.in_registry)
    ]


def test_commands_by_key_and_by_a_private_sigstore() -> None:
    by_key = page(release(GIVEN, verification=verification_by_key(DIGEST)))
    assert "--key cosign.pub --insecure-ignore-tlog=true" in " ".join(by_key.in_folder[1].words)
    private = page(release(GIVEN, evidence=("sigstore/trusted_root.json",)))
    assert "--trusted-root sigstore/trusted_root.json" in " ".join(private.in_folder[1].words)


def test_a_rehearsal_has_no_registry_to_ask() -> None:
    assert page(release(GIVEN, mode=Mode.REHEARSAL)).in_registry == ()


def test_words_in_commands_stay_one_argument() -> None:
    hostile = "https://x/$(reboot)'; rm -rf /"
    verified = release(GIVEN).verification
    assert verified
    made = page(release(GIVEN, verification=verified.model_copy(update={"signer": hostile})))
    assert "--certificate-identity 'https://x/$(reboot)'\"'\"'; rm -rf /'" in made.in_folder[1].words


def test_the_timeline_shows_when_each_step_ran() -> None:
    chart = page().steps
    bars = {bar.label: bar for bar in chart.bars}
    assert bars["checks"].segments[0].x == bars["build"].segments[0].x
    assert bars["scan"].segments[0].x > bars["build"].end
    assert [tick.label for tick in chart.ticks] == ["0 s", "5 s", "10 s", "15 s", "20 s"]
    assert chart.said.startswith("build: 12.5 s, passed; checks: 20.0 s, passed")


def test_a_failed_step_is_named_and_coloured() -> None:
    steps = (Step(name="build", seconds=100, passed=False, began=20),)
    (bar,) = page(release(GIVEN, steps=steps)).steps.bars
    assert (bar.value, bar.segments[0].kind) == ("1 min 40 s failed", "failed")


def test_charts_count_what_the_tables_list() -> None:
    made = page()
    assert [bar.value for bar in made.severities.bars] == ["2", "1", "1", "1", "1"]
    assert made.severities.said.startswith("Critical: 1 with a fix, 1 without; High: 1 without")
    assert [(bar.label, bar.value) for bar in made.affected.bars][:2] == [
        ("package-1", "2"), ("package-0", "2"),
    ]  # fmt: skip
    assert {bar.label: bar.value for bar in made.licenses.bars} == {
        "MIT": "2", "the team's own": "2", "not stated": "2",
    }  # fmt: skip


def test_the_picture_shows_how_far_a_run_came() -> None:
    passed = {box.name: box for box in page().picture.boxes}
    assert {box.state for box in passed.values()} == {"good", "plain", "none"}
    assert passed["checks"].state == "none"
    assert passed["verified"].state == passed["tags"].state == "good"
    blocked = release(GIVEN, Policy(severities=(Severity.CRITICAL,)), verification=None, tags=())
    boxes = {box.name: box for box in page(blocked).picture.boxes}
    assert (boxes["gate"].state, boxes["gate"].text) == ("bad", "1 block")
    assert {boxes[name].state for name in ("signature", "sbom", "provenance", "verified", "tags")} == {"none"}


def test_failed_checks_are_counted() -> None:
    checks = (Row(check="lint", result=Result.PASSED), Row(check="test", result=Result.FAILED, detail="no"))
    made = page(release(GIVEN, checks=checks))
    assert ("1/2", "checks passed") in made.figures
    assert next(box for box in made.picture.boxes if box.name == "checks").state == "bad"


def test_what_could_not_be_read_is_named() -> None:
    made = release(GIVEN)
    shown = page_of(made, Documents(unreadable=(f"{SCAN}: cannot be read",)))
    assert shown.unreadable == (f"{SCAN}: cannot be read",)
    assert not shown.scanned
