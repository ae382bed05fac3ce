"""Verification: cosign checks the cryptography of every bundle, models judge what the bundles state."""

from collections.abc import Sequence
from dataclasses import dataclass

import dagger

from supply_chain.images import Images
from supply_chain.inquiry import Answered, Found, Inquiry, downloading, refusal
from supply_chain.models.bundle import lines, predicate_type
from supply_chain.models.reference import Reference
from supply_chain.models.verification import Verification, judged
from supply_chain.patience import again
from supply_chain.registry import Registry
from supply_chain.trust import Trust
from supply_chain.vouching import Question, heard_of
from supply_chain.workbench import Answer, answers


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
    found = await _found(Inquiry(registry, image, [asked]))
    return proven_by(asked, found.heard.to(0))


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


async def verified_release(inquiry: Inquiry, before: Answered | None = None) -> Release:
    """As `verified`, by all that is asked for a release.

    Args:
        inquiry: What is asked.
        before: The answers, where it was asked beside something else; it is asked again where they fail.
    """
    found = await _found(inquiry, before)
    asked, heard = inquiry.questions[0], found.heard
    proven = proven_by(asked, heard.to(0))
    each = [heard.to(number) for number in range(1, len(inquiry.questions))]
    said = [[(one, answer) for one, answer in those if one in proven.bundles] for those in each]
    return Release(proven, said, found.saved, found.seen)


async def _found(inquiry: Inquiry, before: Answered | None = None) -> Found:
    """What the inquiry comes to, put again while that is of use."""
    given = [before] if before else []

    async def attempt() -> Found:
        return await (given.pop() if given else await inquiry.put()).found()

    return await again(f"verifying {inquiry.image}", attempt, inquiry.registry.patience)


async def judged_bundles(images: Images, trust: Trust, digest: str, bundles: Sequence[str]) -> Proven:
    """What these bundles prove of the image."""
    question, readable = Question(digest, trust), [one for one in bundles if predicate_type(one.encode())]
    if not readable:
        return proven_by(question, [])
    return proven_by(question, (await heard_of(images, [question], readable)).to(0))


def proven_by(question: Question, said: Said) -> Proven:
    """What bundles prove, of which cosign said this."""
    vouched = question.vouched(said)
    documents = [bundle.encode() for bundle in vouched]
    return Proven(judged(question.digest, documents, question.trust.policy), tuple(vouched))


async def bundles_on(registry: Registry, image: str) -> list[str]:
    """Every bundle that is attached to the image, whoever made it; none where nothing is attached."""
    [said] = await answers(registry.workbench(), [downloading(image)])
    if said.code:
        raise refusal(registry, image, said)
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
