"""Help texts, section by section as `dagger` prints them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dagger_local.cli.catalog import Function
from dagger_local.cli.flags import Flag
from dagger_local.cli.flagtypes import go_quote
from dagger_local.cli.layout import described, view_width, wrap_usage


@dataclass(frozen=True)
class Page:
    """What is known of a command when its help is asked for.

    Attributes:
        path: The command as it is typed, without flags.
        about: Its description.
        options_first: Written after the path in the usage line.
        functions: What can follow it.
        arguments: Flags of the function itself.
        options: Other flags that stand here.
        inherited: Flags that may stand anywhere.
    """

    path: str
    about: str
    options_first: str
    functions: Sequence[Function]
    arguments: Sequence[Flag]
    options: Sequence[Flag] = ()
    inherited: Sequence[Flag] = ()

    def text(self) -> str:
        """The whole page."""
        width = view_width()
        sections = [self.about.rstrip()] if self.about.strip() else []
        sections.append(_section("Usage", f"  {self.path}{self.options_first}"))
        if self.functions:
            rows = [(function.cli_name, function.short) for function in self.functions]
            sections.append(_section("Functions", described(sorted(rows), width)))
        groups = [("Arguments", self.arguments), ("Options", self.options)]
        sections.append("\n\n".join(_section(t, flag_usages(f, width)) for t, f in groups if f).rstrip())
        if self.inherited:
            sections.append(_section("Inherited Options", flag_usages(self.inherited, width)).rstrip())
        if self.functions:
            sections.append(f'Use "{self.path} [command] --help" for more information about a command.')
        return "\n\n".join(filter(None, sections)) + "\n"


def _section(title: str, body: str) -> str:
    return f"{title.upper()}\n{body}"


def flag_usages(flags: Iterable[Flag], width: int) -> str:
    """A line or more for each flag, required ones first."""
    ordered = sorted((f for f in flags if not f.hidden), key=lambda f: (not f.required, f.name))
    heads = [_head(flag) for flag in ordered]
    column = max(map(len, heads))
    lines = []
    for flag, head in zip(ordered, heads, strict=True):
        text = wrap_usage(column + 3, width, _usage(flag)[1] + _default(flag))
        lines.append(f"{head:<{column}}   {text}")
    return "\n".join(lines)


def _head(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    label = _usage(flag)[0]
    return f"  {short}--{flag.name}" + (f" {label}" if label else "")


def _usage(flag: Flag) -> tuple[str, str]:
    """The name that stands for the value, and the description."""
    text = f"{flag.usage} [required]".strip() if flag.required else flag.usage
    if quoted := re.search(r"`([^`]*)`", text):
        return quoted[1], text[: quoted.start()] + quoted[1] + text[quoted.end() :]
    return flag.type.label, text


def _default(flag: Flag) -> str:
    if flag.default in flag.type.zero:
        return ""
    return f" (default {go_quote(flag.default) if flag.type.quoted else flag.default})"
