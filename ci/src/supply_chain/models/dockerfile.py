"""A Dockerfile's instructions and stages, as far as naming a target and finding images need.

Grammar: https://docs.docker.com/reference/dockerfile/; where it is silent, BuildKit's parser decides
(https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from supply_chain.errors import UnknownTarget

_FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*(?P<name>\w+)\s*=\s*(?P<value>\S+)\s*")
_WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+|\S""")
_HEREDOC = re.compile(r"\d*<<-?(?P<quote>[\"']?)(?P<end>[A-Za-z_][\w.-]*)(?P=quote)")
_TAKES_HEREDOC = ("RUN", "COPY", "ADD")


class Instruction(NamedTuple):
    """One instruction, its continued lines joined."""

    line: int
    """Number of its first line."""
    keyword: str
    """In capitals: FROM, RUN, …"""
    rest: str
    """What follows the keyword."""


class Stage(NamedTuple):
    """A FROM instruction."""

    name: str
    """In lower case; an unnamed one goes by its number, as for `docker build --target`."""
    image: str
    """What it starts from, as it is written: an image, an earlier stage or a variable."""


def stages(text: str) -> list[str]:
    """Names of the stages, in order."""
    found: list[str] = []
    for instruction in instructions(text):
        stage = stage_of(instruction, len(found))
        if stage:
            found.append(stage.name)
    return found


def check_target(text: str, target: str) -> None:
    """UnknownTarget unless `target` is one of the stages, or empty for the last one."""
    known = stages(text)
    if target and target.lower() not in known and target not in map(str, range(len(known))):
        raise UnknownTarget(
            f"the Dockerfile has no stage {target!r}", why=f"its stages: {', '.join(known) or 'none'}"
        )


def stage_of(instruction: Instruction, number: int) -> Stage | None:
    """The stage that the instruction begins, the file's `number`th; None when it begins none."""
    match = _FROM.fullmatch(instruction.rest) if instruction.keyword == "FROM" else None
    return Stage((match["name"] or str(number)).lower(), match["image"]) if match else None


def instructions(text: str) -> Iterator[Instruction]:
    """Whole instructions: continued lines joined, comments and heredoc bodies left out."""
    lines = _numbered(text)
    escape = directives(text).get("escape", ("\\", 0))[0]
    first, pending = 0, ""
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        first = first or number
        if _is_continued(stripped, escape):
            pending += stripped.removesuffix(escape) + " "
            continue
        yield _instruction(first, pending + stripped)
        _skip_heredocs(pending + stripped, lines)
        first, pending = 0, ""
    if pending.strip():
        yield _instruction(first, pending)


def directives(text: str) -> dict[str, tuple[str, int]]:
    """Value and line number of the parser directives, which stand above everything else."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in _numbered(text):
        if number == 1 and line.startswith("#!"):
            continue
        directive = _DIRECTIVE.fullmatch(line.strip())
        if not directive:
            break
        found.setdefault(directive["name"].lower(), (directive["value"], number))
    return found


def words(text: str) -> list[str]:
    """The text's words, a quoted space being none; quotes are kept."""
    return _WORD.findall(text)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Lines as Docker counts them: nothing but a line feed ends one."""
    return enumerate(text.removeprefix("\ufeff").split("\n"), start=1)


def _instruction(line: int, text: str) -> Instruction:
    keyword, *rest = text.split(maxsplit=1)
    return Instruction(line, keyword.upper(), "".join(rest).strip())


def _is_continued(line: str, escape: str) -> bool:
    """An escape character that is itself escaped continues nothing."""
    return line.endswith(escape) and not line.endswith(escape * 2)


def _skip_heredocs(instruction: str, lines: Iterator[tuple[int, str]]) -> None:
    """Read on behind the bodies of the heredocs that the instruction opens."""
    if not instruction.upper().startswith(_TAKES_HEREDOC):
        return
    for word in words(instruction):
        match = _HEREDOC.fullmatch(word)
        if match:
            next((line for _, line in lines if line.strip("\t") == match["end"]), None)
