"""Throw-away keys: openssl reads them."""

import shutil
import subprocess

import pytest

from supply_chain.keys import ed25519_pair, p256_key

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")


def described(pem: str, *flags: str) -> str:
    """What openssl makes of a key."""
    command = ["openssl", "pkey", *flags]
    return subprocess.run(command, input=pem, capture_output=True, text=True, check=True).stdout


@needs_openssl
def test_openssl_reads_a_p256_key() -> None:
    assert p256_key() != p256_key()
    said = described(p256_key(), "-noout", "-text")
    assert "ASN1 OID: prime256v1" in said
    assert "pub:" in said


@needs_openssl
def test_no_line_of_a_private_key_is_a_piece_of_its_public_half() -> None:
    """Engines hide every line of a secret, and would spoil the trusted root that shows the public half."""
    private = p256_key()
    public = "".join(described(private, "-pubout").splitlines()[1:-1])
    assert [line for line in private.splitlines() if line in public] == []


@needs_openssl
def test_the_halves_of_an_ed25519_pair_belong_together() -> None:
    pair = ed25519_pair()
    assert described(pair.private, "-pubout") == pair.public
    assert pair.public != ed25519_pair().public


def test_a_pair_shows_its_public_half_only() -> None:
    pair = ed25519_pair()
    assert pair.public in repr(pair).replace("\\n", "\n")
    assert "PRIVATE" not in repr(pair)
