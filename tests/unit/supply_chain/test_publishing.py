"""What is kept of a verification: what was proven, by which bundles, and how the verifier bit; then tags."""

from collections.abc import Callable, Sequence
from typing import cast

import anyio
import pytest

from supply_chain import publishing
from supply_chain.errors import SbomMissing, TagMoved, VerificationFailed, VerifierFailed
from supply_chain.git_facts import Commit
from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.models.image_layout import Descriptor
from supply_chain.models.mode import Mode
from supply_chain.models.place import Place
from supply_chain.models.policy import Policy
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.reference import Repository
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.version import Version
from supply_chain.plan import Plan, Request
from supply_chain.project import Project
from supply_chain.registry import Registry
from supply_chain.run import Run
from supply_chain.signer import Signer
from supply_chain.trust import Trust
from supply_chain.verifier import Proven, Release
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, REPOSITORY, bundles, statements
from unit.supply_chain.cosigning import BY_IDENTITY, BY_KEY, IMAGE, LAYOUT, Stock
from unit.supply_chain.engine import GOOD, Files, bad, content, run_by
from unit.supply_chain.outcomes import verification
from unit.supply_chain.provenances import PLACE

NO_SBOM = "Error: none of the attestations matched the predicate type: spdxjson, found: x"
OURS = [one.decode() for one in bundles(statements(PLACE))]
OTHER = f"sha256:{'2' * 64}"
KEYED = [one.decode() for one in bundles(statements(Place()), b"")]


def a_run(trust: Trust = BY_IDENTITY) -> Run:
    """A run that has pushed and attested its image."""
    request = Request(Project(images=Images.pinned()))
    repository, version = Repository.parse(REPOSITORY), Version.parse("1.2.3")
    plan = Plan(request, Mode.RELEASE, repository, version, Commit(), Policy(), None)
    ledger = Ledger({"mode": plan.mode, "version": "1.2.3", "revision": "", "images": {}})
    return Run(plan, ledger, Registry(images=plan.project.images), cast("Signer", object()), trust)


def test_what_was_proven_is_kept_with_its_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Stock(OURS), monkeypatch)
    run = a_run()
    anyio.run(publishing.verify, run, publishing.inquiry(run, IMAGE))
    made = run.ledger.outcome(None)
    assert made.verification
    assert (made.verification.image, made.verification.signer) == (DIGEST, PLACE.workflow)
    assert made.verification.attestations == (SBOM_TYPE, PROVENANCE_TYPE)
    assert [one.error for one in made.self_test] == [
        "DigestMismatch",
        "IdentityMismatch",
        "SignatureMissing",
        "ProvenanceMissing",
    ]
    assert [(step.name, step.passed) for step in made.steps] == [
        *(("verify", True), ("self-test", True), ("save", True))
    ]
    assert content(run.ledger.directories["layout"]) == {"index.json": LAYOUT}
    assert sorted(content(run.ledger.directories["bundles"]).values()) == sorted(OURS)


def test_what_does_not_verify_is_not_recorded_as_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(Stock(OURS, spdxjson=[NO_SBOM]), monkeypatch)
    run = a_run()
    with pytest.raises(SbomMissing) as caught:
        anyio.run(publishing.verify, run, publishing.inquiry(run, IMAGE))
    made = run.ledger.outcome(caught.value)
    assert (made.verification, made.self_test) == (None, ())
    assert [(step.name, step.passed) for step in made.steps] == [("verify", False)]


def test_an_image_that_could_not_be_saved_beside_its_verification_is_saved_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stock, run = Stock(OURS, save=["Error: no reason"]), a_run()
    run_by(stock, monkeypatch)
    anyio.run(publishing.verify, run, publishing.inquiry(run, IMAGE))
    assert content(run.ledger.directories["layout"]) == {"index.json": LAYOUT}
    assert [verb for verb, _ in stock.asked].count("save") == 2


def test_what_was_pushed_and_does_not_verify_is_evidence_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for failing, kept in (([], {"index.json": LAYOUT}), (["Error: no reason"] * 2, None)):
        run_by(Stock(OURS, spdxjson=[NO_SBOM], save=failing), monkeypatch)
        run = a_run()
        with pytest.raises(SbomMissing):
            anyio.run(publishing.verify_pushed, run, publishing.inquiry(run, IMAGE), None)
        found = run.ledger.directories.get("layout")
        assert (found and content(found)) == kept


def test_a_verifier_that_accepts_everything_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(KEYED)

    def trusting(command: list[str], files: Files) -> Answer:
        return GOOD if command[1] == "verify-blob-attestation" else stock(command, files)

    run_by(trusting, monkeypatch)
    run = a_run(BY_KEY)
    with pytest.raises(VerifierFailed) as caught:
        anyio.run(publishing.verify, run, publishing.inquiry(run, IMAGE))
    made = run.ledger.outcome(caught.value)
    assert (made.status, made.self_test) == ("internal-error", ())
    assert [(step.name, step.passed) for step in made.steps] == [("verify", True), ("self-test", False)]


