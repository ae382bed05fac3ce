"""Cases of the contract, and how an engine's answer to one is brought into the recordings' form."""

import json
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent
RECORDED_ON = "2026-11-23"
SECRET = "s3cret-text-1"
"""Thirteen characters, of which a recorded error shows the first three."""


class Case(BaseModel):
    """One command and what Dagger answered to it.

    Attributes:
        case: Its name.
        argv: What stands after `dagger --progress=plain`.
        exit: The exit code.
        stdout: Standard output.
        errors: The `Error:` lines of standard error.
        seconds: What it took on Dagger, roughly.
        documentation: Where the behaviour is described, if it was not recorded.
        folder: Where it ran, beneath tests/contract; `MODULE` is the first part of it.
        recorded: The day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    argv: list[str]
    exit: int
    stdout: str
    errors: list[str]
    seconds: float | None = None
    documentation: str = ""
    folder: str = "module"
    recorded: str = RECORDED_ON

    @property
    def module(self) -> str:
        """The folder of the module that it ran in."""
        return self.folder.partition("/")[0]


class Deferred(BaseModel):
    """Why a recorded case is not served."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lacks: str


@dataclass(frozen=True)
class Answer:
    """What an engine answered, in the recordings' form.

    Attributes:
        out: The folder that `OUT` stood for.
    """

    exit: int
    stdout: str
    errors: list[str]
    stderr: str
    out: Path


def engine() -> list[str]:
    """The program that is asked: `CONTRACT_ENGINE`, say `dagger`; else dagger-local."""
    return shlex.split(os.environ.get("CONTRACT_ENGINE", "")) or [sys.executable, "-m", "dagger_local"]


def is_live() -> bool:
    """Whether Dagger itself is asked."""
    return "CONTRACT_ENGINE" in os.environ


@cache
def recorded() -> dict[str, Case]:
    """The cases recorded on Dagger."""
    files = ("recordings.jsonl", "recordings-added.jsonl")
    lines = [line for file in files for line in (HERE / file).read_text().splitlines()]
    return {made.case: made for made in map(Case.model_validate, map(json.loads, lines))}


@cache
def assumed() -> dict[str, Case]:
    """The cases that follow Dagger's documentation."""
    found = tomllib.loads((HERE / "assumed.toml").read_text())
    return {made.case: made for made in map(Case.model_validate, found.get("cases", ()))}


@cache
def deferred() -> dict[str, Deferred]:
    """Recorded cases that the local engine does not serve yet."""
    found = tomllib.loads((HERE / "deferred.toml").read_text()).get("cases", {})
    return {name: Deferred.model_validate(value) for name, value in found.items()}


def real(argv: list[str], places: Mapping[str, str]) -> list[str]:
    """Arguments with placeholders replaced by what they stand for."""
    return [_replaced(arg, places) for arg in argv]


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for placeholder, value in places.items():
        text = text.replace(placeholder, value)
    return text


def in_recorded_form(text: str, places: Mapping[str, str]) -> str:
    """Output with placeholders, as tests/contract/README.md describes them."""
    text = text.replace(repr(SECRET[:6]), "'SECRET'[:6]")
    for placeholder, value in places.items():
        text = text.replace(value, placeholder)
    text = re.sub(r" \[traceparent:[0-9a-f-]+\]", "", text)
    text = re.sub(r"\bxxh3:[0-9a-f]+", "xxh3:<id>", text)
    return re.sub(r"\bstart \S+ \(aliased as", "start <id> (aliased as", text)


def agrees(expected: str, given: str) -> bool:
    """Whether an output is the recorded one; `<random>` stands for what differs at every run."""
    pattern = re.escape(expected).replace(re.escape("<random>"), "[0-9a-f]{32}")
    return re.fullmatch(pattern, given) is not None
