"""Bundles beside an image: attached by one writer, read back, and attached again where one was lost."""

import json
from collections.abc import Mapping

import anyio
import pytest

from supply_chain.attaching import attach
from supply_chain.errors import AttachmentLost, RegistryDenied, RegistryUnavailable, SupplyChainError
from supply_chain.images import Images
from supply_chain.models.image_layout import Descriptor
from supply_chain.patience import Patience
from supply_chain.registry import Registry
from supply_chain.tools import cosign, crane
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, REPOSITORY, bundles, statements
from unit.supply_chain.clock import Time
from unit.supply_chain.engine import GOOD, Files, bad, run_by

IMAGE = f"{REPOSITORY}@{DIGEST}"
TARGET = Descriptor(digest=DIGEST, size=1, media_type="application/vnd.oci.image.manifest.v1+json")
BUNDLES = {name: bundle.decode() for name, bundle in zip(statements(), bundles(statements()), strict=True)}
DENIED = "Error: PUT https://ghcr.io/v2/x: DENIED: requested access to the resource is denied"
BUSY = "Error: GET https://ghcr.io/v2/x: unexpected status code 503 Service Unavailable"


class Ghcr:
    """A registry without a referrers API, by crane and cosign.

    What is attached is listed under a tag that every writer writes whole. As crane does, it leaves a manifest
    that it has already alone, and so does not list again what was lost.
    """

    def __init__(self, *losses: set[int], strangers: tuple[str, ...] = ()) -> None:
        self.losses = list(losses)
        self.manifests: set[str] = set()
        self.listed: list[str] = list(strangers)
        self.pushed: list[str] = []
        self.refusals: dict[str, list[str]] = {"push": [], "download": []}

    def __call__(self, command: list[str], files: Files) -> Answer:
        program, verb, *_ = command
        assert program == {"push": crane.PROGRAM, "download": cosign.PROGRAM}[verb]
        if self.refusals[verb]:
            return bad(self.refusals[verb].pop(0))
        return self._push(command, files) if verb == "push" else self._download()

    def _push(self, command: list[str], files: Files) -> Answer:
        folder, reference = command[2:]
        [described] = json.loads(files[f"{folder}/index.json"])["manifests"]
        assert reference == f"{REPOSITORY}@{described['digest']}"
        manifest = json.loads(files[f"{folder}/blobs/{described['digest'].replace(':', '/')}"])
        assert manifest["subject"]["digest"] == DIGEST
        bundle = files[f"{folder}/blobs/{manifest['layers'][0]['digest'].replace(':', '/')}"]
        if reference not in self.manifests:
            self.manifests.add(reference)
            self.listed.append(bundle)
        self.pushed.append(bundle)
        return GOOD

    def _download(self) -> Answer:
        for lost in sorted(self.losses.pop(0) if self.losses else (), reverse=True):
            del self.listed[lost]
        # cosign reads and writes bundles anew: spaces and the order of keys are its own.
        said = [json.dumps(json.loads(one), sort_keys=True, separators=(",", ":")) for one in self.listed]
        return Answer(code=0, stdout="".join(f"{line}\n" for line in said), stderr="")


def attached(
    ghcr: Ghcr,
    monkeypatch: pytest.MonkeyPatch,
    patience: Patience | None = None,
    made: Mapping[str, str] = BUNDLES,
) -> None:
    run_by(ghcr, monkeypatch)
    registry = Registry(images=Images.pinned(), patience=patience or Time().patience(600))
    anyio.run(attach, registry, IMAGE, TARGET, made)


def refused(
    ghcr: Ghcr, monkeypatch: pytest.MonkeyPatch, patience: Patience | None = None
) -> SupplyChainError:
    with pytest.raises(SupplyChainError) as caught:
        attached(ghcr, monkeypatch, patience)
    return caught.value


def test_every_bundle_is_attached_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ghcr = Ghcr()
    attached(ghcr, monkeypatch)
    assert ghcr.listed == ghcr.pushed == list(BUNDLES.values())


