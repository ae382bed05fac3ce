"""Headless Chromium, as engine/setup.sh installs it or the machine has it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def program() -> str:
    """Where it is."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, "there is no Chromium: run `sh engine/setup.sh browser`"
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that lives for the block; root has no sandbox of Chromium's."""
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=args)
        yield browser
        browser.close()
