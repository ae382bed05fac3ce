"""Whether the verifier bites: shown the release's own material, spoilt in four ways, it must refuse each.

A verifier that accepts everything looks exactly like one that works, until the day it matters.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from supply_chain.errors import VerificationFailed, VerifierFailed
from supply_chain.models.bundle import predicate_type
from supply_chain.models.outcome import Rejection
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.models.verification import judged
from supply_chain.trust import Trust
from supply_chain.verifier import Proven, Said, proven_by
from supply_chain.vouching import Question

_OTHER_DIGEST = f"sha256:{'0' * 64}"
_OTHER_IDENTITY = "https://stranger.example/release.yml@refs/heads/main"
_OTHER_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmT5oMrKjAlNrI+Hr7ag9/OYq/6n9
CqSJjNZvLvAMuOkXGrTKHfJ0cwlScukeWvwf8WQHzcMdMqh63PJMYngVOA==
-----END PUBLIC KEY-----
"""
"""A key whose private half nobody kept."""

Case = Callable[[], object]


def questions(trust: Trust, digest: str) -> tuple[Question, Question]:
    """Two questions that cosign must say no to, about bundles that prove this image."""
    stranger = replace(trust, policy=trust.policy.under(_stranger(trust)))
    return Question(_OTHER_DIGEST, trust), Question(digest, stranger)


def self_tested(trust: Trust, proven: Proven, said: Sequence[Said]) -> tuple[Rejection, ...]:
    """How each spoilt case was refused; VerifierFailed where one was accepted, or not asked about.

    Args:
        trust: Whom the verification trusted.
        proven: What it came to.
        said: What cosign said to the questions, about the bundles that prove it.
    """
    digest, bundles = proven.verification.image, proven.bundles
    without_signature = [one for one in bundles if predicate_type(one.encode()) != SIGNATURE_TYPE]
    without_provenance = [one for one in bundles if predicate_type(one.encode()) != PROVENANCE_TYPE]
    for answered in said:
        if [bundle for bundle, _ in answered] != [*bundles]:
            raise VerifierFailed("the verifier was not asked about all that it is to refuse")
    another_digest, another_identity = zip(questions(trust, digest), said, strict=True)
    cases: dict[str, Case] = {
        "another image's digest": lambda: proven_by(*another_digest),
        "another identity": lambda: proven_by(*another_identity),
        "an SBOM attestation as the signature": lambda: _judged(trust, digest, without_signature),
        "no provenance": lambda: _judged(trust, digest, without_provenance),
    }
    return tuple(_rejection(name, case) for name, case in cases.items())


def _judged(trust: Trust, digest: str, bundles: Sequence[str]) -> object:
    """What bundles prove that cosign has vouched for by now."""
    return judged(digest, [bundle.encode() for bundle in bundles], trust.policy)


def _rejection(name: str, case: Case) -> Rejection:
    try:
        case()
    except VerificationFailed as error:
        return Rejection(case=name, error=error.name, what=error.what)
    raise VerifierFailed(f"the verifier accepted {name}")


def _stranger(trust: Trust) -> dict[str, str]:
    """What of the policy to change, so that it trusts somebody else."""
    return {"public_key": _OTHER_KEY} if trust.policy.public_key else {"identity": _OTHER_IDENTITY}
