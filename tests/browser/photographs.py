"""Pictures of reports for docs/: `python -m browser.photographs PASSED BLOCKED OUT`, of two folders."""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from browser.chromium import chromium

LARGEST = 300_000
"""Bytes of a picture, at most: they lie in the repository."""
HEIGHT = 1400

Scheme = Literal["light", "dark"]


def photograph(
    browser: Browser, evidence: Path, picture: Path, scheme: Scheme = "light", width: int = 1280, of: str = ""
) -> None:
    """The top of the evidence's page as a window of that width shows it, or one section of it, by its id."""
    page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    page.goto((evidence / "report.html").resolve().as_uri())
    if of:
        page.locator(f"#{of}").screenshot(path=picture)
    else:
        page.screenshot(path=picture)
    page.close()
    size = picture.stat().st_size
    if size > LARGEST:
        sys.exit(f"{picture} has {size} bytes, and {LARGEST} are allowed")
    print(f"{picture}: {size} bytes")


def main(passed: Path, blocked: Path, out: Path) -> None:
    """All of them."""
    out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        photograph(browser, passed, out / "report-light.png")
        photograph(browser, passed, out / "report-dark.png", "dark")
        photograph(browser, passed, out / "report-small.png", width=360)
        photograph(browser, passed, out / "report-steps.png", of="steps")
        photograph(browser, blocked, out / "report-blocked.png")
        photograph(browser, blocked, out / "report-findings.png", of="findings")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
