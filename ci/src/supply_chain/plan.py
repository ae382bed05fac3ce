"""What the caller asks for, checked before any work starts."""

from dataclasses import dataclass

import dagger

from supply_chain.errors import BadVersion, CredentialsIncomplete, DockerfileMissing, SignerMissing
from supply_chain.faults import failing_as
from supply_chain.images import Images
from supply_chain.models.dockerfile import check_target
from supply_chain.models.outcome import Mode
from supply_chain.models.reference import Repository, revision_tag
from supply_chain.models.version import Version
from supply_chain.registry import REHEARSAL
from supply_chain.vulnerability_db import VulnerabilityDb, check_sample, given

REHEARSED_VERSION = "0.0.0-dev"


@dataclass(frozen=True)
class Build:
    """How the image is built."""

    source: dagger.Directory
    dockerfile: str = "Dockerfile"
    target: str = "runtime"
    version: str = REHEARSED_VERSION
    revision: str = ""

    async def check(self) -> None:
        """An error unless the Dockerfile is there and has the target."""
        with failing_as(DockerfileMissing, f"the source has no {self.dockerfile!r}"):
            text = await self.source.file(self.dockerfile).contents()
        check_target(text, self.target)


@dataclass(frozen=True)
class Request:
    """A run as asked for."""

    build: Build
    images: Images
    repository: str
    db: dagger.Directory | None
    allow_sample_db: bool
    key: dagger.Secret | None
    key_password: dagger.Secret | None
    registry_username: str
    registry_password: dagger.Secret | None


@dataclass(frozen=True)
class Plan:
    """A run that may start."""

    request: Request
    mode: Mode
    repository: Repository
    tags: tuple[str, ...]
    """In the order they are moved: the version's is the last."""
    db: VulnerabilityDb | None
    """The database handed in; None when it is to be downloaded."""


async def checked(request: Request) -> Plan:
    """The plan of a run; the first thing about the request that cannot work is raised."""
    mode = Mode.RELEASE if request.repository else Mode.REHEARSAL
    rehearsal = mode is Mode.REHEARSAL
    repository = REHEARSAL if rehearsal else Repository.parse(request.repository)
    tags = tags_of(request.build)
    check_secrets(request, rehearsal=rehearsal)
    await request.build.check()
    db = await given(request.db, request.images) if request.db else None
    if db:
        check_sample(db.record, rehearsal=rehearsal, allowed=request.allow_sample_db)
    return Plan(request=request, mode=mode, repository=repository, tags=tags, db=db)


def version_of(version: str, *, rehearsal: bool) -> str:
    """The version to release; only a rehearsal may go without."""
    if not version and not rehearsal:
        raise BadVersion("a release to a repository needs a version", advice="pass --version, e.g. 1.4.0")
    return version or REHEARSED_VERSION


def tags_of(build: Build) -> tuple[str, ...]:
    """`sha-<short>` of the commit, if known, then the version's."""
    by_revision = (revision_tag(build.revision),) if build.revision else ()
    return (*by_revision, Version.parse(build.version).tag)


def check_secrets(request: Request, *, rehearsal: bool) -> None:
    """A signer for every real release, and no half of anything."""
    if bool(request.key) != bool(request.key_password):
        raise SignerMissing("a private key needs its password, and the other way round")
    if not request.key and not rehearsal:
        raise SignerMissing("a release to a repository needs a signer")
    if bool(request.registry_username) != bool(request.registry_password):
        raise CredentialsIncomplete("a registry login is a user name and a password")
