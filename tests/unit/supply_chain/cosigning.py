"""Cosign verifying bundles, as far as flags and the bundle's own words go; cryptography is left out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography import x509

from supply_chain.models.bundle import Bundle
from supply_chain.models.image_layout import MANIFEST_TYPE
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.tools import cosign, crane
from supply_chain.trust import Trust
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, PUBLIC_KEY, REPOSITORY
from unit.supply_chain.engine import GOOD, Files, bad
from unit.supply_chain.provenances import PLACE

IMAGE = f"{REPOSITORY}@{DIGEST}"
"""What is verified in its registry."""

LAYOUT = json.dumps({"manifests": [{"mediaType": MANIFEST_TYPE, "digest": DIGEST, "size": 1}]})
"""index.json of what is saved of it."""

OTHER_DIGEST = (
    "Error: failed to verify signature: provided artifact digest does not match any digest in statement"
)
OTHER_IDENTITY = 'Error: no matching CertificateIdentity found, last error: expected SAN value "x", got "y"'
OTHER_KEY = (
    "Error: failed to verify signature: could not verify envelope: accepted signatures do not match threshold"
)

BY_IDENTITY = Trust(
    VerificationPolicy.parse("", {"identity": PLACE.workflow, "issuer": PLACE.issuer}), "a trusted root"
)
BY_KEY = Trust(VerificationPolicy.parse("", {"public_key": PUBLIC_KEY}))


@dataclass
class Cosign:
    """`cosign verify-blob-attestation`."""

    refuses: Callable[[Bundle], str] = lambda _: ""
    """What else is wrong with a bundle."""
    asked: int = 0

    def __call__(self, command: list[str], files: Files) -> Answer:
        assert command[:2] == [cosign.PROGRAM, "verify-blob-attestation"]
        self.asked += 1
        found = Bundle.parse(files[_value(command, "--bundle")].encode())
        statement = json.loads(found.payload)
        assert statement["predicateType"] == _value(command, "--type")
        if words := self.refuses(found):
            return bad(words)
        if statement["subject"][0]["digest"]["sha256"] != _value(command, "--digest"):
            return bad(OTHER_DIGEST)
        if "--key" in command:
            return GOOD if files[_value(command, "--key")] == PUBLIC_KEY else bad(OTHER_KEY)
        assert files[_value(command, "--trusted-root")] == "a trusted root"
        named = _name(found) == _value(command, "--certificate-identity")
        return GOOD if named else bad(OTHER_IDENTITY)


class Stock:
    """Cosign on a registry: what it is asked of the image, and what is attached there."""

    def __init__(self, attached: Sequence[str], **refusals: list[str]) -> None:
        self.attached = attached
        self.refusals = refusals
        self.asked: list[tuple[str, ...]] = []
        self.bundles = Cosign()

    def __call__(self, command: list[str], files: Files) -> Answer:
        verb = command[1]
        if verb == "verify-blob-attestation":
            return self.bundles(command, files)
        if command[0] == crane.PROGRAM:
            return Answer(code=0, stdout="", stderr="")
        kind = command[command.index("--type") + 1] if "--type" in command else ""
        self.asked.append((verb, kind))
        if command[-1] != IMAGE:
            return bad("Error: no signatures found")
        if verb not in {"download", "save"}:
            trust = BY_KEY if "--key" in command else BY_IDENTITY
            assert set(trust.flags) <= set(command)
            assert files[cosign.TRUSTED_ROOT] == (
                trust.trusted_root or cosign.NO_SERVICES[cosign.TRUSTED_ROOT]
            )
        if words := self.refusals.get(kind or verb):
            return bad(words.pop(0))
        if verb == "save":
            files[f"{command[command.index('--dir') + 1]}/index.json"] = LAYOUT
        return Answer(code=0, stdout="".join(f"{one}\n" for one in self.attached), stderr="")


def accepting(_command: list[str], _files: Files) -> Answer:
    """A cosign that accepts everything."""
    return GOOD


def _name(bundle: Bundle) -> str:
    names = x509.load_der_x509_certificate(bundle.certificate).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    [name] = names.value.get_values_for_type(x509.UniformResourceIdentifier)
    return name


def _value(command: list[str], flag: str) -> str:
    return command[command.index(flag) + 1]
