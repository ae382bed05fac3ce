"""report.html in Chromium: it opens at once, sorts, filters, is readable by all, and runs nobody's words."""

import hashlib
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from supply_chain.errors import GateBlocked
from supply_chain.models.checks import Result, Row
from supply_chain.models.exceptions import Exceptions
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Failure, Outcome
from supply_chain.models.policy import Policy
from supply_chain.models.trivy_report import Severity
from unit.supply_chain.outcomes import exception
from unit.supply_chain.report.pages import page_text, release, texts

from .conftest import Opening

LARGEST = 2_000_000
ONE_SECOND = 1000
GIVEN = texts(packages=12, findings=20)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"' onfocus=alert(3) autofocus \u202e"


def rehearsal(**facts: Any) -> Outcome:
    """A rehearsal with something in every section."""
    entries = (exception("CVE-2026-00000", 100), exception("CVE-1", 3), exception("CVE-2", -9))
    policy = Policy(severities=(Severity.CRITICAL,), exceptions=Exceptions(entries=entries))
    checks = (Row(check="lint", result=Result.PASSED), Row(check="audit", result=Result.OUTAGE, detail="no"))
    known = {"mode": Mode.REHEARSAL, "notices": ("a rehearsal",), "checks": checks}
    return release(GIVEN, policy, **known | facts)


def blocked() -> Outcome:
    """The same, stopped by the gate."""
    error = GateBlocked("1 of 20 findings blocks", why="CVE-2026-00005\nCVE-2026-00010")
    failure = Failure.of(error)
    return rehearsal(status=error.status, error=failure, verification=None, self_test=(), tags=())


@pytest.fixture(scope="module")
def large() -> str:
    """The page of an image with 500 packages and 300 findings."""
    given = texts(packages=500, findings=300)
    return page_text(release(given), given)


def column(page: Page, table: str, number: int) -> list[str]:
    """What is shown in a column of a table."""
    return page.locator(f"#table-{table} tbody tr:visible > :nth-child({number})").all_inner_texts()


def is_dark(page: Page) -> bool:
    """Whether its ground is."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour))) < 3 * 64


def test_a_large_page_opens_within_a_second(opened: Opening, large: str) -> None:
    assert len(large.encode()) < LARGEST
    page = opened(large)
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert 0 < loaded < ONE_SECOND


def test_a_click_sorts_and_another_turns_it_round(opened: Opening, large: str) -> None:
    page = opened(large)
    header = page.locator("#table-findings th", has_text="Package").first
    severities = column(page, "findings", 1)
    assert severities == sorted(severities, key=["Critical", "High", "Medium", "Low", "Unknown"].index)
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    up = column(page, "findings", 3)
    assert up[:12:5] == ["package-0", "package-5", "package-10"]
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    assert column(page, "findings", 3) == up[::-1]
    page.locator("#table-findings th", has_text="Severity").get_by_role("button").click()
    assert column(page, "findings", 1) == severities


def test_filters_leave_what_is_asked_for(opened: Opening, large: str) -> None:
    page = opened(large)
    findings = page.locator("form[data-for=findings]")
    expect(findings.get_by_role("status")).to_have_text("300 of 300 shown")
    findings.get_by_label("Severity").select_option("HIGH")
    findings.get_by_label("Fix").select_option("yes")
    assert set(column(page, "findings", 1)) == {"High"}
    expect(findings.get_by_role("status")).to_have_text("30 of 300 shown")
    findings.get_by_label("Search").fill("cve-2026-00006 PACKAGE-6")
    assert column(page, "findings", 3) == ["package-6"]
    expect(findings.get_by_role("status")).to_have_text("1 of 300 shown")
    packages = page.locator("form[data-for=packages]")
    packages.get_by_label("Findings").select_option("none")
    expect(packages.get_by_role("status")).to_have_text("200 of 500 shown")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_readers_scheme_and_lets_them_choose(opened: Opening, scheme: str) -> None:
    page = opened(page_text(rehearsal(), GIVEN), scheme=scheme)
    dark = scheme == "dark"
    assert is_dark(page) is dark
    page.get_by_role("button", name="Light" if dark else "Dark").click()
    assert is_dark(page) is not dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("made", [rehearsal, blocked, release], ids=lambda made: made.__name__)
def test_it_is_accessible(opened: Opening, scheme: str, made: Any) -> None:
    outcome = made(GIVEN) if made is release else made()
    page = opened(page_text(outcome, GIVEN), scheme=scheme)
    found = Axe().run(page, options={"runOnly": list(RULES), "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_rehearsal_is_seen_to_be_one_before_anything_else(opened: Opening) -> None:
    page = opened(page_text(rehearsal(), GIVEN))
    assert page.title() == "[REHEARSAL] Rehearsal of 1.2.3: passed"
    banner, heading = (page.locator(name).bounding_box() for name in (".banner", "h1"))
    assert banner
    assert heading
    assert banner["y"] + banner["height"] <= heading["y"]
    assert banner["y"] < 100


def test_pictures_of_it_differ_by_scheme_and_by_outcome(opened: Opening) -> None:
    pictures = {
        hashlib.sha256(opened(page_text(made, GIVEN), scheme=scheme).screenshot()).digest()
        for made in (rehearsal(), blocked())
        for scheme in ("light", "dark")
    }
    assert len(pictures) == 4


@pytest.mark.parametrize("width", [360, 768])
def test_it_fits_a_small_screen(opened: Opening, width: int) -> None:
    page = opened(page_text(blocked(), GIVEN), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_it_prints_whole_and_without_what_is_for_the_screen(opened: Opening) -> None:
    page = opened(page_text(rehearsal(), GIVEN), scheme="dark")
    page.emulate_media(media="print")
    for hidden in ("nav", "#scheme", ".filters", ".copy"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".banner")).to_be_visible()
    region = page.locator(".table").first
    assert region.evaluate("element => element.scrollHeight <= element.clientHeight + 1")


def test_words_of_others_stay_words(opened: Opening) -> None:
    given = texts(4, 6, lambda text: text + HOSTILE, url="javascript:alert(4)")
    made = release(given, version=HOSTILE, notices=(HOSTILE,), tags=(HOSTILE,), dirty=True)
    page = opened(page_text(made, given))
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    assert page.locator("#table-findings a").count() == 0
    shown = page.locator("#table-findings tbody th").first.inner_text()
    assert shown.startswith("package-0<img src=x onerror=alert(1)><script>")
    page.locator("form[data-for=findings]").get_by_label("Search").fill("<script>alert(2)</script>")
    expect(page.locator("form[data-for=findings]").get_by_role("status")).to_have_text("6 of 6 shown")


def test_what_is_injected_all_the_same_does_not_run(opened: Opening) -> None:
    """Even where a text were not escaped, the page's policy lets only its own script run."""
    page = page_text(release(GIVEN), GIVEN)
    assert page.count("<main") == 1
    spoilt = page.replace("<main", "<script>document.title = 'ours'</script><main", 1)
    shown = opened(spoilt, expected="Content Security Policy")
    assert shown.title() == "Release of 1.2.3: passed"
