"""The images a Dockerfile takes from outside: FROM, COPY --from, RUN --mount=from=, and its `# syntax=` line.

`scratch` and earlier stages are the file's own. Variables have the values that a build would give them:
build arguments, else the defaults of ARG. Those that builders set by themselves (TARGETARCH, …) have one only
when it is given.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from supply_chain.models.dockerfile import Instruction, directives, instructions, stage_of, words

_VARIABLE = re.compile(
    r"\\(?P<escaped>.)|\$(?:(?P<name>\w+)|\{(?P<braced>\w+)(?:(?P<operator>:?[-+])(?P<word>[^}]*))?\})"
)
_FLAG = re.compile(r"--(?P<name>[a-z-]+)(?:=(?P<value>\S+))?")
_MOUNT_FROM = re.compile(r"""(?:^|[,"'])from=(?P<image>[^,"']+)""")


class ImageUse(NamedTuple):
    """An image from outside."""

    line: int
    """First line of the instruction."""
    written: str
    """As it is written there."""
    image: str
    """With the values of its variables; empty when one has none."""
    unknown: str = ""
    """The variable without a value."""


class _NoValue(Exception):
    """A variable has no value; the message is its name."""


def images(text: str, build_args: Mapping[str, str]) -> Iterator[ImageUse]:
    """Every image from outside, in the order of the lines; a FROM that cannot be read counts as one."""
    syntax = directives(text).get("syntax")
    if syntax:
        yield ImageUse(syntax[1], syntax[0], syntax[0])
    stages: list[str] = []
    shared: dict[str, str] = {}
    values = shared
    for instruction in instructions(text):
        if instruction.keyword == "FROM":
            stage = stage_of(instruction, len(stages))
            use = _use(instruction.line, stage.image if stage else instruction.rest, shared)
            if not _is_own(use.image, stages):
                yield use
            stages.append(stage.name if stage else "")
            values = {}
        elif instruction.keyword == "ARG":
            _declare(instruction, values, shared, build_args)
        else:
            numbers = map(str, range(len(stages)))
            found = (_use(instruction.line, name, values) for name in _sources(instruction))
            yield from (use for use in found if not _is_own(use.image, [*stages, *numbers]))


def _sources(instruction: Instruction) -> Iterator[str]:
    """Where COPY and the mounts of RUN take files from; ONBUILD puts either off to a later build."""
    keyword, rest = instruction.keyword, instruction.rest
    if keyword == "ONBUILD":
        keyword, _, rest = rest.partition(" ")
    for word in words(rest):
        flag = _FLAG.fullmatch(word)
        if not flag:
            break
        value = flag["value"] or ""
        if (keyword.upper(), flag["name"]) == ("COPY", "from"):
            yield value
        if (keyword.upper(), flag["name"]) == ("RUN", "mount"):
            yield from (match["image"] for match in _MOUNT_FROM.finditer(value))


def _is_own(image: str, stages: list[str]) -> bool:
    return image.lower() in {"scratch", *stages}


def _use(line: int, written: str, values: Mapping[str, str]) -> ImageUse:
    try:
        return ImageUse(line, written, _expanded(written, values))
    except _NoValue as variable:
        return ImageUse(line, written, "", unknown=str(variable))


def _declare(
    instruction: Instruction, values: dict[str, str], shared: Mapping[str, str], build_args: Mapping[str, str]
) -> None:
    """ARG: the value the build is given, else the default, else what an ARG above the first FROM has."""
    for word in words(instruction.rest):
        name, has_default, default = word.partition("=")
        use = _use(instruction.line, default, values)
        value = build_args.get(name, use.image if has_default else shared.get(name))
        if value:
            values[name] = value


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """The text without quotes, its variables replaced; _NoValue when one has no value and no substitute."""
    return re.sub(r"[\"']", "", _VARIABLE.sub(lambda match: _value(match, values), text))


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    """What stands for `$NAME`, `${NAME}`, `${NAME:-word}` or `${NAME:+word}`; an escaped character itself."""
    if match["escaped"]:
        return match["escaped"]
    name, operator = match["name"] or match["braced"], match["operator"] or ""
    value = values.get(name)
    if operator.endswith("+"):
        return match["word"] if value else ""
    if operator:
        return value or match["word"]
    if not value:
        raise _NoValue(name)
    return value
