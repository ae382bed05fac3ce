"""Throw-away keys for rehearsals, made in this process so that they never lie in a layer."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class KeyPair:
    """An unencrypted private key and its public half, in PEM; the private one does not show in a repr."""

    private: str = field(repr=False)
    public: str


def p256_key() -> str:
    """A new P-256 private key as RFC 5915 writes it in PEM, unencrypted."""
    # Imported where it is needed, as it takes a while: most calls make no key.
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())
    return _in_one_line(pem.decode())


def ed25519_pair() -> KeyPair:
    """A new Ed25519 key as RFC 8410 writes it in PEM, unencrypted."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private=private.decode(), public=public.decode())


def _in_one_line(pem: str) -> str:
    """PEM whose content stands in a single line.

    Engines hide every line of a secret wherever it turns up. The last one of a P-256 key in lines of 64 is
    a piece of its public half, in the very letters in which a trusted root shows that half.
    """
    head, *lines, foot = pem.splitlines()
    return "\n".join((head, "".join(lines), foot, ""))
