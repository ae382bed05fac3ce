"""Which signer a run has: the caller's key, the caller's identity, or in a rehearsal a throw-away one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dagger

from supply_chain.errors import InputAmbiguous, InternalError, SignerMissing, SignerRefused
from supply_chain.identity import Identity, identity_of
from supply_chain.images import Images
from supply_chain.keyless import Named, keyless
from supply_chain.models.reference import is_whole
from supply_chain.patience import Patience
from supply_chain.signer import KeySigner, Signer
from supply_chain.sigstore import Sigstore
from supply_chain.throw_away_sigstore import throw_away_sigstore

_OWNER = "rehearsal"
_REPOSITORY = f"{_OWNER}/release"
_REF = "refs/heads/rehearsal"
_NO_COMMIT = "0" * 40


@dataclass(frozen=True)
class Signing:
    """The signer as the caller names it; nothing of it has been used yet."""

    key: dagger.Secret | None = None
    key_password: dagger.Secret | None = None
    identity: Identity | None = None
    named: Named = field(default_factory=Named)
    """What the certificate will say, where the identity's token does not tell."""
    sigstore: dagger.Directory | None = None
    """A private Sigstore's trusted_root.json and signing_config.json; None for the public one."""

    def check(self, *, rehearsal: bool) -> None:
        """An error unless it names one whole signer, or a rehearsal that makes its own."""
        if bool(self.key) != bool(self.key_password):
            raise SignerMissing("a private key needs its password, and the other way round")
        if self.key and self.identity:
            raise InputAmbiguous("a key and an identity were given", advice="sign with one of the two")
        if not rehearsal and not (self.key or self.identity):
            raise SignerMissing("a release to a repository needs a signer")
        if rehearsal and self.identity and not self.sigstore:
            raise SignerRefused("a rehearsal does not sign with a real identity at the public Sigstore")

    @property
    def is_throw_away(self) -> bool:
        """Whether a rehearsal makes its own signer."""
        return not (self.key or self.identity)

    async def given(self, images: Images, patience: Patience, revision: str = "") -> Signer:
        """The caller's signer; SignerMissing where there is none."""
        if self.key and self.key_password:
            return KeySigner(self.key, self.key_password)
        if self.identity is None:
            raise SignerMissing("nobody is named who could sign")
        sigstore = await Sigstore.given(self.sigstore, signing=True) if self.sigstore else Sigstore.public()
        return await keyless(images, self.identity, sigstore, patience, revision=revision, named=self.named)


@asynccontextmanager
async def signer_of(
    signing: Signing, images: Images, patience: Patience, revision: str
) -> AsyncIterator[Signer]:
    """The signer of a run, for the block."""
    if not signing.is_throw_away:
        yield await signing.given(images, patience, revision)
        return
    async with throw_away_sigstore(images, _claims(revision)) as sigstore:
        identity = await identity_of(None, sigstore.request_url, sigstore.request_token)
        if identity is None:
            raise InternalError("the throw-away Sigstore gives out no identity")
        yield await keyless(images, identity, sigstore, patience, throw_away=True)


def _claims(revision: str) -> dict[str, str]:
    """What the throw-away issuer says of the run: a job of a repository that there is not.

    All that Fulcio writes into a certificate of GitHub's is there, so that a rehearsal's says as much.
    """
    commit = revision if is_whole(revision) else _NO_COMMIT
    workflow = f"{_REPOSITORY}/.github/workflows/release.yml@{_REF}"
    return {
        "repository": _REPOSITORY,
        "repository_id": "0",
        "repository_owner": _OWNER,
        "repository_owner_id": "0",
        "repository_visibility": "private",
        "ref": _REF,
        "sha": commit,
        "event_name": "workflow_dispatch",
        "workflow": "release",
        "workflow_ref": workflow,
        "workflow_sha": commit,
        "job_workflow_ref": workflow,
        "job_workflow_sha": commit,
        "run_id": "0",
        "run_attempt": "1",
        "runner_environment": "rehearsal",
    }
