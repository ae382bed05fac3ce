"""A page as HTML: one file without a reference to anything, and a policy that lets nothing else in."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from supply_chain.models.markdown import plain
from supply_chain.report.page import Page
from supply_chain.report.rows import MOST_ROWS
from supply_chain.report.words import lines

_PARTS = files("supply_chain") / "report"


def rendered(page: Page) -> str:
    """report.html."""
    style, script = _part("page.css"), _part("page.js")
    policy = _policy(style, script)
    return template().render(page=page, style=Markup(style), script=Markup(script), policy=policy)  # noqa: S704


@cache
def template() -> jinja2.Template:
    """The page's; what it takes from the other one is compiled as well."""
    _environment().get_template("parts.html")
    return _environment().get_template("page.html")


@cache
def _environment() -> jinja2.Environment:
    """Every text is escaped, an unknown name is an error, and nothing invisible gets through."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["lines"] = lines
    environment.globals["most_rows"] = MOST_ROWS
    return environment


def _visible(value: Any) -> Any:
    """A text without what is invisible or turns the text around it; what we wrote ourselves as it is."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(style: str, script: str) -> str:
    """The content security policy: these two parts by their digests, and nothing from anywhere."""
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")
