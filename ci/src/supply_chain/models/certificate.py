"""What Fulcio's certificate says of a signer: who he is, and which run of which workflow he speaks for.

Whether the certificate is genuine, cosign has checked before. The extensions and their numbers:
https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md. Those from .8 on are DER-encoded UTF8Strings.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from supply_chain.errors import CertificateInvalid
from supply_chain.models.base import OwnModel

if TYPE_CHECKING:
    from cryptography import x509 as types

FULCIO = "1.3.6.1.4.1.57264.1"
"""Root of all numbers that Fulcio writes."""

_OLD_ISSUER = f"{FULCIO}.1"  # raw text, not DER
_USER_NAME = f"{FULCIO}.7"  # a name within the alternative names
_EXTENSIONS = {
    "issuer": f"{FULCIO}.8",
    "build_signer": f"{FULCIO}.9",
    "runner_environment": f"{FULCIO}.11",
    "source_repository": f"{FULCIO}.12",
    "source_digest": f"{FULCIO}.13",
    "source_ref": f"{FULCIO}.14",
    "build_config": f"{FULCIO}.18",
    "run_invocation": f"{FULCIO}.21",
}
_UTF8_STRING = 0x0C
_LONG_FORM = 0x80


def prepare() -> None:
    """The library is there once a certificate is read; it is read without that as well."""
    from cryptography import x509  # noqa: F401, PLC0415 - most calls of the module read none


class Certificate(OwnModel):
    """A signer, as a Fulcio vouches for him. What a certificate does not say is empty."""

    identity: str
    """The one alternative name: a workflow's URI, a person's e-mail address, …"""
    issuer: str
    """Issuer of the identity token."""
    source_repository: str = ""
    """URI of the repository that was built."""
    source_digest: str = ""
    """Its commit."""
    source_ref: str = ""
    """The branch or tag, e.g. refs/tags/v1.0.0."""
    run_invocation: str = ""
    """URI of the run."""
    build_signer: str = ""
    """URI of the workflow whose job signed, with its ref: of a reusable one if there is one."""
    build_config: str = ""
    """URI of the workflow that the run started with."""
    runner_environment: str = ""
    """Kind of the runner: github-hosted or self-hosted."""
    not_before: datetime
    """First moment of its validity."""
    not_after: datetime
    """Last moment of its validity; minutes later."""

    @classmethod
    def parse(cls, der: bytes) -> Self:
        """The certificate in DER; CertificateInvalid when it is none, or none of Fulcio's."""
        # Imported here: a module's boot is paid by every call, and most calls read no certificate.
        from cryptography import x509  # noqa: PLC0415

        try:
            certificate = x509.load_der_x509_certificate(der)
            identity, extensions = _identity(certificate), _extensions(certificate)
        except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
            raise CertificateInvalid("a signer's certificate cannot be read", why=str(error)) from None
        if not extensions.get("issuer"):
            raise CertificateInvalid("a signer's certificate names no issuer", why=f"no {FULCIO}.8 in it")
        return cls(
            identity=identity,
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            **extensions,
        )

    @property
    def names_a_source(self) -> bool:
        """Whether it speaks for a run of a workflow, and not for a person."""
        return any((self.source_repository, self.source_digest, self.source_ref, self.run_invocation))

    def check_time(self, seconds: int) -> None:
        """CertificateInvalid unless the moment, in seconds since 1970, is within its validity."""
        moment = datetime.fromtimestamp(seconds, UTC)
        if not self.not_before <= moment <= self.not_after:
            raise CertificateInvalid(
                "a signer's certificate was used outside of its validity",
                why=f"{moment:%Y-%m-%d %H:%M:%S} is not within {self.not_before} and {self.not_after}",
            )


def _identity(certificate: "types.Certificate") -> str:
    """The one alternative name; ValueError for none, several or an unknown kind."""
    from cryptography import x509  # noqa: PLC0415

    try:
        names = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        names = []
    if len(names) != 1:
        raise ValueError(f"it has {len(names)} alternative names, not one")
    name = names[0]
    if isinstance(name, x509.UniformResourceIdentifier | x509.RFC822Name) and name.value:
        return name.value
    if isinstance(name, x509.OtherName) and name.type_id.dotted_string == _USER_NAME:
        return _text(name.value)
    raise ValueError("its alternative name is no URI, e-mail address or user name")


def _extensions(certificate: "types.Certificate") -> dict[str, str]:
    """Fulcio's extensions, by field; ValueError where one is no text, or two name different issuers."""
    values = {
        extension.oid.dotted_string: extension.value.public_bytes()
        for extension in certificate.extensions
        if extension.oid.dotted_string.startswith(f"{FULCIO}.")
    }
    read = {field: _text(values[oid]) for field, oid in _EXTENSIONS.items() if oid in values}
    old = values.get(_OLD_ISSUER)
    if old is not None and old != read.get("issuer", "").encode():
        raise ValueError("it names two issuers")
    return read


def _text(der: bytes) -> str:
    """The text of a DER-encoded UTF8String; ValueError for anything else."""
    if len(der) < 2 or der[0] != _UTF8_STRING:  # noqa: PLR2004 - a tag and a length
        raise ValueError("an extension of Fulcio's is no UTF8String")
    size, start = der[1], 2
    if size & _LONG_FORM:
        start += size & ~_LONG_FORM
        size = int.from_bytes(der[2:start], "big")
    if len(der) != start + size:
        raise ValueError("an extension of Fulcio's is longer or shorter than it says")
    return der[start:].decode()
