"""What a source uses from outside must be by digest: images in its Dockerfile, actions in its workflows.

An image is pinned by `@sha256:…`, whatever tag stands before it. An action, or a reusable workflow, is pinned
by its full commit, one in a container by digest; what begins with `./` is in the source itself.
"""

import re
from collections.abc import Iterator, Mapping

from supply_chain.errors import PinsFailed
from supply_chain.models.base import SHA256, OwnModel
from supply_chain.models.dockerfile_images import ImageUse, images

IMAGE = "an image by digest, NAME@sha256:…"
ACTION = "an action by its full commit, OWNER/NAME@ and 40 hexadecimal digits"

_BY_DIGEST = re.compile(rf"[^@\s]+@{SHA256}")
_BY_COMMIT = re.compile(r"[^@\s]+/[^@\s]+@[0-9a-fA-F]{40}")
# `uses` as a key of a block or a flow mapping; its value may stand on a later line, which is not followed.
_USES = re.compile(
    r"""(?:^\s*(?:-\s+)*|[{,]\s*)["']?uses["']?\s*:\s*(?P<value>"[^"]*"|'[^']*'|[^\s,}#][^\s,}]*)?"""
)
_BLOCK_SCALAR = re.compile(r"(?P<indent>[\s-]*)[^#]*:\s+[|>][-+0-9]*\s*(?:#.*)?")


class Use(OwnModel):
    """Something from outside, as a file names it."""

    file: str
    """The file."""
    line: int
    """The line, or the first one of the instruction."""
    what: str
    """What stands there."""
    wanted: str
    """What should stand there; empty when it does."""


def uses(
    dockerfile_text: str,
    build_args: Mapping[str, str],
    workflows: Mapping[str, str],
    dockerfile: str = "Dockerfile",
) -> tuple[Use, ...]:
    """Everything from outside, in the order it is named.

    Args:
        dockerfile_text: The Dockerfile's text.
        build_args: Build arguments that a build is given.
        workflows: Texts of workflows and composite actions, by path.
        dockerfile: What the Dockerfile is called.
    """
    found = [_of_image(dockerfile, use) for use in images(dockerfile_text, build_args)]
    for path, text in sorted(workflows.items()):
        found += _of_workflow(path, text)
    return tuple(found)


def checked(found: tuple[Use, ...]) -> str:
    """How many are pinned, in words; PinsFailed with a line for each that is not."""
    problems = [use for use in found if use.wanted]
    if problems:
        lines = [f"{use.file}:{use.line}: {use.what}: wanted {use.wanted}" for use in problems]
        raise PinsFailed(
            f"{len(problems)} of {len(found)} uses of things from outside are not pinned",
            why="\n".join(lines),
        )
    return f"{len(found)} uses of images and actions, all by digest or commit"


def _of_image(file: str, use: ImageUse) -> Use:
    """The use of an image; what its variables come to is told too."""
    if use.unknown:
        wanted = f"{IMAGE}; {use.unknown} has no value here"
        return Use(file=file, line=use.line, what=use.written, wanted=wanted)
    what = use.written if use.image == use.written else f"{use.written}, which is {use.image or 'empty'}"
    return Use(file=file, line=use.line, what=what, wanted="" if _BY_DIGEST.fullmatch(use.image) else IMAGE)


def _of_workflow(file: str, text: str) -> Iterator[Use]:
    """Every `uses:` of a workflow or composite action that is not in the source itself."""
    for line, content in _outside_block_scalars(text):
        for match in _USES.finditer(content):
            what = (match["value"] or "").strip("\"'")
            if not what.startswith("./"):
                shown = what or "uses: without a value on its line"
                yield Use(file=file, line=line, what=shown, wanted=_wanted(what))


def _wanted(action: str) -> str:
    if action.startswith("docker://"):
        return "" if _BY_DIGEST.fullmatch(action.removeprefix("docker://")) else IMAGE
    return "" if _BY_COMMIT.fullmatch(action) else ACTION


def _outside_block_scalars(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines, without comments and the texts of `run: |` and their like."""
    block = -1
    for number, line in enumerate(text.splitlines(), start=1):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#") or indent > block >= 0:
            continue
        begins = _BLOCK_SCALAR.fullmatch(line)
        block = len(begins["indent"]) if begins else -1
        yield number, line
