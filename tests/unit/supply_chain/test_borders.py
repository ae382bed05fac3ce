"""The house rules that keep the parts apart."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagger
import pytest
from dagger.mod import default_module

import supply_chain
from supply_chain.main import SupplyChain
from supply_chain.scan import Scan

SOURCE = Path(supply_chain.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
JUDGING = [path for part in ("models", "tools", "report") for path in (SOURCE / part).glob("*.py")]
PURE = [*JUDGING, *(SOURCE / "errors").glob("*.py"), SOURCE / "images.py", SOURCE / "keys.py"]
SCRIPTS = list((SOURCE / "scripts").glob("*.py"))
# Run by the interpreter of pip-audit's environment, where packaging is installed: it alone may need that.
NEEDS_PACKAGING = "audit.py"
# Fields of the Query type of Dagger v0.21.8: a function of the same name shadows the API's own.
ROOT_FIELDS = """
    address cacheVolume changeset cloud container currentEnv currentModule currentWorkspace defaultPlatform
    directory engine env envFile error file function generatedCode git host http id json llm module
    moduleSource node secret setSecret sourceMap typeDef version
"""
LONGEST_FILE = 300
TAKES_TIME = {
    *("audit", "smoke", "checks", "scan", "push", "sign", "attest", "verify", "candidate", "release"),
}


def imports(path: Path) -> Iterator[str]:
    """Top-level names of everything a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.name)
def test_what_judges_knows_nothing_of_dagger(path: Path) -> None:
    assert not {"dagger", "gql", "anyio", "subprocess", "socket"} & roots(path)


@pytest.mark.parametrize("path", JUDGING, ids=lambda path: path.name)
def test_what_judges_imports_only_each_other(path: Path) -> None:
    parts = ("errors", "models", "tools", "report", "images")
    allowed = tuple(f"supply_chain.{part}" for part in parts if part != "report" or "report" in path.parts)
    ours = [name for name in imports(path) if name.startswith("supply_chain")]
    assert all(name.startswith(allowed) for name in ours), ours


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_module_knows_nothing_of_any_engine(path: Path) -> None:
    assert not {"dagger_local", "standins"} & roots(path)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_need_nothing_but_the_standard_library(path: Path) -> None:
    beyond = {"packaging"} if path.name == NEEDS_PACKAGING else set()
    assert roots(path) - sys.stdlib_module_names == beyond


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_module_is_slow_to_import_for_the_sake_of_a_certificate(path: Path) -> None:
    """Cryptography is imported where one is read; for type checkers it may stand above."""
    at_once = [
        node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert "cryptography" not in ast.dump(ast.Module(body=[*at_once], type_ignores=[]))


def test_what_draws_the_report_is_loaded_only_to_draw_one() -> None:
    loaded = "import sys, supply_chain.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert not {"jinja2", "supply_chain.report"} & set(done.stdout.split())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) < LONGEST_FILE


@pytest.mark.parametrize("kind", [SupplyChain, Scan], ids=lambda kind: kind.__name__)
def test_no_function_shadows_a_root_field_of_the_api(kind: type) -> None:
    assert not set(default_module().get_object(kind.__name__).functions) & set(ROOT_FIELDS.split())


@pytest.mark.parametrize("kind", [SupplyChain, Scan], ids=lambda kind: kind.__name__)
def test_every_function_and_argument_is_documented(kind: type) -> None:
    for name, function in default_module().get_object(kind.__name__).functions.items():
        assert function.doc, name
        for argument, parameter in function.parameters.items():
            assert parameter.doc, f"{name} {argument}"


def test_what_depends_on_the_time_or_a_registry_is_never_cached() -> None:
    functions = default_module().get_object("SupplyChain").functions
    assert {name for name, function in functions.items() if function.cache_policy == "never"} == TAKES_TIME


def test_a_scan_shows_its_report_and_its_scanner() -> None:
    assert set(default_module().get_object("Scan").fields) == {"report", "trivy_image"}


def test_the_constructor_needs_no_argument() -> None:
    constructor = default_module().get_object("SupplyChain").get_constructor()
    assert all(parameter.is_optional for parameter in constructor.parameters.values())


def test_secrets_come_as_secrets() -> None:
    """Whatever is called a key, a password or a token; a public key is a file, and no secret."""
    secrets = {
        name: parameter.resolved_type
        for function in default_module().get_object("SupplyChain").functions.values()
        for name, parameter in function.parameters.items()
        if {"key", "password", "token"} & set(name.split("_")) and name != "public_key"
    }
    assert secrets.keys() == {"key", "key_password", "password", "token", "request_token"}
    assert all(kind in {dagger.Secret, dagger.Secret | None} for kind in secrets.values())
