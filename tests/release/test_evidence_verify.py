"""`verify --evidence`: offline, by the caller's own anchors; every file that is not the signer's is found."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import dagger
import pytest
from dagger import dag

from supply_chain.errors import EvidenceUnsigned, SupplyChainError
from supply_chain.evidence_check import checked
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.trust import Trust
from supply_chain.verifier import Proven

from .harness import Done, Engine
from .oci_images import PACKAGE, archive
from .offline import OFFLINE
from .rehearsing import IDENTITY, ISSUER, PROVENANCE_TYPE, Evidence, Rehearsal, run
from .releasing import Caller, Release
from .sessions import Host, images_of, in_session

PASSED, USAGE, VERIFICATION_FAILED = 0, 2, 15
SUMS, SUMS_BUNDLE = "SHA256SUMS", "SHA256SUMS.sigstore.json"
TRUSTING = ("--identity", IDENTITY, "--issuer", ISSUER, "--allow-rehearsal")

Spoil = Callable[[dagger.Directory, Host], dagger.Directory]


@pytest.fixture(scope="module")
def forged(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The evidence of another rehearsal: whole, of the same name, and vouched for by another Sigstore."""
    folder = tmp_path_factory.mktemp("forged")
    image = archive(folder / "image.tar", PACKAGE)
    (folder / "source").mkdir()
    of = ("--source", str(folder / "source"))
    made = run(engine, folder / "dist", "--tarball", str(image), *engine.database, of=of)
    made.verdict.expect(PASSED)
    return made.evidence


def verify(engine: Engine, evidence: Path, root: Path, *flags: str, before: tuple[str, ...] = ()) -> Done:
    """`verify --evidence`, trusting what this root vouches for."""
    sigstore = ("--sigstore", str(root.parent))
    command = ("call", *engine.module_flags, *sigstore, "verify", "--evidence", str(evidence), *flags)
    return engine.begin(*command, before=before).wait()


@dataclass(frozen=True)
class Spoilt:
    """What became of an evidence folder that was spoilt in many ways, by the way."""

    refused: Mapping[str, SupplyChainError]
    accepted: tuple[str, ...]


def spoilt(engine: Engine, evidence: Evidence, ways: Mapping[str, Spoil]) -> Spoilt:
    """Each of them judged as `verify --evidence` does, by the anchors of the rehearsal."""
    flags = {"identity": IDENTITY, "issuer": ISSUER, "allow_rehearsal": True}
    trust = Trust(VerificationPolicy.parse("", flags), evidence.trusted_root.read_text())

    async def judged(host: Host) -> Spoilt:
        refused: dict[str, SupplyChainError] = {}
        accepted, whole = [], host.directory(evidence.path)
        for name, spoil in ways.items():
            try:
                folder = spoil(whole, host)
                proven = await checked(images_of(engine), trust, folder)
                assert isinstance(proven, Proven)
                accepted.append(name)
            except SupplyChainError as error:
                refused[name] = error
        return Spoilt(refused, tuple(accepted))

    return in_session(engine, judged)


