"""The signer that holds no key: an identity token becomes a certificate that lives for minutes (Fulcio)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import dagger

from supply_chain.errors import IdentityUnknown
from supply_chain.identity import Identity
from supply_chain.images import Images
from supply_chain.models.identity import Claims
from supply_chain.models.place import Place, check_source, place_of
from supply_chain.patience import Patience, again
from supply_chain.signer import own_policy
from supply_chain.sigstore import Sigstore
from supply_chain.tools import cosign
from supply_chain.trust import Trust


@dataclass(frozen=True)
class Named:
    """What a caller says of the certificate to come; empty where the token tells."""

    subject: str = ""
    """The identity in it."""
    issuer: str = ""
    """Who vouches for that identity."""


@dataclass(frozen=True)
class KeylessSigner:
    """Signs as whom a token says the caller is. cosign asks for the token itself, just before it signs."""

    identity: Identity
    sigstore: Sigstore
    place: Place
    subject: str
    """The identity that its certificate will have."""
    issuer: str
    """Who vouches for that identity."""

    @property
    def kind(self) -> str:
        """It has no key that lasts."""
        return "keyless"

    @property
    def flags(self) -> Sequence[str]:
        """Sign with the Sigstore that is configured, or the public one."""
        return cosign.keyless(private=bool(self.sigstore.signing_config))

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The token, or how it is had, and the Sigstore to take it to."""
        return self.identity.equip(self.sigstore.equip(container))

    async def trust(self, images: Images, *, rehearsal: bool) -> Trust:
        """This identity, by this Sigstore."""
        del images  # nothing has to be asked: the token was read when the signer was made
        anchor = {"identity": self.subject, "issuer": self.issuer}
        return Trust(own_policy(anchor, self.place, rehearsal=rehearsal), self.sigstore.trusted_root)


async def keyless(
    images: Images,
    identity: Identity,
    sigstore: Sigstore,
    patience: Patience,
    *,
    revision: str = "",
    named: Named = Named(),
    throw_away: bool = False,
) -> KeylessSigner:
    """The signer of this identity; an error where its token cannot sign, before anything is built.

    Args:
        images: Where the toolbox is.
        identity: The token, or how it is had.
        sigstore: Who is to certify it.
        patience: How long a service for tokens that is down is waited for.
        revision: The commit of the source; empty where nobody knows it.
        named: What the caller says of the certificate to come.
        throw_away: Whether the token is of a rehearsal's own issuer.
    """
    claims = await again(
        "asking for an identity", lambda: identity.claims(images, sigstore.services), patience
    )
    claims.check(datetime.now(UTC), issuer=named.issuer)
    place = place_of(claims, rehearsal=throw_away)
    check_source(place, revision)
    subject = named.subject or _subject(claims, place)
    return KeylessSigner(identity, sigstore, place, subject, named.issuer or claims.issuer)


def _subject(claims: Claims, place: Place) -> str:
    """The identity that Fulcio will write into the certificate."""
    subject = place.workflow or claims.email
    if not subject:
        why = f"its issuer is {claims.issuer}, and it names neither a workflow nor an e-mail address"
        raise IdentityUnknown("nobody can tell what identity the certificate will have", why=why)
    return subject
