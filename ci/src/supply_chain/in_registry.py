"""Functions on images in their registries: to push, sign, attest and verify them one at a time."""

from abc import abstractmethod
from typing import Annotated

import dagger
from dagger import Doc

from supply_chain import arguments as args
from supply_chain.attaching import attach
from supply_chain.errors import InputAmbiguous, UsageError
from supply_chain.evidence_check import checked
from supply_chain.faults import carried, failing_as, never_cached
from supply_chain.inputs import Given, subject_of
from supply_chain.models.reference import Reference, Repository
from supply_chain.models.statement import Statement, attestation_statement, signature_statement
from supply_chain.models.summary import proven as table
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.predicate import check_sbom, content_of, predicate_uri
from supply_chain.project import Project
from supply_chain.registry import Registry, reached
from supply_chain.signer import signed
from supply_chain.signing import Signing
from supply_chain.sigstore import Sigstore
from supply_chain.trust import Trust
from supply_chain.verifier import resolved, verified


class InRegistry:
    """What the module's main object can do with an image in its registry."""

    sigstore: args.Sigstore

    @abstractmethod
    async def _project(self) -> Project:
        """The source and what belongs to it."""

    @abstractmethod
    async def _signing(self, key: dagger.Secret | None, key_password: dagger.Secret | None) -> Signing:
        """The signer as the caller names it."""

    @never_cached
    @carried
    async def push(
        self,
        repository: Annotated[str, Doc("Where to push: HOST/PATH, without tag or digest")],
        image: args.Image = None,
        tarball: args.Tarball = None,
        reference: args.GivenReference = "",
    ) -> str:
        """Push an image by digest, leaving no tag; the reference by digest."""
        project, target = await self._project(), Repository.parse(repository)
        subject = await subject_of(Given.of(image, tarball, reference), project)
        pushed, _ = await (await _registry(project)).push(subject.layout, target)
        return pushed

    @never_cached
    @carried
    async def sign(
        self, reference: args.SomeReference, key: args.Key = None, key_password: args.KeyPassword = None
    ) -> str:
        """Sign an image in its registry, with a key or as with-identity says; the reference by digest."""
        named, signing = Reference.parse(reference), await self._signing(key, key_password)
        signing.check(rehearsal=False)
        registry = await _registry(await self._project())
        image = await resolved(registry, named)
        statement = signature_statement(Reference.parse(image).digest or "")
        return await _vouched(registry, signing, image, "signature", statement)

    @never_cached
    @carried
    async def attest(
        self,
        reference: args.SomeReference,
        predicate: Annotated[dagger.File, Doc("What is attested, as JSON")],
        key: args.Key = None,
        key_password: args.KeyPassword = None,
        predicate_type: Annotated[str, Doc("Its type: one of cosign's names or a URI")] = "spdxjson",
    ) -> str:
        """Attest a document on an image in its registry; the reference by digest."""
        named, signing = Reference.parse(reference), await self._signing(key, key_password)
        signing.check(rehearsal=False)
        content, kind = await content_of(predicate), predicate_uri(predicate_type)
        registry = await _registry(await self._project())
        image = await resolved(registry, named)
        placed = Reference.parse(image)
        check_sbom(kind, content, placed.digest or "")
        statement = attestation_statement(str(placed.repository), placed.digest or "", kind, content)
        return await _vouched(registry, signing, image, "attestation", statement)

    @never_cached
    @carried
    async def verify(
        self,
        reference: args.VerifiedReference = "",
        evidence: args.VerifiedEvidence = None,
        policy: args.Policy = None,
        identity: args.TrustedIdentity = "",
        identity_regexp: args.TrustedIdentityRegexp = "",
        issuer: args.TrustedIssuer = "",
        issuer_regexp: args.TrustedIssuerRegexp = "",
        public_key: args.TrustedKey = None,
        builders: args.Builders = None,
        source_repository: args.SourceRepository = "",
        source_ref: args.SourceRef = "",
        source_commit: args.SourceCommit = "",
        allow_rehearsal: args.AllowRehearsal = False,
        as_json: args.AsJson = False,
    ) -> str:
        """Verify signature, SBOM and provenance of an image or an evidence folder; a table of what is proven.

        Whom to trust comes from these arguments alone, never from what is verified. A folder needs no
        network.
        """
        if bool(reference) == bool(evidence):
            what = "both an image and evidence were given" if reference else "nothing to verify was given"
            raise InputAmbiguous(what, advice="give --reference or --evidence, one of the two")
        flags = {
            "identity": identity,
            "identity_regexp": identity_regexp,
            "issuer": issuer,
            "issuer_regexp": issuer_regexp,
            "public_key": await _text(public_key, "the public key"),
            "builders": tuple(builders or ()),
            "repository": source_repository,
            "ref": source_ref,
            "commit": source_commit,
            "allow_rehearsal": allow_rehearsal,
        }
        given = {name: value for name, value in flags.items() if value}
        trusted = VerificationPolicy.parse(await _text(policy, "the policy"), given)
        trust = Trust(
            trusted,
            (await Sigstore.given(self.sigstore, signing=False)).trusted_root if self.sigstore else "",
        )
        project = await self._project()
        if evidence:
            proven = await checked(project.images, trust, evidence)
        else:
            registry, named = await _registry(project), Reference.parse(reference)
            proven = await verified(registry, trust, await resolved(registry, named))
        return proven.verification.model_dump_json(indent=2) if as_json else table(proven.verification)


async def _vouched(registry: Registry, signing: Signing, image: str, name: str, statement: Statement) -> str:
    """Sign the statement and attach it to the image; the image again."""
    signer = await signing.given(registry.images, registry.patience)
    bundles = await signed(registry.images, signer, {name: statement.to_json()}, registry.patience)
    await attach(registry, image, await registry.target(image), bundles)
    return image


async def _text(file: dagger.File | None, what: str) -> str:
    """What a file says; empty where none was given."""
    if file is None:
        return ""
    with failing_as(UsageError, f"{what} cannot be read"):
        return await file.contents()


async def _registry(project: Project) -> Registry:
    """Real registries, with the caller's logins."""
    return await reached(project.images, project.logins, project.patience)