def flipped(evidence: Evidence, name: str, folder: Path) -> Path:
    """A copy of a file of the evidence with one bit of one byte, in its middle, turned over."""
    content = bytearray((evidence.path / name).read_bytes())
    content[len(content) // 2] ^= 1
    copy = folder / name.replace("/", "-")
    copy.write_bytes(content)
    return copy


def test_it_passes_without_any_network(engine: Engine, rehearsal: Rehearsal) -> None:
    evidence = rehearsal.evidence
    done = verify(engine, evidence.path, evidence.trusted_root, *TRUSTING, before=OFFLINE)
    done.expect(PASSED, evidence.image_digest(), IDENTITY, PROVENANCE_TYPE, "logged, timestamped")


def test_a_policy_may_be_a_file(engine: Engine, rehearsal: Rehearsal, tmp_path: Path) -> None:
    evidence, policy = rehearsal.evidence, tmp_path / "policy.toml"
    policy.write_text(
        f"identity-regexp = '^{re.escape(IDENTITY)}$'\nissuer = '{ISSUER}'\n"
        "repository = 'https://rehearsal.example/rehearsal/release'\nallow-rehearsal = true\n"
    )
    flags = ("--policy", str(policy))
    done = verify(engine, evidence.path, evidence.trusted_root, *flags, "--as-json").expect(PASSED)
    proven = json.loads(done.stdout)
    assert (proven["image"], proven["signer"]) == (evidence.image_digest(), IDENTITY)
    stricter = (*flags, "--source-ref", "refs/heads/main")
    done = verify(engine, evidence.path, evidence.trusted_root, *stricter)
    done.expect(VERIFICATION_FAILED, "ProvenanceMismatch", "refs/heads/main", "what to do")


def test_a_rehearsal_is_refused_unless_it_is_allowed(engine: Engine, rehearsal: Rehearsal) -> None:
    evidence = rehearsal.evidence
    done = verify(engine, evidence.path, evidence.trusted_root, *TRUSTING[:-1])
    done.expect(VERIFICATION_FAILED, "RehearsalRefused", "what to do")


def test_nobody_is_trusted_by_default(engine: Engine, rehearsal: Rehearsal) -> None:
    evidence = rehearsal.evidence
    verify(engine, evidence.path, evidence.trusted_root).expect(USAGE, "PolicyInvalid", "trusts nobody")


def test_a_key_that_signed_a_release_is_enough(engine: Engine, caller: Caller, release: Release) -> None:
    trusting = ("--public-key", str(caller.public_key))
    command = ("verify", "--evidence", str(release.evidence.path))
    running = engine.begin("call", *engine.module_flags, *command, *trusting, before=OFFLINE)
    running.wait().expect(PASSED, release.evidence.image_digest(), PROVENANCE_TYPE)


def test_a_folder_of_another_signer_is_refused(
    engine: Engine, rehearsal: Rehearsal, release: Release, caller: Caller
) -> None:
    root = rehearsal.evidence.trusted_root
    done = verify(engine, release.evidence.path, root, *TRUSTING)
    done.expect(VERIFICATION_FAILED, "what to do")
    command = ("verify", "--evidence", str(rehearsal.evidence.path), "--public-key", str(caller.public_key))
    engine.call(*command).expect(VERIFICATION_FAILED, "what to do")


def test_a_forged_folder_that_agrees_with_itself_is_refused(
    engine: Engine, rehearsal: Rehearsal, forged: Evidence
) -> None:
    """By the rehearsal's anchors; by its own, which it may not be judged by, it holds."""
    verify(engine, forged.path, forged.trusted_root, *TRUSTING).expect(PASSED, forged.image_digest())
    done = verify(engine, forged.path, rehearsal.evidence.trusted_root, *TRUSTING)
    done.expect(VERIFICATION_FAILED, "CertificateInvalid", SUMS, "what to do")


def test_a_file_that_was_changed_is_named(engine: Engine, rehearsal: Rehearsal, tmp_path: Path) -> None:
    copy = shutil.copytree(rehearsal.evidence.path, tmp_path / "dist")
    shutil.copy2(flipped(rehearsal.evidence, "sbom.spdx.json", tmp_path), copy / "sbom.spdx.json")
    done = verify(engine, copy, rehearsal.evidence.trusted_root, *TRUSTING)
    done.expect(VERIFICATION_FAILED, "EvidenceChanged", "sbom.spdx.json is changed", "what to do")


def test_one_byte_of_any_file_is_noticed(engine: Engine, rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Of every file in the folder, whatever it is: image, bundles, reports, trusted root."""
    evidence = rehearsal.evidence
    listed = [name for name in evidence.files() if name not in {SUMS, SUMS_BUNDLE}]

    def flip(name: str) -> Spoil:
        file = flipped(evidence, name, tmp_path)
        return lambda folder, host: folder.with_file(name, host.file(file))

    found = spoilt(engine, evidence, {name: flip(name) for name in listed})
    assert found.accepted == ()
    assert len(found.refused) == len(listed) > len({"layout", "bundles", "reports"})
    wrong = {name: error.message for name, error in found.refused.items() if error.name != "EvidenceChanged"}
    assert wrong == {}
    assert [name for name, error in found.refused.items() if f"{name} is changed" not in error.message] == []


def test_the_list_itself_cannot_be_changed(engine: Engine, rehearsal: Rehearsal, forged: Evidence) -> None:
    evidence = rehearsal.evidence
    sums = (evidence.path / SUMS).read_text()
    bundle = json.loads((evidence.path / SUMS_BUNDLE).read_text())
    bundle["messageSignature"]["signature"] = bundle["messageSignature"]["signature"][::-1]
    another = (forged.path / SUMS_BUNDLE).read_text()
    found = spoilt(
        engine,
        evidence,
        {
            "a digest": lambda folder, _: folder.with_new_file(SUMS, sums[:-3] + "x\n"),
            "a line more": lambda folder, _: folder.with_new_file(SUMS, f"{sums}{'0' * 64}  x\n"),
            "a line less": lambda folder, _: folder.with_new_file(SUMS, sums.partition("\n")[2]),
            "nothing in it": lambda folder, _: folder.with_new_file(SUMS, ""),
            "its signature": lambda folder, _: folder.with_new_file(SUMS_BUNDLE, json.dumps(bundle)),
            "another's signature": lambda folder, _: folder.with_new_file(SUMS_BUNDLE, another),
            "no bundle": lambda folder, _: folder.with_new_file(SUMS_BUNDLE, "{}"),
        },
    )
    assert found.accepted == ()
    assert {error.exit_code for error in found.refused.values()} == {VERIFICATION_FAILED}
    by_signature = ("a digest", "a line more", "a line less", "nothing in it")
    assert {found.refused[way].name for way in by_signature} == {"SignatureInvalid"}
    assert [way for way, error in found.refused.items() if SUMS not in error.message] == []


def test_files_that_are_missing_or_too_many_are_named(engine: Engine, rehearsal: Rehearsal) -> None:
    names = ("outcome.json", "trivy.json", "bundles/sbom.sigstore.json", "layout/index.json")
    ways: dict[str, Spoil] = {f"{name} is missing": _without(name) for name in names}
    ways |= {
        "notes.txt is extra": lambda folder, _: folder.with_new_file("notes.txt", "x"),
        "bundles/more.json is extra": lambda folder, _: folder.with_new_file("bundles/more.json", "{}"),
    }
    found = spoilt(engine, rehearsal.evidence, ways)
    assert found.accepted == ()
    assert {error.name for error in found.refused.values()} == {"EvidenceChanged"}
    assert [way for way, error in found.refused.items() if way not in error.message] == []


def test_a_folder_whose_files_nobody_signed_is_refused(engine: Engine, rehearsal: Rehearsal) -> None:
    ways: dict[str, Spoil] = {name: _without(name) for name in (SUMS, SUMS_BUNDLE)}
    found = spoilt(engine, rehearsal.evidence, ways | {"empty": lambda _, __: dag.directory()})
    assert found.accepted == ()
    assert {type(error) for error in found.refused.values()} == {EvidenceUnsigned}
    assert SUMS_BUNDLE in found.refused[SUMS_BUNDLE].message


def _without(name: str) -> Spoil:
    return lambda folder, _: folder.without_file(name)
