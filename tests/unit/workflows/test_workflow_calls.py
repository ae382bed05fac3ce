"""Every call of the module in workflows is one that the module has."""

import re
from collections.abc import Iterator

import pytest

from dagger_local.cli.catalog import Catalog
from dagger_local.cli.flags import UsageError
from unit.workflows.catalog import parse
from unit.workflows.files import CALLS, JOBS, WORKFLOWS, Step, words

# Set by GitHub in every step, or in those of a job that may have an identity.
_ALWAYS = {"GITHUB_ACTOR"}
_WITH_IDENTITY = {"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}

_FLAGS = sorted({word for step in CALLS.values() for word in words(step) if word.startswith("--")})


def test_there_are_calls() -> None:
    assert {step.workflow for step in CALLS.values()} == {
        "ci.yml",
        "release-image.yml",
        "release.yml",
        "rescan.yml",
    }


@pytest.mark.parametrize("name", CALLS)
def test_a_call_of_a_workflow_is_one_of_the_module(catalog: Catalog, name: str) -> None:
    parse(catalog, words(CALLS[name]))


@pytest.mark.parametrize("flag", _FLAGS)
def test_a_flag_that_the_module_has_not_is_found(catalog: Catalog, flag: str) -> None:
    """As after somebody renamed it there."""
    call = next(words(step) for step in CALLS.values() if flag in words(step))
    with pytest.raises(UsageError, match=f"unknown flag: {flag}-renamed"):
        parse(catalog, [f"{word}-renamed" if word == flag else word for word in call])


@pytest.mark.parametrize("function", ["candidate", "verdict", "scan", "sarif"])
def test_a_function_that_the_module_has_not_is_found(catalog: Catalog, function: str) -> None:
    call = next(words(step) for step in CALLS.values() if function in words(step))
    with pytest.raises(UsageError, match=f'unknown command "{function}-renamed"'):
        parse(catalog, [f"{word}-renamed" if word == function else word for word in call])


def test_what_a_function_requires_is_missed(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match='required flag\\(s\\) "evidence" not set'):
        parse(catalog, ["verdict"])


@pytest.mark.parametrize("name", CALLS)
def test_a_step_makes_one_call_and_no_more(name: str) -> None:
    """The action pastes `args` into a script: no operator of the shell, no quote that would end its own."""
    args = CALLS[name].inputs["args"]
    assert not re.search(r"[;&|<>`'\\(){}*?!#~]|\$\$", args)
    assert "${{" not in args, "values reach a command as variables"
    assert all(f'"${variable}"' in args for variable in re.findall(r"\$(\w+)", args)), "each in quotes"


@pytest.mark.parametrize("name", CALLS)
def test_every_variable_of_a_call_is_set(name: str) -> None:
    step = CALLS[name]
    known = set(step.env) | _ALWAYS
    if JOBS[step.workflow, step.job]["permissions"].get("id-token") == "write":
        known |= _WITH_IDENTITY
    used = set(_variables(step))
    assert used <= known
    assert set(step.content.get("env", {})) <= used, "none is set in vain"


def _variables(step: Step) -> Iterator[str]:
    for found in re.finditer(r'"\$(\w+)"|env://(\w+)', step.inputs["args"]):
        yield found[1] or found[2]


def test_every_release_signs_without_a_key() -> None:
    """Whoever holds no key can lose none."""
    releases = [step for step in CALLS.values() if "--repository" in words(step)]
    assert {step.workflow for step in releases} == {"release.yml", "release-image.yml"}
    for step in releases:
        assert "with-identity" in words(step)
        assert not {"--key", "--key-password"} & set(words(step))


@pytest.mark.parametrize("name", CALLS)
def test_nothing_weakens_a_call(name: str) -> None:
    assert not {"--allow-sample-db", "--allow-rehearsal", "--images", "--db"} & set(words(CALLS[name]))


def test_every_workflow_is_looked_at() -> None:
    assert set(WORKFLOWS) == {
        "ci.yml",
        "codeql.yml",
        "dependency-review.yml",
        "release-image.yml",
        "release.yml",
        "rescan.yml",
        "scorecard.yml",
    }
