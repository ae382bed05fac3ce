"""SHA256SUMS of an evidence folder, written and checked by a script in a workbench."""

import dagger

from supply_chain.toolbox import script_text

_FOLDER = "/evidence"
_SCRIPT = "/run/supply-chain/check_sums.py"


def with_evidence(container: dagger.Container, folder: dagger.Directory) -> dagger.Container:
    """The workbench with the folder and the script in it."""
    return container.with_mounted_directory(_FOLDER, folder).with_new_file(_SCRIPT, script_text("check_sums"))


def within(name: str) -> str:
    """Where a file of the folder is in the workbench."""
    return f"{_FOLDER}/{name}"


def writing(to: str) -> list[str]:
    """The command that lists the folder's files in a file outside it."""
    return ["python3", _SCRIPT, "write", _FOLDER, to]


def checking() -> list[str]:
    """The command that prints how the folder differs from its own list."""
    return ["python3", _SCRIPT, "check", _FOLDER]
