"""Verification: cosign checks the cryptography of every bundle, models judge what the bundles state.

The image is asked for in its registry as a stranger does it, by stock commands; then each bundle is given to
cosign alone, so that what is judged is, byte for byte, what cosign vouched for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from supply_chain.errors import SupplyChainError
from supply_chain.images import Images
from supply_chain.models.bundle import lines, predicate_type
from supply_chain.models.reference import Reference
from supply_chain.models.verification import Verification, judged
from supply_chain.patience import again
from supply_chain.registry import Registry
from supply_chain.tools import cosign
from supply_chain.trust import Trust
from supply_chain.workbench import Answer, answers, workbench

_STOCK_TYPES = ("spdxjson", "slsaprovenance1")

_AT_ONCE = 4


@dataclass(frozen=True)
class Proven:
    """What was proven, and by which bundles."""

    verification: Verification
    bundles: tuple[str, ...]
    """Those that cosign vouched for, as JSON."""


async def verified(registry: Registry, trust: Trust, image: str) -> Proven:
    """What the registry holds on the image, given by digest, proves; a named error where it is too little."""
    bundles = await again(f"verifying {image}", lambda: _stock(registry, trust, image), registry.patience)
    return await judged_bundles(registry.images, trust, Reference.parse(image).digest or "", bundles)


async def judged_bundles(images: Images, trust: Trust, digest: str, bundles: Sequence[str]) -> Proven:
    """What these bundles prove of the image."""
    vouched = await vouched_for(images, trust, digest, bundles)
    return Proven(judged(digest, [bundle.encode() for bundle in vouched], trust.policy), tuple(vouched))


async def vouched_for(images: Images, trust: Trust, digest: str, bundles: Sequence[str]) -> list[str]:
    """The bundles that cosign vouches for; its first refusal where that is none of them.

    Anybody who may push can attach what they like, so others beside ours are nothing to wonder at.
    """
    readable = [bundle for bundle in bundles if predicate_type(bundle.encode())]
    said = await _asked(images, trust, digest, readable)
    good = [bundle for bundle, answer in zip(readable, said, strict=True) if answer.code == 0]
    if said and not good:
        what = f"no bundle about {digest} can be verified"
        raise cosign.verification_refusal(what, said[0].stderr, readable[0].encode())
    return good


async def bundles_on(registry: Registry, image: str) -> list[str]:
    """Every bundle that is attached to the image, whoever made it; none where nothing is attached."""
    [said] = await answers(registry.workbench(), [downloading(image)])
    if said.code:
        raise _refusal(registry, image, said)
    return list(lines(said.stdout))


async def bundles_in(registry: Registry, image: str, said: Answer) -> list[str]:
    """As `bundles_on`, where `downloading` was run elsewhere and said this; asked once more if it failed."""
    return await bundles_on(registry, image) if said.code else list(lines(said.stdout))


async def resolved(registry: Registry, reference: Reference) -> str:
    """The image by digest; a tag is looked up once, so that all that follows speaks of one image."""
    digest = reference.digest or await registry.digest(str(reference))
    return reference.repository.at(digest)


async def _stock(registry: Registry, trust: Trust, image: str) -> list[str]:
    """Stock cosign accepts signature, SBOM and provenance; all bundles on the image."""
    checks = [cosign.verify(image, trust.flags)] + [
        cosign.verify_attestation(image, kind, trust.flags) for kind in _STOCK_TYPES
    ]
    commands = [downloading(image)] + [[cosign.PROGRAM, *check] for check in checks]
    downloaded, *said = await answers(trust.equip(registry.workbench()), commands, at_once=_AT_ONCE)
    for answer in said:
        if answer.code:
            raise _refusal(registry, image, answer)
    if downloaded.code:
        raise _refusal(registry, image, downloaded)
    return list(lines(downloaded.stdout))


def downloading(image: str) -> list[str]:
    """The command of a workbench that prints all bundles on the image."""
    return [cosign.PROGRAM, *cosign.download_bundles(image)]


async def _asked(images: Images, trust: Trust, digest: str, bundles: Sequence[str]) -> list[Answer]:
    """What cosign says of each bundle about the image."""
    container, commands = trust.equip(workbench(images)), []
    for number, bundle in enumerate(bundles):
        path = f"/bundles/{number}.sigstore.json"
        container = container.with_new_file(path, bundle)
        check = cosign.verify_blob_attestation(path, digest, predicate_type(bundle.encode()), trust.flags)
        commands.append([cosign.PROGRAM, *check])
    return await answers(container, commands, at_once=_AT_ONCE) if commands else []


def _refusal(registry: Registry, image: str, said: Answer) -> SupplyChainError:
    """The error for what cosign refused of an image in its registry."""
    host = Reference.parse(image).repository.registry
    return cosign.verification_refusal(
        f"{image} cannot be verified", said.stderr, host=host, known=registry.knows(image)
    )
