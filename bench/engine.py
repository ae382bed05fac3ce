"""What dagger-local itself costs: `make bench-engine`. Needs `python -m standins prepare` before it.

A session's fixed cost, a step that is in the store, and a rehearsal: cold, unchanged, and with one line of
the service changed. The store is one of this run's own.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import anyio

from bench.figures import Figure, show, timed
from dagger_local.loading import load
from dagger_local.session import open_session
from standins.cache import Cache, default_folder
from standins.oci import Layout
from standins.recipes import load as load_recipes

ROOT = Path(__file__).parents[1]
PREPARED = ROOT / ".cache" / "rehearsal"
SMALL_MODULE = ROOT / "tests" / "contract" / "module"
SESSION_SECONDS, STEP_SECONDS = 1.5, 0.01
SESSIONS, SHORT, LONG = 10, 1, 21
CHANGED = Path("app/inventory.py")


def main() -> int:
    """Measure and print."""
    if not (PREPARED / "images.toml").exists():
        print("Error: run `.venv/bin/python -m standins prepare` first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-engine-") as folder:
        store = Path(folder) / "store"
        names = {one.pinned.partition("@")[0]: one.path for one in _stand_ins()}
        anyio.run(load, names, store)
        show("dagger-local", [_session(store), _step(store), *_rehearsals(Path(folder), store)])
    return 0


def _stand_ins() -> list[Layout]:
    """The images that were prepared."""
    recipes = load_recipes()
    cache = Cache(default_folder(), recipes)
    return [found for name in recipes.images if (found := cache.find(name))]


def _session(store: Path) -> Figure:
    """A whole command: start, load a small module, one call whose step is in the store."""
    argv = ("call", "--image", _python(), "streams")

    def call() -> None:
        _dagger_local(store, argv, SMALL_MODULE)

    call()
    return Figure("a session with one cached call", timed(SESSIONS, call), SESSION_SECONDS)


def _step(store: Path) -> Figure:
    """One of many steps that are in the store."""

    def steps(count: int) -> None:
        anyio.run(_chain, store, count)

    steps(LONG)
    short, long = timed(SESSIONS, lambda: steps(SHORT)), timed(SESSIONS, lambda: steps(LONG))
    each = tuple((after - before) / (LONG - SHORT) for before, after in zip(short, long, strict=True))
    return Figure("a step that is in the store", each, STEP_SECONDS, f"of {LONG} in a row")


async def _chain(store: Path, count: int) -> None:
    """A command after another in one session."""
    run = "".join(f'withExec(args: ["true", "{number}"]) {{ ' for number in range(count))
    query = f'{{ container {{ from(address: "{_python()}") {{ {run} stdout {"} " * count} }} }} }}'
    async with open_session(store, ROOT, silent=True, serve=False) as session:
        result = await session.execute(query)
    if result.errors:
        raise RuntimeError(str(result.errors[0]))


def _rehearsals(folder: Path, store: Path) -> list[Figure]:
    """Cold but for the images, unchanged, and after a change of one line."""
    source = folder / "source"
    for name in ("app", "Dockerfile", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        source.mkdir(exist_ok=True)
        copy(ROOT / name, source / name)
    cold = _rehearsal("a rehearsal, nothing in the store", folder, store)
    warm = _rehearsal("the same again", folder, store)
    code = source / CHANGED
    code.write_text(code.read_text().replace("\n\nfrom ", "\n\n# One more line.\nfrom ", 1))
    return [cold, warm, _rehearsal("with one line changed", folder, store)]


def _rehearsal(name: str, folder: Path, store: Path) -> Figure:
    out = folder / "dist"
    shutil.rmtree(out, ignore_errors=True)
    variables = dict(line.split("=", 1) for line in (PREPARED / "flags.sh").read_text().splitlines())
    flags = {key: shlex.split(shlex.split(value)[0]) for key, value in variables.items()}
    argv = ("call", *flags["MODULE_FLAGS"], "--source", str(folder / "source"), "candidate",
            *flags["RELEASE_FLAGS"], *flags["CHECK_FLAGS"], "export", "--path", str(out))  # fmt: skip
    before = set((store / "blobs").iterdir())
    said: list[str] = []
    seconds = timed(1, lambda: said.append(_dagger_local(store, argv, ROOT)))
    status = json.loads((out / "outcome.json").read_text())["status"]
    if status != "passed":
        raise RuntimeError(f"the rehearsal did not pass: {status}")
    layers = len(set((store / "blobs").iterdir()) - before)
    scans = sum("trivy image" in line and line.endswith("]") for line in said[0].splitlines())
    return Figure(name, seconds, note=f"layers compressed: {layers}, scans: {scans}")


def _dagger_local(store: Path, argv: tuple[str, ...], folder: Path) -> str:
    """Runs one command to its end; what it said on standard error."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "dagger_local", "--progress=plain", *argv],
        cwd=folder, env={**os.environ, "DAGGER_LOCAL_STORE": str(store)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"dagger-local {shlex.join(argv)} ended with {done.returncode}\n{done.stderr}")
    return done.stderr


def _python() -> str:
    """The Python image in use."""
    return str(tomllib.loads((PREPARED / "images.toml").read_text())["images"]["python"]["reference"])


if __name__ == "__main__":
    sys.exit(main())
