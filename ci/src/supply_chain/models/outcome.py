"""What a run came to: the content of outcome.json, from which everything else is said."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, ValidationError

from supply_chain.errors import EvidenceInvalid, SupplyChainError, by_name
from supply_chain.images import Image
from supply_chain.models.base import SHA256, Digest, OwnModel, first_problem
from supply_chain.models.checks import Row
from supply_chain.models.database import Database
from supply_chain.models.mode import Mode
from supply_chain.models.place import Place
from supply_chain.models.policy import Judgement
from supply_chain.models.verification import Verification

PASSED = "passed"

_INPUT = rf"^(source|container|tarball|[^@\s]+@{SHA256})$"


class Failure(OwnModel):
    """The error a run ended with."""

    name: str
    """Class of the error."""
    what: str
    """What failed."""
    why: str
    """Why, often in a tool's own words; may be empty."""
    advice: str
    """What to do."""
    exit_code: int
    """How the verdict ends."""

    @classmethod
    def of(cls, error: SupplyChainError) -> Self:
        """The record of `error`."""
        return cls(
            name=error.name, what=error.what, why=error.why, advice=error.advice, exit_code=error.exit_code
        )

    def error(self) -> SupplyChainError:
        """The error again, to be raised."""
        return by_name(self.name)(self.what, why=self.why, advice=self.advice)


class Step(OwnModel):
    """One step of the pipeline."""

    name: str
    """Its name."""
    seconds: float
    """How long it took."""
    passed: bool
    """Whether it ended well."""
    began: float = 0
    """Seconds into the run at which it began; 0 where that was not noted."""


class Rejection(OwnModel):
    """How the verifier refused the release's own material, spoilt."""

    case: str
    """What was wrong with it."""
    error: str
    """Class of the error that it was refused with."""
    what: str
    """What that error said."""


class Outcome(OwnModel):
    """A run, whether it passed, was blocked or failed."""

    schema_version: Literal[1] = 1
    """Version of this format."""
    status: str
    """`passed`, or the status of the family of the error."""
    mode: Mode
    """Rehearsal or release."""
    version: str
    """Version that was to be released."""
    revision: str
    """Commit it was built from; empty when the caller named none."""
    dirty: bool | None = None
    """Whether the source held changes that were not committed; null when nobody could know."""
    input: str = Field(default="source", pattern=_INPUT)
    """What the image came from: `source`, `container`, `tarball`, or the reference with its digest."""
    platform: str | None = None
    """os/architecture of the image, once it was there."""
    adopted: bool = False
    """Whether the version was already in the repository and holds; nothing was built then."""
    image: str | None = None
    """The image by digest, once it was pushed."""
    digest: Digest | None = None
    """Digest of the image, once it was built."""
    tags: tuple[str, ...] = ()
    """Tags that name the image now."""
    notices: tuple[str, ...] = ()
    """What a reader must know before believing the rest."""
    checks: tuple[Row, ...] = ()
    """Checks, in the order they are listed in."""
    gate: Judgement | None = None
    """What the gate said, once the image was scanned; exceptions and what they cover are part of it."""
    database: Database | None = None
    """The vulnerability database, once it was ready."""
    images: dict[str, Image]
    """Tool and base images, by name."""
    signer: str | None = None
    """Who signs: the kind of signer and what identifies it."""
    place: Place | None = None
    """Where the run took place, as far as somebody vouches for it."""
    verification: Verification | None = None
    """What was proven of the image as the registry serves it; null until it was verified."""
    self_test: tuple[Rejection, ...] = ()
    """How the verifier refused the same material, spoilt."""
    error: Failure | None = None
    """Why the run did not pass."""
    evidence: tuple[str, ...] = ()
    """Files and folders beside this one."""
    started_at: datetime
    """When the run started, UTC."""
    steps: tuple[Step, ...] = ()
    """Steps in the order they ended."""

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The outcome in `document`; EvidenceInvalid when it is none."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise EvidenceInvalid("outcome.json cannot be read", why=first_problem(error)) from None

    @property
    def passed(self) -> bool:
        """Whether the image may be used; only where nothing says otherwise."""
        return self.status == PASSED and self.error is None

    def check(self) -> None:
        """Raise the error of a run that did not pass."""
        if self.error:
            raise self.error.error()
        if not self.passed:
            raise EvidenceInvalid(f"outcome.json says {self.status!r} and gives no error")
