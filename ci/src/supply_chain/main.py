"""Builds, scans, signs, verifies and releases container images.

`release` is the whole way: it builds the image, scans it once with Trivy, pushes it by digest, signs it and
its SBOM with cosign, verifies both from the registry and only then moves tags. Without a repository it is a
rehearsal, against a throw-away registry. Every step is a function of its own as well.
"""

from typing import Annotated

import dagger
from dagger import DefaultPath, Doc, Ignore, function, object_type

from supply_chain import plan, release, signer
from supply_chain.errors import ImagesInvalid, UsageError
from supply_chain.faults import carried, failing_as, never_cached
from supply_chain.images import Images
from supply_chain.layout import Layout, unpacked
from supply_chain.models.reference import Reference, Repository
from supply_chain.models.summary import proven
from supply_chain.registry import Registry, login
from supply_chain.scan import Scan
from supply_chain.scanner import report_file, scanned
from supply_chain.verifier import resolved, verified
from supply_chain.vulnerability_db import check_sample, downloaded, given

# What a build never needs; kept out so that it neither travels nor spoils caches.
_NOT_SOURCE = [
    ".git",
    ".venv",
    ".cache",
    "dist",
    "**/__pycache__",
    "**/.*_cache",
    ".hypothesis",
    ".coverage",
    "**/*.egg-info",
]

Dockerfile = Annotated[str, Doc("The Dockerfile, relative to the source")]
Target = Annotated[str, Doc("The stage to build; empty for the last one")]
Revision = Annotated[str, Doc("The commit the source is at, as git prints it")]
SomeImage = Annotated[dagger.Container | None, Doc("The image; built from the source when left out")]
SomeReference = Annotated[
    str, Doc("The image in its registry, by digest or tag: HOST/PATH@sha256:… or HOST/PATH:TAG")
]
Db = Annotated[
    dagger.Directory | None,
    Doc("A Trivy cache directory with the vulnerability database in db/; left out, it is downloaded"),
]
AllowSample = Annotated[bool, Doc("Let a sample database do, in a rehearsal")]
Key = Annotated[dagger.Secret, Doc("The private key, as cosign writes it")]
KeyPassword = Annotated[dagger.Secret, Doc("The private key's password")]
Username = Annotated[str, Doc("User name at the registry")]
Password = Annotated[dagger.Secret | None, Doc("Password or token at the registry")]


