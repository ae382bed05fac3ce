"""Package URLs, as far as they are compared: https://github.com/package-url/purl-spec."""

import re
from typing import Self
from urllib.parse import unquote

from pydantic import Field

from supply_chain.models.base import OwnModel

_PREFIX = "pkg:"
_TYPE = re.compile(r"[a-z.+-][a-z0-9.+-]*")
_LOWER_NAMES = frozenset(
    {"alpm", "apk", "bitbucket", "bitnami", "composer", "deb", "github", "golang", "pypi"}
)
_LOWER_NAMESPACES = frozenset(
    {"alpm", "apk", "bitbucket", "composer", "deb", "github", "golang", "qpkg", "rpm"}
)


class PackageUrl(OwnModel):
    """A package, or all packages that share what is written of them."""

    type: str
    """Kind of package: pypi, deb, npm, …"""
    namespace: str
    """Who names it, e.g. a distribution; may be empty."""
    name: str
    """Name of the package."""
    version: str
    """Version; empty for every one."""
    qualifiers: dict[str, str] = Field(default_factory=dict)
    """More that tells packages apart, e.g. arch."""
    subpath: str = ""
    """Path within the package; empty for all of it."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The package URL in `text`; ValueError when it is none."""
        if text[:4].lower() != _PREFIX:
            raise ValueError("a package URL starts with pkg:")
        rest, _, subpath = text[4:].lstrip("/").partition("#")
        rest, _, query = rest.partition("?")
        kind, slash, path = rest.partition("/")
        # An npm scope starts with an @, which opens no version.
        path, at, version = path.rpartition("@") if "@" in path[1:] else (path, "", "")
        namespace, _, name = path.rpartition("/")
        kind = kind.lower()
        if not (_TYPE.fullmatch(kind) and slash and name) or bool(at) != bool(version):
            raise ValueError("a package URL is written pkg:TYPE/NAMESPACE/NAME@VERSION")
        return cls(
            type=kind,
            namespace=_namespace(kind, namespace),
            name=_name(kind, unquote(name)),
            version=unquote(version),
            qualifiers=_qualifiers(query),
            subpath=subpath.strip("/"),
        )

    def covers(self, package: "PackageUrl") -> bool:
        """Whether the package is what this says: in everything that this says."""
        return (
            (self.type, self.namespace, self.name) == (package.type, package.namespace, package.name)
            and self.version in {"", package.version}
            and self.subpath in {"", package.subpath}
            and self.qualifiers.items() <= package.qualifiers.items()
        )


def _namespace(kind: str, namespace: str) -> str:
    """The namespace in the one spelling its kind of package knows."""
    parts = "/".join(unquote(part) for part in namespace.split("/") if part)
    return parts.lower() if kind in _LOWER_NAMESPACES else parts


def _name(kind: str, name: str) -> str:
    """The name in the one spelling its kind of package knows."""
    name = name.lower() if kind in _LOWER_NAMES else name
    return name.replace("_", "-") if kind == "pypi" else name


def _qualifiers(query: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {key.lower(): unquote(value) for key, _, value in pairs if value}
