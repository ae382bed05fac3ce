"""A signed statement about an image: read strictly, and only where it may be believed.

Two versions of in-toto's statement are about. Ours is v1, and so is a signature that `cosign sign` makes.
Stock `cosign attest` writes v0.1, so that an SBOM attested with it by hand is accepted as well: the two
differ in `_type` alone. A provenance in v0.1 is refused: cosign drops those of its fields that it does not
know, and SLSA asks for v1 (https://slsa.dev/spec/v1.2/build-provenance).
"""

from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from supply_chain.errors import DigestMismatch, StatementInvalid
from supply_chain.models.base import OwnModel, first_problem
from supply_chain.models.bundle import IN_TOTO, Bundle
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE, STATEMENT_TYPE, parsed_json

OLD_STATEMENT_TYPE = "https://in-toto.io/Statement/v0.1"
"""`_type` of what `cosign attest` writes."""

_NAMES = {SIGNATURE_TYPE: "the signature", SBOM_TYPE: "the SBOM", PROVENANCE_TYPE: "the provenance"}


class _Subject(OwnModel):
    """A subject as our module and cosign write it; more could say something else of what it is."""

    name: str = ""
    digest: dict[str, str]
    annotations: dict[str, Any] | None = None


class Attested(OwnModel):
    """One statement."""

    type: Literal["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"] = Field(
        alias="_type"
    )
    """Version of in-toto's statement."""
    subject: tuple[_Subject, ...] = Field(min_length=1)
    """What it is about."""
    predicate_type: str = Field(alias="predicateType", min_length=1)
    """What kind of statement it is."""
    predicate: dict[str, Any]
    """What is stated."""

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """The statement in a bundle; StatementInvalid when there is none, or one of two meanings."""
        if bundle.payload_type != IN_TOTO:
            why = f"its type is {bundle.payload_type}" if bundle.payload_type else "a blob was signed"
            raise StatementInvalid("what was signed is no in-toto statement", why=why)
        try:
            return cls.model_validate(parsed_json(bundle.payload), by_name=False)
        except ValidationError as error:
            raise StatementInvalid("the statement is not in-toto's", why=first_problem(error)) from None
        except ValueError as error:
            raise StatementInvalid("the statement is not JSON", why=str(error)) from None

    @property
    def counts(self) -> bool:
        """Whether it is of a kind that is judged; others may be there."""
        return self.predicate_type in _NAMES

    @property
    def called(self) -> str:
        """What it is, for people."""
        return _NAMES.get(self.predicate_type, self.predicate_type)

    def check(self, digest: str) -> None:
        """Raise unless it may be believed, and is about this image and no other."""
        if self.type != STATEMENT_TYPE and self.predicate_type != SBOM_TYPE:
            raise StatementInvalid(f"{self.called} is a statement of an old version", why=self.type)
        for subject in self.subject:
            named = ", ".join(f"{kind}:{value}" for kind, value in subject.digest.items()) or "no digest"
            if named != digest:
                raise DigestMismatch(f"{self.called} names another image", why=f"{named}, not {digest}")
