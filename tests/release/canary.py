"""Secrets that nothing else contains, and places where they must not turn up.

The texts are put together here, so that this file, which is part of the source that a release is built from,
does not hold them.
"""

import base64
import gzip
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from looking import looking


def canary(what: str) -> str:
    """A secret that nothing else contains."""
    return f"canary-{hashlib.sha256(what.encode()).hexdigest()[:24]}"


REGISTRY_PASSWORD = canary("password at the registry")
REGISTRY_PASSWORD_BCRYPT = "$2b$05$AbcdefghijklmnopqrstuOBoYtalv/nh.3f5o3pr0V89j7Xx3qdni"
KEY_PASSWORD = canary("password of the key")

_SAMPLING_SECONDS = 0.05
_GZIP = b"\x1f\x8b"
_SHORTEST = 12


class Needles:
    """Secrets in every form they are looked for: plain, and inside base64 at any offset."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = {form: name for secret in secrets for name, form in _forms(secret)}

    @classmethod
    def of(cls, *secrets: str) -> Self:
        """Of a secret of many lines, the first and the last that can be told from other text."""
        lines = ([line for line in secret.splitlines() if _tells(line)] for secret in secrets)
        return cls({line for telling in lines for line in (telling[0], telling[-1])})

    def within(self, content: bytes) -> list[str]:
        """The forms that the content holds."""
        return [name for form, name in self._forms.items() if form in content]

    def in_files(self, files: Iterable[Path]) -> list[str]:
        """Where they turn up: as written, or in what a file compresses."""
        return [
            f"{file}: {name}"
            for file in files
            for content in _contents(file)
            for name in self.within(content)
        ]


def _tells(line: str) -> bool:
    return len(line) >= _SHORTEST and not line.startswith("-----")


def _forms(secret: str) -> Iterator[tuple[str, bytes]]:
    yield f"{secret[:10]}…", secret.encode()
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + secret.encode()).decode()
        # The first and last characters depend on what stands before and after.
        yield f"base64 of {secret[:10]}…", text[(0, 2, 3)[offset] : -4].encode()


def _contents(file: Path) -> Iterator[bytes]:
    """A file's bytes, and what they are the compressed form of; none of a file that is gone by now."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    yield content
    if content.startswith(_GZIP):
        yield gzip.decompress(content)


def files_since(folder: Path, moment: float) -> list[Path]:
    """Regular files beneath a folder that came to be, or changed, since a moment (Unix time)."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in found if path.exists() and path.lstat().st_ctime >= moment]


class Watch:
    """Every command line that any process has had while one looked."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self.looks = 0

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Watch"]:
        """Looks until the block ends."""
        watch = cls()
        with looking(watch._look, _SAMPLING_SECONDS):
            yield watch

    def _look(self) -> None:
        self.looks += 1
        for process in Path("/proc").glob("[0-9]*"):
            try:
                self.seen.add((process / "cmdline").read_bytes())
            except OSError:  # it has ended
                continue
