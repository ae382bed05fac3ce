r"""Whom and what a verifier trusts. It comes from the caller, never from what is being verified.

Rules:
1. one kind of anchor: an identity that a Sigstore vouches for, with the issuer of its token, or a public key.
   Neither, or both, is refused: nothing is trusted by accident.
2. identity and issuer are exact, or a regular expression that is anchored at both ends and means the same to
   cosign and to us (`safe_regexp.py`). One that a stranger matches is refused: `^.*$`, and as well
   `^https://github\.com/.*$`, since anybody may have a repository there.
3. builders and build types are lists of what is allowed. An entry of builders may end in a `*` after / or @,
   once it names a repository's owner: a reusable workflow's URI carries its git ref, and nobody can list the
   refs to come. No other entry is a pattern.
4. a build type is allowed only where its parameters are known here: those of another are each unknown.
5. a rehearsal is refused unless it is allowed: its identities prove nothing.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from supply_chain.errors import PolicyInvalid
from supply_chain.models.base import OwnModel, first_problem
from supply_chain.models.build_type import BUILD_TYPE
from supply_chain.models.place import HOSTED_BUILDER, LOCAL_BUILDER, REHEARSAL_BUILDER, SELF_HOSTED_BUILDER
from supply_chain.models.safe_regexp import compiled

_KNOWN_BUILD_TYPES = (BUILD_TYPE,)
_LARGEST = 64 * 1024
_WITH_REFS = re.compile(r"https://[^/*\s]+/[^/*\s]+(?:/[^*\s]*)?[/@]\*")
_STRANGERS = (
    "https://github.com/stranger/anything/.github/workflows/release.yml@refs/heads/main",
    "https://github.com/a-stranger0/any-thing/.github/workflows/any_thing.yaml@refs/tags/v1.0.0",
    "https://github.com/stranger/stranger/.github/workflows/stranger.yml@refs/tags/1.0.0",
    "https://gitlab.com/stranger/anything//.gitlab-ci.yml@refs/heads/main",
    "https://stranger.example/stranger",
    "stranger@gmail.com",
    "stranger@stranger.example",
    "spiffe://stranger.example/ns/stranger/sa/stranger",
    "stranger",
)
_STRANGE_ISSUERS = (
    "https://stranger.example",
    "https://token.actions.githubusercontent.com.stranger.example",
    "https://stranger.example/token.actions.githubusercontent.com",
    "http://stranger.example:8080",
    "https://gitlab.stranger.example",
    "stranger",
)


def _exact(text: str) -> str:
    if text.startswith("^") or text in {"*", ".*", ".+"}:
        raise ValueError("it is compared letter by letter; for a regular expression there is …-regexp")
    return text


def _anchored(strangers: tuple[str, ...]) -> AfterValidator:
    def check(text: str) -> str:
        pattern = compiled(text)
        stranger = next((name for name in strangers if pattern.fullmatch(name)), "")
        if stranger:
            raise ValueError(f"it trusts anybody: {stranger} matches")
        return text

    return AfterValidator(check)


def _builder(text: str) -> str:
    if "*" in text and not _WITH_REFS.fullmatch(text):
        raise ValueError(
            f"{text}: a * stands only at the end, after / or @, behind the owner of a repository: "
            "https://github.com/OWNER/REPOSITORY/.github/workflows/FILE@*"
        )
    return text


def _build_type(text: str) -> str:
    if text not in _KNOWN_BUILD_TYPES:
        raise ValueError(
            f"{text}: its parameters are not known here; known is {', '.join(_KNOWN_BUILD_TYPES)}"
        )
    return text


_Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^[!-~]+$")]
_Exact = Annotated[_Name, AfterValidator(_exact)]


class VerificationPolicy(OwnModel):
    """What must hold before an image is believed. Keys are written with hyphens."""

    identity: _Exact | None = None
    """Who must have signed: the certificate's name, letter by letter, e.g. a workflow's URI."""
    identity_regexp: Annotated[str, _anchored(_STRANGERS)] | None = None
    """The same as a regular expression, ^…$."""
    issuer: _Exact | None = None
    """Who must vouch for that name, letter by letter, e.g. https://token.actions.githubusercontent.com."""
    issuer_regexp: Annotated[str, _anchored(_STRANGE_ISSUERS)] | None = None
    """The same as a regular expression, ^…$."""
    public_key: str | None = None
    """The key that must have signed, in PEM; instead of identity and issuer."""
    builders: tuple[Annotated[_Name, AfterValidator(_builder)], ...] = Field(
        default=(LOCAL_BUILDER, HOSTED_BUILDER, SELF_HOSTED_BUILDER), min_length=1
    )
    """Builders that provenance may name."""
    build_types: tuple[Annotated[_Name, AfterValidator(_build_type)], ...] = Field(
        default=(BUILD_TYPE,), min_length=1
    )
    """Kinds of build that provenance may name, of those whose parameters this module knows."""
    repository: _Name | None = None
    """URI of the repository that the image must be built from."""
    ref: _Name | None = None
    """The branch or tag that it must be built from, e.g. refs/tags/v1.0.0."""
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")] | None = None
    """The commit that it must be built from, in full."""
    allow_empty_sbom: bool = Field(default=False, strict=True)
    """Whether an SBOM may list nothing but the image itself, as of one that holds a single static program."""
    allow_rehearsal: bool = Field(default=False, strict=True)
    """Whether what was made in a rehearsal may pass."""

    @classmethod
    def parse(cls, document: str = "", flags: Mapping[str, Any] | None = None) -> Self:
        """The policy in a TOML file, under a caller's flags; PolicyInvalid when it cannot be used.

        Args:
            document: The file's text; empty without one.
            flags: What the caller says beside the file, by field; None where he says nothing. A flag about
                identity or issuer stands for both keys of it, the exact one and the regular expression.
        """
        if len(document.encode(errors="replace")) > _LARGEST:
            raise PolicyInvalid(f"the verification policy is larger than {_LARGEST // 1024} KiB")
        try:
            content = _underscored(tomllib.loads(document))
        except tomllib.TOMLDecodeError as error:
            raise PolicyInvalid("the verification policy is not TOML", why=str(error)) from None
        return cls._of(_overridden(content, flags or {}))

    def under(self, flags: Mapping[str, Any]) -> Self:
        """This policy under a caller's flags, as in `parse`."""
        return self._of(_overridden(self.model_dump(exclude_unset=True), flags))

    @classmethod
    def _of(cls, content: dict[str, Any]) -> Self:
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise PolicyInvalid(
                "the verification policy cannot be used", why=_hyphenated(first_problem(error))
            ) from None

    @model_validator(mode="after")
    def _one_kind_of_anchor(self) -> Self:
        """Rule 1."""
        identities = [self.identity, self.identity_regexp]
        issuers = [self.issuer, self.issuer_regexp]
        if self.public_key is not None:
            if any(anchor is not None for anchor in identities + issuers):
                raise ValueError("it trusts a public-key and an identity: give one of them")
            _check_key(self.public_key)
            return self
        if identities == [None, None] and issuers == [None, None]:
            raise ValueError("it trusts nobody: give identity and issuer, or public-key")
        for name, given in (("identity", identities), ("issuer", issuers)):
            if given.count(None) != 1:
                raise ValueError(f"give one of {name} and {name}-regexp")
        return self

    @property
    def is_keyless(self) -> bool:
        """Whether it trusts an identity, and not a key."""
        return self.public_key is None

    def trusts_identity(self, identity: str) -> bool:
        """Whether this is who must have signed."""
        return _is(identity, self.identity, self.identity_regexp)

    def trusts_issuer(self, issuer: str) -> bool:
        """Whether this is who must vouch for the signer's name."""
        return _is(issuer, self.issuer, self.issuer_regexp)

    def allows_builder(self, builder: str) -> bool:
        """Whether provenance may name this builder (rules 3 and 5)."""
        if builder == REHEARSAL_BUILDER:
            return self.allow_rehearsal
        return any(
            builder == entry
            or (entry.endswith("*") and builder.startswith(entry[:-1]) and ".." not in builder)
            for entry in self.builders
        )


