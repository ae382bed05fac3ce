"""Credentials are filed by registry, in a file that nobody else can read."""

import base64
import json
from pathlib import Path

import pytest

from dagger_local.registries import Registries, registry_of


@pytest.mark.parametrize(
    ("address", "registry"),
    [
        ("registry.example/some/name:1.0", "registry.example"),
        ("registry.example:5000/name@sha256:0", "registry.example:5000"),
        ("https://registry.example/", "registry.example"),
        ("localhost:5000", "localhost:5000"),
        ("localhost/name:1", "localhost"),
        ("registry.example:v1.0", "registry.example"),
        ("somebody/name", "docker.io"),
        ("index.docker.io/v1/", "docker.io"),
    ],
)
def test_an_address_belongs_to_a_registry(address: str, registry: str) -> None:
    assert registry_of(address) == registry


def test_credentials_are_in_a_file_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.json"
    own.write_text('{"auths": {"theirs.example": {"auth": "eDp5"}}}')
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(own))
    registries = Registries(tmp_path / "auth.json")
    assert registries.flags() == []
    registries.add("ours.example/name", "user", "pass")
    assert registries.flags() == [f"--authfile={tmp_path / 'auth.json'}"]
    assert (tmp_path / "auth.json").stat().st_mode & 0o077 == 0
    kept = json.loads((tmp_path / "auth.json").read_text())["auths"]
    assert base64.b64decode(kept["ours.example"]["auth"]) == b"user:pass"
    assert kept["theirs.example"] == {"auth": "eDp5"}
    registries.remove("ours.example")
    assert registries.flags() == []
    assert "ours.example" not in (tmp_path / "auth.json").read_text()
