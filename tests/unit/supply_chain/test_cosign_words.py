"""Which error cosign's words are. All of them were printed by cosign 3.1.3, given what the names say."""

from collections.abc import Callable

import pytest

from supply_chain import errors
from supply_chain.tools.cosign import signing_refusal, verification_refusal

IDENTITY = (
    "failed to verify certificate identity: no matching CertificateIdentity found, last error: expected "
)
WORKFLOW = "https://rehearsal.example/acme/inventory/.github/workflows/release.yml@refs/tags/v1.2.3"
LOG = "failed to verify log inclusion: "
NO_LOG = f"{LOG}not enough verified log entries from transparency log: 0 < 1"
STAMPS = "failed to verify timestamps: threshold not met for verified signed timestamps: 0 < 1; error: "
STAMP = f"{STAMPS}unable to verify signed timestamps: "
SIGNING = "creating bundle: signing bundle: "
KEY = "creating bundle: getting keypair and token: getting signer: reading key: "
FULCIO = (
    f"{SIGNING}error signing bundle: Fulcio returned 400: "
    '{"code":3, "message":"There was an error processing the identity token", "details":[]}'
)

VERIFICATIONS = {
    "another identity": (f'{IDENTITY}SAN value "x", got "{WORKFLOW}"', errors.IdentityMismatch),
    "no identity that matches": (
        f'{IDENTITY}SAN value to match regex "^https://x$", got "{WORKFLOW}"',
        errors.IdentityMismatch,
    ),
    "a certificate, not a key": ("expected key signature, not certificate", errors.IdentityMismatch),
    "another issuer": (f'{IDENTITY}issuer value "x", got "http://issuer:8090"', errors.IssuerMismatch),
    "no issuer that matches": (
        f'{IDENTITY}issuer value to match regex "^https://x$", got "http://issuer:8090"',
        errors.IssuerMismatch,
    ),
    "another digest": (
        "failed to verify signature: provided artifact digest does not match any digest in statement",
        errors.DigestMismatch,
    ),
    "a statement, not a blob": (
        "failed to verify signature: provided artifact digests do not match digests in statement",
        errors.DigestMismatch,
    ),
    "a changed certificate, payload or signature": (
        (
            f"{LOG}verifying log entry: verifying inclusion: calculated root:\n[199 188]\n does not match "
            "expected root:\n[91 59]"
        ),
        errors.SignatureInvalid,
    ),
    "another key": (
        (
            "failed to verify signature: could not verify envelope: accepted signatures do not "
            "match threshold, Found: 0, Expected 1"
        ),
        errors.SignatureInvalid,
    ),
    "a changed blob": (
        (
            "failed to verify signature: could not verify message: invalid signature when validating ASN.1 "
            "encoded signature"
        ),
        errors.SignatureInvalid,
    ),
    "a blob, not a statement": (
        "failed to verify signature: artifact does not match digest",
        errors.SignatureInvalid,
    ),
    "no certificate": (f"{LOG}validation error: x509: malformed certificate", errors.CertificateInvalid),
    "another Fulcio, or one that was not in use": (
        "failed to verify leaf certificate: leaf certificate verification failed",
        errors.CertificateInvalid,
    ),
    "another log of certificates": (
        (
            "failed to verify signed certificate timestamp: only able to verify 0 SCT entries; "
            "unable to meet threshold of 1"
        ),
        errors.CertificateInvalid,
    ),
    "another timestamp authority": (
        f"{STAMP}error while verifying signature: pkcs7: No certificate for signer",
        errors.CertificateInvalid,
    ),
    "one that was not in use": (
        f"{STAMP}timestamp is after the validity period end",
        errors.CertificateInvalid,
    ),
    "no log": (NO_LOG, errors.LogProofMissing),
    "no timestamp": (f"{STAMPS}%!w(<nil>)", errors.LogProofMissing),
    "no authority that is trusted": (f"{STAMP}%!w(<nil>)", errors.LogProofMissing),
    "no bundle": ("--trusted-root only supported with --new-bundle-format", errors.BundleInvalid),
    "no trusted root": (
        "setting trusted material: loading trusted root: unsupported TrustedRoot media type: ",
        errors.TrustedRootInvalid,
    ),
    "a trusted root that is no JSON": (
        (
            "setting trusted material: loading trusted root: failed to proto-json unmarshal trusted "
            "root: proto: syntax error (line 1:1): invalid value hello"
        ),
        errors.TrustedRootInvalid,
    ),
    "nothing on the image": ("no signatures found", errors.SignatureMissing),
    "no attestation on the image": ("no matching attestations: ", errors.SignatureMissing),
    "a log that is not trusted on the image": (f"no matching attestations: {NO_LOG}", errors.LogProofMissing),
    "no SBOM": (
        "none of the attestations matched the predicate type: spdxjson, found: https://slsa.dev/provenance/v1",
        errors.SbomMissing,
    ),
    "no provenance": (
        (
            "none of the attestations matched the predicate type: slsaprovenance1, found: "
            "https://sigstore.dev/cosign/sign/v1,https://spdx.dev/Document"
        ),
        errors.ProvenanceMissing,
    ),
    "a signature, not an SBOM": (
        "invalid predicate type, expected spdxjson got https://sigstore.dev/cosign/sign/v1",
        errors.SbomMissing,
    ),
    "an SBOM, not a signature": (
        "invalid predicate type, expected https://sigstore.dev/cosign/sign/v1 got https://spdx.dev/Document",
        errors.SignatureMissing,
    ),
}
SIGNINGS = {
    "a token for somebody else, an old, a forged or a foreign one": (FULCIO, errors.IdentityRefused),
    "no token": (
        f"{SIGNING}error signing bundle: unable to get subject from identity token",
        errors.IdentityRefused,
    ),
    "a CI that gives none": (
        (
            "creating bundle: getting keypair and token: retrieving ID token: selecting OIDC issuer: no "
            "matching service found for API versions [1] and current time 2026-11-25 03:11:28.457908239 "
            "+0000 UTC"
        ),
        errors.IdentityRefused,
    ),
    "another password": (f"{KEY}decrypt: encrypted: decryption failed", errors.KeyRefused),
    "no key": (f"{KEY}invalid pem block", errors.KeyRefused),
    "no variable": (f"{KEY}loading URL: env var $NOPE not found", errors.KeyRefused),
    "another Sigstore's trusted root": (
        f"{SIGNING}error signing bundle: {NO_LOG}",
        errors.TrustedRootInvalid,
    ),
    "no trusted root": (
        "loading trusted root: unsupported TrustedRoot media type: ",
        errors.TrustedRootInvalid,
    ),
    "no signing config": (
        "error reading signing config from file: unsupported SigningConfig media type: ",
        errors.TrustedRootInvalid,
    ),
    "a signing config without services": (
        f"{SIGNING}no fulcio URLs provided in signing config",
        errors.TrustedRootInvalid,
    ),
    "a busy Fulcio": (FULCIO.replace("400", "429"), errors.SigstoreUnavailable),
}


def printed(words: str) -> str:
    """As cosign prints it."""
    return f"WARNING: something\nError: {words}\nerror during command execution: {words}\n"


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_a_failed_verification_has_a_name(name: str) -> None:
    words, kind = VERIFICATIONS[name]
    error = verification_refusal("the image cannot be verified", printed(words))
    assert type(error) is kind
    assert error.what == "the image cannot be verified"
    assert error.why
    assert error.exit_code == (2 if kind is errors.TrustedRootInvalid else 15)


@pytest.mark.parametrize("name", SIGNINGS)
def test_a_failed_signing_has_a_name(name: str) -> None:
    words, kind = SIGNINGS[name]
    assert type(signing_refusal("it cannot be signed", printed(words))) is kind


def test_another_sigstores_log_is_told_from_no_log(said: Callable[[str], str]) -> None:
    """Cosign's words are the same."""
    logged, by_key = (said(f"statement-{name}.sigstore.json").encode() for name in ("keyless", "by-key"))
    error = verification_refusal("x", printed(NO_LOG), logged)
    assert type(error) is errors.CertificateInvalid
    assert "--sigstore" in error.message
    assert type(verification_refusal("x", printed(NO_LOG), by_key)) is errors.LogProofMissing
