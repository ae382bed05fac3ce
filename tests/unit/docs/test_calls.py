"""Every call of the module that a page tells people to type is one that the module has."""

from pathlib import Path

import pytest

from dagger_local.cli.catalog import Catalog
from dagger_local.cli.flags import UsageError
from unit.docs.pages import DOCS, REPOSITORY, calls, words
from unit.workflows.catalog import parse

PAGES = [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]
CALLS = [(page, call) for page in PAGES for call in calls(page)]


@pytest.mark.parametrize(("page", "call"), CALLS, ids=[f"{page.name}: {call}" for page, call in CALLS])
def test_a_call_that_a_page_tells_is_one_of_the_module(catalog: Catalog, page: Path, call: str) -> None:
    try:
        parse(catalog, words(call))
    except UsageError as error:
        pytest.fail(f"{page.name}: {call}: {error.message}")


@pytest.mark.parametrize("name", ["README.md", "github.md"])
def test_pages_tell_calls(name: str) -> None:
    """Else nothing would be looked at."""
    assert len([call for page, call in CALLS if page.name == name]) >= 3
