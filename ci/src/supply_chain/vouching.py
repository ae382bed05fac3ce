"""What cosign says of bundles, each alone, so that what is judged is, byte for byte, what it vouched for.

All questions about the bundles on an image are put in one container, with the download before them: which
bundles there are, and what they state, is known only then.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import dagger
from pydantic import ValidationError

from supply_chain.errors import InternalError
from supply_chain.images import Images
from supply_chain.models.base import OwnModel
from supply_chain.models.bundle import predicate_type
from supply_chain.scripts.verify_bundles import BUNDLE, KIND
from supply_chain.toolbox import script_text
from supply_chain.tools import cosign
from supply_chain.tools.output import last_words
from supply_chain.trust import Trust
from supply_chain.workbench import Answer, answers, workbench

_SCRIPT = "/run/supply-chain/verify_bundles.py"
_PLAN = "/run/supply-chain/bundles.json"

ASKING = ("python3", _SCRIPT, _PLAN)
"""The command of a workbench that puts the questions."""


@dataclass(frozen=True)
class Question:
    """Whether a bundle is about this image, by whom this trusts."""

    digest: str
    trust: Trust

    @property
    def command(self) -> list[str]:
        """It, put to cosign about any bundle."""
        return [
            cosign.PROGRAM,
            *cosign.verify_blob_attestation(BUNDLE, self.digest, KIND, self.trust.flags),
        ]

    def vouched(self, said: Sequence[tuple[str, Answer]]) -> list[str]:
        """The bundles that cosign vouches for; its first refusal where that is none of them.

        Anybody who may push can attach what they like, so others beside ours are nothing to wonder at.
        """
        good = [bundle for bundle, answer in said if answer.code == 0]
        if said and not good:
            bundle, answer = said[0]
            what = f"no bundle about {self.digest} can be verified"
            raise cosign.verification_refusal(what, answer.stderr, bundle.encode())
        return good


class _Bundle(OwnModel):
    text: str
    said: tuple[Answer, ...]


class Heard(OwnModel):
    """What the questions came to."""

    download: Answer | None
    """What the download said, where there was one."""
    bundles: tuple[_Bundle, ...]

    def to(self, number: int) -> list[tuple[str, Answer]]:
        """The bundles to which this question was put, and what it came to; of those that can be read."""
        put = [one for one in self.bundles if len(one.said) > number]
        return [(one.text, one.said[number]) for one in put if predicate_type(one.text.encode())]


def asking(
    container: dagger.Container,
    questions: Sequence[Question],
    download: Sequence[str] = (),
    bundles: Sequence[str] = (),
) -> dagger.Container:
    """The workbench, ready for `ASKING`.

    Args:
        container: The workbench.
        questions: What is asked of every bundle: the others only where the first is answered with yes.
        download: The command that prints the bundles, one a line.
        bundles: The bundles, where there is no such command.
    """
    for question in questions:
        container = question.trust.equip(container)
    commands = [question.command for question in questions]
    plan = {"download": [*download], "bundles": [*bundles], "questions": commands}
    return container.with_new_file(_SCRIPT, script_text("verify_bundles")).with_new_file(
        _PLAN, json.dumps(plan)
    )


def heard(answer: Answer) -> Heard:
    """What `ASKING` came to."""
    try:
        return Heard.model_validate_json(answer.stdout)
    except ValidationError:
        raise InternalError("bundles could not be asked about", why=last_words(answer.stderr)) from None


async def heard_of(images: Images, questions: Sequence[Question], bundles: Sequence[str]) -> Heard:
    """What the questions come to about these bundles, by a container for nothing else."""
    bench = asking(workbench(images), questions, bundles=bundles)
    [said] = await answers(bench, [ASKING], inside=[questions[0].command])
    return heard(said)
