"""The workflows as data, and the calls of the module in them."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[3]
GITHUB = REPOSITORY / ".github"
DAGGER = "dagger/dagger-for-github"
REUSABLE = "release-image.yml"


def parsed(text: str) -> dict[str, Any]:
    """YAML in which every value is a text: `on` is no truth value, and 0700 no number."""
    return dict(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - it makes texts only


@dataclass(frozen=True)
class Step:
    """A step, and where it stands."""

    workflow: str
    job: str
    env: Mapping[str, str]
    """What it is given, by its job too."""
    content: Mapping[str, Any]

    @property
    def action(self) -> str:
        """The action it uses, without its version; empty where it runs a command."""
        return str(self.content.get("uses", "")).partition("@")[0]

    @property
    def inputs(self) -> Mapping[str, str]:
        """What the action is given."""
        return dict(self.content.get("with", {}))

    @property
    def condition(self) -> str:
        """When it runs."""
        return str(self.content.get("if", ""))

    @property
    def name(self) -> str:
        """Where to look when it is wrong."""
        return f"{self.workflow}: {self.job}: {self.content['name']}"


WORKFLOWS = {path.name: path for path in sorted((GITHUB / "workflows").iterdir())}
TEXTS = {name: path.read_text() for name, path in WORKFLOWS.items()}
CONTENTS = {name: parsed(text) for name, text in TEXTS.items()}
JOBS = {
    (name, job): dict(made) for name, content in CONTENTS.items() for job, made in content["jobs"].items()
}


def steps() -> Iterator[Step]:
    """Every step of every workflow."""
    for (workflow, job), content in JOBS.items():
        for step in content["steps"]:
            env = CONTENTS[workflow].get("env", {}) | content.get("env", {}) | step.get("env", {})
            yield Step(workflow, job, env, step)


STEPS = list(steps())
CALLS = {step.name: step for step in STEPS if step.action == DAGGER}


def words(step: Step) -> list[str]:
    """The command line of a call, with variables in place of their values."""
    return shlex.split(step.inputs["args"])
