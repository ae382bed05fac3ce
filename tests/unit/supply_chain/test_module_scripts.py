"""The programs that run in the toolbox image, run here."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from supply_chain.scripts import collect_bundles, probe_database
from supply_chain.scripts.collect_bundles import BUNDLE_TYPE, NAMES, PREDICATE_TYPE

IMAGE = f"sha256:{'1' * 64}"
SIGNATURE, SBOM = NAMES


class Layout:
    """A layout as `cosign save` writes it: bundles are manifests whose subject is the image."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blobs = path / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)

    def add(self, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()
        (self.blobs / name).write_bytes(content)
        return f"sha256:{name}"

    def attach(self, bundle: bytes, predicate_type: str, **changes: Any) -> None:
        known = {
            "artifactType": BUNDLE_TYPE,
            "subject": {"digest": IMAGE},
            "layers": [{"mediaType": BUNDLE_TYPE, "digest": self.add(bundle)}],
            "annotations": {PREDICATE_TYPE: predicate_type},
        }
        self.add(json.dumps(known | changes).encode())


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "layout")
    made.add(b"\x1f\x8b not JSON: a layer")
    made.add(b"[]")
    return made


def collected(layout: Layout, tmp_path: Path) -> dict[str, bytes]:
    names = collect_bundles.collect(layout.path, IMAGE, tmp_path / "out")
    assert sorted(names) == sorted(path.name for path in (tmp_path / "out").iterdir())
    return {name: (tmp_path / "out" / name).read_bytes() for name in names}


def test_bundles_are_named_after_what_they_state(layout: Layout, tmp_path: Path) -> None:
    layout.attach(b"a signature", SIGNATURE)
    layout.attach(b"an SBOM", SBOM)
    layout.attach(b"something else", "https://slsa.dev/provenance/v1")
    assert collected(layout, tmp_path) == {
        "signature.sigstore.json": b"a signature",
        "sbom.sigstore.json": b"an SBOM",
        "attestation.sigstore.json": b"something else",
    }


def test_an_image_signed_twice_keeps_both(layout: Layout, tmp_path: Path) -> None:
    layout.attach(b"first", SIGNATURE)
    layout.attach(b"second", SIGNATURE)
    found = collected(layout, tmp_path)
    assert set(found) == {"signature.sigstore.json", "signature-2.sigstore.json"}
    assert set(found.values()) == {b"first", b"second"}


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": {"digest": f"sha256:{'2' * 64}"}},
        {"subject": None},
        {"artifactType": "application/vnd.other"},
        {"layers": []},
        {"layers": ["text"]},
        {"layers": [{"digest": "sha256:../../../etc/passwd"}]},
        {"layers": {"digest": IMAGE}},
    ],
)
def test_what_strangers_attach_is_left_out(layout: Layout, tmp_path: Path, changes: dict[str, Any]) -> None:
    layout.attach(b"theirs", SIGNATURE, **changes)
    assert collected(layout, tmp_path) == {}


def test_collecting_runs_as_a_program(layout: Layout, tmp_path: Path) -> None:
    layout.attach(b"a signature", SIGNATURE)
    command = [sys.executable, "-I", collect_bundles.__file__, str(layout.path), IMAGE, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["signature.sigstore.json"]


def test_probing_runs_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    command = [sys.executable, "-I", probe_database.__file__, str(tmp_path / "file"), "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    digest = f"sha256:{hashlib.sha256(b'0123456789').hexdigest()}"
    assert json.loads(done.stdout) == {"header": b"0123".hex(), "digest": digest}


def test_probing_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert probe_database.probe(tmp_path / "file", 80)["header"] == ""
