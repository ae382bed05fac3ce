"""Who a run is: the claims of an OIDC identity token, and whether a signature can be had with it.

The token's own signature is not checked here: Fulcio does that, and gives no certificate without it. What is
read here is read early, so that a token that cannot work ends a run before anything is built, and for the
provenance, whose facts a verifier compares with the certificate that Fulcio wrote from the very same claims.

Claims: https://openid.net/specs/openid-connect-core-1_0.html#IDToken, and GitHub's:
https://docs.github.com/en/actions/reference/security/oidc.
"""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError

from supply_chain.errors import IdentityAudience, IdentityExpired, IdentityInvalid, IdentityIssuer
from supply_chain.models.base import Model, first_problem
from supply_chain.models.statement import parsed_json

AUDIENCE = "sigstore"
"""Whom a token must be meant for: the client id that Fulcio knows itself by."""

_LATE = timedelta(minutes=1)
"""How far past its end a token is still let through: this machine's clock may be ahead by so much. Fulcio's
clock, which allows for nothing, decides."""
_EARLY = timedelta(minutes=5)
"""How long before its beginning: what go-oidc allows, by which Fulcio reads tokens."""

_NO_JWT = "the identity token is no JWT"
_JWT = re.compile(r"[\w-]+\.(?P<payload>[\w-]+)\.[\w-]+", re.ASCII)
_END_OF_TIME = 2**33  # the year 2242, for what is no time at all


def _several(audience: Any) -> Any:
    """A single audience may stand without a list."""
    return [audience] if isinstance(audience, str) else audience


Time = Annotated[float, Field(ge=0, le=_END_OF_TIME, strict=True)]
"""Seconds since 1970."""


class Claims(Model):
    """What a token says of its bearer. The token itself is not kept."""

    issuer: str = Field(alias="iss", min_length=1)
    """Who gave the token."""
    subject: str = Field(alias="sub", min_length=1)
    """Whom it is about."""
    audience: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field(alias="aud", min_length=1)
    """Whom it is meant for."""
    expires_at: Time = Field(alias="exp")
    """When it ends."""
    not_before: Time | None = Field(default=None, alias="nbf")
    """When it begins."""
    repository: str = ""
    """GitHub: OWNER/NAME of the repository whose workflow runs."""
    ref: str = ""
    """GitHub: the git ref that the run is for, as refs/heads/main."""
    sha: str = ""
    """GitHub: the commit that the run is for."""
    workflow_ref: str = ""
    """GitHub: the workflow that was started, as OWNER/NAME/.github/workflows/FILE@REF."""
    job_workflow_ref: str = ""
    """GitHub: the workflow that the job is written in; another one than was started where it is reusable."""
    run_id: str = Field(default="", coerce_numbers_to_str=True)
    """GitHub: the run."""
    run_attempt: str = Field(default="", coerce_numbers_to_str=True)
    """GitHub: which attempt at the run."""
    email: str = ""
    """The bearer's address, where it is a person."""
    runner_environment: str = ""
    """GitHub: github-hosted or self-hosted."""

    @classmethod
    def in_token(cls, text: str) -> Self:
        """The claims in a JWT, whose signature is not checked; IdentityInvalid where it is none."""
        found = _JWT.fullmatch(text.strip())
        if not found:
            raise IdentityInvalid(_NO_JWT, why="it is not three parts with dots between")
        try:
            payload = found["payload"]
            return cls.parse(base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_"))
        except binascii.Error:
            raise IdentityInvalid(_NO_JWT, why="its payload is not base64url") from None

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The claims in a token's payload; IdentityInvalid names the one that is missing or wrong."""
        try:
            return cls.model_validate(parsed_json(document), by_name=False)
        except ValidationError as error:
            raise IdentityInvalid("the token's claims cannot be used", why=first_problem(error)) from None
        except ValueError:  # its words would show what is in the token
            raise IdentityInvalid("the token's claims are not JSON") from None

    def check(self, now: datetime, audience: str = AUDIENCE, issuer: str = "") -> None:
        """Raise what Fulcio would refuse the token for.

        Args:
            now: The present.
            audience: Whom the token must be meant for.
            issuer: Who must have given it; empty for anybody.
        """
        if issuer and self.issuer != issuer:
            raise IdentityIssuer("the token is of another issuer", why=f"{self.issuer}, not {issuer}")
        if audience not in self.audience:
            why = f"its audience is {', '.join(self.audience)}, not {audience}"
            raise IdentityAudience("the identity token is not meant for Sigstore", why=why)
        if now > _time(self.expires_at) + _LATE:
            why = f"it ended at {_said(self.expires_at)}, and now it is {now:%Y-%m-%d %H:%M:%S} UTC"
            raise IdentityExpired("the identity token has expired", why=why)
        if self.not_before is not None and now < _time(self.not_before) - _EARLY:
            raise IdentityInvalid(
                "the identity token is not valid yet",
                why=f"it begins at {_said(self.not_before)}, and now it is {now:%Y-%m-%d %H:%M:%S} UTC",
                advice="set this machine's clock",
            )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _said(seconds: float) -> str:
    return f"{_time(seconds):%Y-%m-%d %H:%M:%S} UTC"
