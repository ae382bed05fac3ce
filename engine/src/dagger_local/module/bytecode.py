"""Keeps a module's compiled code in the store: nothing is written beside its sources, and compiling is slow.

Nothing here imports the engine: the module must not see it.
"""

import contextlib
import hashlib
import importlib.util
import marshal
import os
import sys
from importlib import machinery
from types import CodeType


class KeptCode(machinery.SourceFileLoader):
    """Compiles a file if it is not as it was when it was last compiled, whatever its time and size say."""

    folder = ""

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of a file, kept under a name made of its path."""
        path = self.get_filename(fullname)
        source = self.get_data(path)
        digest = hashlib.sha256(importlib.util.MAGIC_NUMBER + source).digest()
        place = f"{self.folder}/{hashlib.sha256(os.fsencode(path)).hexdigest()}"
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):  # none, or half of one
            kept = self.get_data(place)
            if kept.startswith(digest):
                made: CodeType = marshal.loads(kept[len(digest) :])  # noqa: S302 - ours, in the store
                return made
        code: CodeType = self.source_to_code(source, path)
        draft = f"{place}.{os.getpid()}"
        with contextlib.suppress(OSError):
            with open(draft, "wb") as opened:  # noqa: PTH123 - nothing else is imported for it
                opened.write(digest + marshal.dumps(code))
            os.replace(draft, place)  # noqa: PTH105 - likewise
        return code


def keep(sources: str, folder: str) -> None:
    """Has all that is imported from beneath a folder be compiled once.

    Args:
        sources: As it stands in `sys.path`.
        folder: Where compiled code is kept.
    """
    KeptCode.folder = folder
    find = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (KeptCode, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )

    def beneath(path: str) -> object:
        if path == sources or path.startswith(f"{sources}/"):
            return find(path)
        raise ImportError(path)  # for the next hook

    sys.path_hooks.insert(0, beneath)  # type: ignore[arg-type]
    sys.path_importer_cache.pop(sources, None)
