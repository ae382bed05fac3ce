"""Dockerfiles as they are handed to Podman's builder."""

import hashlib
import re
from collections.abc import Iterator, Mapping

_ARG = re.compile(r"\s*ARG\s+(?P<name>\w+)(?:=(?P<default>.*))?\s*", re.IGNORECASE)


def told_apart(text: str, values: Mapping[str, str]) -> str:
    """The Dockerfile, in which builds with other values of its ARGs are other builds.

    The layers that Podman's builder (buildah 1.28) keeps are found again by the text of each step. It writes
    ARG without a value and ENV and LABEL unexpanded, so that a build with another value would be given the
    layers, the variables and the labels of the first. A second ARG, named after the value, makes the texts
    differ; the image's history is all that shows it.
    """
    return "".join(_lines(text, values))


def _lines(text: str, values: Mapping[str, str]) -> Iterator[str]:
    continued = False
    for line in text.splitlines(keepends=True):
        yield line
        found = None if continued else _ARG.fullmatch(line.rstrip("\r\n"))
        if found:
            value = values.get(found["name"], found["default"] or "")
            yield ("" if line.endswith("\n") else "\n") + f"ARG value_{_digest(value)}=\n"
        continued = line.rstrip().endswith(("\\", "`"))


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]
