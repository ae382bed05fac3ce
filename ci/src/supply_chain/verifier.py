"""Verification: cosign checks the cryptography of every bundle, models judge what the bundles state.

The image is asked for in its registry as a stranger does it, by stock commands; then each bundle is given to
cosign alone, so that what is judged is, byte for byte, what cosign vouched for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import dagger
from dagger import dag

from supply_chain import vouching
from supply_chain.errors import SupplyChainError
from supply_chain.images import Images
from supply_chain.models.bundle import lines, predicate_type
from supply_chain.models.reference import Reference
from supply_chain.models.verification import Verification, judged
from supply_chain.patience import again
from supply_chain.registry import Registry
from supply_chain.tools import cosign
from supply_chain.trust import Trust
from supply_chain.vouching import Heard, Question
from supply_chain.workbench import Answer, answers, run, workbench

_STOCK_TYPES = ("spdxjson", "slsaprovenance1")

_AT_ONCE = 4
_SAVED = "/saved/layout"


@dataclass(frozen=True)
class Proven:
    """What was proven, and by which bundles."""

    verification: Verification
    bundles: tuple[str, ...]
    """Those that cosign vouched for, as JSON."""


Said = list[tuple[str, Answer]]
"""Bundles, and what cosign said of each."""


async def verified(registry: Registry, trust: Trust, image: str) -> Proven:
    """What the registry holds on the image, given by digest, proves; a named error where it is too little."""
    asked = Question(Reference.parse(image).digest or "", trust)
    stock = await again(f"verifying {image}", lambda: _stock(registry, asked, image, ()), registry.patience)
    return proven_by(asked, stock.heard.to(0))


@dataclass(frozen=True)
class Release:
    """An image that was verified for its release, and what was asked and kept with that."""

    proven: Proven
    said: Sequence[Said]
    """What cosign said to each of the other questions about the bundles that prove it."""
    saved: dagger.Directory | None
    """The image with all that is attached to it, as the registry serves it; None where that failed."""
    seen: Sequence[Answer]
    """What the commands came to that were run once all else was answered."""


async def verified_release(
    registry: Registry,
    trust: Trust,
    image: str,
    others: Sequence[Question],
    then: Sequence[Sequence[str]] = (),
) -> Release:
    """As `verified`; the image is saved beside it.

    Args:
        registry: Where the image is.
        trust: Who must have signed.
        image: It, by digest.
        others: Other questions about the bundles.
        then: Commands of the workbench that are run afterwards, whatever the verification comes to.
    """
    asked = Question(Reference.parse(image).digest or "", trust)
    stock = await again(
        f"verifying {image}",
        lambda: _stock(registry, asked, image, others, cosign.save(image, _SAVED), then),
        registry.patience,
    )
    heard = stock.heard
    proven = proven_by(asked, heard.to(0))
    each = [heard.to(number) for number in range(1, len(others) + 1)]
    said = [[(one, answer) for one, answer in those if one in proven.bundles] for those in each]
    return Release(proven, said, stock.saved, stock.seen)


async def judged_bundles(images: Images, trust: Trust, digest: str, bundles: Sequence[str]) -> Proven:
    """What these bundles prove of the image."""
    question, readable = Question(digest, trust), [one for one in bundles if predicate_type(one.encode())]
    if not readable:
        return proven_by(question, [])
    bench = vouching.asking(workbench(images), [question], bundles=readable)
    [said] = await answers(bench, [vouching.ASKING], inside=[question.command])
    return proven_by(question, vouching.heard(said).to(0))


def proven_by(question: Question, said: Said) -> Proven:
    """What bundles prove, of which cosign said this."""
    vouched = question.vouched(said)
    documents = [bundle.encode() for bundle in vouched]
    return Proven(judged(question.digest, documents, question.trust.policy), tuple(vouched))


async def bundles_on(registry: Registry, image: str) -> list[str]:
    """Every bundle that is attached to the image, whoever made it; none where nothing is attached."""
    [said] = await answers(registry.workbench(), [downloading(image)])
    if said.code:
        raise _refusal(registry, image, said)
    return list(lines(said.stdout))


async def bundles_in(registry: Registry, image: str, seen: Sequence[Answer]) -> list[str]:
    """As `bundles_on`, where `downloading` was run elsewhere; asked once more if it was not, or failed."""
    for said in seen:
        if said.code == 0:
            return list(lines(said.stdout))
    return await bundles_on(registry, image)


async def resolved(registry: Registry, reference: Reference) -> str:
    """The image by digest; a tag is looked up once, so that all that follows speaks of one image."""
    digest = reference.digest or await registry.digest(str(reference))
    return reference.repository.at(digest)


@dataclass(frozen=True)
class _Stock:
    heard: Heard
    saved: dagger.Directory | None
    seen: Sequence[Answer]


async def _stock(
    registry: Registry,
    asked: Question,
    image: str,
    others: Sequence[Question],
    saving: Sequence[str] = (),
    then: Sequence[Sequence[str]] = (),
) -> _Stock:
    """Stock cosign accepts signature, SBOM and provenance; and what it says of each bundle on the image."""
    flags = asked.trust.flags
    checks = [cosign.verify(image, flags)] + [
        cosign.verify_attestation(image, kind, flags) for kind in _STOCK_TYPES
    ]
    first = [saving] if saving else []  # which takes longest
    commands = [[cosign.PROGRAM, *one] for one in [*first, *checks]] + [[*vouching.ASKING]]
    bench = vouching.asking(registry.workbench(), [asked, *others], downloading(image))
    bench, inside = bench.with_directory(_SAVED, dag.directory()), [downloading(image), asked.command]
    came_to, left = await run(bench, commands, at_once=_AT_ONCE, inside=inside, then=then)
    (*said, each), seen = came_to[: len(commands)], came_to[len(commands) :]
    saved = left.directory(_SAVED) if saving and not said.pop(0).code else None
    for answer in said:
        if answer.code:
            raise _refusal(registry, image, answer)
    heard = vouching.heard(each)
    if heard.download and heard.download.code:
        raise _refusal(registry, image, heard.download)
    return _Stock(heard, saved, seen)


def downloading(image: str) -> list[str]:
    """The command of a workbench that prints all bundles on the image."""
    return [cosign.PROGRAM, *cosign.download_bundles(image)]


def _refusal(registry: Registry, image: str, said: Answer) -> SupplyChainError:
    """The error for what cosign refused of an image in its registry."""
    host = Reference.parse(image).repository.registry
    return cosign.verification_refusal(
        f"{image} cannot be verified", said.stderr, host=host, known=registry.knows(image)
    )
