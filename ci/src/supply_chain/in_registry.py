"""Functions on images in their registries: to push, sign, attest and verify them one at a time."""

from abc import abstractmethod
from typing import Annotated

import dagger
from dagger import Doc

from supply_chain import arguments as args
from supply_chain import signer
from supply_chain.errors import UsageError
from supply_chain.faults import carried, failing_as, never_cached
from supply_chain.inputs import Given, subject_of
from supply_chain.models.reference import Reference, Repository
from supply_chain.models.summary import proven
from supply_chain.predicate import check_predicate
from supply_chain.project import Project
from supply_chain.registry import Registry, reached
from supply_chain.verifier import resolved, verified


class InRegistry:
    """What the module's main object can do with an image in its registry."""

    @abstractmethod
    async def _project(self) -> Project:
        """The source and what belongs to it."""

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
        return await (await _registry(project)).push(subject.layout, target)

    @never_cached
    @carried
    async def sign(self, reference: args.SomeReference, key: args.Key, key_password: args.KeyPassword) -> str:
        """Sign an image in its registry; the reference by digest."""
        named, registry = Reference.parse(reference), await _registry(await self._project())
        image = await resolved(registry, named)
        await signer.sign(registry, signer.KeySigner(key, key_password), image)
        return image

    @never_cached
    @carried
    async def attest(
        self,
        reference: args.SomeReference,
        predicate: Annotated[dagger.File, Doc("What is attested, as JSON")],
        key: args.Key,
        key_password: args.KeyPassword,
        predicate_type: Annotated[str, Doc("Its type: one of cosign's names or a URI")] = "spdxjson",
    ) -> str:
        """Attest a document on an image in its registry; the reference by digest."""
        named, registry = Reference.parse(reference), await _registry(await self._project())
        await check_predicate(predicate)
        image = await resolved(registry, named)
        await signer.attest(registry, signer.KeySigner(key, key_password), image, predicate_type, predicate)
        return image

    @never_cached
    @carried
    async def verify(
        self,
        reference: args.SomeReference,
        public_key: Annotated[dagger.File, Doc("The public key to trust, as PEM")],
    ) -> str:
        """Verify that an image carries a signature and an SBOM of this key; a table of what was proven."""
        named, registry = Reference.parse(reference), await _registry(await self._project())
        with failing_as(UsageError, "the public key cannot be read"):
            anchor = signer.PublicKey(await public_key.contents())
        return proven(await verified(registry, anchor, await resolved(registry, named)))


async def _registry(project: Project) -> Registry:
    """Real registries, with the caller's logins."""
    return await reached(project.images, project.logins, project.patience)
