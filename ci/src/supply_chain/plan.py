"""What the caller asks for, checked before any work starts."""

from dataclasses import dataclass, field

import dagger

from supply_chain.errors import BadVersion, SampleRefused
from supply_chain.git_facts import Commit, commit_of
from supply_chain.images import Image
from supply_chain.inputs import Given
from supply_chain.models.database import SAMPLE
from supply_chain.models.mode import Mode
from supply_chain.models.policy import Policy
from supply_chain.models.reference import Repository, revision_tag
from supply_chain.models.version import Version
from supply_chain.project import Project
from supply_chain.registry import REHEARSAL
from supply_chain.rules import Rules, own_exceptions
from supply_chain.signing import Signing
from supply_chain.vulnerability_db import VulnerabilityDb, Wanted

REHEARSED_VERSION = "0.0.0-dev"


@dataclass(frozen=True)
class Request:
    """A run as asked for."""

    project: Project
    given: Given = field(default_factory=Given)
    rules: Rules = field(default_factory=Rules)
    database: Wanted = field(default_factory=Wanted)
    version: str = ""
    revision: str = ""
    repository: str = ""
    advisories: dagger.Directory | None = None
    signing: Signing = field(default_factory=Signing)


@dataclass(frozen=True)
class Plan:
    """A run that may start."""

    request: Request
    mode: Mode
    repository: Repository
    version: Version
    commit: Commit
    policy: Policy
    db: VulnerabilityDb | None
    """The database handed in; None when it is to be downloaded."""
    sample_advisories: bool = False
    """Whether the advisories handed in are a sample."""

    @property
    def project(self) -> Project:
        """The source and what belongs to it."""
        return self.request.project

    @property
    def images(self) -> dict[str, Image]:
        """The images that the run uses, by name."""
        return self.project.images.used(
            rehearsal=self.mode is Mode.REHEARSAL, throw_away_signer=self.request.signing.is_throw_away
        )

    @property
    def build_args(self) -> dict[str, str]:
        """What the image is told of itself."""
        return {"VERSION": self.version.tag, "REVISION": self.commit.described}


async def checked(request: Request) -> Plan:
    """The plan of a run; the first thing about the request that cannot work is raised."""
    mode = Mode.RELEASE if request.repository else Mode.REHEARSAL
    rehearsal = mode is Mode.REHEARSAL
    repository = REHEARSAL if rehearsal else Repository.parse(request.repository)
    request.signing.check(rehearsal=rehearsal)
    if request.version:
        Version.parse(request.version)
    commit = await _commit(request)
    version = version_of(request.version or commit.version, rehearsal=rehearsal)
    policy = await request.rules.policy(await own_exceptions(request.project))
    if request.given.is_source:
        await request.project.recipe()
    sample = await _sample_advisories(request, rehearsal=rehearsal)
    db = await request.database.given(request.project.images, rehearsal=rehearsal)
    return Plan(request, mode, repository, version, commit, policy, db, sample)


def version_of(text: str, *, rehearsal: bool) -> Version:
    """The version to release; only a rehearsal may go without."""
    if not text and not rehearsal:
        advice = "pass --version, e.g. 1.4.0, or --git .git where the commit has a version tag"
        raise BadVersion("a release to a repository needs a version", advice=advice)
    return Version.parse(text or REHEARSED_VERSION)


async def _sample_advisories(request: Request, *, rehearsal: bool) -> bool:
    """Whether the advisories are a sample; refused where it would be taken for the real thing."""
    if request.advisories is None or not await request.advisories.exists(SAMPLE):
        return False
    if not rehearsal:
        raise SampleRefused("sample advisories cannot audit a release to a repository")
    return True


async def _commit(request: Request) -> Commit:
    """The commit of the source, as the caller or its .git directory says."""
    if request.revision:
        revision_tag(request.revision)
    project = request.project
    if project.git is None or project.source is None:
        return Commit(revision=request.revision)
    found = await commit_of(project.git, project.source)
    return found.named(request.revision)
