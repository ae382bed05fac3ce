"""The gate: what blocks, what is counted, and that nothing Trivy would stop gets through."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import ExceptionExpired, GateBlocked, UsageError
from supply_chain.models.exceptions import Entry, Exceptions
from supply_chain.models.policy import Judgement, Policy, check, has_fix, judge, listed, severities_of
from supply_chain.models.trivy_report import Report, Result, Severity, Vulnerability

TODAY = date(2026, 11, 25)

# What `trivy image --severity CRITICAL,HIGH --ignore-unfixed` printed for the image of trivy.json.
TRIVY_BLOCKS = ["CVE-2022-40023", "CVE-2023-25577", "CVE-2023-46136", "CVE-2024-34069"]


def vulnerability(id_: str, package: str, fixed: str, status: str, severity: Severity) -> Vulnerability:
    return Vulnerability(
        id=id_, package=package, installed="1.0", fixed=fixed, status=status, severity=severity
    )


VULNERABILITIES = st.builds(
    vulnerability,
    id_=st.from_regex(r"CVE-20[0-9]{2}-[0-9]{4}", fullmatch=True),
    package=st.sampled_from(["zlib", "jinja2", "a|b"]),
    fixed=st.sampled_from(["", "1.1", "1.1, 2.0"]),
    status=st.sampled_from(["", "fixed", "affected", "will_not_fix"]),
    severity=st.sampled_from(Severity),
)
POLICIES = st.builds(
    Policy,
    severities=st.lists(st.sampled_from(Severity), unique=True).map(tuple),
    ignore_unfixed=st.booleans(),
)


def report_of(*vulnerabilities: Vulnerability) -> Report:
    result = Result(target="Python", packages=(), vulnerabilities=vulnerabilities)
    return Report(schema_version=2, artifact_name="x", artifact_type="container_image", results=(result,))


def one(severity: Severity, fixed: str = "", status: str = "affected") -> Report:
    return report_of(Vulnerability(id="CVE-1", package="p", fixed=fixed, status=status, severity=severity))


def test_blocks_what_trivy_blocks(report: Report) -> None:
    assert [finding.id for finding in judge(report, Policy(), TODAY).blocking] == TRIVY_BLOCKS


def test_counts_every_finding_by_severity_and_fix(report: Report) -> None:
    counts = judge(report, Policy(), TODAY).counts
    assert {severity.value: (count.fixed, count.unfixed) for severity, count in counts.items()} == {
        "CRITICAL": (0, 0),
        "HIGH": (4, 1),
        "MEDIUM": (4, 0),
        "LOW": (1, 2),
        "UNKNOWN": (0, 0),
    }


def test_counts_packages_and_says_so(report: Report) -> None:
    judgement = judge(report, Policy(), TODAY)
    assert judgement.packages == 7
    assert judgement.headline == "4 of 12 findings block (CRITICAL or HIGH with a fix)"


def test_a_finding_names_package_versions_and_place(report: Report) -> None:
    finding = judge(report, Policy(), TODAY).blocking[0]
    assert (finding.package, finding.installed, finding.fixed, finding.target) == (
        "mako",
        "1.2.1",
        "1.2.2",
        "Python",
    )
    assert finding.title
    assert finding.url.startswith("https://")


@pytest.mark.parametrize("severity", [Severity.MEDIUM, Severity.LOW, Severity.UNKNOWN])
def test_lesser_severities_pass(severity: Severity) -> None:
    assert judge(one(severity, fixed="2"), Policy(), TODAY).passed


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.HIGH])
def test_unfixed_passes_only_where_the_policy_says_so(severity: Severity) -> None:
    assert judge(one(severity), Policy(), TODAY).passed
    assert not judge(one(severity), Policy(ignore_unfixed=False), TODAY).passed


@pytest.mark.parametrize(("fixed", "status"), [("2", "affected"), ("", "fixed"), ("2", "")])
def test_a_fix_by_version_or_by_status_counts(fixed: str, status: str) -> None:
    assert not judge(one(Severity.HIGH, fixed, status), Policy(), TODAY).passed


def test_a_clean_report_passes() -> None:
    judgement = judge(report_of(), Policy(), TODAY)
    assert judgement.passed
    assert judgement.headline.startswith("0 of 0 findings block")


def test_the_worst_are_named_first() -> None:
    high, critical = (
        Vulnerability(id=id_, package="p", fixed="2", severity=severity)
        for id_, severity in [("CVE-1", Severity.HIGH), ("CVE-2", Severity.CRITICAL)]
    )
    assert [f.id for f in judge(report_of(high, critical), Policy(), TODAY).blocking] == ["CVE-2", "CVE-1"]


def test_text_names_id_package_and_fix_and_is_bounded(report: Report) -> None:
    blocking = judge(report, Policy(), TODAY).blocking
    assert listed(blocking).splitlines()[0] == "CVE-2022-40023 HIGH: mako 1.2.1, fixed in 1.2.2"
    assert len(listed(blocking * 10).splitlines()) == 21
    assert listed(blocking * 10).endswith("and 20 more in trivy.json")


@settings(max_examples=30, deadline=None)
@given(st.lists(VULNERABILITIES, max_size=8), POLICIES)
def test_every_finding_is_counted_once_and_blocks_by_the_rule_alone(
    vulnerabilities: list[Vulnerability], policy: Policy
) -> None:
    judgement = judge(report_of(*vulnerabilities), policy, TODAY)
    assert sum(count.fixed + count.unfixed for count in judgement.counts.values()) == len(vulnerabilities)
    expected = [
        v.id
        for v in vulnerabilities
        if v.severity in policy.severities and (has_fix(v) or not policy.ignore_unfixed)
    ]
    assert sorted(finding.id for finding in judgement.blocking) == sorted(expected)


@settings(max_examples=30, deadline=None)
@given(st.lists(VULNERABILITIES, max_size=8))
def test_what_trivy_calls_fixed_never_passes(vulnerabilities: list[Vulnerability]) -> None:
    stopped = {v.id for v in vulnerabilities if v.status == "fixed" and v.severity in ("CRITICAL", "HIGH")}
    assert stopped <= {finding.id for finding in judge(report_of(*vulnerabilities), Policy(), TODAY).blocking}


@settings(max_examples=30, deadline=None)
@given(st.lists(VULNERABILITIES, max_size=6), VULNERABILITIES, POLICIES)
def test_one_finding_more_never_unblocks(
    found: list[Vulnerability], more: Vulnerability, policy: Policy
) -> None:
    before = len(judge(report_of(*found), policy, TODAY).blocking)
    assert len(judge(report_of(*found, more), policy, TODAY).blocking) >= before


def exception(id_: str, days: int = 100, **facts: object) -> Entry:
    known = {"id": id_, "statement": f"why {id_}", "expired_at": TODAY + timedelta(days=days)}
    return Entry.model_validate(known | facts)


def judged(report: Report, *entries: Entry) -> Judgement:
    return judge(report, Policy(exceptions=Exceptions(entries=entries)), TODAY)


def test_an_excepted_finding_does_not_block_and_is_listed(report: Report) -> None:
    judgement = judged(report, exception("CVE-2022-40023"))
    assert [finding.id for finding in judgement.blocking] == TRIVY_BLOCKS[1:]
    (excepted,) = judgement.excepted
    assert (excepted.finding.id, excepted.statement) == ("CVE-2022-40023", "why CVE-2022-40023")
    assert excepted.finding.path.endswith("METADATA")
    assert excepted.finding.purl == "pkg:pypi/mako@1.2.1"
    assert judgement.headline == "3 of 12 findings block (CRITICAL or HIGH with a fix), 1 excepted"


def test_with_all_findings_excepted_the_gate_passes(report: Report) -> None:
    judgement = judged(report, *map(exception, TRIVY_BLOCKS))
    check(judgement)
    assert judgement.passed
    assert [one.finding.id for one in judgement.excepted] == TRIVY_BLOCKS


def test_an_exception_elsewhere_covers_nothing_and_is_unused(report: Report) -> None:
    elsewhere = exception("CVE-2022-40023", paths=("opt/**",))
    judgement = judged(report, elsewhere, exception("CVE-2023-25577"))
    assert judgement.unused == (elsewhere,)
    assert "CVE-2022-40023" in [finding.id for finding in judgement.blocking]


def test_an_exception_that_ends_soon_counts_and_is_pointed_out(report: Report) -> None:
    soon = exception("CVE-2022-40023", days=3)
    judgement = judged(report, soon, exception("CVE-2023-25577"))
    assert judgement.expiring == (soon,)
    assert [one.finding.id for one in judgement.excepted] == ["CVE-2022-40023", "CVE-2023-25577"]


def test_an_ended_exception_blocks_though_its_finding_is_gone() -> None:
    judgement = judged(report_of(), exception("CVE-9", days=-1))
    assert not judgement.passed
    with pytest.raises(ExceptionExpired) as raised:
        check(judgement)
    assert raised.value.exit_code == 11
    for told in (
        "the exception for CVE-9 has ended",
        "since 2026-11-24",
        "why CVE-9",
        "give the entry another",
    ):
        assert told in raised.value.message


def test_an_ended_exception_covers_nothing(report: Report) -> None:
    judgement = judged(report, exception("CVE-2022-40023", days=0))
    assert not judgement.excepted
    assert [finding.id for finding in judgement.blocking] == TRIVY_BLOCKS


def test_findings_are_told_first_and_ended_exceptions_with_them(report: Report) -> None:
    with pytest.raises(GateBlocked) as raised:
        check(judged(report, exception("CVE-9", days=-1)))
    assert not isinstance(raised.value, ExceptionExpired)
    assert raised.value.why.splitlines()[0].startswith("CVE-2022-40023 HIGH")
    assert "the exception for CVE-9 does not count since 2026-11-24" in raised.value.why


def test_several_ended_exceptions_are_all_named() -> None:
    with pytest.raises(ExceptionExpired, match=r"CVE-8 and 1 more has ended") as raised:
        check(judged(report_of(), exception("CVE-8", days=-1), exception("CVE-9", days=0)))
    assert "CVE-9 does not count since 2026-11-25" in raised.value.why


def test_an_exception_that_has_ended_covers_nothing(report: Report) -> None:
    policy = Policy(exceptions=Exceptions(entries=(exception("CVE-2022-40023", days=-1),)))
    assert len(judge(report, policy, TODAY).blocking) == len(TRIVY_BLOCKS)


@settings(max_examples=30, deadline=None)
@given(st.lists(VULNERABILITIES, max_size=8), st.lists(VULNERABILITIES, max_size=3), st.integers(-20, 20))
def test_what_does_not_block_is_excepted_by_an_entry_that_counts(
    found: list[Vulnerability], excepted: list[Vulnerability], days: int
) -> None:
    entries = {one.id: exception(one.id, days=days) for one in [*excepted, *found[:1]]}
    plain, judgement = judged(report_of(*found)), judged(report_of(*found), *entries.values())
    if days <= 0:
        assert judgement.blocking == plain.blocking
        assert judgement.expired == tuple(entries.values())
    else:
        covered = [one for one in found if one.id in entries]
        assert len(judgement.excepted) == len(covered)
        assert {one.id for one in judgement.unused} == entries.keys() - {one.id for one in found}
        assert {f.id for f in plain.blocking} - entries.keys() == {f.id for f in judgement.blocking}


def test_severities_come_in_any_case_and_order() -> None:
    assert severities_of(["high", " CRITICAL ", "High"]) == (Severity.CRITICAL, Severity.HIGH)


@pytest.mark.parametrize(
    ("names", "told"), [([], "no severity"), (["HIHG"], "'HIHG'"), ([""], "''"), (["HIGH,LOW"], "is no")]
)
def test_other_severities_are_refused(names: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told) as raised:
        severities_of(names)
    assert "CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN" in raised.value.advice
