"""`call`: walks from function to function, each with its own flags, then runs them as one query."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagger_local.cli import results
from dagger_local.cli.catalog import Catalog, Function
from dagger_local.cli.flags import Flag, FlagSet, UsageError
from dagger_local.cli.help import Page
from dagger_local.cli.options import Options
from dagger_local.cli.query import Selection
from dagger_local.cli.values import value_of
from dagger_local.errors import EngineError

if TYPE_CHECKING:
    from dagger_local.session import Session

ABOUT = "Call one or more functions, interconnected into a pipeline"


@dataclass
class Call:
    """One command line of `call`.

    Attributes:
        session: Where flags' values are made and the query runs.
        catalog: What can be called.
        options: Flags that do not come from functions.
        wants_help: Whether help is asked for, whatever else.
        path: The command so far, as typed without flags.
        running: Whether the command line was found to be right.
        function: The last function so far.
    """

    session: "Session"
    catalog: Catalog
    options: Options
    wants_help: bool = False
    path: str = "dagger call"
    running: bool = False
    function: Function = field(init=False)

    def __post_init__(self) -> None:
        self.function = self.catalog.constructor
        self._selection = Selection()
        self._flags = FlagSet()

    async def run(self, args: Sequence[str]) -> str:
        """The whole command.

        Returns:
            Text for standard output.

        Raises:
            UsageError: Before anything runs.
            EngineError: What the functions failed with.
        """
        if self.wants_help:
            args = [arg for arg in args if arg not in ("-h", "--help")]
        missing = await self._begin(args)
        if self.wants_help:
            return self.help()
        if self.function is self.catalog.constructor:
            return "Query\n"
        if missing:
            raise EngineError(f'missing required argument: "{missing}"')
        self.running = True
        return await self._finish()

    async def _begin(self, args: Sequence[str]) -> str:
        """Walks to the last function; the name of an argument that the constructor lacks."""
        constructor = self.catalog.constructor
        flags = [*self.options.module, *(arg.flag() for arg in constructor.args)]
        for flag in flags:
            flag.required = False  # only a query misses what the constructor needs
        rest = self._parse(flags, args)
        given = self._flags.flags
        missing = [
            arg.name for arg in constructor.args if arg.required and not given[arg.flag().name].changed
        ]
        await self._select(constructor)
        while rest:
            self.function = self._following(rest[0])
            self.path += f" {rest[0]}"
            rest = self._parse([arg.flag() for arg in self.function.args], rest[1:])
            if not self.wants_help:
                self._flags.require()
                await self._select(self.function)
        return missing[0] if missing else ""

    def _parse(self, flags: Sequence[Flag], args: Sequence[str]) -> list[str]:
        self._flags = FlagSet()
        for flag in (*self.options.inherited, *self.options.result, *flags):
            self._flags.add(flag)
        rest = self._flags.parse(args)
        if not self.wants_help:
            self.options.refuse_unserved()
        return rest

    def _following(self, name: str) -> Function:
        for function in self._functions():
            if function.cli_name == name:
                return function
        raise UsageError(f'unknown command "{name}" for "{self.path}"')

    def _functions(self) -> list[Function]:
        if not self.function.is_object:
            return []
        return [function for function in self.catalog.functions(self.function.returns) if function.supported]

    async def _select(self, function: Function) -> None:
        if self.wants_help:
            return
        args = {}
        for argument in function.args:
            flag = self._flags.flags[argument.flag().name]
            if flag.changed:
                args[argument.name] = argument.graphql_type, await value_of(self.session, argument, flag)
        self._selection.select(function.name, args)

    async def _finish(self) -> str:
        output = self.options["output"].value
        exported = self._select_leaf(output)
        response: Any = await self._selection.run(self.session)
        if exported:
            print(f'Saved to "{response}".', file=sys.stderr)
            return ""
        text = results.printed(self.function, response, as_json=self.options.given("json"))
        if output and not self.function.is_object and self.function.returns != "Void":
            path = self.session.work_dir / Path(output)
            results.save(path, text)
            print(f'Saved output to "{path}".', file=sys.stderr)
        return text

    def _select_leaf(self, output: str | None) -> bool:
        """Selects what stands for an object at the end of a chain; whether that exports it."""
        if not self.function.is_object:
            return False
        known = {function.name: {arg.name for arg in function.args} for function in self._functions()}
        if output and "path" in known.get("export", ()):
            self._selection.select("export", {"path": ("String!", output)})
            return True
        self._selection.select("sync" if "sync" in known else "id")
        return False

    def help(self) -> str:
        """The help of the last function so far."""
        functions = self._functions()
        follows = " <function>" if functions else ""
        own = [self._flags.flags[arg.flag().name] for arg in self.function.args]
        if self.function is self.catalog.constructor:
            options = [*self.options.module, *self.options.result]
            page = Page(
                self.path, ABOUT, f" [options]{follows}", functions, own, options, self.options.inherited
            )
            return page.text()
        arguments = " [arguments]" if own else ""
        return Page(self.path, self.function.description, arguments + follows, functions, own).text()
