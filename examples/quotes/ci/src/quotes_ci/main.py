"""Checks, gate, rehearsal and release of the quotes service, every one of them supply-chain's.

What is particular about the service stands in its pyproject.toml, so nothing but the source and what
differs from run to run is handed on.
"""

from typing import Annotated

import dagger
from dagger import DefaultPath, Doc, Ignore, dag, function, object_type

Advisories = Annotated[
    dagger.Directory | None, Doc("Advisories for the audit, where the public service is out of reach")
]
Db = Annotated[dagger.Directory | None, Doc("A Trivy cache directory; left out, the database is downloaded")]
AllowSample = Annotated[bool, Doc("Let a sample database do")]


@object_type
class Quotes:
    """The quotes service."""

    source: Annotated[
        dagger.Directory,
        DefaultPath("."),
        Ignore(["ci", "dist", "**/__pycache__", "**/.*_cache"]),
        Doc("The folder of the service"),
    ]
    images: Annotated[dagger.File | None, Doc("TOML that overrides supply-chain's tool and base images")] = (
        None
    )

    @function(cache="never")
    async def checks(self, advisories: Advisories = None) -> str:
        """Lint, types, tests, audit, pins and a smoke test of the image; fails where one of them does."""
        return await self._supply_chain().checks(advisories=advisories)

    @function(cache="never")
    async def smoke(self) -> str:
        """Start the image and send it the requests of pyproject.toml."""
        return await self._supply_chain().smoke()

    @function(cache="never")
    async def gate(self, db: Db = None, allow_sample_db: AllowSample = False) -> str:
        """Scan the image; fails where a serious finding has a fix."""
        return await self._supply_chain().scan(db=db, allow_sample_db=allow_sample_db).gate()

    @function(cache="never")
    def rehearse(
        self, db: Db = None, allow_sample_db: AllowSample = False, advisories: Advisories = None
    ) -> dagger.Directory:
        """Release to a throw-away registry, under a throw-away key; the evidence folder."""
        return self._supply_chain().candidate(db=db, allow_sample_db=allow_sample_db, advisories=advisories)

    @function
    async def verdict(self, evidence: Annotated[dagger.Directory, Doc("What `rehearse` returned")]) -> str:
        """Say how a rehearsal ended; fails with its exit code unless it passed."""
        return await self._supply_chain().verdict(evidence)

    @function(cache="never")
    async def release(
        self,
        version: Annotated[str, Doc("Version to release, which becomes the tag")],
        repository: Annotated[str, Doc("Where to release to: HOST/PATH, without tag or digest")],
        key: Annotated[dagger.Secret, Doc("The private key, as cosign writes it")],
        key_password: Annotated[dagger.Secret, Doc("The private key's password")],
        registry_username: Annotated[str, Doc("User name at the registry")],
        registry_password: Annotated[dagger.Secret, Doc("Password or token at the registry")],
        revision: Annotated[str, Doc("The commit the source is at, as git prints it")] = "",
        db: Db = None,
        advisories: Advisories = None,
    ) -> str:
        """Release the service: the summary, or the error of the step that ended the run."""
        host = repository.partition("/")[0]
        return (
            await self._supply_chain()
            .with_registry_login(host, registry_username, registry_password)
            .release(
                version=version,
                repository=repository,
                key=key,
                key_password=key_password,
                revision=revision,
                db=db,
                advisories=advisories,
            )
        )

    def _supply_chain(self) -> dagger.SupplyChain:
        """supply-chain on our source, which it would not guess."""
        return dag.supply_chain(source=self.source, images=self.images)
