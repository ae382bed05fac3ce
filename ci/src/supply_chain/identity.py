"""The identity that a run signs with: a token that was given, or the CI's leave to ask for one.

Its claims are read early, so that one that cannot work ends the run before anything is built. The signature's
own token is fetched by cosign just before it signs, because a token lives for minutes.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import dagger
from dagger import dag

from supply_chain.errors import IdentityInvalid, IdentityUnavailable, InternalError, SupplyChainError, Trouble
from supply_chain.faults import failing_as, tool_failing_as
from supply_chain.images import Images
from supply_chain.models.identity import AUDIENCE, Claims
from supply_chain.models.transient import Service
from supply_chain.scripts.identity import BEARER, OUTAGE, REFUSED, URL
from supply_chain.toolbox import fresh, script, script_args
from supply_chain.tools.output import last_words

TOKEN_VARIABLE = "SIGSTORE_ID_TOKEN"  # noqa: S105 - the variable's name
"""Where cosign looks for a token; for the leave to ask it looks where GitHub puts it."""


class Identity(Protocol):
    """Who signs."""

    async def claims(self, images: Images, services: Mapping[str, dagger.Service]) -> Claims:
        """What a token of this identity says now.

        Args:
            images: The toolbox is among them.
            services: Services that must be reached under these names, as a rehearsal's issuer.
        """

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the variables that cosign takes its token from."""


@dataclass(frozen=True)
class GivenToken:
    """A token that the caller has already."""

    token: dagger.Secret

    async def claims(self, images: Images, services: Mapping[str, dagger.Service]) -> Claims:  # noqa: ARG002 - needs neither
        """The claims in the token, read in this process."""
        with failing_as(IdentityInvalid, "the identity token cannot be read"):
            return Claims.in_token(await self.token.plaintext())

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The token, as a variable."""
        return container.with_secret_variable(TOKEN_VARIABLE, self.token)


@dataclass(frozen=True)
class RequestedToken:
    """The CI's leave to ask for tokens: where, and by what right."""

    url: dagger.Secret
    bearer: dagger.Secret

    async def claims(self, images: Images, services: Mapping[str, dagger.Service]) -> Claims:
        """The claims in a token that is asked for now, and thrown away."""
        container = self.equip(fresh(script(images.python, "identity")))
        for name, service in services.items():
            container = container.with_service_binding(name, service)
        asking = container.with_exec(script_args(AUDIENCE), expect=dagger.ReturnType.ANY)
        with tool_failing_as(lambda words: InternalError("no token was asked for", why=last_words(words))):
            code, said, words = await asking.exit_code(), await asking.stdout(), await asking.stderr()
        if code:
            raise _refusal(code, words)
        return Claims.parse(said)

    def equip(self, container: dagger.Container) -> dagger.Container:
        """Both, as variables. cosign asks when it has them; it looks for nothing else of GitHub's."""
        return container.with_secret_variable(URL, self.url).with_secret_variable(BEARER, self.bearer)


async def identity_of(
    token: dagger.Secret | None, request_url: dagger.Secret | None, request_token: dagger.Secret | None
) -> Identity | None:
    """The identity that is given, in one way or none; IdentityInvalid for half a way, or both."""
    if token and (request_url or request_token):
        raise IdentityInvalid(
            "two identities are given", advice="give a token, or the request URL and token, not both"
        )
    if token:
        return GivenToken(await _without_line_end(token))
    if bool(request_url) != bool(request_token):
        raise IdentityInvalid("a request URL needs its request token, and the other way round")
    return RequestedToken(request_url, request_token) if request_url and request_token else None


async def _without_line_end(token: dagger.Secret) -> dagger.Secret:
    """The token, which in a file ends with its line; to Fulcio that would be part of it."""
    with failing_as(IdentityInvalid, "the identity token cannot be read"):
        text = await token.plaintext()
    bare = text.strip()
    return token if bare == text else dag.set_secret(f"identity-token-{uuid.uuid4().hex}", bare)


def _refusal(code: int, words: str) -> SupplyChainError:
    """The error for a token that was not to be had."""
    if code == REFUSED:
        return IdentityInvalid("the CI gives out no identity token", why=last_words(words))
    if code == OUTAGE:
        return IdentityUnavailable(
            "the CI's service for identity tokens is down",
            why=last_words(words),
            trouble=Trouble(Service.IDENTITY),
        )
    return InternalError("asking for a token ended early", why=last_words(words))
