"""The secrets that building one stage of a Dockerfile mounts, in it or in a stage that it takes from.

Source: https://docs.docker.com/reference/dockerfile/#run---mounttypesecret.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from supply_chain.models.dockerfile import Instruction, instructions, stage_of

_MOUNT = re.compile(r"--mount=(\S+)")
_FROM = re.compile(r"--from=(\S+)")


@dataclass
class _Stage:
    """A stage, as far as secrets go."""

    sources: set[str] = field(default_factory=set)
    """What it takes from: names of stages, among others."""
    secrets: dict[str, bool] = field(default_factory=dict)
    """Secrets that its steps mount, and whether one cannot do without."""


def mounted_secrets(text: str, target: str) -> dict[str, bool]:
    """Secrets by id, and whether a step says that it cannot do without. No target is the last stage."""
    stages = _stages(text)
    found: dict[str, bool] = {}
    pending, seen = [target.lower() or next(reversed(stages), "")], set[str]()
    while pending:
        name = pending.pop()
        if name in stages and name not in seen:
            seen.add(name)
            pending.extend(stages[name].sources)
            for secret, needed in stages[name].secrets.items():
                found[secret] = found.get(secret, False) or needed
    return found


def _stages(text: str) -> dict[str, _Stage]:
    """Every stage under its name; one that has a name goes by its number as well."""
    stages: dict[str, _Stage] = {}
    current, number = _Stage(), 0
    for instruction in instructions(text):
        if begun := stage_of(instruction, number):
            current = _Stage(sources={begun.image.lower()})
            stages[str(number)] = stages[begun.name] = current
            number += 1
        elif instruction.keyword == "COPY":
            current.sources |= {source.lower() for source in _FROM.findall(instruction.rest)}
        elif instruction.keyword == "RUN":
            _note_mounts(current, instruction)
    return stages


def _note_mounts(stage: _Stage, instruction: Instruction) -> None:
    for options in _mounts(instruction):
        stage.sources |= {options["from"].lower()} if "from" in options else set()
        if options.get("type") == "secret":
            name = options.get("id") or _target(options).rpartition("/")[2]
            needed = options.get("required") in {"", "true", "1"}
            stage.secrets[name] = stage.secrets.get(name, False) or needed


def _mounts(instruction: Instruction) -> Iterator[dict[str, str]]:
    for mount in _MOUNT.findall(instruction.rest):
        yield dict(option.partition("=")[::2] for option in mount.split(","))


def _target(options: dict[str, str]) -> str:
    return next((options[key] for key in ("target", "dst", "destination") if key in options), "")
