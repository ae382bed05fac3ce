"""`python -m standins prepare`: what a rehearsal needs on this machine. `build`: the stand-ins alone."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from standins import images_file
from standins.builder import build
from standins.cache import Cache, default_folder
from standins.errors import StandInError
from standins.prepare import FOLDER, prepare
from standins.progress import Progress
from standins.reach import REGISTRIES, all_reachable
from standins.recipes import load as load_recipes

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the one place where errors are printed."""
    options = _parser().parse_args(argv)
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # both mean: end what runs, leave nothing half made
    try:
        return int(options.run(options))
    except StandInError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted: nothing half made was kept", file=sys.stderr)
        return _INTERRUPTED


def _prepare(options: argparse.Namespace) -> int:
    print(prepare(options.folder, Cache(options.cache, load_recipes()), force=options.force), file=sys.stderr)
    return 0


def _build(options: argparse.Namespace) -> int:
    if not options.force and all_reachable():
        print("official", flush=True)
        print(
            f"{', '.join(REGISTRIES)} answer: the official images are used, no stand-in is made",
            file=sys.stderr,
        )
        return 0
    print("stand-ins", flush=True)
    began = time.monotonic()
    with Progress() as progress:
        recipes = load_recipes()
        layouts = build(recipes, Cache(options.cache, recipes), progress)
        images_file.write(options.images, layouts)
        progress.say(f"{options.images} names {len(layouts)} images, {time.monotonic() - began:.1f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m standins",
        description="Stand-in images for machines that reach no container registry.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    whole = commands.add_parser("prepare", help="stand-ins in the engine's storage, a sample database, flags")
    whole.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="DIR", help="what to write (%(default)s)"
    )
    make = commands.add_parser("build", help="make the missing stand-ins and write the images file")
    make.add_argument(
        "--images", type=Path, required=True, metavar="FILE", help="the images file to write (TOML)"
    )
    for command, run in ((whole, _prepare), (make, _build)):
        command.set_defaults(run=run)
        command.add_argument(
            "--cache",
            type=Path,
            default=default_folder(),
            metavar="DIR",
            help="where images are kept (%(default)s)",
        )
        command.add_argument(
            "--force", action="store_true", help="make stand-ins even where the official registries answer"
        )
    return parser
