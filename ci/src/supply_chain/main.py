"""Builds, checks, scans, signs, verifies and releases container images.

`release` is the whole way: it checks the source, builds the image, tries it out, scans it once with Trivy,
pushes it by digest, signs it, its SBOM and its provenance with cosign, verifies all of that from the registry
and only then moves tags. Without a repository it is a rehearsal, against a throw-away registry and a
throw-away Sigstore. Every step is a function of its own as well, for somebody else's image too.
"""

import dataclasses

import dagger
from dagger import function, object_type

from supply_chain import arguments as args
from supply_chain import plan, release
from supply_chain.checking import NOTHING, Checking
from supply_chain.errors import IdentityInvalid, ImagesInvalid
from supply_chain.faults import carried, failing_as, is_check, never_cached
from supply_chain.identity import identity_of
from supply_chain.images import Images
from supply_chain.in_registry import InRegistry
from supply_chain.inputs import Given, check_unmoved, subject_of
from supply_chain.keyless import Named
from supply_chain.logins import Login, hand_to_engine
from supply_chain.models.database import LIMIT_HOURS
from supply_chain.of_evidence import OfEvidence
from supply_chain.patience import PATIENCE_SECONDS, Patience
from supply_chain.project import Project, looked_at
from supply_chain.rules import Rules
from supply_chain.scan import Scan, scan_of
from supply_chain.signing import Signing
from supply_chain.toolbox import both
from supply_chain.vulnerability_db import Wanted


