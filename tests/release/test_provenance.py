"""The provenance that landed, read as a stranger would: whole, and true of what ran."""

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from .harness import PINNED, REPOSITORY, Engine
from .rehearsing import IDENTITY, ISSUER, PROVENANCE_TYPE, Evidence, Rehearsal, run, statement_of
from .releasing import REVISION, VERSION, Caller, Release
from .test_git import checkout, git, of

__all__ = ["checkout"]  # a fixture

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
BUILD_TYPE = "urn:supply-chain:build-type:v1"
BYPRODUCTS = {
    "sbom.spdx.json": "application/spdx+json",
    "trivy.json": "application/json",
    "trivy.sarif": "application/sarif+json",
}
# https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
FULCIO = "1.3.6.1.4.1.57264.1"
EXTENSIONS = {
    "issuer": f"{FULCIO}.8",
    "workflow": f"{FULCIO}.9",
    "runner": f"{FULCIO}.11",
    "repository": f"{FULCIO}.12",
    "commit": f"{FULCIO}.13",
    "ref": f"{FULCIO}.14",
    "run": f"{FULCIO}.21",
}


def bundles_in(layout: Path) -> Iterator[dict[str, Any]]:
    """Bundles that manifests of the layout attach to something."""
    blobs = layout / "blobs" / "sha256"
    for path in blobs.iterdir():
        if path.stat().st_size > 10_000 or path.read_bytes()[:1] != b"{":
            continue
        manifest = json.loads(path.read_bytes())
        if manifest.get("subject"):
            digest = manifest["layers"][0]["digest"].removeprefix("sha256:")
            yield json.loads((blobs / digest).read_bytes())


