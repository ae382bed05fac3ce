"""One browser for all tests; a page that they open must ask for nothing and complain of nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from .chromium import chromium

Opening = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opening]:
    """Opens a page from its text: `opened(html, scheme="dark", width=360)`; `expected` complaints."""
    complaints: list[str] = []
    wanted: list[str] = []
    asked: list[str] = []
    file = tmp_path / "report.html"
    contexts = []

    def open_page(html: str, scheme: Any = "light", width: int = 1280, expected: str = "") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        wanted.extend(filter(None, [expected]))
        contexts.append(context)
        page = context.new_page()
        file.write_text(html, encoding="utf-8")
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert set(asked) == {file.as_uri()}
    assert [one for one in complaints if not any(part in one for part in wanted)] == []
    assert all(any(part in one for one in complaints) for part in wanted)
