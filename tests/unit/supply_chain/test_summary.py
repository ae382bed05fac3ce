"""What is rendered from an outcome: bounded, honest, and nobody can break it."""

from supply_chain.errors import SupplyChainError, VerifierFailed
from supply_chain.images import Images
from supply_chain.models.checks import Result, Row
from supply_chain.models.exceptions import Exceptions
from supply_chain.models.outcome import Failure, Outcome, Rejection, Step
from supply_chain.models.policy import Excepted, Judgement, Policy, judge
from supply_chain.models.summary import proven, render
from supply_chain.models.trivy_report import NOTHING_LISTED, Report
from supply_chain.models.verification import Proven
from unit.supply_chain.outcomes import (
    TODAY,
    blocked,
    exception,
    finding,
    outcome,
    verification,
    verification_by_key,
)
from unit.supply_chain.provenances import PLACE


def test_the_summary_says_what_was_made(full: Outcome, digest: str, image: str) -> None:
    summary = render(full)
    assert summary.startswith("# Rehearsal of 1.2.3: passed\n\n- rehearsal: nothing public was touched\n")
    for told in (
        digest,
        image,
        "`sha-0123456`, `1.2.3`",
        "| packages | 7 ",
        "| platform | `linux/amd64`",
        "adopted: the version was there already and holds",
        "none given, **with changes that were not committed**",
        f"`{PLACE.workflow}, vouched for by {PLACE.issuer}`",
        f"| builder  | `{PLACE.builder_id}`",
        "| verified | yes, see below |",
    ):
        assert told in summary
    assert "| database | **sample**, `given` of 2026-11-23 04:00 UTC" in summary
    assert "| HIGH     | 4          | 1       |" in summary


def test_the_summary_of_an_early_failure_claims_nothing() -> None:
    error = SupplyChainError("odd")
    summary = render(outcome(status=error.status, error=Failure.of(error)))
    for told in (
        "nothing was built",
        "nothing was pushed",
        "no tag was moved",
        "nothing was scanned",
        "| signer   | unknown: no signer was ready |",
        "| builder  | unknown: no signer was ready |",
        "| verified | **no**: nothing was verified |",
    ):
        assert told in summary
    assert "## Verification" not in summary


def test_the_summary_of_a_blocked_run_names_findings_and_advice(report: Report) -> None:
    summary = render(blocked(judge(report, Policy(), TODAY)))
    assert "**GateBlocked**: 4 of 12 findings block" in summary
    assert "What to do: update the packages" in summary
    assert "`CVE-2022-40023` | `HIGH`   | `mako`     | `1.2.1`   | `1.2.2`" in summary


def test_the_summary_is_bounded_and_says_what_it_left_out() -> None:
    many = Judgement(policy=Policy(), blocking=(finding(),) * 70, counts={}, packages=1)
    summary = render(blocked(many))
    assert summary.count("`CVE-1`") == 50
    assert "and 20 more in `outcome.json`" in summary


def test_hostile_words_cannot_break_the_summary() -> None:
    title = "x | y\n# owned <script>alert(1)</script> [a](http://b)"
    hostile = finding(title=title, package="a`|b", fixed="1\n| 2 |")
    summary = render(blocked(Judgement(policy=Policy(), blocking=(hostile,), counts={}, packages=1)))
    assert "\n# owned" not in summary
    assert "<script>" not in summary.replace(r"\<", "")
    assert r"x \| y \# owned" not in summary
    assert r"x \| y # owned \<script\>" in summary
    assert "\n| 2 |" not in summary


def test_the_summary_shows_what_each_check_came_to() -> None:
    rows = [Row(check=result.value, result=result, seconds=1, detail="a | b\n# c") for result in Result]
    summary = render(outcome(checks=tuple(rows)))
    assert "| failed | **failed**       | 1.0     | a \\| b # c |" in summary
    assert "| none   | nothing to check |" in summary
    assert "## Checks" not in render(outcome())


def test_the_summary_shows_exceptions_and_what_they_cover(full: Outcome) -> None:
    lines = render(full).splitlines()
    start = lines.index("## Exceptions")
    shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start + 4 : start + 8]]
    assert shown == [
        ["`CVE-1999-0002`", "2026-11-24", "**has ended**: decide anew", "not reachable"],
        ["`CVE-2023-25577`", "2026-11-28", "**ends soon**", "not reachable"],
        ["`CVE-2022-40023`", "2027-03-05", "counts", "not reachable"],
        ["`CVE-1999-0001`", "2027-03-05", "unused: covers nothing that was found", "not reachable"],
    ]
    excepted = [line for line in lines if line.startswith("| `CVE-2022-40023`")][1]
    assert [cell.strip() for cell in excepted.strip("|").split("|")] == [
        "`CVE-2022-40023`",
        "`HIGH`",
        "`mako`",
        "2027-03-05",
        "not reachable",
    ]


def test_without_exceptions_nothing_is_said_of_them(report: Report) -> None:
    assert "## Exceptions" not in render(blocked(judge(report, Policy(), TODAY)))


def test_the_summary_says_when_there_was_nothing_to_read() -> None:
    empty = Report(schema_version=2, artifact_name="x", artifact_type="container_image")
    assert f"| 0: **{NOTHING_LISTED}** |" in render(outcome(gate=judge(empty, Policy(), TODAY)))


