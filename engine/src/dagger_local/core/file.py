"""Files."""

import os

from dagger_local import tree
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import leaf
from dagger_local.states import FileState

MAX_CONTENTS = 128 << 20  # Dagger's limit for File.contents, in bytes


@leaf("File", "contents")
async def contents(_ev: Evaluator, parent: FileState) -> str:
    """The file's text; bytes that are no UTF-8 come out replaced."""
    size = parent.path.stat().st_size
    if size > MAX_CONTENTS:
        raise EngineError(f"file size {size} exceeds limit {MAX_CONTENTS}")
    return parent.path.read_bytes().decode(errors="replace")


@leaf("File", "name")
async def name(_ev: Evaluator, parent: FileState) -> str:
    """The file's name."""
    return parent.path.name


@leaf("File", "size")
async def size(_ev: Evaluator, parent: FileState) -> int:
    """The file's size in bytes."""
    return parent.path.stat().st_size


@leaf("File", "export")
async def export(ev: Evaluator, parent: FileState, path: str) -> str:
    """Writes the file to the host, owned by who runs the engine; into a folder under its own name."""
    target = ev.session.work_dir / path
    if path.endswith("/") or target.is_dir():
        target = target / parent.path.name
    tree.copy(parent.path, target, owner=(os.getuid(), os.getgid()))
    return os.path.abspath(target)  # noqa: PTH100 - Path has no normalisation without following links
