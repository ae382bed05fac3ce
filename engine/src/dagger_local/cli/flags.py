"""Parses flags as Go's pflag does: the same forms, the same errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dagger_local.cli.flagtypes import BadValue, FlagType
from dagger_local.errors import EngineError
from dagger_local.module.naming import cli_name


class UsageError(EngineError):
    """The command line is wrong; nothing has run."""


@dataclass
class Flag:
    """A flag, and what was given for it.

    Attributes:
        name: Without dashes.
        type: What may be given.
        usage: Its description; a name in `backquotes` is shown as the type.
        default: As help shows it.
        short: One letter, or none.
        required: Whether the function needs it.
        hidden: Whether help leaves it out.
        value: The parsed value; None while not given.
    """

    name: str
    type: FlagType
    usage: str = ""
    default: str = ""
    short: str = ""
    required: bool = False
    hidden: bool = False
    value: Any = None

    @property
    def changed(self) -> bool:
        """Whether it was given."""
        return self.value is not None

    def set(self, text: str) -> None:
        """Takes one occurrence on the command line."""
        try:
            parsed: Any = self._counted(text) if self.type.label == "count" else self.type.parse(text)
        except BadValue as error:
            name = f"-{self.short}, --{self.name}" if self.short else f"--{self.name}"
            raise UsageError(f'invalid argument "{text}" for "{name}" flag: {error}') from None
        self.value = (self.value or []) + parsed if self.type.many else parsed

    def _counted(self, text: str) -> int:
        return (self.value or 0) + 1 if text == "+1" else int(self.type.parse(text))


@dataclass
class FlagSet:
    """Flags that may stand in one place of the command line.

    Attributes:
        flags: By name.
        lenient: Skip unknown flags, each with a word behind it: for a first look at a command line.
    """

    flags: dict[str, Flag] = field(default_factory=dict)
    lenient: bool = False

    def add(self, flag: Flag) -> Flag:
        """Makes a flag known."""
        self.flags[flag.name] = flag
        return flag

    def parse(self, args: Sequence[str]) -> list[str]:
        """Takes flags up to the first word that is none.

        Returns:
            That word and all after it.

        Raises:
            UsageError: An unknown flag, or a value that does not fit.
        """
        rest = list(args)
        while rest:
            arg = rest[0]
            if len(arg) < 2 or arg[0] != "-":  # noqa: PLR2004 - "-" is a word, not a flag
                break
            del rest[0]
            if arg == "--":
                break
            if arg.startswith("--"):
                self._long(arg, rest)
            else:
                self._short(arg, rest)
        return rest

    def _long(self, arg: str, rest: list[str]) -> None:
        name, has_value, value = arg[2:].partition("=")
        if not name or name.startswith("-"):
            raise UsageError(f"bad flag syntax: {arg}")
        flag = self.flags.get(cli_name(name))
        if flag is None:
            self._unknown(f"unknown flag: --{name}", rest if not has_value else [])
        elif has_value:
            flag.set(value)
        elif flag.type.implied is not None:
            flag.set(flag.type.implied)
        elif rest:
            flag.set(rest.pop(0))
        else:
            raise UsageError(f"flag needs an argument: --{name}")

    def _short(self, arg: str, rest: list[str]) -> None:
        letters = arg[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            flag = next((f for f in self.flags.values() if f.short == letter), None)
            if flag is None:
                self._unknown(f"unknown shorthand flag: '{letter}' in -{letter}{letters}", rest)
                return
            if letters.startswith("="):
                flag.set(letters[1:])
                return
            if flag.type.implied is not None:
                flag.set(flag.type.implied)
            elif letters:
                flag.set(letters)
                return
            elif rest:
                flag.set(rest.pop(0))
            else:
                raise UsageError(f"flag needs an argument: '{letter}' in -{arg[1:]}")

    def _unknown(self, message: str, rest: list[str]) -> None:
        if not self.lenient:
            raise UsageError(message)
        if rest and not rest[0].startswith("-"):
            del rest[0]

    def require(self) -> None:
        """Raises an error that names the required flags which were not given."""
        missing = sorted(flag.name for flag in self.flags.values() if flag.required and not flag.changed)
        if missing:
            raise UsageError("required flag(s) " + ", ".join(f'"{name}"' for name in missing) + " not set")
