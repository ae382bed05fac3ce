"""What is asked of an image while its bundles are attached: as good as asked afterwards, and not twice."""

import json

import anyio
import pytest
from cryptography import x509

from supply_chain.attaching import attach
from supply_chain.errors import SbomMissing
from supply_chain.images import Images
from supply_chain.inquiry import Answered, Inquiry
from supply_chain.registry import Registry
from supply_chain.self_test import questions
from supply_chain.verifier import Release, verified_release
from supply_chain.vouching import Question
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, bundles, certificate, statements
from unit.supply_chain.clock import Time
from unit.supply_chain.cosigning import BY_IDENTITY, IMAGE, LAYOUT, Stock
from unit.supply_chain.engine import Engine, Files, content, run_by
from unit.supply_chain.test_attaching import TARGET, Ghcr

OURS = {name: one.decode() for name, one in zip(statements(), bundles(statements()), strict=True)}
STRANGER = certificate(names=(x509.UniformResourceIdentifier("https://stranger.example/x"),))
THEIRS = tuple(one.decode() for one in bundles(statements(), STRANGER))
BUSY = "Error: GET https://ghcr.io/v2/x: unexpected status code 503 Service Unavailable"
NO_SBOM = "Error: none of the attestations matched the predicate type: spdxjson, found: x"
LOOK = ["/ko-app/crane", "digest", "ghcr.io/acme/app:1.2.3"]
QUESTIONS = [Question(DIGEST, BY_IDENTITY), *questions(BY_IDENTITY, DIGEST)]


class Place:
    """A registry, and stock cosign on it."""

    def __init__(self, ghcr: Ghcr, **refusals: list[str]) -> None:
        self.ghcr, self.stock = ghcr, Stock((), **refusals)
        self.asked: list[str] = []

    def __call__(self, command: list[str], files: Files) -> Answer:
        self.asked.append(command[1])
        return (self.ghcr if command[1] in {"push", "download"} else self.stock)(command, files)


def inquiry() -> Inquiry:
    registry = Registry(images=Images.pinned(), patience=Time().patience(600))
    return Inquiry(registry, IMAGE, QUESTIONS, saving=True, then=[LOOK])


def attached(place: Place, monkeypatch: pytest.MonkeyPatch) -> tuple[Inquiry, Answered | None, Engine]:
    engine, asked = run_by(place, monkeypatch), inquiry()
    answered = anyio.run(attach, asked.registry, IMAGE, TARGET, OURS, asked)
    return asked, answered, engine


def released(place: Place, monkeypatch: pytest.MonkeyPatch) -> Release:
    asked, answered, _ = attached(place, monkeypatch)
    return anyio.run(verified_release, asked, answered)


def test_all_is_answered_once_the_bundles_are_attached(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(Ghcr())
    asked, answered, engine = attached(place, monkeypatch)
    assert answered
    before = list(place.asked)
    assert before[:4] == ["push", "push", "push", "download"]
    assert before[-5:] == ["save", "verify", "verify-attestation", "verify-attestation", "digest"]
    assert before[4:-5] == ["verify-blob-attestation"] * 9
    containers = engine.containers
    release = anyio.run(verified_release, asked, answered)
    assert (place.asked, engine.containers) == (before, containers), "nothing is asked twice"
    assert len(release.seen) == 1
    assert release.saved
    assert content(release.saved) == {"index.json": LAYOUT}
    assert [[answer.code for _, answer in said] for said in release.said] == [[1, 1, 1], [1, 1, 1]]


def test_what_counts_is_what_cosign_vouched_for_however_the_registry_writes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert released(Place(Ghcr()), monkeypatch).proven.bundles == tuple(OURS.values())


def test_what_others_have_attached_is_asked_about_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs proves nothing; ours that somebody has attached before does, and is in the registry twice."""
    before = json.dumps(
        json.loads(OURS["sbom"]) | {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}
    )
    place = Place(Ghcr(strangers=(*THEIRS, before)))
    release = released(place, monkeypatch)
    assert release.proven.bundles == tuple(OURS.values())
    assert place.asked.count("verify-blob-attestation") == 9 + len(THEIRS)


def test_a_bundle_that_the_registry_serves_changed_is_judged_as_it_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The signature is the same, so it is attached; but the proof of the log is gone."""

    class Tampering(Ghcr):
        def _download(self) -> Answer:
            said = super()._download()
            told = [json.loads(line) for line in said.stdout.splitlines()]
            told[1]["verificationMaterial"]["tlogEntries"] = []
            return said.model_copy(update={"stdout": "".join(f"{json.dumps(one)}\n" for one in told)})

    place = Place(Tampering())
    release = released(place, monkeypatch)
    assert place.asked.count("verify-blob-attestation") == 9 + 3
    changed = [one for one in release.proven.bundles if one not in OURS.values()]
    assert [json.loads(one)["verificationMaterial"]["tlogEntries"] for one in changed] == [[]]


def test_where_a_bundle_was_lost_all_is_asked_again_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(Ghcr({1}))
    asked, answered, _ = attached(place, monkeypatch)
    assert answered is None
    place.asked.clear()
    release = anyio.run(verified_release, asked, answered)
    assert "download" in place.asked
    assert len(release.proven.bundles) == 3


def test_an_outage_meanwhile_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(Ghcr(), verify=[BUSY])
    assert len(released(place, monkeypatch).proven.bundles) == 3
    assert place.asked.count("verify") == 2


def test_what_stock_cosign_refuses_meanwhile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(Ghcr(), spdxjson=[NO_SBOM])
    with pytest.raises(SbomMissing, match="cannot be verified"):
        released(place, monkeypatch)
    assert place.asked.count("verify") == 1