@object_type
class SupplyChain:
    """A portable supply-chain release."""

    source: Annotated[
        dagger.Directory,
        DefaultPath("/"),
        Ignore(_NOT_SOURCE),
        Doc("The repository of the service to release"),
    ]
    images: Annotated[
        dagger.File | None,
        Doc("TOML that overrides tool and base images: [images.NAME] with reference and version"),
    ] = None

    @function
    @carried
    async def build(
        self,
        dockerfile: Dockerfile = "Dockerfile",
        target: Target = "runtime",
        version: Annotated[str, Doc("Version written into the image")] = plan.REHEARSED_VERSION,
        revision: Revision = "",
    ) -> dagger.Container:
        """Build the image, on the pinned base image."""
        request = plan.Build(self.source, dockerfile, target, version, revision)
        return await release.build(request, await self._images())

    @never_cached
    @carried
    async def scan(
        self, image: SomeImage = None, db: Db = None, allow_sample_db: AllowSample = False
    ) -> Scan:
        """Scan an image once; the result is asked for its report, table, SARIF, SBOM and gate."""
        images = await self._images()
        database = await given(db, images) if db else await downloaded(images)
        check_sample(database.record, rehearsal=True, allowed=allow_sample_db)
        layout = await self._layout(image, images)
        document = await scanned(layout, database, images.trivy.reference)
        named = report_file(document, f"image@{layout.digest}", in_repository=False)
        # object_type makes it a dataclass, which type checkers cannot see.
        return Scan(report=named, trivy_image=images.trivy.reference)  # type: ignore[call-arg]

    @never_cached
    @carried
    async def push(
        self,
        repository: Annotated[str, Doc("Where to push: HOST/PATH, without tag or digest")],
        image: SomeImage = None,
        registry_username: Username = "",
        registry_password: Password = None,
    ) -> str:
        """Push an image by digest, leaving no tag; the reference by digest."""
        images, target = await self._images(), Repository.parse(repository)
        registry = await _registry(images, target, registry_username, registry_password)
        return await registry.push(await self._layout(image, images), target)

    @never_cached
    @carried
    async def sign(
        self,
        reference: SomeReference,
        key: Key,
        key_password: KeyPassword,
        registry_username: Username = "",
        registry_password: Password = None,
    ) -> str:
        """Sign an image in its registry; the reference by digest."""
        images, named = await self._images(), Reference.parse(reference)
        registry = await _registry(images, named.repository, registry_username, registry_password)
        image = await resolved(registry, named)
        await signer.sign(registry, signer.KeySigner(key, key_password), image)
        return image

    @never_cached
    @carried
    async def attest(
        self,
        reference: SomeReference,
        predicate: Annotated[dagger.File, Doc("What is attested, as JSON")],
        key: Key,
        key_password: KeyPassword,
        predicate_type: Annotated[str, Doc("Its type: one of cosign's names or a URI")] = "spdxjson",
        registry_username: Username = "",
        registry_password: Password = None,
    ) -> str:
        """Attest a document on an image in its registry; the reference by digest."""
        images, named = await self._images(), Reference.parse(reference)
        registry = await _registry(images, named.repository, registry_username, registry_password)
        image = await resolved(registry, named)
        await signer.attest(registry, signer.KeySigner(key, key_password), image, predicate_type, predicate)
        return image

    @never_cached
    @carried
    async def verify(
        self,
        reference: SomeReference,
        public_key: Annotated[dagger.File, Doc("The public key to trust, as PEM")],
        registry_username: Username = "",
        registry_password: Password = None,
    ) -> str:
        """Verify that an image carries a signature and an SBOM of this key; a table of what was proven."""
        images, named = await self._images(), Reference.parse(reference)
        with failing_as(UsageError, "the public key cannot be read"):
            anchor = signer.PublicKey(await public_key.contents())
        registry = await _registry(images, named.repository, registry_username, registry_password)
        return proven(await verified(registry, anchor, await resolved(registry, named)))

    @never_cached
    @carried
    async def candidate(
        self,
        version: Annotated[str, Doc("Version to release, which becomes the tag")] = "",
        repository: Annotated[str, Doc("Where to release to, HOST/PATH; left out, this is a rehearsal")] = "",
        db: Db = None,
        allow_sample_db: AllowSample = False,
        key: Annotated[dagger.Secret | None, Doc("The private key, as cosign writes it")] = None,
        key_password: Annotated[dagger.Secret | None, Doc("The private key's password")] = None,
        registry_username: Username = "",
        registry_password: Password = None,
        revision: Revision = "",
        dockerfile: Dockerfile = "Dockerfile",
        target: Target = "runtime",
    ) -> dagger.Directory:
        """Run the whole pipeline; the evidence folder, whether it passed, was blocked or failed."""
        chosen = plan.version_of(version, rehearsal=not repository)
        request = plan.Request(
            build=plan.Build(self.source, dockerfile, target, chosen, revision),
            images=await self._images(),
            repository=repository,
            db=db,
            allow_sample_db=allow_sample_db,
            key=key,
            key_password=key_password,
            registry_username=registry_username,
            registry_password=registry_password,
        )
        return await release.candidate(await plan.checked(request))

    @function
    @carried
    async def verdict(self, evidence: Annotated[dagger.Directory, Doc("What `candidate` returned")]) -> str:
        """The summary of a run; fails with the run's own exit code unless it passed."""
        return await release.verdict(evidence)

    @never_cached
    @carried
    async def release(
        self,
        version: Annotated[str, Doc("Version to release, which becomes the tag")] = "",
        repository: Annotated[str, Doc("Where to release to, HOST/PATH; left out, this is a rehearsal")] = "",
        db: Db = None,
        allow_sample_db: AllowSample = False,
        key: Annotated[dagger.Secret | None, Doc("The private key, as cosign writes it")] = None,
        key_password: Annotated[dagger.Secret | None, Doc("The private key's password")] = None,
        registry_username: Username = "",
        registry_password: Password = None,
        revision: Revision = "",
        dockerfile: Dockerfile = "Dockerfile",
        target: Target = "runtime",
    ) -> str:
        """Run the whole pipeline and judge it: the summary, or the error of the step that ended it."""
        evidence = await self.candidate(
            *(version, repository, db, allow_sample_db, key, key_password),
            *(registry_username, registry_password, revision, dockerfile, target),
        )
        return await release.verdict(evidence)

    async def _images(self) -> Images:
        """The pinned images, or the caller's in their place."""
        pinned = Images.pinned()
        if not self.images:
            return pinned
        with failing_as(ImagesInvalid, "the images file cannot be read"):
            return pinned.overridden(await self.images.contents())

    async def _layout(self, image: dagger.Container | None, images: Images) -> Layout:
        """The layout of the image given, or of the one the source builds by default."""
        return await unpacked(image or await release.build(plan.Build(self.source), images), images.python)


async def _registry(
    images: Images, repository: Repository, username: str, password: dagger.Secret | None
) -> Registry:
    """A real registry, with the caller's login."""
    return Registry(images=images, login=await login(repository.registry, username, password))
