"""Asks an engine one case of the contract, in a folder of the case's own."""

import os
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest

from contract.recorded import HERE, SECRET, Answer, Case, engine, in_recorded_form, real
from contract.repository import repository
from dagger_local.loading import load
from standins.cache import Cache, default_folder
from standins.reach import all_reachable
from standins.recipes import load as load_recipes

ROOT = HERE.parents[1]

SECONDS = 180
NEEDED_BY = {"consumer": ("module", "more")}
"""Modules beside the one that is called, by its folder."""
PASSED_ON = (
    "PATH",
    "HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_RUNTIME_DIR",
    "_EXPERIMENTAL_DAGGER_RUNNER_HOST",
)


@dataclass(frozen=True)
class Asking:
    """A case that an engine works on.

    Attributes:
        process: The engine's.
        places: What the case's placeholders stand for.
    """

    process: "subprocess.Popen[str]"
    places: Mapping[str, str]

    def answer(self) -> Answer:
        """What the engine answers, in the recordings' form."""
        out, err = self.process.communicate(timeout=SECONDS)
        stdout, stderr = in_recorded_form(out, self.places), in_recorded_form(err, self.places)
        errors = [line for line in stderr.splitlines() if line.startswith("Error:")]
        return Answer(self.process.returncode, stdout, errors, stderr, Path(self.places["OUT"]))


def image_in(store: Path) -> str:
    """The reference of an image with sh and python3, usable in the store.

    `CONTRACT_IMAGE` names one in a registry, `CONTRACT_LAYOUT` a folder with an OCI layout; else the stand-in
    is used, or the official image where registries answer.
    """
    if given := os.environ.get("CONTRACT_IMAGE"):
        return given
    if layout := os.environ.get("CONTRACT_LAYOUT"):
        return anyio.run(load, {"localhost/contract/python:given": Path(layout)}, store)[0]
    if stand_in := Cache(default_folder(), load_recipes()).find("python"):
        return anyio.run(load, {stand_in.pinned.partition("@")[0]: stand_in.path}, store)[0]
    if not all_reachable():
        pytest.exit("the contract needs an image with sh and python3: run `python -m standins prepare`", 2)
    images = tomllib.loads((ROOT / "ci/src/supply_chain/images.toml").read_text())["images"]
    return str(images["python"]["reference"])


def ask(case: Case, folder: Path, store: Path, image: str) -> Asking:
    """Has an engine begin with a case.

    Args:
        case: What is asked; what was answered before does not matter.
        folder: Does not exist yet; the modules are copied to it.
        store: The local engine's.
        image: What `IMAGE` stands for.
    """
    places = _places(case, folder, image)
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env |= {"TOKEN_FOR_TEST": SECRET, "IMAGE_FOR_TEST": image, "DAGGER_LOCAL_STORE": str(store)}
    process = subprocess.Popen(
        [*engine(), "--progress=plain", *real(case.argv, places)],
        cwd=folder / case.folder, env=env, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    return Asking(process, places)


def _places(case: Case, folder: Path, image: str) -> dict[str, str]:
    """What a case's placeholders stand for; makes the folders."""
    module, out = folder / case.module, folder / "out"
    for name in {case.module, *NEEDED_BY.get(case.module, ())}:
        shutil.copytree(HERE / name, folder / name)
    if case.module in NEEDED_BY:
        (folder / ".git").mkdir()  # a dependency must be in the repository of the module
    if case.module == "api":
        repository(module / "repo")
    out.mkdir()
    (module / "token.txt").write_text(SECRET)
    if case.case.startswith("check-") and case.case.endswith("-defaults"):
        code = module / "ci/src/contract/__init__.py"
        argument = 'image: Annotated[str, Doc("an image that has sh and python3")]'
        text = code.read_text()
        assert argument in text
        code.write_text(text.replace(argument, f"{argument} = {image!r}"))
    return {"SECRET": SECRET, "IMAGE": image, "OUT": str(out), "MODULE": str(module)}
