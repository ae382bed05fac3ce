"""Runs a command in a session: the part of the program that needs the whole engine."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio

from dagger_local.cli import check, functions
from dagger_local.cli.app import CANCELLED
from dagger_local.cli.call import Call
from dagger_local.cli.catalog import Catalog
from dagger_local.cli.flags import Flag, FlagSet
from dagger_local.cli.flagtypes import BOOL
from dagger_local.cli.help import Page
from dagger_local.cli.options import Options
from dagger_local.errors import EngineError, NotServed, disk_full_named
from dagger_local.module import loader
from dagger_local.module.runtime import Runtime
from dagger_local.session import Session, open_session
from dagger_local.store import default_root


async def run(command: str, options: Options, args: Sequence[str], runtime: Runtime, silent: bool) -> int:
    """Runs a command until its end or a signal; its exit code."""
    code = CANCELLED
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_on_signal, group.cancel_scope)
        code = await _run(command, options, args, runtime, silent=silent)
        group.cancel_scope.cancel()
    return code


async def _cancel_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async for _ in signals:
            print("Canceled.", file=sys.stderr)
            scope.cancel()


async def _run(command: str, options: Options, args: Sequence[str], runtime: Runtime, *, silent: bool) -> int:
    try:
        with disk_full_named():
            async with open_session(default_root(), Path.cwd(), silent=silent) as session:
                return await _in_session(command, session, options, args, runtime)
    except EngineError as error:
        return _failed(error)


async def _in_session(
    command: str, session: Session, options: Options, args: Sequence[str], runtime: Runtime
) -> int:
    try:
        with disk_full_named():
            return await _COMMANDS[command](session, options, args, runtime)
    except EngineError as error:
        return _failed(error, session)


async def _call(session: Session, options: Options, args: Sequence[str], runtime: Runtime) -> int:
    try:
        catalog = await _catalog(session, runtime)
    except EngineError as error:
        return _failed(error, session)
    call = Call(session, catalog, options, wants_help="--help" in args or "-h" in args)
    try:
        _print(await call.run(args))
    except EngineError as error:
        code = _failed(error, session)
        if call.wants_help:
            _print(call.help())
        elif not call.running:
            print(f"Run '{call.path} --help' for usage.", file=sys.stderr)
        return code
    return 0


async def _functions(session: Session, options: Options, args: Sequence[str], runtime: Runtime) -> int:
    about = (
        "List available functions in a module.\n\n"
        "This is similar to `dagger call --help`, but only focused on showing the\navailable functions."
    )
    try:
        chain = _words(options, args)
        if options.given("help"):
            _print(_page("functions", about, "[function]...", options))
        else:
            options.refuse_unserved()
            _print(functions.listing(await _catalog(session, runtime), chain))
    except EngineError as error:
        return _failed(error, session)
    return 0


async def _check(session: Session, options: Options, args: Sequence[str], runtime: Runtime) -> int:
    options.own = [
        Flag("list", BOOL, "List available checks", "false", "l"),
        Flag("failfast", BOOL, "Cancel remaining checks on first failure", "false"),
        Flag("no-generate", BOOL, "Only run annotated check functions, skip generate-as-checks", "false"),
        Flag("generate", BOOL, "Only run generate-as-checks, skip annotated check functions", "false"),
    ]
    try:
        patterns = _words(options, args)
        if options.given("help"):
            _print(
                _page(
                    "check",
                    "Check the state of your project by running tests, linters, etc.",
                    "[pattern...]",
                    options,
                )
            )
            return 0
        options.refuse_unserved()
        if options.given("generate"):
            raise NotServed("check --generate")
        catalog = await _catalog(session, runtime)
        checks = check.chosen(catalog, patterns)
        if options.given("list"):
            _print(check.listing(checks))
        else:
            await check.run(session, catalog, checks, fail_fast=options.given("failfast"))
    except EngineError as error:
        _failed(error, session)
        return 1
    return 0


_COMMANDS = {"call": _call, "functions": _functions, "check": _check}


async def _catalog(session: Session, runtime: Runtime) -> Catalog:
    schema = await loader.serve_module(session, runtime)
    return Catalog(session.scope.schema, schema.constructor_field)


def _words(options: Options, args: Sequence[str]) -> list[str]:
    """Takes all flags; the words between them."""
    flags = FlagSet()
    for flag in options.shared:
        flags.add(flag)
    words, rest = [], flags.parse(args)
    while rest:
        words.append(rest[0])
        rest = flags.parse(rest[1:])
    return words


def _page(name: str, about: str, follows: str, options: Options) -> str:
    own = options.own or options.module
    return Page(f"dagger {name}", about, f" [options] {follows}", (), (), own, options.inherited).text()


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        if sys.stdout.isatty() and text and not text.endswith("\n"):
            sys.stdout.write("\n")
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough; nothing more may be flushed to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: EngineError, session: Session | None = None) -> int:
    """Prints an error, and what a command that failed had printed, without secrets."""
    lines = [f"Error: {error.message}"]
    if error.extensions.get("_type") == "EXEC_ERROR":
        for stream in ("stdout", "stderr"):
            if text := error.extensions.get(stream):
                lines += [f"{stream.capitalize()}:", str(text)]
    with suppress(BrokenPipeError):
        text = "\n".join(lines)
        print(session.secrets.scrub(text) if session else text, file=sys.stderr)
    return error.exit_code
