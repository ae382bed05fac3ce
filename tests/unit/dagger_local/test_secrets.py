"""Secrets: looked up as Dagger looks them up, and hidden wherever they would show."""

import os
from pathlib import Path

import pytest

from dagger_local.errors import EngineError
from dagger_local.secrets import Secrets

CANARY = "canary-value-0123456789"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    (tmp_path / "token.txt").write_text(CANARY)
    monkeypatch.setenv("CANARY", CANARY)
    return Secrets(tmp_path)


@pytest.mark.parametrize(
    "uri", ["env://CANARY", "env:CANARY", "file://./token.txt", f"cmd://printf {CANARY}"]
)
def test_every_provider_finds_the_text(secrets: Secrets, uri: str) -> None:
    assert secrets.text(secrets.refer(uri).key) == CANARY


def test_a_file_is_taken_byte_for_byte(secrets: Secrets, tmp_path: Path) -> None:
    """Line ends of another system, and what is no text: os.fsencode gives the bytes back."""
    content = b"-----BEGIN\r\n\xff\xfe\r"
    (tmp_path / "key").write_bytes(content)
    assert os.fsencode(secrets.text(secrets.refer("file://key").key)) == content


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("env://NOT_SET_ANYWHERE", 'secret env var not found: "NOT..."'),
        (
            "file://./none.txt",
            'failed to read secret file "./none.txt": open ./none.txt: no such file or directory',
        ),
        ("cmd://exit 3", "failed to run secret command: exit status 3"),
        ("vault://x", 'unsupported secret provider: "vault"'),
    ],
)
def test_a_reference_that_leads_nowhere_is_daggers_error(secrets: Secrets, uri: str, message: str) -> None:
    with pytest.raises(EngineError, match="^" + message.replace("(", r"\(").replace("...", r"\.\.\.") + "$"):
        secrets.text(secrets.refer(uri).key)


def test_a_missing_secret_is_no_error_until_it_is_used(secrets: Secrets) -> None:
    assert secrets.refer("env://NOT_SET_ANYWHERE").key


def test_neither_key_nor_value_holds_the_text(secrets: Secrets) -> None:
    value = secrets.set("password", CANARY)
    assert CANARY not in repr(value)
    assert secrets.set("password", "another").key != value.key


def test_texts_are_scrubbed_whole_and_line_by_line(secrets: Secrets) -> None:
    secrets.set("key", "-----BEGIN KEY-----\nfirst-line-of-it\nend")
    secrets.set("token", CANARY)
    shown = secrets.scrub(f"a {CANARY} b\nfirst-line-of-it\nend of story")
    assert shown == "a *** b\n***\nend of story"