def _is(name: str, exact: str | None, regexp: str | None) -> bool:
    if exact is not None:
        return name == exact
    return regexp is not None and compiled(regexp).fullmatch(name) is not None


def _check_key(pem: str) -> None:
    """ValueError, which never shows the text, unless it is a public key in PEM."""
    # Imported here: a module's boot is paid by every call, and most calls read no key.
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("public-key is no public key in PEM, -----BEGIN PUBLIC KEY-----…") from None


def _overridden(content: dict[str, Any], flags: Mapping[str, Any]) -> dict[str, Any]:
    """The file's keys under the caller's."""
    given = {key: value for key, value in flags.items() if value is not None}
    for pair in ({"identity", "identity_regexp"}, {"issuer", "issuer_regexp"}):
        if pair & given.keys():
            content = {key: value for key, value in content.items() if key not in pair}
    return content | given


def _underscored(content: dict[str, Any]) -> dict[str, Any]:
    """Keys as Python has them; one that is written with underscores is none of ours."""
    for key in content:
        if "_" in key:
            raise PolicyInvalid(f"the verification policy has a key {key!r}", why="keys have hyphens")
    return {key.replace("-", "_"): value for key, value in content.items()}


def _hyphenated(problem: str) -> str:
    """A complaint that names a key as its author wrote it."""
    place, colon, complaint = problem.partition(": ")
    return place.replace("_", "-") + colon + complaint
