"""What Fulcio's certificates say of a signer, and certificates that say nothing, or two things."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from supply_chain.errors import CertificateInvalid
from supply_chain.models.bundle import Bundle
from supply_chain.models.certificate import Certificate
from unit.supply_chain.attesting import LIFETIME, SIGNED_AT, certificate, facts, utf8
from unit.supply_chain.provenances import PLACE

URI = x509.UniformResourceIdentifier
USER_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7")


def test_a_run_in_github_is_read() -> None:
    read = Certificate.parse(certificate())
    assert read.identity == PLACE.workflow
    assert read.model_dump(include=set(facts())) == facts()
    assert (read.not_before, read.not_after) == (SIGNED_AT, SIGNED_AT + LIFETIME)
    assert read.names_a_source


def test_what_fulcio_really_writes_is_read(said: Callable[[str], str]) -> None:
    """A certificate of fulcio 1.8.8, for a token of an issuer that mimics GitHub's."""
    read = Certificate.parse(Bundle.parse(said("statement-keyless.sigstore.json").encode()).certificate)
    assert read.identity == read.build_signer
    assert read.identity.startswith(f"{read.source_repository}/.github/workflows/")
    assert len(read.source_digest) == 40
    assert read.source_ref.startswith("refs/")
    assert read.run_invocation.startswith(f"{read.source_repository}/actions/runs/")
    assert read.runner_environment == "github-hosted"
    assert read.issuer.startswith("http")


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        (x509.RFC822Name("me@acme.example"), "me@acme.example"),
        (x509.OtherName(USER_NAME, utf8("me!acme.example")), "me!acme.example"),
        (URI("spiffe://acme.example/x"), "spiffe://acme.example/x"),
    ],
)
def test_a_person_has_a_name_and_no_source(name: x509.GeneralName, identity: str) -> None:
    read = Certificate.parse(certificate({"issuer": "https://oauth2.sigstore.dev/auth"}, names=(name,)))
    assert read.identity == identity
    assert not read.names_a_source


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"names": ()}, "0 alternative names"),
        ({"names": (URI("https://a.example"), URI("https://b.example"))}, "2 alternative names"),
        ({"names": (x509.DNSName("a.example"),)}, "no URI, e-mail address"),
        ({"names": (x509.OtherName(x509.ObjectIdentifier("1.2.3"), utf8("me")),)}, "no URI, e-mail address"),
        ({"names": (x509.OtherName(USER_NAME, b"\x13\x02me"),)}, "no UTF8String"),
        ({"said": facts(issuer="")}, "names no issuer"),
        ({"said": facts(issuer=""), "more": {1: b"https://a.example"}}, "two issuers"),
        ({"more": {1: b"https://other.example"}}, "two issuers"),
        ({"more": {12: b"https://a.example"}}, "no UTF8String"),
        ({"more": {12: b"\x0c"}}, "no UTF8String"),
        ({"more": {12: b"\x0c\x05a"}}, "longer or shorter"),
        ({"more": {12: b"\x0c\x01ab"}}, "longer or shorter"),
        ({"more": {12: b"\x0c\x82\x00"}}, "longer or shorter"),
        ({"more": {12: b"\x0c\x01\xff"}}, "cannot be read"),
    ],
)
def test_what_fulcio_would_not_write_is_refused(made: dict[str, Any], why: str) -> None:
    with pytest.raises(CertificateInvalid) as raised:
        Certificate.parse(certificate(**made))
    assert why in raised.value.message


@pytest.mark.parametrize(
    "der", [b"", b"no certificate", certificate()[:-1], certificate() + b"\0"], ids=range(4)
)
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(CertificateInvalid, match="cannot be read"):
        Certificate.parse(der)


def test_the_old_issuer_may_stand_beside_the_new() -> None:
    assert Certificate.parse(certificate(more={1: PLACE.issuer.encode()})).issuer == PLACE.issuer


def test_a_long_text_is_read_whole() -> None:
    long = "https://github.com/" + "a" * 300
    raw = b"\x0c\x82" + len(long).to_bytes(2, "big") + long.encode()
    assert Certificate.parse(certificate(more={12: raw})).source_repository == long


def test_a_moment_outside_of_its_validity_is_refused() -> None:
    read = Certificate.parse(certificate())
    for moment in (SIGNED_AT, SIGNED_AT + LIFETIME):
        read.check_time(int(moment.timestamp()))
    for moment in (SIGNED_AT - timedelta(seconds=1), SIGNED_AT + LIFETIME + timedelta(seconds=1)):
        with pytest.raises(CertificateInvalid, match="outside of its validity"):
            read.check_time(int(moment.timestamp()))
