"""Findings in a terminal: grouped, the worst first, and never wider than the terminal."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.models.findings import WIDEST, table
from supply_chain.models.trivy_report import NOTHING_LISTED, Package, Report, Result, Severity, Vulnerability

WORDS = st.text(alphabet="ab |\n\t\x1b\u4e2d\u0301\u202e-", max_size=60)


def report_of(*results: Result) -> Report:
    return Report(schema_version=2, artifact_name="x", artifact_type="container_image", results=results)


PACKAGES = (Package(name="p"),)


def columns(line: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in {"W", "F"})
        for char in line
    )


def test_groups_by_target_and_sorts_the_worst_first(report: Report) -> None:
    lines = table(report).splitlines()
    assert lines[0] == "/image (debian 13.1): 4 findings"
    assert lines[2].split() == ["SEVERITY", "ID", "PACKAGE", "INSTALLED", "FIXED", "IN", "TITLE"]
    assert lines[3].startswith("HIGH      CVE-2025-69720  libtinfo6     6.5+20250216-2  (affected)")
    python = lines.index("Python: 8 findings")
    severities = [Severity(line.split()[0]) for line in lines[python + 3 : python + 11]]
    assert severities == sorted(severities, key=list(Severity).index)
    assert lines[python + 3].startswith("HIGH      CVE-2022-40023  mako      1.2.1      1.2.2     ")


def test_ends_with_how_many_there_are(report: Report) -> None:
    assert table(report).endswith(
        "\n\n12 findings in 7 packages (CRITICAL 0, HIGH 5, MEDIUM 4, LOW 3, UNKNOWN 0)\n"
    )


def test_a_clean_image_has_no_table() -> None:
    clean = report_of(Result(target="Python", packages=PACKAGES))
    assert table(clean) == "0 findings in 1 package (CRITICAL 0, HIGH 0, MEDIUM 0, LOW 0, UNKNOWN 0)\n"


def test_an_image_without_packages_says_so() -> None:
    assert table(report_of()).splitlines()[1] == NOTHING_LISTED


def test_hundreds_of_findings_stay_a_table() -> None:
    found = tuple(
        Vulnerability(
            id=f"GHSA-aaaa-bbbb-{number:04}",
            package="a-package-with-a-very-long-name-that-nobody-reads",
            installed="1:2.3.4-5+deb13u1~really-long-version",
            fixed="2.0, 3.0, 4.0, 5.0, 6.0, 7.0",
            severity=list(Severity)[number % 5],
            title="what is wrong, in many more words than any terminal has room for, told twice " * 3,
        )
        for number in range(300)
    )
    lines = table(report_of(Result(target="Python", packages=PACKAGES, vulnerabilities=found))).splitlines()
    assert len(lines) == 305
    assert max(map(len, lines)) == WIDEST
    assert all(line.endswith("…") for line in lines[3:303])
    assert all(f"GHSA-aaaa-bbbb-{number:04}" in "".join(lines) for number in range(300))


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS, WORDS, WORDS)
def test_no_words_make_a_line_of_their_own_or_a_wider_one(
    target: str, id_: str, name: str, title: str
) -> None:
    found = Vulnerability(id=id_, package=name, installed=name, fixed=name, title=title)
    lines = table(report_of(Result(target=target, packages=PACKAGES, vulnerabilities=(found,)))).splitlines()
    assert len(lines) == 6
    assert max(map(columns, lines)) <= WIDEST
    assert "\x1b" not in "".join(lines)