def test_a_huge_outcome_fits_a_job_summary(digest: str) -> None:
    words = "| <b> `x` & www.x.y\n# z " * 60
    huge = finding(id=words, package=words, installed=words, fixed=words, title=words)
    entry = exception("CVE-1", 1, words)
    gate = Judgement(
        policy=Policy(exceptions=Exceptions(entries=(entry,) * 500)),
        blocking=(huge,) * 200,
        counts={},
        packages=5000,
        excepted=(Excepted(finding=huge, statement=words, expired_at=TODAY),) * 200,
        expiring=(entry,),
    )
    statement = Proven(predicate_type=words, signer=words, logged=True, timestamped=True)
    summary = render(
        outcome(
            version=words,
            digest=digest,
            image=words,
            tags=(words,) * 100,
            notices=(words,) * 100,
            checks=(Row(check=words, result=Result.FAILED, seconds=1, detail=words),) * 100,
            gate=gate,
            signer=words,
            place=PLACE.model_copy(update={"builder_id": words}),
            verification=verification(
                words, signer=words, issuer=words, run=words, statements=(statement,) * 200
            ),
            self_test=(Rejection(case=words, error=words, what=words),) * 100,
            error=Failure(name=words, what=words, why=words, advice=words, exit_code=1),
            evidence=(words,) * 100,
            steps=(Step(name=words, seconds=1, passed=True),) * 200,
        )
    )
    assert len(summary.encode()) < 1024 * 1024
    assert not [line for line in summary.splitlines() if line.startswith("# z")]


def test_stand_ins_are_named_beside_what_they_stand_for() -> None:
    pinned = Images.pinned()
    stand_in = pinned.trivy.model_copy(update={"stand_in_for": pinned.trivy.reference, "version": "0.76.0"})
    summary = render(outcome(images=dict(pinned) | {"trivy": stand_in}))
    assert f"a stand-in for `{pinned.trivy.reference}`" in summary


def rows(shown: str) -> dict[str, str]:
    """Values of a table of two columns, by name."""
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in shown.splitlines()[2:])
    return dict(cells)


def test_a_keyless_verification_says_who_vouches_for_what(digest: str) -> None:
    assert rows(proven(verification(digest))) == {
        "image": f"`{digest}`",
        "signer": f"`{PLACE.workflow}`",
        "issuer": "`https://token.actions.githubusercontent.com`",
        "builder": "`https://github.com/actions/runner/github-hosted`",
        "repository": "`https://github.com/acme/inventory`",
        "ref": "`refs/tags/v1.2.3`",
        "commit": f"`{PLACE.commit}`",
        "run": f"`{PLACE.run}`",
        "signature": "`https://sigstore.dev/cosign/sign/v1`, logged, timestamped",
        "SBOM": "`https://spdx.dev/Document`, logged, timestamped",
        "provenance": "`https://slsa.dev/provenance/v1`, logged, timestamped",
        "packages in the SBOM": "7",
    }


def test_a_verification_by_key_has_no_row_for_what_nobody_vouches_for(digest: str) -> None:
    shown = rows(proven(verification_by_key(digest)))
    assert not {"issuer", "repository", "ref", "commit"} & shown.keys()
    assert shown["signer"] == "`key sha256:0`"
    assert shown["signature"] == "`https://sigstore.dev/cosign/sign/v1`"


def test_a_log_and_a_timestamp_are_told_apart(digest: str) -> None:
    logged, stamped = (
        Proven(predicate_type="urn:x", signer="s", logged=seen, timestamped=not seen)
        for seen in (True, False)
    )
    assert rows(proven(verification(digest, statements=(logged,))))["attestation"] == "`urn:x`, logged"
    assert rows(proven(verification(digest, statements=(stamped,))))["attestation"] == "`urn:x`, timestamped"


def test_the_summary_shows_what_was_proven_and_how_the_verifier_bit(full: Outcome, digest: str) -> None:
    summary = render(full)
    section = summary.partition("## Verification\n\n")[2].partition("\n## ")[0]
    verified, _, refused = section.partition("\n\n")
    assert verified == proven(verification(digest))
    assert [
        [cell.strip() for cell in line.strip("|").split("|")] for line in refused.strip().splitlines()
    ] == [
        ["the same, spoilt by", "result", "as"],
        ["-" * 19, "-------", "--"],
        ["another identity", "refused", "`IdentityMismatch`"],
        ["no provenance", "refused", "`ProvenanceMissing`"],
    ]


def test_what_was_verified_is_shown_although_a_later_step_failed(digest: str) -> None:
    error = VerifierFailed("the verifier accepted no provenance")
    failed = outcome(
        status=error.status, error=Failure.of(error), digest=digest, verification=verification(digest)
    )
    summary = render(failed)
    assert "**VerifierFailed**: the verifier accepted no provenance" in summary
    assert "## Verification" in summary
    assert "spoilt by" not in summary


def test_every_file_of_the_evidence_is_explained(full: Outcome) -> None:
    names = ("SHA256SUMS", "SHA256SUMS.sigstore.json", "bundles", "cosign.pub", "findings.txt", "layout")
    more = ("provenance.json", "sbom.spdx.json", "sigstore/trusted_root.json", "trivy.json", "trivy.sarif")
    shown = render(full.model_copy(update={"evidence": (*names, *more)}))
    section = shown.partition("## Evidence\n\n")[2].partition("\n\n")[0]
    assert all(rows(section).values()), section
