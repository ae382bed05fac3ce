"""Finds a module on disk and reads what its dagger.json and pyproject.toml say."""

import hashlib
import importlib.util
import os
import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dagger_local.errors import EngineError, NotServed
from dagger_local.module.naming import object_name

CONFIG = "dagger.json"
API_VERSION = (0, 21, 8)
_REMOTE = r"^(https?|ssh|git)://|^git@|^[\w-][\w.-]*\.[a-z]+/"


class Sdk(BaseModel):
    """Which SDK a module is written with."""

    model_config = ConfigDict(frozen=True)
    source: str


class Dependency(BaseModel):
    """Another module that a module calls."""

    model_config = ConfigDict(frozen=True)
    source: str
    name: str = ""
    """What it is called here; else as it calls itself."""


class Config(BaseModel):
    """dagger.json, as far as the local engine reads it."""

    model_config = ConfigDict(frozen=True)
    name: str
    engine_version: str = Field(default="", alias="engineVersion")
    sdk: Sdk | None = None
    source: str = "."
    """Folder of the code, beneath that of dagger.json."""
    dependencies: tuple[Dependency, ...] = ()

    @field_validator("dependencies", mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        """An older dagger.json lists paths alone."""
        return [{"source": one} if isinstance(one, str) else one for one in given or ()]


class ModuleSource(BaseModel):
    """A module on disk."""

    model_config = ConfigDict(frozen=True)
    config: Config
    root: Path
    """Folder of dagger.json."""
    given_name: str = ""
    """What the module that depends on it calls it."""
    dependencies: "tuple[ModuleSource, ...]" = ()

    @property
    def name(self) -> str:
        """What it is called where it is loaded."""
        return self.given_name or self.config.name

    @property
    def code(self) -> Path:
        """Folder of pyproject.toml."""
        return self.root / self.config.source

    @property
    def import_root(self) -> Path:
        """What the module's package is imported from."""
        source = self.code / "src"
        return source if source.is_dir() else self.code

    @property
    def main_object(self) -> str:
        """Name of the main class, as Dagger makes it from the module's."""
        return object_name(self.config.name)

    @property
    def package(self) -> str:
        """Name of the Python package, as Dagger makes it from the module's."""
        return self.config.name.replace("-", "_")

    @property
    def context(self) -> Path:
        """What absolute default paths begin at: the repository that the module is in, else its own folder."""
        for folder in (self.root, *self.root.parents):
            if (folder / ".git").exists():
                return folder
        return self.root

    def default_path(self, path: str) -> Path:
        """Where a default path of the module points to."""
        base = self.context if path.startswith("/") else self.root
        found = (base / path.lstrip("/")).resolve()
        if not found.is_relative_to(self.context):
            raise EngineError(
                f"default path {path!r} leads out of the module's context {self.context.name!r}"
            )
        return found

    @cached_property
    def pyproject(self) -> dict[str, Any]:
        """The module's pyproject.toml; empty where there is none."""
        path = self.code / "pyproject.toml"
        try:
            return tomllib.loads(path.read_text())
        except FileNotFoundError:
            return {}
        except tomllib.TOMLDecodeError as error:
            raise EngineError(f"{self.config.source}/pyproject.toml is not TOML: {error}") from None

    @property
    def entry_point(self) -> str:
        """`package:Class` of the main object."""
        points = self.pyproject.get("project", {}).get("entry-points", {}).get("dagger.mod", {})
        return str(points.get("main_object") or f"{self.package}:{self.main_object}")

    @property
    def requirements(self) -> list[str]:
        """What the module declares that it imports."""
        return list(self.pyproject.get("project", {}).get("dependencies", []))

    def digest(self) -> str:
        """Over what decides the module's types: its code, the SDK, and what in the engine reads them."""
        own = Path(__file__).parent
        code = [*sorted(self.import_root.rglob("*.py")), *self.code.glob("pyproject.toml")]
        files = [*code, *sorted(own.glob("*.py")), own / "schema.graphql"]
        total = hashlib.sha256(f"{self.config!r}{_sdk_version()}".encode())
        for path in files:
            total.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
        return total.hexdigest()


def find_module(start: Path, wanted: str | None = None) -> ModuleSource:
    """The module whose dagger.json is in a folder or the nearest one above it.

    Args:
        start: The working directory.
        wanted: Given with `-m`: a path of this machine.

    Raises:
        EngineError: There is no module, or not one that the local engine can run.
    """
    folder = (start / (wanted or ".")).resolve()
    if not folder.is_dir():
        if wanted and re.match(_REMOTE, wanted):
            raise NotServed(f"loading a module by git reference ({wanted})")
        raise EngineError(f"module {wanted!r} not found: there is no such folder")
    for place in (folder, *folder.parents):
        if (place / CONFIG).is_file():
            return _load(place, "", ())
    raise EngineError(
        f"module not found: no {CONFIG} in {folder} or above it. Run in a module, or give one with -m"
    )


def _load(root: Path, given_name: str, dependents: tuple[Path, ...]) -> ModuleSource:
    """A module and all that it depends on.

    Args:
        root: Folder of dagger.json.
        given_name: What the module that depends on it calls it.
        dependents: Folders of the modules that are being loaded on the way to it.
    """
    config = _config(root)
    source = ModuleSource(config=config, root=root, given_name=given_name)
    places = [(one, _place(source, one)) for one in config.dependencies]
    for one, place in places:
        if place in (root, *dependents):
            raise EngineError(
                f'module "{config.name}" has a circular dependency on itself through dependency '
                f'"{one.name or one.source}"'
            )
    loaded = [_load(place, one.name, (*dependents, root)) for one, place in places]
    return source.model_copy(update={"dependencies": tuple(loaded)})


def _config(root: Path) -> Config:
    try:
        config = Config.model_validate_json((root / CONFIG).read_bytes())
    except ValidationError as error:
        what = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'content'}: {e['msg']}" for e in error.errors())
        raise EngineError(f"{root / CONFIG} cannot be read: {what}") from None
    sdk = config.sdk.source if config.sdk else "none"
    if sdk != "python":
        raise NotServed(f"a module with the SDK {sdk!r}")
    if _version(config.engine_version) > API_VERSION:
        have = "v" + ".".join(map(str, API_VERSION))
        raise EngineError(f"module requires dagger {config.engine_version}, but you have {have}")
    return config


def _place(source: ModuleSource, dependency: Dependency) -> Path:
    """The folder of a dependency.

    Raises:
        EngineError: It is not in this repository, or not a module.
    """
    path = dependency.source
    if re.search(_REMOTE, path):
        raise NotServed(f"a dependency by git reference ({path}, of {source.config.name!r})")
    if path.startswith("/"):
        raise EngineError(f'local module dep source path "{path}" is absolute')
    place = Path(os.path.normpath(source.root / path))
    if not place.is_relative_to(source.context):
        inner = os.path.relpath(place, source.context)
        raise EngineError(f'local module dep source path "{inner}" escapes context "{source.context}"')
    if not (place / CONFIG).is_file():
        raise EngineError(
            f'module {source.config.name!r} depends on "{path}": there is no {CONFIG} in {place}'
        )
    return place


def _version(text: str) -> tuple[int, ...]:
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else (0, 0, 0)


def _sdk_version() -> str:
    """The SDK's version by the name of its metadata folder: reading the metadata itself takes longer."""
    spec = importlib.util.find_spec("dagger")
    if spec is None or spec.origin is None:
        raise EngineError("dagger-io is not installed in the Python that runs dagger-local; modules need it")
    return ",".join(path.name for path in Path(spec.origin).parents[1].glob("dagger_io-*.dist-info"))
