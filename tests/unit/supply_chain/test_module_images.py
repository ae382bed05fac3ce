"""images.toml: everything pinned by digest; overrides replace, and mistakes are named."""

import json
from pathlib import Path

import pytest

from supply_chain.errors import ImagesInvalid
from supply_chain.images import Images, stand_ins

PIN = "localhost/stand-in/trivy@sha256:" + "1" * 64


def table(name: str = "trivy", **facts: str) -> str:
    known = {"reference": PIN, "version": "9"} | facts
    return f"[images.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in known.items())


def test_every_image_is_pinned_by_digest_and_named_with_its_registry() -> None:
    for _, image in Images.pinned():
        name, _, digest = image.reference.partition("@sha256:")
        assert len(digest) == 64
        assert "." in name.partition("/")[0]
        assert image.version
        assert image.stand_in_for is None


def test_tags_beside_digests_agree_with_versions() -> None:
    for name, image in Images.pinned():
        if name == "python":  # its tag names the series only
            continue
        assert image.reference.partition("@")[0].rpartition(":")[2].removeprefix("v") == image.version


def test_no_pin_is_a_version_known_to_be_bad() -> None:
    pinned = Images.pinned()
    assert pinned.trivy.version not in {"0.69.4", "0.69.5", "0.69.6"}
    assert tuple(map(int, pinned.cosign.version.split("."))) >= (3, 0, 6)


def test_an_override_replaces_one_image_and_leaves_the_others() -> None:
    images = Images.pinned().overridden(table(stand_in_for="ghcr.io/aquasecurity/trivy"))
    assert images.trivy.reference == PIN
    assert stand_ins(dict(images)) == ["trivy"]
    assert images.model_dump(exclude={"trivy"}) == Images.pinned().model_dump(exclude={"trivy"})


def test_the_pins_are_a_valid_override_of_themselves() -> None:
    assert stand_ins(dict(Images.pinned())) == []
    every = "\n".join(table(name, reference=i.reference, version=i.version) for name, i in Images.pinned())
    assert Images.pinned().overridden(every) == Images.pinned()


@pytest.mark.parametrize(
    ("rehearsal", "throw_away_signer", "unused"),
    [
        (True, True, set()),
        (True, False, {"fulcio", "rekor", "timestamp", "ctlog"}),
        (False, False, {"registry", "fulcio", "rekor", "timestamp", "ctlog"}),
    ],
)
def test_only_what_a_run_uses_is_said_to_be_used(
    rehearsal: bool, throw_away_signer: bool, unused: set[str]
) -> None:
    pinned = Images.pinned()
    used = pinned.used(rehearsal=rehearsal, throw_away_signer=throw_away_signer)
    assert used == {name: image for name, image in pinned if name not in unused}


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("not toml", "not TOML"),
        ("", "something else than"),
        ("images = 1", "something else than"),
        (table() + "\n[other]\nx = 1\n", "something else than"),
        (
            table("skopeo"),
            "no image is called 'skopeo'\n  why: known: python, trivy, cosign, crane, registry, fulcio, ",
        ),
        (table(digest="x"), r"images\.trivy\.digest: Extra inputs"),
        (table(reference="localhost/trivy:1"), r"images\.trivy\.reference: String should match"),
        (table(reference=PIN + "0"), r"images\.trivy\.reference"),
        (table(version=""), r"images\.trivy\.version"),
        ("[images.trivy]\nversion = '1'\n", r"images\.trivy\.reference: Field required"),
    ],
)
def test_mistakes_are_named(document: str, complaint: str) -> None:
    with pytest.raises(ImagesInvalid, match=complaint):
        Images.pinned().overridden(document)


def test_the_dockerfile_builds_on_the_pinned_image_by_default() -> None:
    """The pin stands in two files, because a Dockerfile must build without us."""
    dockerfile = (Path(__file__).parents[3] / "Dockerfile").read_text()
    assert f"ARG PYTHON_IMAGE={Images.pinned().python.reference}\n" in dockerfile
