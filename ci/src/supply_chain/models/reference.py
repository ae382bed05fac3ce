"""Repository and image references, by the grammar registries share.

Source: https://github.com/distribution/reference/blob/main/reference.go. Stricter in one point: the
registry's host must be written, so that nothing is pushed to a default one by accident.
"""

import re
from typing import Self

from supply_chain.errors import BadReference, BadVersion
from supply_chain.models.base import SHA256, Digest, OwnModel

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = re.compile(rf"(?:localhost|{_LABEL}(?:\.{_LABEL})+|{_LABEL}(?:\.{_LABEL})*(?=:))(?::[0-9]{{1,5}})?")
_PATH_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PATH_PART}(?:/{_PATH_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(SHA256)
_REVISION = re.compile(r"[0-9a-f]{7,64}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST_NAME = 255
_SHORT_REVISION = 7


class Repository(OwnModel):
    """A place images are pushed to: no tag, no digest."""

    registry: str
    """Host and optional port."""
    path: str
    """Path below the registry."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The repository named by `text`; BadReference otherwise."""
        registry, slash, path = text.partition("/")
        if not slash or not _HOST.fullmatch(registry):
            raise BadReference(f"{text!r} does not start with a registry's host")
        if not _PATH.fullmatch(path):
            raise BadReference(f"{text!r} is not a repository", why=_why_not_a_path(path))
        if len(text) > _LONGEST_NAME:
            raise BadReference(f"the repository's name is longer than {_LONGEST_NAME} characters", why=text)
        return cls(registry=registry, path=path)

    def __str__(self) -> str:
        return f"{self.registry}/{self.path}"

    def at(self, digest: str) -> str:
        """The image with this digest."""
        return f"{self}@{digest}"

    def tagged(self, tag: str) -> str:
        """The image that this tag names now."""
        return f"{self}:{tag}"


def check_registry(address: str) -> None:
    """BadReference unless `address` is a registry's host, with its port if it has one."""
    if not _HOST.fullmatch(address):
        raise BadReference(f"{address!r} is not a registry's host", advice="write it as ghcr.io or HOST:PORT")


class Reference(OwnModel):
    """An image, named by tag, digest or both."""

    repository: Repository
    """Where it is."""
    tag: str | None = None
    """A name that may move."""
    digest: Digest | None = None
    """A name that cannot move."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The image named by `text`; BadReference when it has neither tag nor digest."""
        name, at, digest = text.partition("@")
        if at and not _DIGEST.fullmatch(digest):
            raise BadReference(
                f"{text!r} has a malformed digest", advice="a digest is sha256: and 64 hex digits"
            )
        head, slash, tail = name.rpartition("/")
        tail, colon, tag = tail.partition(":")
        if colon and not _TAG.fullmatch(tag):
            raise BadReference(f"{text!r} has a malformed tag", advice=BadVersion.default_advice)
        if not colon and not at:
            raise BadReference(f"{text!r} has neither tag nor digest", advice="add :TAG or @sha256:…")
        return cls(repository=Repository.parse(head + slash + tail), tag=tag or None, digest=digest or None)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}{tag}{digest}"


def is_whole(commit: str) -> bool:
    """Whether this is the id of a commit, SHA-1 or SHA-256, not cut short."""
    return _COMMIT.fullmatch(commit) is not None


def revision_tag(revision: str) -> str:
    """The tag `sha-<short>` of a commit; BadVersion when `revision` is no commit id."""
    if not _REVISION.fullmatch(revision):
        raise BadVersion(
            f"{revision!r} is no commit id", advice="pass 7 to 64 hexadecimal digits, as git prints them"
        )
    return f"sha-{revision[:_SHORT_REVISION]}"


def _why_not_a_path(path: str) -> str:
    if any(char.isupper() for char in path):
        return "a repository's path is lower case"
    if "@" in path or ":" in path:
        return "it carries a tag or a digest; the module adds those"
    return f"{path!r} is not a path of lower-case names"
