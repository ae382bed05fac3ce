"""Links between pages lead somewhere."""

import re
from pathlib import Path

import pytest

from unit.docs.pages import DOCS, REPOSITORY

PAGES = [*REPOSITORY.glob("*.md"), *DOCS.glob("*.md"), *REPOSITORY.glob("examples/*/*.md")]
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text()):
        linked = page.parent / target if target else page
        assert linked.exists(), target
        assert not anchor or anchor in _anchors(linked), anchor


def test_links_are_found() -> None:
    assert ("docs/reference.md", "") in _LINK.findall((REPOSITORY / "README.md").read_text())
    assert ("", "scan") in _LINK.findall((DOCS / "reference.md").read_text())


def _anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
