"""Who vouches for an image, and how that is checked: an interface, and the signer that holds a key."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import dagger
from dagger import dag

from supply_chain.faults import tool_failing_as
from supply_chain.images import Image
from supply_chain.keys import throw_away_key
from supply_chain.registry import Registry
from supply_chain.toolbox import fresh, tool
from supply_chain.tools import cosign

_PREDICATE = "/predicate"


class Anchor(Protocol):
    """What a verifier trusts. It comes from the caller, never from what is being verified."""

    @property
    def name(self) -> str:
        """Kind of the signer and what identifies it."""

    @property
    def files(self) -> dict[str, str]:
        """What of it goes into the evidence, by name."""

    @property
    def flags(self) -> Sequence[str]:
        """Flags of cosign that verify against it."""

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the files those flags name."""


class Signer(Protocol):
    """Makes signatures."""

    @property
    def flags(self) -> Sequence[str]:
        """Flags of cosign that sign as this signer."""

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the secrets and files those flags name."""

    async def anchor(self, image: Image) -> Anchor:
        """What verifies this signer's signatures; fails early when the signer cannot be used."""


@dataclass(frozen=True)
class PublicKey:
    """A public key, as an anchor."""

    pem: str

    @property
    def name(self) -> str:
        """`key` and the digest of its PEM text."""
        return f"key sha256:{hashlib.sha256(self.pem.encode()).hexdigest()}"

    @property
    def files(self) -> dict[str, str]:
        """The key itself."""
        return {"cosign.pub": self.pem}

    @property
    def flags(self) -> Sequence[str]:
        """Verify against the key file, offline."""
        return cosign.AGAINST_KEY

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The key file, and a trust root without services."""
        return _with_files(container, cosign.NO_SERVICES | {cosign.PUBLIC_KEY: self.pem})


@dataclass(frozen=True)
class KeySigner:
    """Signs with a cosign private key, without any Sigstore service."""

    key: dagger.Secret
    password: dagger.Secret

    @property
    def flags(self) -> Sequence[str]:
        """Sign with the key in the environment."""
        return cosign.BY_KEY

    def equip(self, container: dagger.Container) -> dagger.Container:
        """Key and password as variables, and configurations without services."""
        container = container.with_secret_variable(cosign.KEY_VARIABLE, self.key)
        container = container.with_secret_variable(cosign.PASSWORD_VARIABLE, self.password)
        return _with_files(container, cosign.NO_SERVICES)

    async def anchor(self, image: Image) -> PublicKey:
        """The key's public half; KeyRefused when key and password do not fit."""
        with tool_failing_as(lambda words: cosign.signing_refusal("the private key cannot be used", words)):
            client = self.equip(fresh(tool(image.reference)))
            return PublicKey(await client.with_exec(cosign.public_key(), use_entrypoint=True).stdout())


def throw_away_signer() -> KeySigner:
    """A signer with a key made for this run only."""
    key = throw_away_key()
    run = uuid.uuid4().hex
    return KeySigner(
        key=dag.set_secret(f"throw-away-key-{run}", key.pem),
        password=dag.set_secret(f"throw-away-password-{run}", key.password),
    )


async def sign(registry: Registry, signer: Signer, reference: str) -> None:
    """Sign the image and store the signature beside it."""
    command = cosign.sign(reference, signer.flags, rehearsal=registry.rehearsal)
    client = signer.equip(registry.client(registry.images.cosign))
    with tool_failing_as(lambda words: cosign.signing_refusal(f"{reference} could not be signed", words)):
        await client.with_exec(command, use_entrypoint=True).sync()


async def attest(
    registry: Registry, signer: Signer, reference: str, kind: str, predicate: dagger.File
) -> None:
    """Attest the predicate on the image and store the attestation beside it."""
    command = cosign.attest(reference, kind, _PREDICATE, signer.flags, rehearsal=registry.rehearsal)
    client = signer.equip(registry.client(registry.images.cosign)).with_mounted_file(_PREDICATE, predicate)
    with tool_failing_as(
        lambda words: cosign.signing_refusal(f"{kind} could not be attested on {reference}", words)
    ):
        await client.with_exec(command, use_entrypoint=True).sync()


def _with_files(container: dagger.Container, files: dict[str, str]) -> dagger.Container:
    for path, text in files.items():
        container = container.with_new_file(path, text)
    return container
