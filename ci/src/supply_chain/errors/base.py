"""What all errors share: a name, what failed, why, what to do, an exit code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True)
class Trouble:
    """That a service could not do now what was asked, and may be able to later."""

    service: str
    """Who it is, with the address where one is known: `registry ghcr.io`."""
    silent: bool = False
    """Whether nothing answered at all; then its address may be wrong as well."""
    retry_after: float = 0
    """Seconds for which it wants to be left alone; 0 where it says nothing of that."""


class SupplyChainError(Exception):
    """Base of all errors of this module; also the family of our own bugs."""

    exit_code: ClassVar[int] = 70
    status: ClassVar[str] = "internal-error"
    default_advice: ClassVar[str] = "this is a bug in the module: report it with the log of the run"

    def __init__(self, what: str, why: str = "", advice: str = "", *, trouble: Trouble | None = None) -> None:
        self.what = what
        self.why = why
        self.advice = advice or self.default_advice
        self.trouble = trouble
        super().__init__(self.message)

    @property
    def name(self) -> str:
        """The name users see and outcome.json records."""
        return type(self).__name__

    @property
    def transient(self) -> bool:
        """Whether the same may well succeed when it is tried again."""
        return self.trouble is not None

    def but(self, *, why: str = "", advice: str = "") -> Self:
        """The same error with another reason or advice."""
        return type(self)(self.what, why or self.why, advice or self.advice, trouble=self.trouble)

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


class VerifierFailed(InternalError):
    """The verifier accepted what it must refuse."""

    default_advice = (
        "do not trust what this version verified, and do not use the image; report it with the log of the run"
    )


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
