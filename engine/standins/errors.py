"""What can go wrong while stand-ins are made: each error says what failed, why, and what to do."""


class StandInError(Exception):
    """A stand-in could not be made or loaded."""

    exit_code = 1

    def __init__(self, what: str, why: str, advice: str) -> None:
        super().__init__(f"{what}: {why}\n  what to do: {advice}")


class RecipeError(StandInError):
    """The recipes file breaks its own rules."""

    exit_code = 2


class ToolMissing(StandInError):
    """A tool of the host is missing and could not be installed."""

    exit_code = 3


class InputRefused(StandInError):
    """A downloaded input is not the one that the recipe names; nothing was made of it."""

    exit_code = 4


class CommandFailed(StandInError):
    """A command that makes or loads an image ended with an error."""

    exit_code = 5


class Stopped(Exception):
    """The build was interrupted; commands are refused from then on."""
