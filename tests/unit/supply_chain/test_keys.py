"""The throw-away key: cosign's format, decrypted here, and used by cosign where it is at hand."""

import base64
import hashlib
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import nacl.exceptions
import pytest
from nacl.secret import SecretBox

from standins.builder import build
from standins.cache import Cache, default_folder
from standins.oci import Layout
from standins.progress import Progress
from standins.recipes import load
from supply_chain.errors import KeyRefused
from supply_chain.keys import PEM_TYPE, PrivateKey, throw_away_key
from supply_chain.tools import cosign


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return throw_away_key()


def envelope(key: PrivateKey) -> dict[str, Any]:
    lines = key.pem.strip().splitlines()
    assert (lines[0], lines[-1]) == (f"-----BEGIN {PEM_TYPE}-----", f"-----END {PEM_TYPE}-----")
    content: dict[str, Any] = json.loads(base64.b64decode("".join(lines[1:-1])))
    return content


def decrypted(key: PrivateKey, password: str) -> bytes:
    """The PKCS #8 document, by the envelope's own parameters."""
    content = envelope(key)
    params, salt = content["kdf"]["params"], base64.b64decode(content["kdf"]["salt"])
    derived = hashlib.scrypt(
        password.encode(), salt=salt, n=params["N"], r=params["r"], p=params["p"], maxmem=2**27, dklen=32
    )
    nonce, ciphertext = (
        base64.b64decode(text) for text in (content["cipher"]["nonce"], content["ciphertext"])
    )
    return SecretBox(derived).decrypt(ciphertext, nonce)


def test_the_envelope_is_cosigns(key: PrivateKey) -> None:
    content = envelope(key)
    assert content["kdf"]["name"] == "scrypt"
    assert content["kdf"]["params"] == {"N": 65536, "r": 8, "p": 1}
    assert content["cipher"]["name"] == "nacl/secretbox"
    assert len(base64.b64decode(content["cipher"]["nonce"])) == SecretBox.NONCE_SIZE


def test_the_password_opens_a_p256_key(key: PrivateKey) -> None:
    document = decrypted(key, key.password)
    assert document[:2] == bytes([0x30, len(document) - 2])
    assert bytes.fromhex("06082a8648ce3d030107") in document  # the object identifier of prime256v1
    assert 0 < int.from_bytes(document[-32:], "big") < 2**256


def test_another_password_does_not(key: PrivateKey) -> None:
    with pytest.raises(nacl.exceptions.CryptoError):
        decrypted(key, key.password + "x")


def test_no_two_are_alike(key: PrivateKey) -> None:
    other = throw_away_key()
    assert (other.pem, other.password) != (key.pem, key.password)
    assert other.password != key.password


def test_it_does_not_show_itself(key: PrivateKey) -> None:
    assert repr(key) == "PrivateKey(***)"
    assert key.password not in f"{key} {key!r}"


@pytest.mark.release
def test_cosign_uses_it(key: PrivateKey, tmp_path: Path) -> None:
    with Progress() as progress:
        recipes = load()
        layout = build(recipes, Cache(default_folder(), recipes), progress)["cosign"]
    program = program_in(layout, "ko-app/cosign", tmp_path)
    opened = public_key(program, key.pem, key.password, tmp_path)
    assert opened.stdout.startswith("-----BEGIN PUBLIC KEY-----")
    refused = public_key(program, key.pem, "another password", tmp_path)
    assert refused.returncode != 0
    assert isinstance(cosign.signing_refusal("x", refused.stderr), KeyRefused)


def public_key(program: Path, pem: str, password: str, home: Path) -> subprocess.CompletedProcess[str]:
    """cosign, asked for the public key."""
    secrets = {cosign.KEY_VARIABLE: pem, cosign.PASSWORD_VARIABLE: password, "HOME": str(home)}
    command = [str(program), *cosign.public_key()]
    return subprocess.run(command, env=secrets, capture_output=True, text=True, check=False)


def program_in(layout: Layout, name: str, target: Path) -> Path:
    """A program of a stand-in image, for use on the host."""
    blobs = layout.path / "blobs" / "sha256"
    manifest = json.loads((blobs / layout.digest.removeprefix("sha256:")).read_bytes())
    for layer in manifest["layers"]:
        with tarfile.open(blobs / layer["digest"].removeprefix("sha256:")) as archive:
            archive.extract(name, target, filter="tar")
    return target / name
