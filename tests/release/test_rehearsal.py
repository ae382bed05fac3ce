"""A rehearsal from beginning to end: what it says, and that its evidence is one story."""

import re
from pathlib import Path
from typing import Any

from jsonschema import validate

from .harness import Engine
from .rehearsing import IDENTITY, ISSUER, PROVENANCE_TYPE, SIGNATURE_TYPE, SPDX_TYPE, Evidence, Rehearsal
from .sarif import SARIF

VERIFICATION_FAILED = 15
EVIDENCE = {
    "trivy.json", "trivy.sarif", "findings.txt", "sbom.spdx.json", "provenance.json", "bundles", "layout",
    "sigstore", "summary.md", "outcome.json", "report.html", "SHA256SUMS", "SHA256SUMS.sigstore.json",
}  # fmt: skip
REFUSED = {
    "another image's digest": "DigestMismatch",
    "another identity": "IdentityMismatch",
    "an SBOM attestation as the signature": "SignatureMissing",
    "no provenance": "ProvenanceMissing",
}


def test_rehearsal_passes_and_says_that_it_is_one(rehearsal: Rehearsal) -> None:
    rehearsal.verdict.expect(0, "# Rehearsal of 0.0.0-dev: passed", *rehearsal.evidence.outcome.notices)
    assert any("rehearsal" in notice for notice in rehearsal.evidence.outcome.notices)
    assert rehearsal.evidence.outcome.passed
    assert rehearsal.evidence.outcome.mode == "rehearsal"


def test_verdict_prints_what_was_made_and_proven(rehearsal: Rehearsal) -> None:
    said, outcome = rehearsal.verdict.stdout, rehearsal.evidence.outcome
    assert outcome.digest
    assert outcome.digest in said
    assert outcome.tags
    assert all(tag in said for tag in outcome.tags)
    assert outcome.gate
    for severity, count in outcome.gate.counts.items():
        assert re.search(rf"^\| {severity} +\| {count.fixed} +\| {count.unfixed} +\|$", said, re.MULTILINE)
    assert re.search(rf"^\| packages +\| {outcome.gate.packages} +\|$", said, re.MULTILINE)
    assert [
        kind
        for kind in (SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE)
        if f"`{kind}`, logged, timestamped" not in said
    ] == []


def test_verdict_names_a_signer_that_nobody_takes_for_real(rehearsal: Rehearsal) -> None:
    said, verification = rehearsal.verdict.stdout, rehearsal.evidence.outcome.verification
    assert verification
    assert (verification.signer, verification.issuer) == (IDENTITY, ISSUER)
    assert verification.builder == "urn:supply-chain:builder:rehearsal"
    assert all(f"`{name}`" in said for name in (IDENTITY, ISSUER, verification.builder))
    assert any("vouches for nothing" in notice for notice in rehearsal.evidence.outcome.notices)


def test_the_verifier_is_shown_to_bite(rehearsal: Rehearsal) -> None:
    said, rejections = rehearsal.verdict.stdout, rehearsal.evidence.outcome.self_test
    assert {rejection.case: rejection.error for rejection in rejections} == REFUSED
    for case, error in REFUSED.items():
        assert re.search(rf"^\| {case} +\| refused +\| `{error}` +\|$", said, re.MULTILINE), case


def test_verdict_says_where_to_look(rehearsal: Rehearsal) -> None:
    assert [
        name
        for name in sorted(EVIDENCE - {"summary.md", "outcome.json"})
        if name not in rehearsal.verdict.stdout
    ] == []


def test_stand_ins_and_sample_are_named_as_such(rehearsal: Rehearsal) -> None:
    said, outcome = rehearsal.verdict.stdout, rehearsal.evidence.outcome
    assert outcome.database
    assert outcome.database.sample
    assert any("sample" in notice for notice in outcome.notices)
    assert re.search(r"^\| database +\| \*\*sample\*\*", said, re.MULTILINE)
    for image in outcome.images.values():
        assert image.stand_in_for is None or f"a stand-in for `{image.stand_in_for}`" in said


def test_progress_goes_to_stderr_and_nothing_else_to_stdout(rehearsal: Rehearsal) -> None:
    assert rehearsal.candidate.stdout.strip() == str(rehearsal.evidence.path)
    assert rehearsal.verdict.stdout == rehearsal.evidence.summary
    assert "crane" in rehearsal.candidate.stderr


