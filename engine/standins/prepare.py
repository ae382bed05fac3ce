"""What a rehearsal on this machine needs besides the engine: stand-ins and a sample database, or neither.

Written into one folder: images.toml, trivy/ (a Trivy cache folder), advisories/ (OSV's format), and flags.sh,
which names them:

    . .cache/rehearsal/flags.sh && ./daggerw call $MODULE_FLAGS release $RELEASE_FLAGS
"""

import shlex
from collections.abc import Sequence
from pathlib import Path

import anyio

from dagger_local.loading import load as load_into_engine
from dagger_local.store import default_root
from standins import images_file, sample_db, sample_osv
from standins.builder import build
from standins.cache import Cache
from standins.progress import Progress
from standins.reach import REGISTRIES, all_reachable
from standins.recipes import load as load_recipes

FOLDER = Path(".cache/rehearsal")


def prepare(folder: Path, cache: Cache, *, force: bool) -> str:
    """Makes what is missing; quick when nothing is.

    Args:
        folder: Where images.toml, trivy/, advisories/ and flags.sh are written.
        cache: Where finished stand-ins are kept.
        force: Make stand-ins even where the official registries answer.

    Returns:
        A line that says what the rehearsal will use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not force and all_reachable():
        _write_flags(folder)
        return f"{', '.join(REGISTRIES)} answer: official images and the real vulnerability database"
    with Progress() as progress:
        layouts = build(load_recipes(), cache, progress)
    named = {layout.pinned.partition("@")[0]: layout.path for layout in layouts.values()}
    anyio.run(load_into_engine, named, default_root())
    images_file.write(folder / "images.toml", layouts)
    sample = sample_db.make(folder / "trivy")
    sample_osv.make(folder / "advisories")
    _write_flags(
        folder,
        module=["--images", folder / "images.toml"],
        release=["--db", folder / "trivy", "--allow-sample-db"],
        check=["--advisories", folder / "advisories"],
    )
    made = f"{len(layouts)} stand-in images, {len(sample.advisories)} sample advisories"
    return f"no container registry answers: {made}"


def _write_flags(
    folder: Path,
    module: Sequence[str | Path] = (),
    release: Sequence[str | Path] = (),
    check: Sequence[str | Path] = (),
) -> None:
    """Variables for a shell: flags of the constructor, a release and checks; empty where none are needed."""
    named = {"MODULE_FLAGS": module, "RELEASE_FLAGS": release, "CHECK_FLAGS": check}
    lines = [f"{name}={shlex.quote(shlex.join(map(str, flags)))}\n" for name, flags in named.items()]
    (folder / "flags.sh").write_text("".join(lines), "utf-8")
