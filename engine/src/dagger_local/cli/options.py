"""Flags of `dagger` itself and of its commands; those for what the local engine lacks are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dagger_local.cli.flags import Flag
from dagger_local.cli.flagtypes import BOOL, COUNT, STRING, list_of
from dagger_local.errors import NotServed

_PROGRESS = ("auto", "plain", "tty", "dots", "logs")


def inherited_flags() -> list[Flag]:
    """Flags that may stand anywhere."""
    return [
        Flag("auto-apply", BOOL, "Automatically apply changes when a changeset is returned", "false", "y"),
        Flag("debug", BOOL, "Show debug logs and full verbosity", "false", "d"),
        Flag("interactive", BOOL, "Spawn a terminal on container exec failure", "false", "i"),
        Flag("interactive-command", STRING, "Change the default command for interactive mode", "/bin/sh"),
        Flag("lock", STRING, "Lock lookup mode (disabled, live, pinned, frozen). Defaults to disabled."),
        Flag("no-exit", BOOL, "Leave the TUI running after completion", "false", "E"),
        Flag("progress", STRING, f"Progress output format ({', '.join(_PROGRESS)})", "auto"),
        Flag("quiet", COUNT, "Reduce verbosity (show progress, but clean up at the end)", "0", "q"),
        Flag("silent", BOOL, "Do not show progress at all", "false", "s"),
        Flag("verbose", COUNT, "Increase verbosity (use -vv or -vvv for more)", "0", "v"),
        Flag("web", BOOL, "Open trace URL in a web browser", "false", "w"),
        Flag("x-release", STRING, "Run an experimental release from a Dagger git ref"),
        Flag("workdir", STRING, "Set the working directory", ".", hidden=True),
        Flag("help", BOOL, "Print usage", "false", "h", hidden=True),
    ]


def module_flags() -> list[Flag]:
    """Flags of the commands that load a module."""
    return [
        Flag(
            "allow-llm",
            list_of(STRING),
            "List of URLs of remote modules allowed to access LLM APIs, or 'all' to bypass restrictions "
            "for the entire session",
            "[]",
        ),
        Flag("eager-runtime", BOOL, "load module runtime eagerly", "false"),
        Flag(
            "mod",
            STRING,
            "Module reference to load, either a local path or a remote git repo "
            "(defaults to current directory)",
            short="m",
        ),
        Flag(
            "no-mod", BOOL, "Don't automatically load a module (mutually exclusive with --mod)", "false", "M"
        ),
    ]


def result_flags() -> list[Flag]:
    """Flags of `call`, which may stand behind any of its functions too."""
    return [
        Flag("json", BOOL, "Present result as JSON", "false", "j"),
        Flag("output", STRING, "Save the result to a local file or directory", short="o"),
    ]


@dataclass
class Options:
    """All flags that do not come from a function.

    Attributes:
        inherited: May stand anywhere.
        module: Of commands that load a module.
        result: Of `call`.
        own: Of other commands.
    """

    inherited: Sequence[Flag] = field(default_factory=inherited_flags)
    module: Sequence[Flag] = field(default_factory=module_flags)
    result: Sequence[Flag] = field(default_factory=result_flags)
    own: Sequence[Flag] = ()

    def __getitem__(self, name: str) -> Flag:
        return self._all()[name]

    def _all(self) -> Mapping[str, Flag]:
        return {f.name: f for f in (*self.inherited, *self.module, *self.result, *self.own)}

    def given(self, name: str) -> bool:
        """Whether a switch is on."""
        return bool(self[name].value)

    @property
    def shared(self) -> list[Flag]:
        """Flags of the commands that list functions or checks."""
        return [*self.inherited, *self.module, *self.own]

    def refuse_unserved(self) -> None:
        """Raises an error for a flag that asks for something the local engine does not have."""
        unserved = (
            "auto-apply", "interactive", "interactive-command", "no-exit", "web", "x-release",
            "allow-llm", "eager-runtime", "no-mod",
        )  # fmt: skip
        for name in unserved:
            if self[name].value:
                raise NotServed(f"--{name}")
        if (self["lock"].value or "disabled") != "disabled":
            raise NotServed(f"--lock={self['lock'].value}")
        if (progress := self["progress"].value or "auto") not in ("auto", "plain", "tty"):
            raise NotServed(f"--progress={progress}")
