"""Errors of the engine: each says what failed, and which exit code the shell gets."""

import contextlib
import errno
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NO_SPACE = "no space left on device"


class EngineError(Exception):
    """A failure that a user can cause; printed without a traceback.

    Attributes:
        message: What `Error:` is followed by.
        extensions: Goes into the GraphQL error, where the SDK finds it.
    """

    def __init__(self, message: str, extensions: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.extensions: dict[str, Any] = dict(extensions or {})

    @property
    def exit_code(self) -> int:
        """The CLI's exit code: the command's own for a failed exec, else 1 (as recorded on Dagger)."""
        if self.extensions.get("_type") == "EXEC_ERROR":
            return int(self.extensions.get("exitCode", 1))
        return 1


class ExecFailed(EngineError):
    """A command ended with an exit code that was not expected."""

    def __init__(
        self, argv: Sequence[str], exit_code: int, stdout: str, stderr: str, message: str = ""
    ) -> None:
        extensions = {
            "_type": "EXEC_ERROR",
            "cmd": list(argv),
            "exitCode": exit_code,
            "stdout": stdout.strip(),
            "stderr": stderr.strip(),
        }
        super().__init__(message or f"exit code: {exit_code}", extensions)


class NotServed(EngineError):
    """A part of Dagger's API that the local engine does not have."""

    def __init__(self, call: str) -> None:
        super().__init__(f"{call} is not in the local engine; use Dagger (https://docs.dagger.io/install)")


class HostUnusable(EngineError):
    """This machine lacks something that the engine cannot do without."""


@contextlib.contextmanager
def disk_full_named() -> Iterator[None]:
    """Makes an error with advice of a full disk that a part of the engine meets."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f" ({error.filename})" if error.filename else ""
        raise EngineError(
            f"{NO_SPACE}{where}: free some, or clear the store with `python -m dagger_local.upkeep clear`"
        ) from None
