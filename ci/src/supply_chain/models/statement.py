"""In-toto statements, version 1: what is signed about an image. Bytes in, a statement out, and back.

Format: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md. Three are made of a release: a
signature as `cosign sign` 3.1.3 writes it (signDigestBundle in
https://github.com/sigstore/cosign/blob/v3.1.3/cmd/cosign/cli/sign/sign.go), an SBOM, and a provenance.

Reading is stricter than JSON's grammar where readers differ: a key that comes twice, a number that no number
stands for, or half of a character, is refused, so that nobody else reads another statement in the same bytes.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Literal, NoReturn, Self

from pydantic import Field, ValidationError
from pydantic_core import from_json

from supply_chain.errors import PredicateInvalid, StatementInvalid
from supply_chain.models.base import Digest, Model, first_problem
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE

STATEMENT_TYPE: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
"""`_type` of every statement."""
SIGNATURE_TYPE = "https://sigstore.dev/cosign/sign/v1"
"""Predicate type of a signature: https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md."""

_ALGORITHM = "sha256"
_DIGEST = re.compile(rf"{_ALGORITHM}:(?P<hex>[0-9a-f]{{64}})")


class Subject(Model):
    """One thing that a statement is about."""

    name: str = ""
    """What it is called: the image's repository, as cosign writes it; may be empty."""
    digest: dict[str, str] = Field(min_length=1)
    """Its digests, in hexadecimal, by algorithm."""
    annotations: dict[str, Any] | None = None
    """What its author says beside; None where nothing is written, not even an empty object."""

    @property
    def sha256(self) -> str:
        """Its digest as OCI writes it; without one `sha256:`, which names no image."""
        return f"{_ALGORITHM}:{self.digest.get(_ALGORITHM, '')}"


class Statement(Model):
    """A statement about subjects. Equal statements have equal bytes."""

    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[Subject, ...] = Field(min_length=1)
    """What it is about; one image, as long as a release has one platform."""
    predicate_type: str = Field(alias="predicateType", min_length=1)
    """What kind of statement it is."""
    predicate: dict[str, Any]
    """What is stated."""

    @classmethod
    def parse(cls, document: bytes) -> Self:
        """The statement in `document`; StatementInvalid names what is wrong with it."""
        try:
            return cls.model_validate(parsed_json(document), by_name=False)
        except ValidationError as error:
            raise StatementInvalid("the statement is not in-toto's, v1", why=first_problem(error)) from None
        except ValueError as error:
            raise StatementInvalid("the statement is not JSON", why=str(error)) from None

    @property
    def digests(self) -> list[str]:
        """The subjects' digests as OCI writes them."""
        return [subject.sha256 for subject in self.subject]

    def to_json(self) -> bytes:
        """The statement to sign: keys in order, no spaces, nothing but ASCII."""
        content = self.model_dump(by_alias=True, exclude={"subject"})
        content["subject"] = [
            subject.model_dump(exclude_none=True, exclude=set() if subject.name else {"name"})
            for subject in self.subject
        ]
        return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def signature_statement(digest: Digest) -> Statement:
    """What `cosign sign` states of an image: nothing but its digest."""
    subject = Subject(digest=_hex(digest), annotations={})
    return Statement(type=STATEMENT_TYPE, subject=(subject,), predicate_type=SIGNATURE_TYPE, predicate={})


def sbom_statement(repository: str, digest: Digest, sbom: bytes) -> Statement:
    """That the SBOM lists what is in the image; PredicateInvalid where it is no JSON object."""
    try:
        content = parsed_json(sbom)
    except ValueError as error:
        raise PredicateInvalid("the SBOM is not JSON", why=str(error)) from None
    if not isinstance(content, dict):
        raise PredicateInvalid("the SBOM is not a JSON object", why=f"it is a {type(content).__name__}")
    return attestation_statement(repository, digest, SBOM_TYPE, content)


def attestation_statement(
    repository: str, digest: Digest, predicate_type: str, predicate: Mapping[str, Any]
) -> Statement:
    """Any statement about an image.

    Args:
        repository: The image's repository, without tag and digest.
        digest: Digest of its manifest.
        predicate_type: URI of the kind of statement.
        predicate: What is stated.
    """
    subject = Subject(name=repository, digest=_hex(digest))
    return Statement(
        type=STATEMENT_TYPE, subject=(subject,), predicate_type=predicate_type, predicate=dict(predicate)
    )


def parsed_json(document: bytes | str) -> Any:
    """JSON that everybody reads alike; ValueError where a key comes twice or a number is none."""
    text = document.decode() if isinstance(document, bytes) else document
    try:
        content = json.loads(text, object_pairs_hook=_object, parse_float=_number, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    from_json(
        text
    )  # refuses what Python lets pass: half of a surrogate pair, and nesting that others give up at
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} comes twice in one object")
    return content


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number that JSON has")


def _hex(digest: str) -> dict[str, str]:
    """The digest as in-toto writes it."""
    found = _DIGEST.fullmatch(digest)
    if not found:
        raise ValueError(f"{digest!r} is no digest of an image")
    return {_ALGORITHM: found["hex"]}
