"""A stranger checks the evidence with stock cosign, offline, trusting the public key and nothing else."""

import base64
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from .cosign_by_hand import Cosign
from .rehearsing import SIGNATURE_TYPE, SPDX_TYPE, Rehearsal


@pytest.fixture
def layout(rehearsal: Rehearsal, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(rehearsal.evidence.path / "layout", tmp_path / "layout"))


@pytest.fixture
def key(rehearsal: Rehearsal) -> Path:
    """The key that the rehearsal signed with."""
    return rehearsal.evidence.path / "cosign.pub"


def test_signature_is_accepted_with_the_public_key(cosign: Cosign, key: Path, layout: Path) -> None:
    cosign.verify(key, layout).expect(0, "signatures were verified against the specified public key")
    cosign.verify_strictly(key, layout).expect(0)


def test_spdx_attestation_is_accepted_and_is_the_sbom(
    cosign: Cosign, key: Path, layout: Path, rehearsal: Rehearsal
) -> None:
    done = cosign.verify_sbom(key, layout).expect(0)
    statement = json.loads(base64.b64decode(json.loads(done.stdout.splitlines()[0])["payload"]))
    assert statement["predicateType"] == SPDX_TYPE
    assert statement["predicate"] == rehearsal.evidence.json("sbom.spdx.json")
    digest = rehearsal.evidence.image_digest().removeprefix("sha256:")
    assert [subject["digest"] for subject in statement["subject"]] == [{"sha256": digest}]


def test_blobs_are_what_their_names_say(cosign: Cosign, layout: Path) -> None:
    cosign.check_blobs(layout).expect(0)


def test_another_key_is_refused(cosign: Cosign, layout: Path, tmp_path: Path) -> None:
    _, other = cosign.make_key(tmp_path, "of no importance")
    assert cosign.verify(other, layout).exit_code != 0
    assert cosign.verify_strictly(other, layout).exit_code != 0
    assert cosign.verify_sbom(other, layout).exit_code != 0


@pytest.mark.parametrize("which", ["manifest", "config", "last layer"])
def test_a_flipped_byte_is_noticed(cosign: Cosign, layout: Path, which: str) -> None:
    """By the check of the blobs: cosign takes the index's word for the manifest's digest."""
    blobs = layout / "blobs" / "sha256"
    digest = _named(json.loads((layout / "index.json").read_text())["manifests"][0])
    manifest = json.loads((blobs / digest).read_text())
    blob = (
        blobs
        / {
            "manifest": digest,
            "config": _named(manifest["config"]),
            "last layer": _named(manifest["layers"][-1]),
        }[which]
    )
    content = bytearray(blob.read_bytes())
    content[len(content) // 2] ^= 1
    blob.write_bytes(content)
    done = cosign.check_blobs(layout)
    assert done.exit_code != 0
    assert f"{blob.name}: FAILED" in done.said


def test_an_image_that_nobody_signed_is_refused(cosign: Cosign, key: Path, layout: Path) -> None:
    """The index names it, the signatures stay beside it."""
    _forge(layout)
    cosign.check_blobs(layout).expect(0)
    assert cosign.verify(key, layout).exit_code != 0
    assert cosign.verify_sbom(key, layout).exit_code != 0


def test_signatures_moved_to_another_image_are_refused(cosign: Cosign, key: Path, layout: Path) -> None:
    """Manifests that attach a bundle are signed by nobody; what is signed names the image."""
    signed, forged = _forge(layout)
    moved = _move_referrers(layout / "blobs" / "sha256", signed, forged)
    assert moved == 2
    cosign.check_blobs(layout).expect(0)
    assert "does not match any digest" in cosign.verify(key, layout).said
    assert "does not match any digest" in cosign.verify_sbom(key, layout).said


def test_an_sbom_does_not_pass_for_a_signature(cosign: Cosign, key: Path, layout: Path) -> None:
    for manifest in _small(layout / "blobs" / "sha256"):
        if SIGNATURE_TYPE in manifest.read_text():
            manifest.unlink()
    cosign.verify_sbom(key, layout).expect(0)
    assert cosign.verify_strictly(key, layout).exit_code != 0


def _forge(layout: Path) -> tuple[str, str]:
    """Lets the index name another image; the digests of both."""
    index = json.loads((layout / "index.json").read_text())
    blobs, signed = layout / "blobs" / "sha256", index["manifests"][0]["digest"]
    manifest = json.loads((blobs / signed.removeprefix("sha256:")).read_text())
    forged, size = _put(blobs, manifest | {"annotations": {"forged": "yes"}})
    index["manifests"][0] |= {"digest": forged, "size": size}
    (layout / "index.json").write_text(json.dumps(index))
    return signed, forged


def _move_referrers(blobs: Path, signed: str, forged: str) -> int:
    """Attaches to the forged image what was attached to the signed one."""
    moved = 0
    for manifest in _small(blobs):
        content = json.loads(manifest.read_text())
        if (content.get("subject") or {}).get("digest") == signed:
            content["subject"]["digest"] = forged
            manifest.unlink()
            _put(blobs, content)
            moved += 1
    return moved


def _small(blobs: Path) -> list[Path]:
    """The blobs that can be manifests."""
    return [
        path for path in blobs.iterdir() if path.stat().st_size < 10_000 and path.read_bytes()[:1] == b"{"
    ]


def _put(blobs: Path, content: dict[str, Any]) -> tuple[str, int]:
    data = json.dumps(content).encode()
    name = hashlib.sha256(data).hexdigest()
    (blobs / name).write_bytes(data)
    return f"sha256:{name}", len(data)


def _named(descriptor: dict[str, Any]) -> str:
    return str(descriptor["digest"]).removeprefix("sha256:")
