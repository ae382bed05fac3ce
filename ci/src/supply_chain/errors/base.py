"""What all errors share: a name, what failed, why, what to do, an exit code."""

from collections.abc import Iterator
from typing import ClassVar


class SupplyChainError(Exception):
    """Base of all errors of this module; also the family of our own bugs."""

    exit_code: ClassVar[int] = 70
    status: ClassVar[str] = "internal-error"
    default_advice: ClassVar[str] = "this is a bug in the module: report it with the log of the run"

    def __init__(self, what: str, why: str = "", advice: str = "") -> None:
        self.what = what
        self.why = why
        self.advice = advice or self.default_advice
        super().__init__(self.message)

    @property
    def name(self) -> str:
        """The name users see and outcome.json records."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """Name, what failed, why, what to do; one line each."""
        lines = [f"{self.name}: {self.what}"]
        if self.why:
            lines.append(f"  why: {indented(self.why)}")
        lines.append(f"  what to do: {indented(self.advice)}")
        return "\n".join(lines)


def indented(text: str) -> str:
    """Continuation lines of a multi-line reason stand under its first line."""
    return "\n    ".join(text.strip().splitlines())


class InternalError(SupplyChainError):
    """A step failed in a way nobody foresaw."""


def families() -> list[type[SupplyChainError]]:
    """The classes that own an exit code, by exit code."""
    return sorted((kind for kind in _all() if "exit_code" in vars(kind)), key=lambda kind: kind.exit_code)


def by_name(name: str) -> type[SupplyChainError]:
    """The class of an error recorded by name; an unknown name counts as our own bug."""
    return next((kind for kind in _all() if kind.__name__ == name), InternalError)


def _all() -> Iterator[type[SupplyChainError]]:
    """Every class of errors."""
    pending: list[type[SupplyChainError]] = [SupplyChainError]
    while pending:
        kind = pending.pop()
        yield kind
        pending.extend(kind.__subclasses__())
