"""Certificates and public keys for a rehearsal's Sigstore, looked at with openssl itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from supply_chain.keys import p256_key
from supply_chain.scripts import certify as script
from supply_chain.scripts.certify import certify

NAMES = ("fulcio", "timestamp", "ctlog")

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")


def openssl(*args: str | Path) -> str:
    command = ["openssl", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in NAMES:
        (folder / name).write_text(p256_key())
    return folder


@pytest.fixture(scope="module")
def made(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "new"
    certify(keys, folder)
    return folder


def test_it_leaves_only_what_is_public(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["ctlog.pem", "fulcio.pem", "timestamp.pem"]
    assert not [path for path in made.iterdir() if "PRIVATE" in path.read_text()]


def test_the_root_may_sign_certificates_for_a_day(made: Path) -> None:
    openssl("verify", "-CAfile", made / "fulcio.pem", made / "fulcio.pem")
    said = openssl("x509", "-in", made / "fulcio.pem", "-noout", "-ext", "basicConstraints,keyUsage")
    assert "CA:TRUE" in said
    assert "Certificate Sign" in said
    day = 24 * 60 * 60
    openssl("x509", "-in", made / "fulcio.pem", "-noout", "-checkend", str(day - 60))
    with pytest.raises(subprocess.CalledProcessError):
        openssl("x509", "-in", made / "fulcio.pem", "-noout", "-checkend", str(day + 60))


def test_the_root_vouches_for_the_timestamp_authority(made: Path) -> None:
    chain = made / "timestamp.pem"
    openssl("verify", "-purpose", "timestampsign", "-CAfile", made / "fulcio.pem", chain)
    assert chain.read_text().endswith((made / "fulcio.pem").read_text())
    assert "CA:FALSE" in openssl("x509", "-in", chain, "-noout", "-ext", "basicConstraints")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_of_its_own_key(keys: Path, made: Path, name: str) -> None:
    public = openssl("pkey", "-pubout", "-in", keys / name)
    file = made / f"{name}.pem"
    shown = file.read_text() if name == "ctlog" else openssl("x509", "-in", file, "-noout", "-pubkey")
    assert shown == public


def test_it_runs_as_a_program(keys: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-I", script.__file__, str(keys), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert len(list((tmp_path / "out").iterdir())) == 3
