"""A throw-away signing key for rehearsals, made in this process so that it never lies in a layer.

What cosign reads (https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#key-management): a
P-256 key as PKCS #8, encrypted with NaCl's secretbox under a scrypt-derived key, in PEM. PKCS #8 may leave
the public key out (RFC 5915); cosign derives it, so that no curve arithmetic is needed here.
"""

import base64
import hashlib
import json
import secrets
import textwrap
from dataclasses import dataclass

from nacl.secret import SecretBox

PEM_TYPE = "ENCRYPTED SIGSTORE PRIVATE KEY"

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SCALAR_SIZE = 32
# SEQUENCE { 0, SEQUENCE { id-ecPublicKey, prime256v1 }, OCTET STRING { SEQUENCE { 1, OCTET STRING } } }
_PKCS8_P256 = bytes.fromhex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420")
# The parameters go-securesystemslib calls standard, and cosign writes itself.
_SCRYPT = {"N": 65536, "r": 8, "p": 1}
_SCRYPT_MEMORY = 128 * 1024 * 1024
_SALT_SIZE = 32


@dataclass(frozen=True)
class PrivateKey:
    """An encrypted private key and its password; neither shows in a repr."""

    pem: str
    password: str

    def __repr__(self) -> str:
        return "PrivateKey(***)"


def throw_away_key() -> PrivateKey:
    """A new P-256 key in cosign's encrypted form, under a random password."""
    scalar = 1 + secrets.randbelow(_P256_ORDER - 1)
    password = secrets.token_urlsafe(_SALT_SIZE)
    document = _encrypted(_PKCS8_P256 + scalar.to_bytes(_SCALAR_SIZE, "big"), password)
    lines = textwrap.wrap(base64.b64encode(document).decode(), 64)
    pem = "\n".join([f"-----BEGIN {PEM_TYPE}-----", *lines, f"-----END {PEM_TYPE}-----", ""])
    return PrivateKey(pem=pem, password=password)


def _encrypted(plaintext: bytes, password: str) -> bytes:
    """The envelope of https://github.com/secure-systems-lab/go-securesystemslib/tree/main/encrypted."""
    salt = secrets.token_bytes(_SALT_SIZE)
    key = hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=_SCRYPT["N"],
        r=_SCRYPT["r"],
        p=_SCRYPT["p"],
        maxmem=_SCRYPT_MEMORY,
        dklen=32,
    )
    box = SecretBox(key).encrypt(plaintext)
    envelope = {
        "kdf": {"name": "scrypt", "params": _SCRYPT, "salt": _text(salt)},
        "cipher": {"name": "nacl/secretbox", "nonce": _text(box.nonce)},
        "ciphertext": _text(box.ciphertext),
    }
    return json.dumps(envelope).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
