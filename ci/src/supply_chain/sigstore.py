"""The Sigstore that a run signs with or verifies against: the public one, a caller's, or a throw-away one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import dagger

from supply_chain.errors import TrustedRootInvalid
from supply_chain.faults import failing_as
from supply_chain.toolbox import with_files
from supply_chain.tools import cosign

_KINDS = {
    "trusted_root.json": "application/vnd.dev.sigstore.trustedroot",
    "signing_config.json": "application/vnd.dev.sigstore.signingconfig",
}


@dataclass(frozen=True)
class Sigstore:
    """What signing with it and verifying against it takes.

    Attributes:
        trusted_root: Its keys and certificates, as JSON; empty for the public one, whose root cosign knows.
        signing_config: Where its services are, as JSON; empty for the public one, and to verify only.
        services: Services of this run that clients talk to, by host name; none for a real one.
        request_url: Where a throw-away one gives out identity tokens: an ACTIONS_ID_TOKEN_REQUEST_URL.
        request_token: What it gives them for: an ACTIONS_ID_TOKEN_REQUEST_TOKEN.
        issuer: The issuer of those tokens, as it stands in certificates; empty for a real one.
    """

    trusted_root: str = ""
    signing_config: str = ""
    services: Mapping[str, dagger.Service] = field(default_factory=dict)
    request_url: dagger.Secret | None = None
    request_token: dagger.Secret | None = None
    issuer: str = ""

    @classmethod
    def public(cls) -> Self:
        """The public-good instance."""
        return cls()

    @classmethod
    async def given(cls, directory: dagger.Directory, *, signing: bool) -> Self:
        """A caller's own.

        Args:
            directory: trusted_root.json and, to sign, signing_config.json.
            signing: Whether it is to sign with.

        Raises:
            TrustedRootInvalid: A file is missing or not what its name says.
        """
        root = await _file(directory, "trusted_root.json")
        config = await _file(directory, "signing_config.json") if signing else ""
        return cls(trusted_root=root, signing_config=config)

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the files where cosign's flags name them, reaching the services."""
        files = {cosign.TRUSTED_ROOT: self.trusted_root, cosign.SIGNING_CONFIG: self.signing_config}
        container = with_files(container, {path: text for path, text in files.items() if text})
        for host, service in self.services.items():
            container = container.with_service_binding(host, service)
        return container


async def _file(directory: dagger.Directory, name: str) -> str:
    with failing_as(TrustedRootInvalid, f"{name} of the sigstore directory cannot be read"):
        text = await directory.file(name).contents() if name in await directory.entries() else None
    if text is None:
        raise TrustedRootInvalid(f"the sigstore directory has no {name}")
    check_kind(name, text)
    return text


def check_kind(name: str, text: str) -> None:
    """TrustedRootInvalid unless the file of this name holds the kind of document it should."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise TrustedRootInvalid(f"{name} is not JSON", why=str(error)) from None
    kind = document.get("mediaType") if isinstance(document, dict) else None
    if not str(kind).startswith(_KINDS[name]):
        raise TrustedRootInvalid(f"{name} is something else", why=f"its mediaType is {kind!r}")
