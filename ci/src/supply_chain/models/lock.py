"""A lock file in pip's format, as far as an audit needs: every line is one version of one package, by hash.

pip-audit leaves out what it does not take in (`-r other.txt` among it) without a word; so files that hold
anything else are refused here. Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

import re
from collections.abc import Iterator
from typing import Self

from supply_chain.errors import LockInvalid
from supply_chain.models.base import OwnModel

_PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*[A-Za-z0-9.!+_-]+\s*(?:;.*?)?(?:\s+--hash=\S+)+"
)
# Options that say where packages come from, or restrict versions: they add no package.
_OPTION = re.compile(
    r"(?:-i|-f|-c|--index-url|--extra-index-url|--no-index|--find-links|--constraint|--only-binary"
    r"|--no-binary|--prefer-binary|--require-hashes|--trusted-host|--pre)(?:[\s=].*)?"
)


class Lock(OwnModel):
    """A lock file that can be audited."""

    path: str
    """Where it is in the source."""
    packages: frozenset[str]
    """Names of its packages, as PyPI writes them."""

    @classmethod
    def parse(cls, path: str, text: str) -> Self:
        """The lock file; LockInvalid names the first line that cannot be audited."""
        found = set()
        for number, line in _lines(text):
            match = _PINNED.fullmatch(line)
            if match:
                found.add(normalized(match["name"]))
            elif not _OPTION.fullmatch(line):
                shown = line.partition(" --hash=")[0]
                raise LockInvalid(f"{path} cannot be audited", why=f"line {number}: {shown}")
        return cls(path=path, packages=frozenset(found))


def normalized(name: str) -> str:
    """A package's name as PyPI writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines: continued ones joined, without comments and empty ones."""
    first, pending = 0, ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        first = first or number
        if line.endswith("\\"):
            pending += line.removesuffix("\\")
            continue
        whole = re.sub(r"(?:^|\s)#.*", "", pending + line).strip()
        if whole:
            yield first, whole
        first, pending = 0, ""
