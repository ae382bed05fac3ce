"""What a verifier trusts, and how cosign is told so. It comes from the caller, never from what is judged."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import dagger

from supply_chain.models.reference import is_whole
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.toolbox import with_files
from supply_chain.tools import cosign


@dataclass(frozen=True)
class Trust:
    """A policy, and the root that keyless identities lead to."""

    policy: VerificationPolicy
    trusted_root: str = ""
    """trusted_root.json of a private Sigstore; empty for the public one, whose root cosign fetches itself."""

    def of_commit(self, commit: str) -> "Trust":
        """The same, for images of this commit only; one that is cut short or not known says nothing."""
        return replace(self, policy=self.policy.under({"commit": commit})) if is_whole(commit) else self

    @property
    def name(self) -> str:
        """Kind of the signer that is trusted, and what identifies it."""
        policy = self.policy
        if policy.public_key:
            return f"key sha256:{hashlib.sha256(policy.public_key.encode()).hexdigest()}"
        who, vouching = policy.identity or policy.identity_regexp, policy.issuer or policy.issuer_regexp
        return f"{who}, vouched for by {vouching}"

    @property
    def files(self) -> dict[str, str]:
        """What of it goes into the evidence, by name: for whoever trusts this signer already."""
        if self.policy.public_key:
            return {"cosign.pub": self.policy.public_key}
        return {"sigstore/trusted_root.json": self.trusted_root} if self.trusted_root else {}

    @property
    def flags(self) -> Sequence[str]:
        """Flags of cosign that verify against it."""
        return cosign.anchor_flags(self.policy, private=bool(self.trusted_root))

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the files those flags name."""
        if self.policy.public_key:
            files = cosign.NO_SERVICES | {cosign.key_file(self.policy.public_key): self.policy.public_key}
        else:
            files = {cosign.TRUSTED_ROOT: self.trusted_root} if self.trusted_root else {}
        return with_files(container, files)
