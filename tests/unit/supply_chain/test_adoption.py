"""What a version names that exists already: adopted where it is ours, refused in words that say why not."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import anyio
import pytest

from supply_chain import adoption
from supply_chain.errors import DigestMismatch, PlatformMismatch, SupplyChainError, VersionExists
from supply_chain.git_facts import Commit
from supply_chain.models.image_layout import MANIFEST_TYPE
from supply_chain.run import Run
from supply_chain.tools import crane
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, MANIFEST
from unit.supply_chain.cosigning import LAYOUT, Stock
from unit.supply_chain.engine import Engine, Files, bad, content, run_by
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.test_publishing import NO_SBOM, OURS, a_run

INDEX = json.dumps({"mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []})
GONE = "Error: GET https://ghcr.io/v2/acme/inventory/manifests/x: unexpected status code 503"


def config(revision: str = COMMIT, **changed: str) -> str:
    """A config that says it was built from a commit."""
    labels = {"org.opencontainers.image.revision": revision} if revision else {}
    made: dict[str, Any] = {"os": "linux", "architecture": "amd64", "config": {"Labels": labels}}
    return json.dumps(made | changed)


class Hub:
    """crane and cosign on a registry that has the version."""

    def __init__(self, said: str = config(), manifest: str = MANIFEST, **refusals: list[str]) -> None:
        self.stock = Stock(OURS, **refusals)
        self.answers = {"config": said, "manifest": manifest, "digest": DIGEST}
        self.asked: list[str] = []
        self.failures: dict[str, int] = {}

    def __call__(self, command: list[str], files: Files) -> Answer:
        verb = command[command.index(crane.PROGRAM) + 1] if crane.PROGRAM in command else command[0]
        if verb not in self.answers:
            return self.stock(command, files)
        self.asked.append(verb)
        if self.failures.get(verb):
            self.failures[verb] -= 1
            return bad(GONE)
        return Answer(code=0, stdout=self.answers[verb], stderr="")


def adopted(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, *, digest: str = DIGEST, **plan: Any
) -> tuple[Run, Engine]:
    engine, run = run_by(hub, monkeypatch), a_run()
    run = replace(run, plan=replace(run.plan, **({"commit": Commit(COMMIT)} | plan)))
    anyio.run(adoption.adopt, run, digest)
    return run, engine


def refused(hub: Hub, monkeypatch: pytest.MonkeyPatch, **how: Any) -> SupplyChainError:
    with pytest.raises(SupplyChainError) as caught:
        adopted(hub, monkeypatch, **how)
    return caught.value


def test_what_was_built_from_this_commit_and_verifies_is_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    run, _ = adopted(hub, monkeypatch)
    made = run.ledger.outcome(None)
    assert (made.adopted, made.digest, made.status) == (True, DIGEST, "passed")
    assert content(run.ledger.directories["layout"]) == {"index.json": LAYOUT}
    assert [step.name for step in made.steps if step.name in {"adopt", "verify", "save"}] == [
        "adopt",
        "verify",
        "save",
    ]
    assert sorted(hub.asked[:3]) == ["config", "digest", "manifest"], "all of it in one container"


@pytest.mark.parametrize("verb", ["config", "manifest"])
def test_what_was_not_answered_beside_the_verification_is_asked_again(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub()
    hub.failures = {verb: 1}
    adopted(hub, monkeypatch)
    assert hub.asked.count(verb) == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (config("f" * 40), f"built from {'f' * 40}, not from {COMMIT}"),
        (config(""), f"built from a commit it does not name, not from {COMMIT}"),
    ],
    ids=["another commit", "none"],
)
def test_what_was_not_built_from_this_commit_is_refused_whether_or_not_it_verifies(
    said: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for times in (0, 9):
        error = refused(Hub(said, spdxjson=[NO_SBOM] * times), monkeypatch)
        assert isinstance(error, VersionExists)
        assert why in str(error)


def test_what_does_not_verify_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(Hub(spdxjson=[NO_SBOM] * 9), monkeypatch)
    assert isinstance(error, VersionExists)
    assert "exists and does not verify" in str(error)


def test_an_image_for_another_platform_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run()
    project = run.plan.project
    request = replace(
        run.plan.request,
        project=replace(project, settings=project.settings.model_copy(update={"platform": "linux/arm64/v8"})),
    )
    error = refused(Hub(), monkeypatch, request=request)
    assert isinstance(error, PlatformMismatch)
    assert "is for linux/amd64, not for linux/arm64/v8" in str(error)


def test_several_images_under_one_digest_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = f"sha256:{hashlib.sha256(INDEX.encode()).hexdigest()}"
    error = refused(Hub(manifest=INDEX), monkeypatch, digest=digest)
    assert isinstance(error, VersionExists)
    assert "several images" in str(error)


def test_a_manifest_that_is_not_what_the_version_names_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    other = json.dumps({"mediaType": MANIFEST_TYPE, "schemaVersion": 2})
    assert isinstance(refused(Hub(manifest=other), monkeypatch), DigestMismatch)


def test_nothing_is_asked_where_no_commit_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    error = refused(hub, monkeypatch, commit=Commit())
    assert isinstance(error, VersionExists)
    assert "--git or --revision" in str(error)
    assert not hub.asked
    assert not hub.stock.asked
