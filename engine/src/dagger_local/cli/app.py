"""The program: reads the command line, opens a session, prints results to stdout and all else to stderr."""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dagger_local.cli.flags import FlagSet
from dagger_local.cli.options import Options
from dagger_local.errors import EngineError, NotServed, disk_full_named
from dagger_local.module.waiting import Waiting
from dagger_local.store import default_root

CANCELLED = 130
BUG = 70
API_VERSION = "v0.21.8"
USAGE = """Runs a Dagger module's functions on this machine's Podman

USAGE
  dagger-local [options] [command]

COMMANDS
  call         Call one or more functions, interconnected into a pipeline
  check        Check the state of your project by running tests, linters, etc.
  functions    List available functions
  version      Print dagger version

Use "dagger-local [command] --help" for more information about a command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command line; its exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    options = Options()
    try:
        command, rest = _command(options, args)
        if command == "":
            sys.stdout.write(USAGE)
            return 0
        if command == "version":
            sys.stdout.write(f"dagger-local {API_VERSION} (podman)\n")
            return 0
        with disk_full_named():
            return _with_session(command, options, rest)
    except EngineError as error:
        print(f"Error: {error.message}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:  # after the session, which listens itself
        print("Canceled.", file=sys.stderr)
        return CANCELLED
    except Exception:  # noqa: BLE001 - the one boundary where a bug becomes a traceback and an exit code
        traceback.print_exc()
        print("Error: a bug in dagger-local; please report it with the lines above", file=sys.stderr)
        return BUG


def _command(options: Options, args: list[str]) -> tuple[str, list[str]]:
    """The first word that is no flag, and what follows it."""
    flags = FlagSet()
    for flag in options.inherited:
        flags.add(flag)
    rest = flags.parse(args)
    _enter(options)
    return (rest[0], rest[1:]) if rest and not options.given("help") else ("", [])


def _enter(options: Options) -> None:
    """Goes to the working directory that is asked for."""
    if folder := options["workdir"].value:
        try:
            os.chdir(folder)
        except OSError as error:
            raise EngineError(f"--workdir {folder}: {error.strerror}") from None


def _with_session(command: str, options: Options, args: list[str]) -> int:
    """Starts the module's process first: it takes longest, and the rest is imported meanwhile."""
    if command not in ("call", "check", "functions"):
        raise NotServed(f"the command {command!r}")
    look = _first_look(args)
    _enter(look)
    drafts = default_root() / "tmp"
    with Waiting.started(drafts) as waiting:
        import anyio  # noqa: PLC0415 - see above

        from dagger_local.module.runtime import Runtime  # noqa: PLC0415
        from dagger_local.module.source import find_module  # noqa: PLC0415

        source = find_module(Path.cwd(), look["mod"].value)
        with Runtime.start(source, waiting, drafts) as runtime:
            from dagger_local.cli import commands  # noqa: PLC0415

            silent = options.given("silent") or look.given("silent")
            return anyio.run(commands.run, command, options, args, runtime, silent)


def _first_look(args: Sequence[str]) -> Options:
    """Flags that matter before there are functions whose flags could be parsed."""
    look = Options()
    here, anywhere = FlagSet(lenient=True), FlagSet(lenient=True)
    for flag in (*look.inherited, *look.module, *look.result):
        here.add(flag)
    for flag in look.inherited:
        anywhere.add(flag)
    rest = here.parse(args)
    while rest:
        rest = anywhere.parse(rest[1:])
    return look
