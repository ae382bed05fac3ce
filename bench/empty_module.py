"""A Dagger module that does nothing: what any module in Python takes to start."""

from pathlib import Path

_FILES = {
    "dagger.json": """\
{"name": "empty", "engineVersion": "v0.21.8", "sdk": {"source": "python"}, "source": "ci"}
""",
    "ci/pyproject.toml": """\
[project]
name = "empty"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["dagger-io"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project.entry-points."dagger.mod"]
main_object = "empty:Empty"
""",
    "ci/src/empty/__init__.py": '''\
"""Does nothing."""

from dagger import function, object_type


@object_type
class Empty:
    """An object with one function."""

    @function
    def nothing(self) -> str:
        """Say nothing."""
        return ""
''',
}


def write_empty_module(folder: Path) -> Path:
    """The module in a folder."""
    for name, text in _FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
