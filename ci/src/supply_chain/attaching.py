"""Bundles beside an image in its registry: attached one by one, read back, and attached again where lost.

A registry without a referrers API keeps all attachments under one tag that every writer reads and writes
whole (GHCR does so): two writers lose one. So there is one writer here, and what was lost to another is found
by reading back. Signing is not repeated: a bundle is made once.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagger
from dagger import dag

from supply_chain.errors import AttachmentLost, SupplyChainError, Trouble
from supply_chain.inquiry import Answered, Inquiry, downloading
from supply_chain.models.bundle import lines, predicate_type
from supply_chain.models.image_layout import Descriptor
from supply_chain.models.reference import Reference
from supply_chain.models.referrer import Referrer, referrer
from supply_chain.patience import again
from supply_chain.registry import Registry
from supply_chain.tools import crane
from supply_chain.workbench import Answer, answers

_LAYOUTS = "/layouts"


async def attach(
    registry: Registry,
    image: str,
    target: Descriptor,
    bundles: Mapping[str, str],
    inquiry: Inquiry | None = None,
) -> Answered | None:
    """Attach the bundles to the image, given by digest, until the registry lists every one of them.

    Args:
        registry: Where the image is.
        image: It.
        target: Its manifest.
        bundles: What to attach, by name.
        inquiry: What else is asked about the image as soon as they are attached.

    Returns:
        The answers to that, where all bundles were attached at once.
    """
    missing, repository = dict(bundles), Reference.parse(image).repository
    asking, answered = [inquiry] if inquiry else [], None

    async def attempt() -> None:
        nonlocal missing, answered
        bench, commands = _attaching(registry, image, target, missing)
        answered = None
        if asking:
            said, answered = await asking.pop().put_beside(bench, commands, [*missing.values()])
        else:
            said = await answers(bench, commands)
        there, refusal = _attached(registry, image, missing, said)
        missing = {name: bundle for name, bundle in missing.items() if _signature(bundle) not in there}
        if missing:
            trouble = Trouble(f"registry {repository.registry}")
            lost = AttachmentLost(f"{image} has lost {' and '.join(missing)}", trouble=trouble)
            raise refusal or lost

    await again(f"attaching to {image}", attempt, registry.patience)
    return answered


async def kept(
    registry: Registry, image: str, target: Descriptor, bundles: Sequence[str], there: Sequence[str]
) -> None:
    """Of `bundles`, what another writer has dropped is attached again; nothing else is written.

    Args:
        registry: Where the image is.
        image: It, by digest.
        target: Its manifest.
        bundles: All that were attached to it.
        there: All that are attached now, whoever made them.
    """
    signatures = set(map(_signature, there))
    lost = {
        f"bundle-{number}": one for number, one in enumerate(bundles) if _signature(one) not in signatures
    }
    if lost:
        await attach(registry, image, target, lost)


def _attaching(
    registry: Registry, image: str, target: Descriptor, bundles: Mapping[str, str]
) -> tuple[dagger.Container, list[list[str]]]:
    """A workbench, and its commands that attach the bundles and then list all that are attached."""
    repository, container = Reference.parse(image).repository, registry.workbench()
    commands = []
    for name, bundle in bundles.items():
        made = referrer(bundle, predicate_type(bundle.encode()), target, datetime.now(UTC))
        folder = f"{_LAYOUTS}/{name}"
        container = container.with_mounted_directory(folder, _directory(made))
        commands.append([crane.PROGRAM, *crane.push(folder, repository.at(made.digest))])
    return container, [*commands, downloading(image)]


def _attached(
    registry: Registry, image: str, bundles: Mapping[str, str], came_to: Sequence[Answer]
) -> tuple[set[str], SupplyChainError | None]:
    """The signatures of all that the registry lists once these were attached, and what went wrong first."""
    said = [f"{name} could not be attached to {image}" for name in bundles]
    said.append(f"what is attached to {image} could not be read")
    failed = [(what, answer) for what, answer in zip(said, came_to, strict=True) if answer.code]
    refusal = registry.refusal(image, failed[0][0], failed[0][1].stderr) if failed else None
    read = came_to[-1]
    return set() if read.code else set(map(_signature, lines(read.stdout))), refusal


def _directory(made: Referrer) -> dagger.Directory:
    directory = dag.directory()
    for path, content in made.files.items():
        directory = directory.with_new_file(path, content)
    return directory


def _signature(bundle: str) -> str:
    """The signature's own bytes: what of a bundle no registry and no tool writes differently.

    Empty for what holds none where ours do: strangers may attach what they like.
    """
    try:
        return str(json.loads(bundle)["dsseEnvelope"]["signatures"][0]["sig"])
    except (ValueError, LookupError, TypeError):
        return ""
