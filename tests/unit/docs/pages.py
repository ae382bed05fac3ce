"""The pages that people read, and what they are told to type."""

import re
import shlex
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
DOCS = REPOSITORY / "docs"

_FENCED = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?:\./daggerw|dagger) (?:-m \S+ )?call(?= )")


def fenced(text: str, kind: str) -> list[str]:
    """Blocks of one kind in a page."""
    return [found["text"] for found in _FENCED.finditer(text) if found["kind"] == kind]


def commands(page: Path) -> list[str]:
    """Every command that a page tells people to type, on one line and without what is said of it."""
    lines = "\n".join(fenced(page.read_text(), "")).replace("\\\n", " ").splitlines()
    return [re.sub(r"\s+", " ", line.partition(" #")[0]).strip() for line in lines if line.strip()]


def calls(page: Path) -> list[str]:
    """Those of them that call the module."""
    return [command for command in commands(page) if _CALL.match(command)]


def words(call: str) -> list[str]:
    """A call's words behind `call`."""
    return shlex.split(_CALL.sub("", call, count=1))
