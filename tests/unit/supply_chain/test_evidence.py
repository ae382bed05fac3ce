"""The evidence folder: what is in it and under which names, and whether it holds."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import pytest

from supply_chain import evidence, evidence_check
from supply_chain.errors import (
    BadReference,
    DigestMismatch,
    EvidenceChanged,
    EvidenceInvalid,
    EvidenceUnsigned,
    ProvenanceMissing,
    SignatureInvalid,
    SupplyChainError,
)
from supply_chain.images import Images
from supply_chain.models.outcome import Outcome
from supply_chain.tools import cosign
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, bundle, bundles, statements
from unit.supply_chain.cosigning import BY_IDENTITY, OTHER_KEY, Cosign
from unit.supply_chain.engine import GOOD, Files, bad, content, directory, run_by
from unit.supply_chain.outcomes import outcome

UNCHANGED: Mapping[str, list[str]] = {"changed": [], "missing": [], "extra": []}


def bundle_files(made: list[bytes], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    run_by(Cosign(), monkeypatch)
    return content(evidence.bundles([one.decode() for one in made]))


def layout(digest: str) -> str:
    described = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 1}
    return json.dumps({"schemaVersion": 2, "manifests": [described]})


def folder(**changed: str | None) -> Files:
    """Evidence of a run that passed; a file that is changed to None is left out."""
    files: dict[str, str | None] = {
        "SHA256SUMS": "sums",
        "SHA256SUMS.sigstore.json": "bundle",
        "outcome.json": outcome(digest=DIGEST).model_dump_json(),
        "layout/index.json": layout(DIGEST),
    }
    made = zip(("signature", "sbom", "provenance"), bundles(statements()), strict=True)
    files |= {f"bundles/{name}.sigstore.json": one.decode() for name, one in made}
    return {name: text for name, text in (files | changed).items() if text is not None}


class Toolbox:
    """Cosign, and the script that compares a folder with its list."""

    def __init__(
        self,
        differences: Mapping[str, list[str]] = UNCHANGED,
        *,
        signature: Answer = GOOD,
        sums: Answer | None = None,
    ) -> None:
        found = json.dumps({**UNCHANGED, **differences})
        self.signature = signature
        self.sums = sums or Answer(code=0, stdout=found, stderr="")
        self.cosign = Cosign()

    def __call__(self, command: list[str], files: Files) -> Answer:
        if command[1] == "verify-blob":
            assert command[0] == cosign.PROGRAM
            assert set(BY_IDENTITY.flags) <= set(command)
            assert (files[command[-1]], files[command[command.index("--bundle") + 1]]) == ("sums", "bundle")
            return self.signature
        if command[0] == "python3":
            assert "SHA256SUMS" in files[command[1]]
            return self.sums
        return self.cosign(command, files)


def checked(files: Files, toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    run_by(toolbox, monkeypatch)
    return anyio.run(evidence_check.checked, Images.pinned(), BY_IDENTITY, directory(files))


def refused(files: Files, toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch) -> SupplyChainError:
    with pytest.raises(SupplyChainError) as caught:
        checked(files, toolbox, monkeypatch)
    return caught.value


def test_a_bundle_is_called_after_what_it_states(monkeypatch: pytest.MonkeyPatch) -> None:
    made = bundles(statements())
    assert bundle_files(made, monkeypatch) == {
        "signature.sigstore.json": made[0].decode(),
        "sbom.sigstore.json": made[1].decode(),
        "provenance.sigstore.json": made[2].decode(),
    }


def test_what_is_stated_twice_or_is_of_another_kind_has_a_name_too(monkeypatch: pytest.MonkeyPatch) -> None:
    said = statements()
    other = bundle(json.dumps(said["sbom"] | {"predicateType": "https://openvex.dev/ns"}).encode())
    twice = [*bundles(said), *bundles(said), other, other, b'{"messageSignature": "of a stranger"}']
    assert list(bundle_files(twice, monkeypatch)) == [
        "signature.sigstore.json",
        "sbom.sigstore.json",
        "provenance.sigstore.json",
        "signature-2.sigstore.json",
        "sbom-2.sigstore.json",
        "provenance-2.sigstore.json",
        "attestation.sigstore.json",
        "attestation-2.sigstore.json",
        "attestation-3.sigstore.json",
    ]


def test_a_folder_that_nobody_changed_proves_its_image(monkeypatch: pytest.MonkeyPatch) -> None:
    proven = checked(folder(), Toolbox(), monkeypatch)
    assert proven.verification.image == DIGEST
    assert len(proven.bundles) == 3


@pytest.mark.parametrize("name", ["SHA256SUMS", "SHA256SUMS.sigstore.json"])
def test_a_folder_that_nobody_signed_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that failed leaves evidence without them."""
    error = refused(folder(**{name: None}), Toolbox(), monkeypatch)
    assert (type(error), error.what) == (EvidenceUnsigned, f"the evidence has no {name}")


def test_a_list_that_somebody_else_has_signed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(folder(), Toolbox(signature=bad(OTHER_KEY)), monkeypatch)
    assert (type(error), error.what) == (SignatureInvalid, "SHA256SUMS cannot be verified")