def test_evidence_is_complete(rehearsal: Rehearsal) -> None:
    assert rehearsal.evidence.names >= EVIDENCE
    bundles = {path.name for path in (rehearsal.evidence.path / "bundles").iterdir()}
    assert bundles == {"signature.sigstore.json", "sbom.sigstore.json", "provenance.sigstore.json"}


def test_the_report_is_of_this_run_and_says_that_it_is_a_rehearsal(rehearsal: Rehearsal) -> None:
    page, outcome = rehearsal.evidence.report, rehearsal.evidence.outcome
    title = page.partition("<title>")[2].partition("</title>")[0]
    marks = "REHEARSAL, THROW-AWAY SIGNER, SAMPLE DATABASE"
    assert title.startswith(f"[{marks}")
    assert title.endswith("] Rehearsal of 0.0.0-dev: passed")
    assert outcome.digest
    assert outcome.digest in page
    assert all(f"<li>{notice}</li>" in page for notice in outcome.notices)
    assert outcome.gate
    assert page.count("<tr data-severity=") == sum(
        one.fixed + one.unfixed for one in outcome.gate.counts.values()
    )
    assert page.count("<tr data-kind=") == outcome.gate.packages + 1  # the operating system is listed too


def test_the_report_of_a_folder_can_be_made_again(engine: Engine, rehearsal: Rehearsal) -> None:
    again = ("report", "--evidence", str(rehearsal.evidence.path), "contents")
    assert engine.call(*again).expect(0).stdout.strip() == rehearsal.evidence.report.strip()


def test_no_report_is_made_of_a_folder_that_was_changed(
    engine: Engine, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    for name in ("outcome.json", "trivy.json", "SHA256SUMS"):
        (tmp_path / name).write_text((rehearsal.evidence.path / name).read_text())
    with (tmp_path / "trivy.json").open("a") as report:
        report.write(" ")
    engine.call("report", "--evidence", str(tmp_path), "contents").expect(
        VERIFICATION_FAILED, "EvidenceChanged", "trivy.json", "what to do"
    )


def test_one_digest_everywhere(rehearsal: Rehearsal) -> None:
    evidence = rehearsal.evidence
    digest = evidence.image_digest()
    report, sbom = evidence.json("trivy.json"), evidence.json("sbom.spdx.json")
    assert evidence.outcome.digest == digest
    assert evidence.outcome.image
    assert evidence.outcome.image.endswith(f"@{digest}")
    assert digest in evidence.summary
    assert report["ArtifactName"] == evidence.outcome.image
    assert [reference.partition("@")[2] for reference in report["Metadata"]["RepoDigests"]] == [digest]
    assert sbom["name"] == evidence.outcome.image
    assert any(
        f"@{digest}" in purl.replace("%3A", ":") for purl in _spdx_purls(sbom) if purl.startswith("pkg:oci/")
    )


def test_sarif_is_what_code_scanning_reads(rehearsal: Rehearsal) -> None:
    sarif = rehearsal.evidence.json("trivy.sarif")
    validate(sarif, SARIF)
    for run in sarif["runs"]:
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        assert {result["ruleId"] for result in run["results"]} <= rules
        assert run["properties"]["imageName"] == rehearsal.evidence.outcome.image


def test_sbom_lists_exactly_the_packages_that_were_scanned(rehearsal: Rehearsal) -> None:
    sbom = rehearsal.evidence.json("sbom.spdx.json")
    assert sbom["spdxVersion"].startswith("SPDX-2.")
    in_sbom = {purl for purl in _spdx_purls(sbom) if not purl.startswith("pkg:oci/")}
    assert in_sbom == _trivy_purls(rehearsal.evidence)
    names = {package["name"].lower() for package in sbom["packages"]}
    assert "flask" in names
    assert rehearsal.evidence.outcome.gate
    assert rehearsal.evidence.outcome.gate.packages == len(_packages(rehearsal.evidence))


def _spdx_purls(sbom: dict[str, Any]) -> set[str]:
    references = (reference for package in sbom["packages"] for reference in package.get("externalRefs", []))
    return {str(ref["referenceLocator"]) for ref in references if ref["referenceType"] == "purl"}


def _trivy_purls(evidence: Evidence) -> set[str]:
    return {str(package["Identifier"]["PURL"]) for package in _packages(evidence)}


def _packages(evidence: Evidence) -> list[dict[str, Any]]:
    results = evidence.json("trivy.json")["Results"]
    return [package for result in results for package in result.get("Packages", [])]
