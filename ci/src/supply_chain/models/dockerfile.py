"""The stages of a Dockerfile, as far as naming a target needs.

Grammar: https://docs.docker.com/reference/dockerfile/#from.
"""

import re
from collections.abc import Iterator

from supply_chain.errors import UnknownTarget

_FROM = re.compile(r"FROM\s+(?:--\S+\s+)*\S+(?:\s+AS\s+(?P<name>\S+))?\s*", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*(?P<name>\w+)\s*=\s*(?P<value>\S+)\s*")
_HEREDOC = re.compile(r"<<-?(?P<quote>[\"']?)(?P<end>[A-Za-z_]\w*)(?P=quote)")
_TAKES_HEREDOC = ("RUN", "COPY", "ADD")


def stages(text: str) -> list[str]:
    """Names of the stages in order; an unnamed one goes by its number, as for `docker build --target`."""
    found: list[str] = []
    for line in _instructions(text):
        match = _FROM.fullmatch(line)
        if match:
            found.append((match["name"] or str(len(found))).lower())
    return found


def check_target(text: str, target: str) -> None:
    """UnknownTarget unless `target` is one of the stages, or empty for the last one."""
    known = stages(text)
    if target and target.lower() not in known and target not in map(str, range(len(known))):
        raise UnknownTarget(
            f"the Dockerfile has no stage {target!r}", why=f"its stages: {', '.join(known) or 'none'}"
        )


def _instructions(text: str) -> Iterator[str]:
    """Whole instructions: continued lines joined, comments and heredoc bodies left out."""
    lines = iter(text.splitlines())
    escape = _escape(text)
    pending = ""
    for line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.endswith(escape):
            pending += stripped.removesuffix(escape) + " "
            continue
        yield pending + stripped
        _skip_heredocs(pending + stripped, lines)
        pending = ""


def _escape(text: str) -> str:
    """The line-continuation character, which a directive above everything else may change."""
    for line in text.splitlines():
        directive = _DIRECTIVE.fullmatch(line.strip())
        if not directive:
            break
        if directive["name"].lower() == "escape":
            return directive["value"]
    return "\\"


def _skip_heredocs(instruction: str, lines: Iterator[str]) -> None:
    if instruction.upper().startswith(_TAKES_HEREDOC):
        for match in _HEREDOC.finditer(instruction):
            next((line for line in lines if line.strip("\t") == match["end"]), None)
