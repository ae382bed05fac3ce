"""Releases signed by an identity at a private Sigstore, and a stranger who looks at them in the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from .cosign_by_hand import Cosign
from .harness import Done, Engine
from .oci_images import PACKAGE, archive
from .private_registry import write_login
from .private_sigstore import REQUEST_TOKEN, PrivateSigstore
from .releasing import REVISION, Caller

BY_TOKEN = ("--token", "env://IDENTITY_TOKEN")
BY_REQUEST = ("--request-url", "env://TOKEN_REQUEST_URL", "--request-token", "env://TOKEN_REQUEST_TOKEN")


@dataclass(frozen=True)
class Releaser:
    """Somebody who releases a small image by an identity.

    Attributes:
        engine: What runs the module.
        caller: Who has databases, and a login at the registry that wants one.
        sigstore: Who certifies them.
        source: An empty folder: what is released is given.
        image: The image, as an archive.
    """

    engine: Engine
    caller: Caller
    sigstore: PrivateSigstore
    source: Path
    image: Path

    @classmethod
    def made(cls, engine: Engine, caller: Caller, sigstore: PrivateSigstore, folder: Path) -> "Releaser":
        """One with an image to release."""
        source = folder / "source"
        source.mkdir()
        labels = {"Labels": {"org.opencontainers.image.revision": REVISION}}
        return cls(engine, caller, sigstore, source, archive(folder / "image.tar", PACKAGE, config=labels))

    def call(
        self,
        *function: str,
        identity: Sequence[str] = (),
        token: str = "",
        sigstore: Path | None = None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> Done:
        """A function of the module, logged in and with this identity.

        Args:
            function: The function and its flags.
            identity: Flags of with-identity; none for nobody.
            token: The identity token; one of now if there is none.
            sigstore: Its directory, if it is not their own.
            variables: Others than theirs, in the environment.
        """
        of = ("--source", str(self.source), "--sigstore", str(sigstore or self.sigstore.directory))
        who = ("with-identity", *identity) if identity else ()
        env = self.caller.secrets | {
            "IDENTITY_TOKEN": token or self.sigstore.token(),
            "TOKEN_REQUEST_URL": self.sigstore.request_url,
            "TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
            **variables,
        }
        return self.engine.call(*of, "--patience", "0", *self.caller.login, *who, *function, env=env)

    def flags(self, version: str, repository: str) -> tuple[str, ...]:
        """What is released, and where to."""
        return (
            *("--repository", repository, "--version", version, "--revision", REVISION),
            *("--tarball", str(self.image), "--db", str(self.caller.db)),
        )

    def verify(self, reference: str, *flags: str) -> Done:
        """Our own verdict on an image, trusting only what the flags say."""
        return self.call("verify", "--reference", reference, *flags)


def logged_in(cosign: Cosign, caller: Caller, folder: Path) -> Cosign:
    """Stock cosign with a login at the caller's registry."""
    write_login(folder / ".docker", f"127.0.0.1:{caller.registry.port}")
    return Cosign(cosign.program, folder)


def seen_here(reference: str) -> str:
    """An image as the host calls it, where the address that containers use comes and goes with them."""
    return f"127.0.0.1:{reference.partition(':')[2]}"


def stock_verdicts(cosign: Cosign, reference: str, trusting: Sequence[str]) -> dict[str, Done]:
    """What stock cosign says of the three that an image must carry in its registry, by what was asked for."""
    attested = ("verify-attestation", *trusting, "--type")
    return {
        "verify": cosign.run("verify", *trusting, reference),
        "spdxjson": cosign.run(*attested, "spdxjson", reference),
        "slsaprovenance1": cosign.run(*attested, "slsaprovenance1", reference),
    }
