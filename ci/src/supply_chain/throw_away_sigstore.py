"""A Sigstore that lives as long as a run: all that production has, under names nobody takes for production's.

An issuer of identity tokens, Fulcio and the log of its certificates, Rekor, a timestamp authority: each is a
service. Their keys are made in this process and reach them as secrets; certificates are made in a container
that sees the keys and leaves only what is public. The issuer makes its own key and shows it to nobody.
"""

import json
import secrets
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
import dagger
from dagger import dag

from supply_chain.errors import InternalError
from supply_chain.faults import failing_as
from supply_chain.images import Image, Images
from supply_chain.keys import ed25519_pair, p256_key
from supply_chain.sigstore import Sigstore
from supply_chain.toolbox import both, fresh, script, script_args, side_by_side, tool
from supply_chain.tools import sigstore_servers as servers

ISSUER = "issuer"
ISSUER_PORT = 8080
ISSUER_URL = f"http://{ISSUER}:{ISSUER_PORT}"
"""Where tokens come from, as it stands in a rehearsal's certificates."""

_REQUEST_URL = f"{ISSUER_URL}/token?api-version=2.0"
_CLAIMS, _REQUEST_TOKEN = "/run/claims.json", "/run/request-token"
_KEYS, _CERTIFICATES = "/run/keys", "/run/certificates"
_CONFIG, _STORAGE = "/run/fulcio.json", "/tmp/log"  # noqa: S108 - its container
_LOG_KEY = "/run/rekor.pem"
_CERTIFIED = (servers.FULCIO, servers.TIMESTAMP, servers.CTLOG)


@asynccontextmanager
async def throw_away_sigstore(images: Images, claims: Mapping[str, str | int]) -> AsyncIterator[Sigstore]:
    """A Sigstore for the block only. Started by hand: without clients for 10 s its logs would be forgotten.

    Args:
        images: The images of its parts.
        claims: What identity tokens say of the run, by the names that GitHub gives them
            (https://docs.github.com/en/actions/reference/security/oidc). Fulcio wants all that its extensions
            are made of, `job_workflow_ref` above all. Issuer, subject, audience, id and times are added where
            they are absent.
    """
    parts = _Parts(images, claims)
    try:
        with failing_as(InternalError, "the throw-away Sigstore did not start"):
            sigstore = await parts.started()
        yield sigstore
    finally:
        # The end of the session stops them in any case; a run that passed does not fail for this.
        with anyio.CancelScope(shield=True):
            await side_by_side(*(partial(_stop, service) for service in parts.services.values()))


