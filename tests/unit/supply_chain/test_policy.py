"""The gate: what blocks, what is counted, and that nothing Trivy would stop gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.models.policy import Policy, has_fix, judge, listed
from supply_chain.models.trivy_report import Report, Result, Severity, Vulnerability

# What `trivy image --severity CRITICAL,HIGH --ignore-unfixed` printed for the image of trivy.json.
TRIVY_BLOCKS = ["CVE-2022-40023", "CVE-2023-25577", "CVE-2023-46136", "CVE-2024-34069"]

VULNERABILITIES = st.builds(
    Vulnerability,
    id=st.from_regex(r"CVE-20[0-9]{2}-[0-9]{4}", fullmatch=True),
    package=st.sampled_from(["zlib", "jinja2", "a|b"]),
    installed=st.just("1.0"),
    fixed=st.sampled_from(["", "1.1", "1.1, 2.0"]),
    status=st.sampled_from(["", "fixed", "affected", "will_not_fix"]),
    severity=st.sampled_from(Severity),
    title=st.just(""),
    url=st.just(""),
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
    assert [finding.id for finding in judge(report, Policy()).blocking] == TRIVY_BLOCKS


def test_counts_every_finding_by_severity_and_fix(report: Report) -> None:
    counts = judge(report, Policy()).counts
    assert {severity.value: (count.fixed, count.unfixed) for severity, count in counts.items()} == {
        "CRITICAL": (0, 0),
        "HIGH": (4, 1),
        "MEDIUM": (4, 0),
        "LOW": (1, 2),
        "UNKNOWN": (0, 0),
    }


def test_counts_packages_and_says_so(report: Report) -> None:
    judgement = judge(report, Policy())
    assert judgement.packages == 7
    assert judgement.headline == "4 of 12 findings block (CRITICAL or HIGH with a fix)"


def test_a_finding_names_package_versions_and_place(report: Report) -> None:
    finding = judge(report, Policy()).blocking[0]
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
    assert judge(one(severity, fixed="2"), Policy()).passed


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.HIGH])
def test_unfixed_passes_only_where_the_policy_says_so(severity: Severity) -> None:
    assert judge(one(severity), Policy()).passed
    assert not judge(one(severity), Policy(ignore_unfixed=False)).passed


@pytest.mark.parametrize(("fixed", "status"), [("2", "affected"), ("", "fixed"), ("2", "")])
def test_a_fix_by_version_or_by_status_counts(fixed: str, status: str) -> None:
    assert not judge(one(Severity.HIGH, fixed, status), Policy()).passed


def test_a_clean_report_passes() -> None:
    judgement = judge(report_of(), Policy())
    assert judgement.passed
    assert judgement.headline.startswith("0 of 0 findings block")


def test_the_worst_are_named_first() -> None:
    high, critical = (
        Vulnerability(id=id_, package="p", fixed="2", severity=severity)
        for id_, severity in [("CVE-1", Severity.HIGH), ("CVE-2", Severity.CRITICAL)]
    )
    assert [f.id for f in judge(report_of(high, critical), Policy()).blocking] == ["CVE-2", "CVE-1"]


def test_text_names_id_package_and_fix_and_is_bounded(report: Report) -> None:
    blocking = judge(report, Policy()).blocking
    assert listed(blocking).splitlines()[0] == "CVE-2022-40023 HIGH: mako 1.2.1, fixed in 1.2.2"
    assert len(listed(blocking * 10).splitlines()) == 21
    assert listed(blocking * 10).endswith("and 20 more in trivy.json")


@settings(max_examples=30, deadline=None)
@given(st.lists(VULNERABILITIES, max_size=8), POLICIES)
def test_every_finding_is_counted_once_and_blocks_by_the_rule_alone(
    vulnerabilities: list[Vulnerability], policy: Policy
) -> None:
    judgement = judge(report_of(*vulnerabilities), policy)
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
    assert stopped <= {finding.id for finding in judge(report_of(*vulnerabilities), Policy()).blocking}


@settings(max_examples=30, deadline=None)
@given(st.lists(VULNERABILITIES, max_size=6), VULNERABILITIES, POLICIES)
def test_one_finding_more_never_unblocks(
    found: list[Vulnerability], more: Vulnerability, policy: Policy
) -> None:
    before = len(judge(report_of(*found), policy).blocking)
    assert len(judge(report_of(*found, more), policy).blocking) >= before
