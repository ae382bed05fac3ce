"""What is asked of an image in its registry, all of it in one container.

The image is asked for as a stranger does it, by stock commands; and each bundle on it is given to cosign
alone, so that what is judged is, byte for byte, what cosign vouched for. Where a run attaches the bundles
itself, cosign is asked about them while they are on their way; of what the registry lists then, only what
says anything else is asked about anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import dagger
from dagger import dag

from supply_chain import vouching
from supply_chain.errors import SupplyChainError
from supply_chain.models.bundle import content, lines
from supply_chain.models.reference import Reference
from supply_chain.registry import Registry
from supply_chain.tools import cosign
from supply_chain.vouching import ASKING, Heard, Question, heard_of
from supply_chain.workbench import Answer, Chain, Command, each, run

_STOCK_TYPES = ("spdxjson", "slsaprovenance1")
_SAVED = "/saved/layout"

_AT_ONCE = 3


@dataclass(frozen=True)
class Found:
    """What an image in its registry came to that stock cosign accepts."""

    heard: Heard
    """What was said of each bundle on it."""
    saved: dagger.Directory | None
    """It, with all that is attached to it, as the registry serves it; None where that was not to be had."""
    seen: Sequence[Answer]
    """What the commands came to that were run once all else was answered."""


@dataclass(frozen=True)
class Inquiry:
    """What is asked about an image in its registry."""

    registry: Registry
    image: str
    """It, by digest."""
    questions: Sequence[Question]
    """What is asked about each bundle on it: first of all, whether it is by whom this run trusts."""
    saving: bool = False
    """Whether it is saved as well."""
    then: Sequence[Command] = ()
    """Commands of the workbench that are run once all else is answered, whatever that is."""

    async def put(self) -> "Answered":
        """The answers, by a container for nothing else."""
        bench = self._bench(
            vouching.asking(self.registry.workbench(), self.questions, downloading(self.image))
        )
        stages, inside = [each([*self._stock, ASKING]), each(self.then)], [downloading(self.image)]
        said, left = await run(bench, stages, at_once=_AT_ONCE, inside=[*inside, self.questions[0].command])
        stock, (asked, *seen) = said[: len(self._stock)], said[len(self._stock) :]
        return Answered(self, stock, asked, None, seen, left)

    async def put_beside(
        self, container: dagger.Container, attaching: Chain, bundles: Sequence[str]
    ) -> tuple[list[Answer], "Answered"]:
        """What `attaching` came to, and the answers once that has ended.

        Args:
            container: A workbench that reaches the registry.
            attaching: Commands that attach the bundles, the last of which is `downloading`.
            bundles: They.
        """
        bench = self._bench(vouching.asking(container, self.questions, bundles=bundles))
        stages = [[attaching, [ASKING]], each(self._stock), each(self.then)]
        said, left = await run(bench, stages, at_once=_AT_ONCE, inside=[self.questions[0].command])
        attached, (asked, *rest) = said[: len(attaching)], said[len(attaching) :]
        stock, seen = rest[: len(self._stock)], rest[len(self._stock) :]
        return attached, Answered(self, stock, asked, attached[-1], seen, left)

    @property
    def _stock(self) -> list[Command]:
        """The commands that any stranger may run; before them the one that saves, which takes longest."""
        flags = self.questions[0].trust.flags
        saving = [cosign.save(self.image, _SAVED)] if self.saving else []
        checks = [cosign.verify_attestation(self.image, kind, flags) for kind in _STOCK_TYPES]
        return [[cosign.PROGRAM, *one] for one in [*saving, cosign.verify(self.image, flags), *checks]]

    def _bench(self, container: dagger.Container) -> dagger.Container:
        return container.with_directory(_SAVED, dag.directory()) if self.saving else container


@dataclass(frozen=True)
class Answered:
    """The answers to an inquiry, as they were given."""

    inquiry: Inquiry
    stock: Sequence[Answer]
    asked: Answer
    """What the questions about bundles came to."""
    listed: Answer | None
    """The download, where it was not the bundles downloaded that were asked about."""
    seen: Sequence[Answer]
    left: dagger.Container

    async def found(self) -> Found:
        """What they come to; the error of what was refused."""
        inquiry, stock, saved = self.inquiry, list(self.stock), None
        if inquiry.saving and not stock.pop(0).code:
            saved = self.left.directory(_SAVED)
        heard = vouching.heard(self.asked)
        download = self.listed or heard.download
        for answer in [*stock, *([download] if download else [])]:
            if answer.code:
                raise refusal(inquiry.registry, inquiry.image, answer)
        if self.listed:
            heard = await self._of(heard, lines(self.listed.stdout))
        return Found(heard, saved, self.seen)

    async def _of(self, heard: Heard, listed: Sequence[str]) -> Heard:
        """What was said of the bundles that are listed; asked now of those that were not asked about."""
        known, contents = [content(one.text) for one in heard.bundles], list(map(content, listed))
        there = [one for one, said in zip(heard.bundles, known, strict=True) if said in contents]
        others = [text for text, said in zip(listed, contents, strict=True) if said not in known]
        if others:
            inquiry = self.inquiry
            there += (await heard_of(inquiry.registry.images, inquiry.questions, others)).bundles
        return Heard(download=None, bundles=tuple(there))


def downloading(image: str) -> list[str]:
    """The command of a workbench that prints all bundles on the image."""
    return [cosign.PROGRAM, *cosign.download_bundles(image)]


def refusal(registry: Registry, image: str, said: Answer) -> SupplyChainError:
    """The error for what cosign refused of an image in its registry."""
    host = Reference.parse(image).repository.registry
    return cosign.verification_refusal(
        f"{image} cannot be verified", said.stderr, host=host, known=registry.knows(image)
    )