class _Parts:
    """The parts of one throw-away Sigstore: their secrets, and the services that were started."""

    def __init__(self, images: Images, claims: Mapping[str, str | int]) -> None:
        self.services: dict[str, dagger.Service] = {}
        self._images = images
        self._claims = claims
        self._run = uuid.uuid4().hex
        self._keys = {name: self._secret(f"{name}-key", p256_key()) for name in _CERTIFIED}
        self._log_key = ed25519_pair()
        self._request_token = self._secret("request-token", secrets.token_urlsafe())

    async def started(self) -> Sigstore:
        """All of them, answering: first what needs no certificate."""
        (certificates, config), _ = await both(
            lambda: both(self._certificates, self._signing_config),
            lambda: side_by_side(self._start_issuer, self._start_rekor),
        )
        root, _ = await both(
            lambda: self._trusted_root(certificates),
            lambda: side_by_side(
                lambda: self._start_fulcio(certificates), lambda: self._start_timestamp(certificates)
            ),
        )
        reached = {name: service for name, service in self.services.items() if name != servers.CTLOG}
        return Sigstore(
            trusted_root=root,
            signing_config=config,
            services=reached,
            request_url=self._secret("request-url", _REQUEST_URL),
            request_token=self._request_token,
            issuer=ISSUER_URL,
        )

    async def _certificates(self) -> dagger.Directory:
        """What the keys' owners show to others."""
        container = fresh(script(self._images.python, "certify"))
        for name, key in self._keys.items():
            container = container.with_mounted_secret(f"{_KEYS}/{name}", key)
        made = container.with_exec(script_args(_KEYS, _CERTIFICATES))
        return await made.directory(_CERTIFICATES).sync()

    async def _signing_config(self) -> str:
        cosign = tool(self._images.cosign.reference)
        return await cosign.with_exec(servers.signing_config(), use_entrypoint=True).stdout()

    async def _trusted_root(self, certificates: dagger.Directory) -> str:
        cosign = tool(self._images.cosign.reference).with_new_file(_LOG_KEY, self._log_key.public)
        cosign = cosign.with_mounted_directory(_CERTIFICATES, certificates)
        command = servers.trusted_root(
            authority=_certificate(servers.FULCIO),
            stamps=_certificate(servers.TIMESTAMP),
            log=_LOG_KEY,
            certificate_log=_certificate(servers.CTLOG),
        )
        return await cosign.with_exec(command, use_entrypoint=True).stdout()

    async def _start_issuer(self) -> None:
        container = script(self._images.python, "issuer")
        container = container.with_new_file(_CLAIMS, json.dumps(dict(self._claims)))
        container = container.with_mounted_secret(_REQUEST_TOKEN, self._request_token)
        await self._start(ISSUER, container, ISSUER_PORT, script_args(ISSUER_URL, _CLAIMS, _REQUEST_TOKEN))

    async def _start_rekor(self) -> None:
        key = self._secret("rekor-key", self._log_key.private)
        container = tool(self._images.rekor.reference).with_mounted_secret(_key(servers.REKOR), key)
        command = servers.rekor(_key(servers.REKOR), _STORAGE)
        await self._start(servers.REKOR, container, servers.REKOR_PORT, command)

    async def _start_timestamp(self, certificates: dagger.Directory) -> None:
        name = servers.TIMESTAMP
        container = self._certified(name, self._images.timestamp, certificates)
        command = servers.timestamp(_key(name), _certificate(name))
        await self._start(name, container, servers.TIMESTAMP_PORT, command, entrypoint=True)

    async def _start_fulcio(self, certificates: dagger.Directory) -> None:
        """Fulcio, and the log that it writes to."""
        container = self._certified(servers.CTLOG, self._images.ctlog, certificates)
        command = servers.ctlog(_key(servers.CTLOG), _certificate(servers.FULCIO), _STORAGE)
        await self._start(servers.CTLOG, container, servers.CTLOG_PORT, command, entrypoint=True)
        container = self._certified(servers.FULCIO, self._images.fulcio, certificates)
        container = container.with_new_file(_CONFIG, servers.fulcio_config(ISSUER_URL))
        for name in (ISSUER, servers.CTLOG):
            container = container.with_service_binding(name, self.services[name])
        command = servers.fulcio(_CONFIG, _key(servers.FULCIO), _certificate(servers.FULCIO))
        await self._start(servers.FULCIO, container, servers.FULCIO_PORT, command, entrypoint=True)

    def _certified(self, name: str, image: Image, certificates: dagger.Directory) -> dagger.Container:
        """A container with all certificates and its own key."""
        container = tool(image.reference).with_mounted_directory(_CERTIFICATES, certificates)
        return container.with_mounted_secret(_key(name), self._keys[name])

    async def _start(
        self, name: str, container: dagger.Container, port: int, args: list[str], *, entrypoint: bool = False
    ) -> None:
        exposed = fresh(container).with_exposed_port(port)
        self.services[name] = service = exposed.as_service(args=args, use_entrypoint=entrypoint)
        await service.start()

    def _secret(self, name: str, text: str) -> dagger.Secret:
        return dag.set_secret(f"throw-away-{name}-{self._run}", text)


def _key(name: str) -> str:
    return f"{_KEYS}/{name}"


def _certificate(name: str) -> str:
    return f"{_CERTIFICATES}/{name}.pem"


async def _stop(service: dagger.Service) -> None:
    with suppress(dagger.QueryError):
        await service.stop()
