"""The service that every side releases: generated without any network, the same from the same numbers.

Its packages look to a scanner as installed ones do. Their text is drawn from a seed, so that it compresses as
code does. It has no test stage, no checks and no port: no side tries it out.
"""

import functools
import random
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

PINNED = Path(__file__).parents[1] / "ci" / "src" / "supply_chain" / "images.toml"
VULNERABLE = {"jinja2": "3.1.2", "requests": "2.31.0", "idna": "3.6", "ecdsa": "0.18.0"}
"""Packages with findings that do not block: below HIGH, or without a fix."""
BLOCKING = ("pyyaml", "5.3")
"""A package with a CRITICAL finding that has a fix."""

_MODULES, _FUNCTIONS, _DOCSTRING_WORDS = 8, 12, 300  # about 200 kB of code a package
_WORDS = 3000
_SYLLABLES = "ba be co da do en er fi ga gen im in ka lo ma mi na or pa per qua re ro si sta ta ter to un ver"
_DOCKERFILE = """\
ARG PYTHON_IMAGE={python}

FROM ${{PYTHON_IMAGE}}
WORKDIR /srv
COPY packages ./packages
RUN python3 -m compileall -q --invalidation-mode unchecked-hash packages
COPY app.py ./
ARG REVISION=unknown
LABEL org.opencontainers.image.title="bench" \\
      org.opencontainers.image.revision="${{REVISION}}"
ENV PYTHONPATH=/srv/packages
USER 1001:1001
CMD ["python3", "app.py"]
"""
_APP = '''\
"""The service: it says how many packages it has. Change {number}."""

import os

print(len(os.listdir("packages")))
'''
_METADATA = (
    "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: One of many packages\nLicense: MIT\n"
)


@dataclass(frozen=True)
class Service:
    """A source folder, and what can be changed in it.

    Attributes:
        folder: The source.
        packages: How many packages it has.
    """

    folder: Path
    packages: int

    @classmethod
    def made(cls, folder: Path, packages: int) -> "Service":
        """A service that was written anew."""
        shutil.rmtree(folder, ignore_errors=True)
        service = cls(folder, packages)
        (folder / "packages").mkdir(parents=True)
        python = tomllib.loads(PINNED.read_text())["images"]["python"]["reference"]
        (folder / "Dockerfile").write_text(_DOCKERFILE.format(python=python))
        service.change_line(0)
        for name, version in service.names().items():
            service._install(name, version)
        return service

    def names(self) -> dict[str, str]:
        """All packages at first, with their versions."""
        plain = {f"package-{number:03}": "1.0.0" for number in range(self.packages - len(VULNERABLE))}
        return VULNERABLE | plain

    def change_line(self, number: int) -> None:
        """Another line in app.py."""
        (self.folder / "app.py").write_text(_APP.format(number=number))

    def change_dependency(self, number: int) -> None:
        """Another version of one package."""
        self._remove("package-000")
        self._install("package-000", f"1.0.{number}")

    def add_blocking(self) -> None:
        """A package that the gate does not let pass."""
        self._install(*BLOCKING)

    def _remove(self, name: str) -> None:
        module = _module(name)
        shutil.rmtree(self.folder / "packages" / module)
        for described in (self.folder / "packages").glob(f"{module}-*.dist-info"):
            shutil.rmtree(described)

    def _install(self, name: str, version: str) -> None:
        """The package, as pip leaves one."""
        module, text = _module(name), random.Random(name)  # noqa: S311 - a seed, and no secret
        package = self.folder / "packages" / module
        package.mkdir()
        (package / "__init__.py").write_text(f'"""{name}."""\n\n__version__ = "{version}"\n')
        for number in range(_MODULES):
            (package / f"part{number}.py").write_text(_code(text))
        described = self.folder / "packages" / f"{module}-{version}.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(_METADATA.format(name=name, version=version))
        (described / "INSTALLER").write_text("pip\n")
        (described / "RECORD").write_text(f"{module}/__init__.py,,\n")


def _module(name: str) -> str:
    return name.replace("-", "_")


def _code(text: random.Random) -> str:
    """A Python module; most of it is prose, which compiles quickly."""
    return "\n\n".join(_function(text) for _ in range(_FUNCTIONS))


@functools.cache
def _vocabulary() -> list[str]:
    text = random.Random("words")  # noqa: S311 - a seed, and no secret
    syllables = _SYLLABLES.split()
    return ["".join(text.choices(syllables, k=text.randint(1, 4))) for _ in range(_WORDS)]


def _function(text: random.Random) -> str:
    words = text.choices(_vocabulary(), k=_DOCSTRING_WORDS)
    lines = "\n    ".join(" ".join(words[at : at + 12]) for at in range(0, len(words), 12))
    name = "_".join(words[:3])
    return f'def {name}(value):\n    """{lines}"""\n    return value + {text.randint(1, 10**6)}\n'
