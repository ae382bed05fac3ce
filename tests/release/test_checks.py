"""The checks on this repository: a table when all is well; what is broken turns its own row red."""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from .harness import Done, Engine, copy_of_repository
from .test_gate import VULNERABLE

CHECKS = ("lint", "types", "test", "pins", "audit", "smoke")
SEVERAL = 16


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, f"{file.name} no longer holds {old!r}"
    file.write_text(text.replace(old, new, 1))


def _lint(checkout: Path) -> None:
    (checkout / "app" / "unused.py").write_text('"""Says nothing."""\n\nimport os\n')


def _types(checkout: Path) -> None:
    (checkout / "app" / "mistyped.py").write_text(
        '"""Says one thing, is another."""\n\nNUMBER: int = "one"\n'
    )


def _test(checkout: Path) -> None:
    test = '"""It fails."""\n\n\ndef test_of_nothing() -> None:\n    assert 1 + 1 == 3  # noqa: PLR0133\n'
    (checkout / "app" / "tests" / "test_broken.py").write_text(test)


def _pins(checkout: Path) -> None:
    text = (checkout / "Dockerfile").read_text()
    (checkout / "Dockerfile").write_text(re.sub(r"@sha256:[0-9a-f]{64}", "", text, count=1))


def _audit(checkout: Path) -> None:
    with (checkout / "app" / "requirements.lock").open("a") as lock:
        lock.write(VULNERABLE)


def _smoke(checkout: Path) -> None:
    _replace(checkout / "app" / "web.py", '"status": "ok"}', '"status": "odd"}')


@dataclass(frozen=True)
class Broken:
    """How a check is broken, and what it says then."""

    exit_code: int
    error: str
    breaks: Callable[[Path], None]
    words: tuple[str, ...]


BROKEN = {
    "lint": Broken(21, "LintFailed", _lint, ("ruff", "unused.py")),
    "types": Broken(22, "TypesFailed", _types, ("mypy", "mistyped.py")),
    "test": Broken(23, "TestsFailed", _test, ("pytest", "test_of_nothing")),
    "audit": Broken(24, "AuditFailed", _audit, ("h11", "0.14.0", "0.16.0")),
    "smoke": Broken(25, "SmokeFailed", _smoke, ("/healthz", "odd")),
    "pins": Broken(26, "PinsFailed", _pins, ("Dockerfile:", "python:3.13-slim")),
}


def rows(said: str) -> dict[str, str]:
    """Results by check, as the table says."""
    found = re.findall(r"^(?:\d+)? *(?:\| )?\| *`?(\w+)`? *\| *(\w+) *\|", said, re.MULTILINE)
    return {name: result for name, result in found if name in CHECKS}


@pytest.fixture(scope="module")
def answers(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """What each check says of the checkout in which it is broken; two at a time."""

    def answer(name: str) -> Done:
        checkout = copy_of_repository(tmp_path_factory.mktemp(name))
        BROKEN[name].breaks(checkout)
        flags = engine.audit if name == "audit" else ()
        return engine.call(name, *flags, checkout=checkout)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(BROKEN, pool.map(answer, BROKEN), strict=True))


def test_the_table_shows_every_check_and_passes(engine: Engine) -> None:
    done = engine.call("checks", *engine.audit).expect(0)
    assert rows(done.stdout) == dict.fromkeys(CHECKS, "passed")
    assert "sample" in done.stdout, "sample advisories must be called that"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_check_fails_with_its_own_exit_code(answers: dict[str, Done], name: str) -> None:
    broken = BROKEN[name]
    answers[name].expect(broken.exit_code, f"Error: {broken.error}", *broken.words, "what to do")


def test_two_broken_checks_turn_two_rows_red(engine: Engine, tmp_path: Path) -> None:
    checkout = copy_of_repository(tmp_path / "checkout")
    _lint(checkout)
    _pins(checkout)
    done = engine.call("checks", *engine.audit, checkout=checkout)
    done.expect(SEVERAL, "CheckFailed", "unused.py", "python:3.13-slim")
    red = {name for name, result in rows(done.said).items() if result == "failed"}
    assert red == {"lint", "pins"}


def test_one_broken_check_gives_its_own_exit_code_to_the_table(engine: Engine, tmp_path: Path) -> None:
    checkout = copy_of_repository(tmp_path / "checkout")
    _pins(checkout)
    done = engine.call("checks", *engine.audit, checkout=checkout)
    done.expect(26, "PinsFailed", "python:3.13-slim")
    assert [name for name, result in rows(done.said).items() if result != "passed"] == ["pins"]


def test_a_source_that_says_nothing_of_checks_has_none(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    done = engine.call("--source", str(tmp_path), "checks").expect(0)
    assert rows(done.stdout) == dict.fromkeys(CHECKS, "none") | {"pins": "passed"}


def test_checks_are_known_to_dagger_check(engine: Engine) -> None:
    done = engine.begin("check", "--list").wait().expect(0)
    assert {f"supply-chain:{name}" for name in CHECKS} <= set(done.stdout.split())


def test_the_copies_are_copies(tmp_path: Path) -> None:
    """A mutation that touches this checkout would break everything after it."""
    checkout = copy_of_repository(tmp_path / "checkout")
    shutil.rmtree(checkout / "app")
    assert (Path(__file__).parents[2] / "app" / "web.py").exists()
