"""A stranger checks the evidence with stock cosign, offline, trusting the rehearsal's root and its name."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from .cosign_by_hand import Cosign, by_identity, by_key, by_regexp
from .private_sigstore import PrivateSigstore
from .rehearsing import IDENTITY, ISSUER, PROVENANCE_TYPE, SIGNATURE_TYPE, SPDX_TYPE, Rehearsal

GITHUB = "https://token.actions.githubusercontent.com"
KINDS = {"spdxjson": SPDX_TYPE, "slsaprovenance1": PROVENANCE_TYPE}


@pytest.fixture
def layout(rehearsal: Rehearsal, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(rehearsal.evidence.path / "layout", tmp_path / "layout"))


@pytest.fixture(scope="module")
def trusting(rehearsal: Rehearsal) -> tuple[str, ...]:
    """Flags that trust who signed the rehearsal, and nobody else."""
    return by_identity(rehearsal.evidence.trusted_root)


def refused(cosign: Cosign, layout: Path, trusting: tuple[str, ...], words: str) -> None:
    """Asserts that cosign accepts nothing, for one reason."""
    for name, done in cosign.verify_all(layout, trusting).items():
        assert done.exit_code != 0, name
        assert words in done.said, f"{name}: {done.said}"


def test_all_is_accepted_of_the_identity(cosign: Cosign, layout: Path, trusting: tuple[str, ...]) -> None:
    for done in cosign.verify_all(layout, trusting).values():
        done.expect(0, "The code-signing certificate was verified")
    cosign.verify_strictly(layout, trusting).expect(0)


def test_all_is_accepted_of_an_identity_of_this_form(
    cosign: Cosign, layout: Path, rehearsal: Rehearsal
) -> None:
    identity = r"^https://rehearsal\.example/rehearsal/release/\.github/workflows/[a-z]+\.yml@refs/heads/"
    trusting = by_regexp(rehearsal.evidence.trusted_root, identity, f"^{re.escape(ISSUER)}$")
    for done in cosign.verify_all(layout, trusting).values():
        done.expect(0)


@pytest.mark.parametrize(("kind", "predicate_type"), KINDS.items())
def test_an_attestation_holds_the_document_of_the_evidence(
    cosign: Cosign,
    layout: Path,
    rehearsal: Rehearsal,
    trusting: tuple[str, ...],
    kind: str,
    predicate_type: str,
) -> None:
    done = cosign.verify_attestation(layout, kind, trusting).expect(0)
    statement = json.loads(base64.b64decode(json.loads(done.stdout.splitlines()[0])["payload"]))
    evidence = rehearsal.evidence
    documents = {
        "spdxjson": evidence.json("sbom.spdx.json"),
        "slsaprovenance1": evidence.json("provenance.json")["predicate"],
    }
    assert statement["predicateType"] == predicate_type
    assert statement["predicate"] == documents[kind]
    digest = evidence.image_digest().removeprefix("sha256:")
    assert [subject["digest"] for subject in statement["subject"]] == [{"sha256": digest}]


def test_blobs_are_what_their_names_say(cosign: Cosign, layout: Path) -> None:
    cosign.check_blobs(layout).expect(0)


def test_the_list_of_files_is_the_signers_and_holds(
    cosign: Cosign, rehearsal: Rehearsal, trusting: tuple[str, ...]
) -> None:
    evidence = rehearsal.evidence
    cosign.verify_sums(evidence.path, trusting).expect(0, "Verified OK")
    cosign.check_sums(evidence.path).expect(0)
    listed = {line.partition("  ")[2] for line in (evidence.path / "SHA256SUMS").read_text().splitlines()}
    assert listed == set(evidence.files()) - {"SHA256SUMS", "SHA256SUMS.sigstore.json"}


def test_what_the_report_says_to_type_holds(cosign: Cosign, rehearsal: Rehearsal) -> None:
    commands = rehearsal.evidence.commands
    assert len(commands) == 5
    for command in commands:
        cosign.typed(command, rehearsal.evidence.path).expect(0)


def test_a_list_of_files_that_was_changed_is_refused(
    cosign: Cosign, rehearsal: Rehearsal, trusting: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("SHA256SUMS", "SHA256SUMS.sigstore.json"):
        shutil.copy2(rehearsal.evidence.path / name, tmp_path)
    with (tmp_path / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  another\n")
    assert cosign.verify_sums(tmp_path, trusting).exit_code != 0


def test_another_identity_is_refused(cosign: Cosign, layout: Path, rehearsal: Rehearsal) -> None:
    root = rehearsal.evidence.trusted_root
    other = IDENTITY.replace("rehearsal/release", "stranger/release")
    refused(cosign, layout, by_identity(root, other), "no matching CertificateIdentity found")
    form = by_regexp(root, r"^https://github\.com/", f"^{re.escape(ISSUER)}$")
    refused(cosign, layout, form, "no matching CertificateIdentity found")
    assert cosign.verify_sums(rehearsal.evidence.path, by_identity(root, other)).exit_code != 0


def test_another_issuer_is_refused(cosign: Cosign, layout: Path, rehearsal: Rehearsal) -> None:
    root = rehearsal.evidence.trusted_root
    refused(cosign, layout, by_identity(root, issuer=GITHUB), "no matching CertificateIdentity found")
    assert cosign.verify_sums(rehearsal.evidence.path, by_identity(root, issuer=GITHUB)).exit_code != 0


def test_another_trusted_root_is_refused(
    cosign: Cosign, layout: Path, rehearsal: Rehearsal, private_sigstore: PrivateSigstore
) -> None:
    trusting = by_identity(private_sigstore.directory / "trusted_root.json")
    for done in cosign.verify_all(layout, trusting).values():
        assert done.exit_code != 0
    assert cosign.verify_sums(rehearsal.evidence.path, trusting).exit_code != 0


def test_a_key_is_refused(cosign: Cosign, layout: Path, tmp_path: Path) -> None:
    """Nobody's key made these signatures."""
    _, key = cosign.make_key(tmp_path, "of no importance")
    for done in cosign.verify_all(layout, by_key(key)).values():
        assert done.exit_code != 0


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


def test_an_image_that_nobody_signed_is_refused(
    cosign: Cosign, layout: Path, trusting: tuple[str, ...]
) -> None:
    """The index names it, the signatures stay beside it."""
    _forge(layout)
    cosign.check_blobs(layout).expect(0)
    for done in cosign.verify_all(layout, trusting).values():
        assert done.exit_code != 0


def test_signatures_moved_to_another_image_are_refused(
    cosign: Cosign, layout: Path, trusting: tuple[str, ...]
) -> None:
    """Manifests that attach a bundle are signed by nobody; what is signed names the image."""
    signed, forged = _forge(layout)
    moved = _move_referrers(layout / "blobs" / "sha256", signed, forged)
    assert moved == 3
    cosign.check_blobs(layout).expect(0)
    refused(cosign, layout, trusting, "does not match any digest")


@pytest.mark.parametrize("kind", [SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE])
def test_no_statement_passes_for_another(
    cosign: Cosign, layout: Path, trusting: tuple[str, ...], kind: str
) -> None:
    for manifest in _small(layout / "blobs" / "sha256"):
        if kind in manifest.read_text():
            manifest.unlink()
    for other in {SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE} - {kind}:
        cosign.verify_attestation(layout, other, trusting).expect(0)
    assert cosign.verify_attestation(layout, kind, trusting).exit_code != 0


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