class Hub:
    """crane and cosign on a registry with tags and attachments, where others are at work as well."""

    def __init__(self, after: str = "", others: Callable[["Hub"], object] = lambda _: None) -> None:
        self.tags: dict[str, str] = {}
        self.attached = list(OURS)
        self.failures = {"download": 0}
        self.asked: list[str] = []
        self.after = after
        self.others = others

    def __call__(self, command: list[str], _files: Files) -> Answer:
        _, verb, reference, *more = command
        about = more[0] if more else reference.rpartition(":")[2]
        self.asked.append(f"{verb} {about}" if verb in {"tag", "digest"} else verb)
        answer = self._answer(verb, about)
        if self.asked[-1] == self.after:
            self.others(self)
        return answer

    def _answer(self, verb: str, about: str) -> Answer:
        if verb == "tag":
            self.tags[about] = DIGEST
        if self.failures.get(verb):
            self.failures[verb] -= 1
            return bad("Error: no reason")
        if verb == "digest" and about not in self.tags:
            return bad("Error: GET https://ghcr.io/v2/: MANIFEST_UNKNOWN: manifest unknown")
        said = {"ls": self.tags, "digest": [self.tags.get(about, "")], "download": self.attached}
        return Answer(code=0, stdout="\n".join(said.get(verb, ())), stderr="")


def tagged(hub: Hub, run: Run, monkeypatch: pytest.MonkeyPatch, seen: Sequence[Answer] = ()) -> None:
    run_by(hub, monkeypatch)
    target = Descriptor(digest=DIGEST, size=1, media_type="application/vnd.oci.image.manifest.v1+json")
    release = Release(Proven(verification(DIGEST), tuple(OURS)), (), None, seen)
    anyio.run(publishing.tag, run, IMAGE, target, release)


def test_the_versions_tag_is_last_and_what_was_proven_is_looked_for_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, run = Hub(), a_run()
    tagged(hub, run, monkeypatch)
    assert hub.asked == [
        *("digest 1.2.3", "ls"),
        *("tag latest", "digest latest", "digest 1.2.3"),
        *("tag 1.2.3", "digest 1.2.3", "download"),
    ]
    made = run.ledger.outcome(None)
    assert made.tags == ("latest", "1.2.3")
    assert [step.name for step in made.steps] == [
        *("version still free", "tag latest", "version still free", "tag 1.2.3", "still attached")
    ]


def test_what_was_seen_after_the_verification_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, run = Hub(), a_run()
    seen = [bad("Error: GET https://ghcr.io/v2/: MANIFEST_UNKNOWN: manifest unknown"), GOOD]
    tagged(hub, run, monkeypatch, seen)
    assert hub.asked[0] == "tag latest"
    hub, run = Hub(), a_run()
    with pytest.raises(TagMoved, match=r"1\.2\.3 was free when the run began"):
        tagged(hub, run, monkeypatch, [Answer(code=0, stdout=OTHER, stderr=""), GOOD])
    assert hub.asked == []


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ({}, ("tag latest", "digest latest", "digest 1.2.3", "download")),
        ({"9.0.0": OTHER}, ("download",)),
    ],
    ids=["others move", "none moves"],
)
def test_a_version_that_names_the_image_already_is_not_written_again(
    there: dict[str, str], asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, run = Hub(), a_run()
    hub.tags = {"1.2.3": DIGEST} | there
    tagged(hub, run, monkeypatch)
    assert hub.asked == ["digest 1.2.3", "ls", *asked]
    assert run.ledger.outcome(None).tags[-1] == "1.2.3"


def test_a_version_that_is_gone_meanwhile_is_tagged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, run = Hub("digest latest", others=lambda hub: hub.tags.pop("1.2.3", None)), a_run()
    hub.tags = {"1.2.3": DIGEST}
    tagged(hub, run, monkeypatch)
    assert hub.tags == {"latest": DIGEST, "1.2.3": DIGEST}
    assert hub.asked[-3:] == ["tag 1.2.3", "digest 1.2.3", "download"]
    assert run.ledger.outcome(None).tags == ("latest", "1.2.3")


def test_a_version_that_another_took_meanwhile_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for after in ("tag latest", "digest latest"):
        hub, run = Hub(after, others=lambda hub: hub.tags.update({"1.2.3": OTHER})), a_run()
        with pytest.raises(TagMoved, match=r"1\.2\.3 was free when the run began"):
            tagged(hub, run, monkeypatch)
        assert hub.tags == {"latest": DIGEST, "1.2.3": OTHER}
        assert run.ledger.outcome(None).tags == ("latest",)


@pytest.mark.parametrize("failures", [0, 1], ids=["seen", "asked again"])
def test_what_another_dropped_meanwhile_is_attached_again(
    failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, run = Hub("push", others=lambda hub: hub.attached.append(OURS[1])), a_run()
    del hub.attached[1]
    hub.failures["download"] = failures
    tagged(hub, run, monkeypatch)
    assert sorted(hub.attached) == sorted(OURS)
    assert hub.asked[-2:] == ["push", "download"]


def test_what_cannot_be_looked_for_ends_the_run_when_the_tags_have_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, run = Hub(), a_run()
    hub.failures["download"] = 2
    with pytest.raises(VerificationFailed, match="cannot be verified"):
        tagged(hub, run, monkeypatch)
    made = run.ledger.outcome(None)
    assert made.tags == ("latest", "1.2.3")
    assert [(step.name, step.passed) for step in made.steps][-1] == ("still attached", False)