def test_what_was_lost_is_attached_again_as_another_manifest_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bundle is the same to the byte: a signature is made once."""
    ghcr, time = Ghcr({1}), Time()
    attached(ghcr, monkeypatch, time.patience(600))
    sbom = BUNDLES["sbom"]
    assert ghcr.pushed == [*BUNDLES.values(), sbom]
    assert sorted(ghcr.listed) == sorted(BUNDLES.values())
    assert len(ghcr.manifests) == 4
    assert len(time.naps) == 1


def test_what_landed_is_not_pushed_again_after_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    ghcr = Ghcr()
    ghcr.refusals["push"] = [BUSY]
    attached(ghcr, monkeypatch)
    first, *others = BUNDLES.values()
    assert ghcr.pushed == ghcr.listed == [*others, first]


def test_what_is_lost_again_and_again_ends_when_patience_does(monkeypatch: pytest.MonkeyPatch) -> None:
    losing_the_last = Ghcr({2}, *[{2}] * 1000)
    time = Time()
    error = refused(losing_the_last, monkeypatch, time.patience(60))
    assert (type(error), error.exit_code) == (AttachmentLost, 13)
    assert error.what == f"{IMAGE} has lost provenance"
    assert "registry ghcr.io: tried" in error.why
    assert sum(time.naps) == pytest.approx(60)


def test_without_patience_a_loss_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ghcr = Ghcr({0, 1})
    error = refused(ghcr, monkeypatch, Patience())
    assert error.what == f"{IMAGE} has lost signature and sbom"
    assert len(ghcr.pushed) == 3


@pytest.mark.parametrize(
    "stranger",
    [
        '{"mediaType": "x", "messageSignature": {}}',
        '{"dsseEnvelope": {"signatures": []}}',
        '{"dsseEnvelope": null}',
        '{"payload": "x", "signatures": [{"sig": "x"}]}',
        "{}",
        "[]",
    ],
)
def test_what_strangers_attach_is_nothing_to_wonder_at(
    stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cosign download attestation` prints whatever is attached, by anybody, of any kind."""
    ghcr = Ghcr(strangers=(stranger,))
    attached(ghcr, monkeypatch)
    assert ghcr.listed == [stranger, *BUNDLES.values()]


def test_anothers_signature_over_the_same_statement_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every signature has bytes of its own, so one signer's bundle never passes for another's."""
    theirs = bundles(statements())[0].decode()
    assert (
        json.loads(theirs)["dsseEnvelope"]["payload"]
        == json.loads(BUNDLES["signature"])["dsseEnvelope"]["payload"]
    )
    ghcr = Ghcr({1}, strangers=(theirs,))
    attached(ghcr, monkeypatch, made={"signature": BUNDLES["signature"]})
    assert ghcr.pushed == [BUNDLES["signature"]] * 2


def test_a_refusal_names_what_could_not_be_attached(monkeypatch: pytest.MonkeyPatch) -> None:
    ghcr = Ghcr()
    ghcr.refusals["push"] = [DENIED]
    error = refused(ghcr, monkeypatch)
    assert type(error) is RegistryDenied
    assert error.what == f"signature could not be attached to {IMAGE}"


def test_an_outage_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for verb in ("push", "download"):
        ghcr, time = Ghcr(), Time()
        ghcr.refusals[verb] = [BUSY]
        attached(ghcr, monkeypatch, time.patience(600))
        assert set(BUNDLES.values()) <= set(ghcr.listed)
        assert len(time.naps) == 1


def test_an_outage_that_lasts_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ghcr = Ghcr()
    ghcr.refusals["download"] = [BUSY] * 1000
    error = refused(ghcr, monkeypatch, Time().patience(60))
    assert type(error) is RegistryUnavailable
    assert error.what.startswith(f"what is attached to {IMAGE} could not be read")
