"""Our build type: what a run of this module is told, and what it says of itself beside.

docs/build-type.md is the page of it, for people; a test holds both equal. Who decides is what parts the two
kinds of parameters: external ones are the caller's, so that a verifier looks at each and refuses what it does
not know; internal ones are what the run came to. Digests of what parameters name are not among them, but
among the dependencies of the provenance.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from supply_chain.errors import ProvenanceInvalid
from supply_chain.models.base import Digest, OwnModel, first_problem
from supply_chain.models.mode import Mode
from supply_chain.models.place import Kind
from supply_chain.models.trivy_report import Severity

BUILD_TYPE = "urn:supply-chain:build-type:v1"
"""The URI of the build type. Another set of parameters has another version."""


class Parameters(OwnModel):
    """Parameters, written in camel case as SLSA writes its own names."""

    model_config = ConfigDict(alias_generator=to_camel)

    @classmethod
    def parse(cls, parameters: Mapping[str, Any]) -> Self:
        """These parameters; ProvenanceInvalid names the first that is missing, unknown or of another type."""
        try:
            return cls.model_validate_json(json.dumps(parameters), strict=True, by_name=False)
        except ValidationError as error:
            raise ProvenanceInvalid(
                f"the {cls.__name__} are not those of {BUILD_TYPE}", why=first_problem(error)
            ) from None

    def as_json(self) -> dict[str, Any]:
        """The parameters as they stand in a provenance; what is not there is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Source(Parameters):
    """The source, as the identity token names it."""

    repository: str
    """URI of the repository; empty without such a token."""
    ref: str
    """The git ref that the run was for; empty without such a token."""


class ExternalParameters(Parameters):
    """Everything that the caller decides, given or left to its default."""

    version: str
    """The version released, which is the tag; given, or the git tag of the commit."""
    repository: str
    """Where it is released to, HOST/PATH; empty for a rehearsal."""
    revision: str
    """The commit as the caller named it; empty when left to git."""
    source: Source
    """The source, as the identity token names it."""
    input: Literal["source", "container", "tarball", "reference"]
    """What the image was made from."""
    reference: str
    """The image in a registry that was given, by tag or digest; empty for any other input."""
    platform: str
    """os/architecture that was asked for; empty for the engine's own."""
    dockerfile: str
    """The Dockerfile, relative to the source; empty where nothing was built."""
    target: str
    """Its stage that was released; empty for the last."""
    build_args: dict[str, str]
    """Build arguments of the source's settings and the caller."""
    build_secrets: tuple[str, ...]
    """Names of the secrets that the build could mount; never their values."""
    port: int
    """Port that the smoke test asked; 0 for the one that the image exposes."""
    health_path: str
    """Path that the smoke test waited for."""
    test_target: str
    """The stage that checks ran in."""
    severities: tuple[Severity, ...]
    """Severities that block a release."""
    block_unfixed: bool
    """Whether findings without a fix block as well."""
    exceptions: Digest | None = None
    """Digest of the file of exceptions from the gate; absent where there is none."""
    database: Literal["given", "downloaded"]
    """Whether the vulnerability database was handed in."""
    allow_sample_db: bool
    """Whether a sample of a database was allowed to do."""
    max_db_age_hours: int
    """How old the database was allowed to be."""
    advisories: Literal["given", "asked"]
    """Whether the advisories of the dependency audit were handed in, or a service was asked."""
    images: tuple[str, ...]
    """Names of the tool and base images that the caller gave in place of the pinned ones."""

    @classmethod
    def unknown(cls, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of those parameters that this build type does not have, as a.b for one inside another."""
        try:
            cls.model_validate_json(json.dumps(parameters), by_name=False)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
            beyond = (problem["loc"] for problem in problems if problem["type"] == "extra_forbidden")
            return tuple(sorted(".".join(map(str, place)) for place in beyond))
        return ()


class InternalParameters(Parameters):
    """What the run says of itself; nobody but the signer vouches for it."""

    mode: Mode
    """rehearsal or release."""
    dirty: bool | None = None
    """Whether the source held changes that were not committed; absent when nobody could know."""
    stand_ins: tuple[str, ...]
    """Names of the images that only stand in for the official ones."""
    sample_database: bool
    """Whether the vulnerability database is a sample."""
    sample_advisories: bool
    """Whether the advisories are a sample."""
    build_level: Literal[1]
    """The SLSA Build level that is claimed: provenance that a run writes about itself is never more."""
    signer: str = Field(min_length=1)
    """Kind of the signer."""
    place: Kind
    """Kind of place that the run had."""
    workflow: str
    """URI of the workflow, which is the certificate's identity; empty without such a token."""
    runner: str
    """Whose machine it ran on, as the token says; empty without such a token."""
    issuer: str
    """Who gave the identity token; empty without one."""
