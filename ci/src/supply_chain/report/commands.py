"""How a stranger checks a release with stock tools: commands to copy, for the folder and for the registry.

Whom to trust stands in them as the page has it, and a page can say anything: the reader compares it.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from supply_chain.models.evidence_files import SUMS, SUMS_BUNDLE
from supply_chain.models.mode import Mode
from supply_chain.models.outcome import Outcome
from supply_chain.models.verification import Verification
from supply_chain.tools.cosign import WITHOUT_LOG

PUBLIC_KEY = "cosign.pub"
TRUSTED_ROOT = "sigstore/trusted_root.json"

_Flags = tuple[tuple[str, ...], ...]
"""Flags, each with its value."""

_KINDS = ("spdxjson", "slsaprovenance1")
"""The attestations by cosign's names."""


@dataclass(frozen=True)
class Command:
    """One command, and what it shows."""

    words: tuple[str, ...]
    """The program with its flags, and each flag's value with it, as a POSIX shell reads them."""
    shows: str
    """What it proves when it ends well."""


def in_folder(outcome: Outcome) -> tuple[Command, ...]:
    """Commands for the folder that the page lies in, offline; none for what was not verified."""
    if not outcome.verification:
        return ()
    trust = _trust(outcome.verification, outcome.evidence)
    listed = _cosign("verify-blob", trust, ("--bundle", SUMS_BUNDLE), (SUMS,))
    return (
        Command(("sha256sum --check --quiet SHA256SUMS",), "every file here is the one that was listed"),
        Command(listed, "this signer made that list"),
        *_of_image(trust, "layout", local=True),
    )


def in_registry(outcome: Outcome) -> tuple[Command, ...]:
    """Commands for the image where it was released to; none for a rehearsal, whose registry is gone."""
    if not (outcome.verification and outcome.image) or outcome.mode is Mode.REHEARSAL:
        return ()
    return tuple(_of_image(_trust(outcome.verification, outcome.evidence), outcome.image, local=False))


def _of_image(trust: _Flags, image: str, *, local: bool) -> Iterator[Command]:
    """What is attached to the image, in a layout or a registry."""
    where: _Flags = (("--local-image",),) if local else ()
    yield Command(_cosign("verify", trust, *where, (image,)), "the image carries a statement by this signer")
    for kind in _KINDS:
        words = _cosign("verify-attestation", trust, ("--type", kind), *where, (image,))
        yield Command(words, f"it carries an attestation of type {kind} by this signer")


def _trust(verification: Verification, evidence: Sequence[str]) -> _Flags:
    """Flags that trust whom the release was verified against."""
    if not verification.issuer:
        return (("--key", PUBLIC_KEY), (WITHOUT_LOG,))
    root: _Flags = (("--trusted-root", TRUSTED_ROOT),) if TRUSTED_ROOT in evidence else ()
    who = ("--certificate-identity", verification.signer)
    return (*root, who, ("--certificate-oidc-issuer", verification.issuer))


def _cosign(command: str, trust: _Flags, *flags: tuple[str, ...]) -> tuple[str, ...]:
    """A command of cosign's, flag by flag, quoted."""
    return tuple(" ".join(map(shlex.quote, words)) for words in (("cosign", command), *trust, *flags))