@pytest.mark.parametrize(
    ("differences", "why"),
    [
        ({"changed": ["outcome.json"]}, "outcome.json is changed"),
        ({"missing": ["layout/blobs/sha256/aa"]}, "layout/blobs/sha256/aa is missing"),
        ({"extra": ["bundles/x"]}, "bundles/x is extra"),
        (
            {"changed": ["a", "b"], "missing": ["c"], "extra": ["d"]},
            "a is changed, b is changed, c is missing, d is extra",
        ),
    ],
)
def test_every_file_that_is_not_as_it_was_signed_is_named(
    differences: dict[str, list[str]], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refused(folder(), Toolbox(differences), monkeypatch)
    assert (type(error), error.exit_code, error.why) == (EvidenceChanged, 15, why)


def test_many_changes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    ten, eleven = ([str(number) for number in range(count)] for count in (10, 11))
    assert "more" not in refused(folder(), Toolbox({"changed": ten}), monkeypatch).why
    assert refused(folder(), Toolbox({"changed": eleven}), monkeypatch).why.endswith(
        "9 is changed and 1 more"
    )


def test_nothing_is_believed_before_the_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a folder that is changed and signed by a stranger, the stranger is told."""
    error = refused(folder(), Toolbox({"changed": ["outcome.json"]}, signature=bad(OTHER_KEY)), monkeypatch)
    assert type(error) is SignatureInvalid


def test_a_list_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(folder(), Toolbox(sums=bad("ValueError: line that is none")), monkeypatch)
    assert (type(error), error.why) == (EvidenceInvalid, "ValueError: line that is none")


def test_an_outcome_of_another_image_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = f"sha256:{'6' * 64}"
    for changed in ({"layout/index.json": layout(other)}, {"outcome.json": _outcome_of(other)}):
        error = refused(folder(**changed), Toolbox(), monkeypatch)
        assert (type(error), error.what) == (DigestMismatch, "the evidence is of two images")
        assert other in error.why
        assert DIGEST in error.why


def test_bundles_of_a_folder_are_judged_as_those_of_a_registry_are(monkeypatch: pytest.MonkeyPatch) -> None:
    without = folder(**{"bundles/provenance.sigstore.json": None})
    assert type(refused(without, Toolbox(), monkeypatch)) is ProvenanceMissing


def test_a_folder_without_an_outcome_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Outcome.parse(folder()["outcome.json"]).digest == DIGEST
    error = refused(folder(**{"outcome.json": "{}"}), Toolbox(), monkeypatch)
    assert type(error) is EvidenceInvalid


def judged(files: Files, reference: str = "") -> None:
    """What `verdict` looks at before it believes the outcome."""
    anyio.run(evidence.check_image, directory(files), Outcome.parse(files["outcome.json"]), reference)


OF_IMAGE: Mapping[str, Callable[[str], str]] = {
    "layout/index.json": layout,
    "trivy.json": lambda digest: _report(f"ghcr.io/acme/inventory@{digest}"),
    "sbom.spdx.json": lambda digest: _sbom(f"ghcr.io/acme/inventory@{digest}"),
}


@pytest.mark.parametrize("reference", ["", f"ghcr.io/acme/inventory@{DIGEST}"])
def test_evidence_of_one_image_is_judged(reference: str) -> None:
    judged(folder(**{name: made(DIGEST) for name, made in OF_IMAGE.items()}), reference)


def test_a_run_that_ended_early_leaves_less(image: str) -> None:
    early = {"outcome.json": outcome(digest=None, image=None).model_dump_json()}
    judged(early)
    with pytest.raises(DigestMismatch, match="it is of none"):
        judged(early, image)


@pytest.mark.parametrize("name", OF_IMAGE)
def test_a_file_of_another_image_is_refused(name: str) -> None:
    other = f"sha256:{'6' * 64}"
    with pytest.raises(DigestMismatch) as caught:
        judged(folder(**{name: OF_IMAGE[name](other)}))
    assert (caught.value.exit_code, caught.value.what) == (15, "the evidence is of two images")
    assert caught.value.why == f"{name} is of {other}, outcome.json of {DIGEST}"


def test_evidence_of_another_image_is_refused() -> None:
    other = f"sha256:{'6' * 64}"
    with pytest.raises(DigestMismatch) as caught:
        judged(folder(), f"ghcr.io/acme/inventory@{other}")
    assert caught.value.what == "the evidence is of another image"
    assert caught.value.why == f"it is of {DIGEST}, not {other}"


def test_a_tag_does_not_say_which_image_it_must_be() -> None:
    with pytest.raises(BadReference, match="names no digest"):
        judged(folder(), "ghcr.io/acme/inventory:1.2.3")


def _report(reference: str) -> str:
    named = {"ArtifactName": reference, "ArtifactType": "container_image"}
    return json.dumps({"SchemaVersion": 2, **named})


def _sbom(reference: str) -> str:
    return json.dumps({"spdxVersion": "SPDX-2.3", "name": reference, "packages": [{"name": reference}]})


def _outcome_of(digest: str) -> str:
    return outcome(digest=digest).model_dump_json()