def landed(bundles: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one provenance among bundles: its statement, and the material that it is verified with."""
    found = [(statement_of(one), one["verificationMaterial"]) for one in bundles]
    [(statement, material)] = [each for each in found if each[0]["predicateType"] == PROVENANCE_TYPE]
    return statement, material


@pytest.fixture(scope="module")
def statement(rehearsal: Rehearsal) -> dict[str, Any]:
    """The provenance of the rehearsal, as its registry served it."""
    return landed(bundles_in(rehearsal.evidence.path / "layout"))[0]


@pytest.fixture(scope="module")
def certificate(rehearsal: Rehearsal) -> dict[str, str]:
    """What the certificate of that provenance says of the run."""
    return certified(landed(bundles_in(rehearsal.evidence.path / "layout"))[1])


@pytest.fixture(scope="module")
def released(release: Release) -> dict[str, Any]:
    """The provenance of the release, as its registry served it."""
    return landed(release.attached)[0]


def certified(material: Mapping[str, Any]) -> dict[str, str]:
    """Name and extensions of the certificate, by what they say."""
    certificate = x509.load_der_x509_certificate(base64.b64decode(material["certificate"]["rawBytes"]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    [name] = names.get_values_for_type(x509.UniformResourceIdentifier)
    values = {one.oid.dotted_string: one.value.public_bytes() for one in certificate.extensions}
    return {"identity": name} | {what: _text(values[oid]) for what, oid in EXTENSIONS.items()}


def _text(der: bytes) -> str:
    """A DER-encoded UTF8String of less than 256 bytes."""
    return der[3 if der[1] & 0x80 else 2 :].decode()


def dependencies(statement: Mapping[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """What was used, by name."""
    entries = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    return {entry["name"]: entry for entry in entries if entry["name"].startswith(prefix)}


def documented(heading: str) -> set[str]:
    """Names in the table under a heading of the build type's page."""
    page = (REPOSITORY / "docs" / "build-type.md").read_text()
    section = page.partition(f"`{heading}`\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def digest_of(path: Path) -> dict[str, str]:
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_it_is_a_statement_of_version_1_about_the_image(
    statement: dict[str, Any], rehearsal: Rehearsal
) -> None:
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    assert statement["_type"] == STATEMENT_TYPE
    digest = rehearsal.evidence.image_digest().removeprefix("sha256:")
    assert [subject["digest"] for subject in statement["subject"]] == [{"sha256": digest}]


def test_what_landed_is_what_the_evidence_holds(statement: dict[str, Any], rehearsal: Rehearsal) -> None:
    assert statement == rehearsal.evidence.json("provenance.json")


def test_nothing_that_is_documented_is_missing(statement: dict[str, Any]) -> None:
    """But the exceptions' digest and `dirty`, which this source has none of, and nobody knew."""
    predicate = statement["predicate"]
    definition, details = predicate["buildDefinition"], predicate["runDetails"]
    assert set(predicate) == {"buildDefinition", "runDetails"}
    assert set(definition) == {
        "buildType",
        "externalParameters",
        "internalParameters",
        "resolvedDependencies",
    }
    assert set(details) == {"builder", "metadata", "byproducts"}
    assert set(details["metadata"]) == {"invocationId", "startedOn", "finishedOn"}
    assert definition["buildType"] == BUILD_TYPE
    assert set(definition["externalParameters"]) == documented("externalParameters") - {"exceptions"}
    assert set(definition["internalParameters"]) == documented("internalParameters") - {"dirty"}


def test_place_and_source_are_the_certificates(
    statement: dict[str, Any], certificate: dict[str, str]
) -> None:
    definition, details = statement["predicate"]["buildDefinition"], statement["predicate"]["runDetails"]
    external, internal = definition["externalParameters"], definition["internalParameters"]
    source = dependencies(statement)["source"]
    assert certificate["identity"] == internal["workflow"] == certificate["workflow"] == IDENTITY
    assert (internal["issuer"], internal["runner"]) == (ISSUER, certificate["runner"])
    assert certificate["issuer"] == ISSUER
    assert external["source"] == {"repository": certificate["repository"], "ref": certificate["ref"]}
    assert source["uri"] == f"git+{certificate['repository']}@{certificate['ref']}"
    assert source["digest"] == {"gitCommit": certificate["commit"]}
    assert details["metadata"]["invocationId"] == certificate["run"]


def test_every_tool_is_named_by_the_digest_that_ran(
    engine: Engine, statement: dict[str, Any], rehearsal: Rehearsal
) -> None:
    images = tomllib.loads(Path(engine.module_flags[-1] if engine.module_flags else PINNED).read_text())
    used = {name: entry["digest"]["sha256"] for name, entry in dependencies(statement, "tool/").items()}
    wanted = {name: image["reference"] for name, image in images["images"].items()}
    assert used == {f"tool/{name}": ref.partition("@sha256:")[2] for name, ref in wanted.items()}
    assert wanted == {name: image.reference for name, image in rehearsal.evidence.outcome.images.items()}
    base = dependencies(statement)["base-image"]
    assert base["digest"]["sha256"] == used["tool/python"]
    versions = {name: image["version"] for name, image in images["images"].items()}
    assert statement["predicate"]["runDetails"]["builder"]["version"] == versions


def test_the_database_is_the_one_that_was_scanned_with(
    engine: Engine, statement: dict[str, Any], rehearsal: Rehearsal
) -> None:
    database = dependencies(statement)["vulnerability-db"]
    assert database["digest"] == digest_of(engine.sample / "db" / "trivy.db")
    recorded = rehearsal.evidence.outcome.database
    assert recorded
    assert recorded.digest == f"sha256:{database['digest']['sha256']}"
    metadata = json.loads((engine.sample / "db" / "metadata.json").read_text())
    updated = datetime.fromisoformat(metadata["UpdatedAt"])
    assert datetime.fromisoformat(database["annotations"]["updatedAt"]) == updated


def test_byproducts_are_files_of_the_evidence(
    statement: dict[str, Any], released: dict[str, Any], rehearsal: Rehearsal, release: Release
) -> None:
    for said, evidence in ((statement, rehearsal.evidence), (released, release.evidence)):
        byproducts = said["predicate"]["runDetails"]["byproducts"]
        assert {one["name"]: one["mediaType"] for one in byproducts} == BYPRODUCTS
        for one in byproducts:
            assert one["digest"] == digest_of(evidence.path / one["name"]), one["name"]


def test_its_times_are_the_runs(statement: dict[str, Any], rehearsal: Rehearsal) -> None:
    outcome, metadata = rehearsal.evidence.outcome, statement["predicate"]["runDetails"]["metadata"]
    started, finished = (datetime.fromisoformat(metadata[name]) for name in ("startedOn", "finishedOn"))
    assert started == outcome.started_at.replace(microsecond=0)
    until_push = [step.seconds for step in outcome.steps if step.name in {"build", "smoke", "scan", "push"}]
    assert (finished - started).total_seconds() > sum(until_push) - 1


def test_a_rehearsal_with_samples_says_so(statement: dict[str, Any], rehearsal: Rehearsal) -> None:
    definition = statement["predicate"]["buildDefinition"]
    internal = definition["internalParameters"]
    assert (internal["mode"], internal["place"], internal["signer"]) == ("rehearsal", "rehearsal", "keyless")
    assert (internal["sampleDatabase"], internal["sampleAdvisories"]) == (True, True)
    assert dependencies(statement)["vulnerability-db"]["annotations"]["sample"] is True
    assert definition["externalParameters"]["allowSampleDb"] is True
    assert statement["predicate"]["runDetails"]["builder"]["id"] == "urn:supply-chain:builder:rehearsal"
    images = rehearsal.evidence.outcome.images
    stands_in = {name: image.stand_in_for for name, image in images.items() if image.stand_in_for}
    assert internal["standIns"] == list(stands_in)
    said = {
        name.removeprefix("tool/"): entry.get("annotations", {}).get("standsInFor")
        for name, entry in dependencies(statement, "tool/").items()
    }
    assert {name: other for name, other in said.items() if other} == stands_in


def test_no_more_than_build_level_1_is_claimed(statement: dict[str, Any], released: dict[str, Any]) -> None:
    for said in (statement, released):
        assert said["predicate"]["buildDefinition"]["internalParameters"]["buildLevel"] == 1
        assert "github" not in said["predicate"]["runDetails"]["builder"]["id"]


def test_a_release_with_a_key_took_place_on_somebodys_machine(
    caller: Caller, released: dict[str, Any], release: Release
) -> None:
    predicate = released["predicate"]
    definition, details = predicate["buildDefinition"], predicate["runDetails"]
    external, internal = definition["externalParameters"], definition["internalParameters"]
    assert released == release.evidence.json("provenance.json")
    assert [subject["name"] for subject in released["subject"]] == [caller.registry.repository]
    assert details["builder"]["id"] == "urn:supply-chain:builder:local"
    assert details["metadata"]["invocationId"].startswith("urn:uuid:")
    assert (internal["mode"], internal["place"], internal["signer"]) == ("release", "local", "key")
    assert {internal[name] for name in ("workflow", "runner", "issuer")} == {""}
    assert (internal["sampleDatabase"], internal["sampleAdvisories"]) == (False, False)
    assert external["source"] == {"repository": "", "ref": ""}
    assert (external["version"], external["revision"]) == (VERSION, REVISION)
    assert external["repository"] == caller.registry.repository
    assert dependencies(released)["source"]["digest"] == {"gitCommit": REVISION}


def test_changes_that_were_not_committed_are_said(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    """And the commit is git's, in the certificate as well."""
    (checkout / "hello").write_text("changed\n")
    made = run(engine, tmp_path / "dist", *engine.rehearsal, of=of(checkout))
    made.verdict.expect(0)
    statement, material = landed(bundles_in(Evidence(tmp_path / "dist").path / "layout"))
    commit = git(checkout, "rev-parse", "HEAD")
    source = dependencies(statement)["source"]
    assert statement["predicate"]["buildDefinition"]["internalParameters"]["dirty"] is True
    assert source["digest"] == {"gitCommit": commit}
    assert source["annotations"]["dirty"] is True
    assert certified(material)["commit"] == commit