@object_type
class SupplyChain(InRegistry, OfEvidence):
    """A portable supply-chain release."""

    source: args.Source
    own: args.Own = False
    git: args.Git = None
    images: args.ImagesFile = None
    dockerfile: args.Dockerfile = ""
    target: args.Target = ""
    test_target: args.TestTarget = ""
    platform: args.Platform = ""
    port: args.Port = 0
    health_path: args.HealthPath = ""
    sigstore: args.Sigstore = None
    patience: args.PatienceSeconds = PATIENCE_SECONDS
    logins: list[Login] = dataclasses.field(default_factory=list, init=False)
    build_secrets: dict[str, dagger.Secret] = dataclasses.field(default_factory=dict, init=False)
    build_args: dict[str, str] = dataclasses.field(default_factory=dict, init=False)
    identity_secrets: dict[str, dagger.Secret] = dataclasses.field(default_factory=dict, init=False)
    identity_names: dict[str, str] = dataclasses.field(default_factory=dict, init=False)

    @function
    @carried
    async def with_registry_login(
        self, address: args.LoginAddress, username: args.LoginName, password: args.LoginPassword
    ) -> "SupplyChain":
        """The module with a login at one registry, for whatever follows: images given, bases, targets."""
        kept = [login for login in self.logins if login.address != address]
        self.logins = [*kept, Login.at(address, username, password)]
        return self

    @function
    @carried
    async def with_build_secret(self, name: args.SecretId, value: args.SecretValue) -> "SupplyChain":
        """The module with a secret that steps of the Dockerfile may mount."""
        self.build_secrets = self.build_secrets | {name: value}
        return self

    @function
    @carried
    async def with_build_arg(self, name: args.BuildArg, value: args.BuildArgValue) -> "SupplyChain":
        """The module with a build argument of the Dockerfile."""
        self.build_args = self.build_args | {name: value}
        return self

    @function
    @carried
    async def with_identity(
        self,
        token: args.IdentityToken = None,
        request_url: args.IdentityRequestUrl = None,
        request_token: args.IdentityRequestToken = None,
        subject: args.CertificateIdentity = "",
        issuer: args.CertificateIssuer = "",
    ) -> "SupplyChain":
        """The module with an identity to sign as, without any key: Fulcio certifies it, Rekor logs it."""
        if not await identity_of(token, request_url, request_token):
            raise IdentityInvalid("no identity was given")
        given = {"token": token, "request_url": request_url, "request_token": request_token}
        self.identity_secrets = {name: secret for name, secret in given.items() if secret}
        self.identity_names = {"subject": subject, "issuer": issuer}
        return self

    @function
    @carried
    async def build(
        self, version: args.BuildVersion = plan.REHEARSED_VERSION, revision: args.Revision = ""
    ) -> dagger.Container:
        """Build the image, on the pinned base image."""
        project = await self._project()
        return await project.build(await project.recipe(), {"VERSION": version, "REVISION": revision})

    @function
    @is_check
    @carried
    async def lint(self) -> str:
        """Run the linters in the test stage; fails with exit code 21 when one complains."""
        return await Checking(await self._project()).lint() or NOTHING

    @function
    @is_check
    @carried
    async def types(self) -> str:
        """Run the type checkers in the test stage; fails with exit code 22 when one complains."""
        return await Checking(await self._project()).types() or NOTHING

    @function
    @is_check
    @carried
    async def test(self) -> str:
        """Run the tests in the test stage; fails with exit code 23 when one fails."""
        return await Checking(await self._project()).test() or NOTHING

    @function
    @is_check
    @carried
    async def pins(self) -> str:
        """See that base images and actions are pinned; fails with exit code 26 when one is not."""
        return await Checking(await self._project()).pins() or NOTHING

    @never_cached
    @is_check
    @carried
    async def audit(self, advisories: args.Advisories = None) -> str:
        """Audit the lock files with pip-audit; fails with exit code 24 on a known vulnerability."""
        return await Checking(await self._project(), advisories).audit() or NOTHING

    @never_cached
    @is_check
    @carried
    async def smoke(
        self, image: args.Image = None, tarball: args.Tarball = None, reference: args.GivenReference = ""
    ) -> str:
        """Run an image and ask it over HTTP; fails with exit code 25 when an answer is not right."""
        project = await self._project()
        subject = await subject_of(Given.of(image, tarball, reference), project)
        smoke = await Checking(project).smoke(subject)
        return smoke.table() if smoke else NOTHING

    @never_cached
    @carried
    async def checks(self, advisories: args.Advisories = None) -> str:
        """Run all checks side by side; a table, or an error with that table when one fails."""
        return await Checking(await self._project(), advisories).table()

    @never_cached
    @carried
    async def scan(
        self,
        image: args.Image = None,
        tarball: args.Tarball = None,
        reference: args.GivenReference = "",
        db: args.Db = None,
        allow_sample_db: args.AllowSample = False,
        max_db_age: args.MaxDbAge = LIMIT_HOURS,
    ) -> Scan:
        """Scan an image once; the result is asked for its report, table, SARIF, SBOM and gate."""
        project, given = await self._project(), Given.of(image, tarball, reference)
        wanted = Wanted(db, allow_sample_db, max_db_age)
        handed = await wanted.given(project.images, rehearsal=True)
        subject, database = await both(
            lambda: subject_of(given, project), lambda: wanted.ready(handed, project.images, project.patience)
        )
        made = await scan_of(subject, database, project)
        await check_unmoved(given, subject, project)
        return made

    @never_cached
    @carried
    async def candidate(
        self,
        version: args.Version = "",
        repository: args.ReleaseRepository = "",
        image: args.Image = None,
        tarball: args.Tarball = None,
        reference: args.GivenReference = "",
        revision: args.Revision = "",
        db: args.Db = None,
        allow_sample_db: args.AllowSample = False,
        max_db_age: args.MaxDbAge = LIMIT_HOURS,
        advisories: args.Advisories = None,
        severities: args.Severities = None,
        block_unfixed: args.BlockUnfixed = False,
        exceptions: args.Exceptions = None,
        key: args.Key = None,
        key_password: args.KeyPassword = None,
    ) -> dagger.Directory:
        """Run the whole pipeline; the evidence folder, whether it passed, was blocked or failed."""
        request = plan.Request(
            project=await self._project(),
            given=Given.of(image, tarball, reference),
            rules=Rules(tuple(severities or ()), block_unfixed, exceptions),
            database=Wanted(db, allow_sample_db, max_db_age),
            version=version,
            revision=revision,
            repository=repository,
            advisories=advisories,
            signing=await self._signing(key, key_password),
        )
        return await release.candidate(await plan.checked(request))

    @never_cached
    @carried
    async def release(
        self,
        version: args.Version = "",
        repository: args.ReleaseRepository = "",
        image: args.Image = None,
        tarball: args.Tarball = None,
        reference: args.GivenReference = "",
        revision: args.Revision = "",
        db: args.Db = None,
        allow_sample_db: args.AllowSample = False,
        max_db_age: args.MaxDbAge = LIMIT_HOURS,
        advisories: args.Advisories = None,
        severities: args.Severities = None,
        block_unfixed: args.BlockUnfixed = False,
        exceptions: args.Exceptions = None,
        key: args.Key = None,
        key_password: args.KeyPassword = None,
    ) -> str:
        """Run the whole pipeline and judge it: the summary, or the error of the step that ended it."""
        evidence = await self.candidate(
            version=version,
            repository=repository,
            image=image,
            tarball=tarball,
            reference=reference,
            revision=revision,
            db=db,
            allow_sample_db=allow_sample_db,
            max_db_age=max_db_age,
            advisories=advisories,
            severities=severities,
            block_unfixed=block_unfixed,
            exceptions=exceptions,
            key=key,
            key_password=key_password,
        )
        return await release.verdict(evidence)

    async def _project(self) -> Project:
        """The source with its settings, under the flags that were given; the engine is logged in."""
        await hand_to_engine(self.logins)
        flags = {name: getattr(self, name) for name in _SETTINGS if getattr(self, name)}
        source, settings = await looked_at(self.source, own=self.own)
        return Project(
            images=await self._images(),
            settings=settings.under(flags, "a flag"),
            source=source,
            git=self.git,
            build_args=self.build_args,
            build_secrets=self.build_secrets,
            logins=tuple(self.logins),
            patience=Patience.of(self.patience),
        )

    async def _signing(self, key: dagger.Secret | None, key_password: dagger.Secret | None) -> Signing:
        """The signer as the caller names it."""
        secrets = (self.identity_secrets.get(name) for name in ("token", "request_url", "request_token"))
        identity = await identity_of(*secrets)
        return Signing(key, key_password, identity, Named(**self.identity_names), self.sigstore)

    async def _images(self) -> Images:
        """The pinned images, or the caller's in their place."""
        pinned = Images.pinned()
        if not self.images:
            return pinned
        with failing_as(ImagesInvalid, "the images file cannot be read"):
            return pinned.overridden(await self.images.contents())


_SETTINGS = ("dockerfile", "target", "test_target", "platform", "port", "health_path")
