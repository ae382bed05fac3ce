"""An attested SBOM: one of this image, whoever wrote it, and not an empty one."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from supply_chain.errors import SbomInvalid
from supply_chain.models.attested_sbom import AttestedSbom
from unit.supply_chain.attesting import DIGEST, SBOM

OTHER = f"sha256:{'0' * 64}"
OF_SYFT: dict[str, Any] = {"SPDXID": "SPDXRef-image", "name": "ghcr.io/acme/inventory", "versionInfo": DIGEST}


def refused(document: dict[str, Any], why: str, *, may_be_empty: bool = False) -> None:
    with pytest.raises(SbomInvalid) as raised:
        AttestedSbom.parse(document).check(DIGEST, may_be_empty=may_be_empty)
    assert why in raised.value.message


def of_image(image: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A document about an image that is described in this way, and one package in it."""
    packages = [{"SPDXID": "SPDXRef-image", "name": "image"} | image, {"SPDXID": "SPDXRef-a", "name": "a"}]
    known = {"spdxVersion": "SPDX-2.3", "packages": packages, "documentDescribes": ["SPDXRef-image"]}
    return known | changed


def purl(locator: str) -> dict[str, Any]:
    return {"externalRefs": [{"referenceType": "purl", "referenceLocator": locator}]}


def test_one_of_trivys_is_of_the_image_it_was_made_from(said: Callable[[str], str], digest: str) -> None:
    document = json.loads(said("sbom.spdx.json"))
    packages = AttestedSbom.parse(document).check(digest, may_be_empty=False)
    assert packages == len(document["packages"]) - 1
    refused(document, "of another image")


@pytest.mark.parametrize(
    "image",
    [
        {"name": f"ghcr.io/acme/inventory@{DIGEST}"},
        {"name": DIGEST},
        OF_SYFT,
        purl(f"pkg:oci/inventory@{DIGEST}?arch=amd64"),
        purl(f"pkg:oci/inventory@{DIGEST.replace(':', '%3A')}"),
        {"checksums": [{"algorithm": "SHA256", "checksumValue": DIGEST.removeprefix("sha256:")}]},
        {"name": f"x@{DIGEST}"} | purl(f"pkg:oci/x@{DIGEST}"),
    ],
)
def test_the_image_is_named_by_its_digest_in_any_of_four_places(image: dict[str, Any]) -> None:
    assert AttestedSbom.parse(of_image(image)).check(DIGEST, may_be_empty=False) == 1


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ({}, "image, not"),
        ({"name": f"x@{OTHER}"}, OTHER),
        ({"name": f"x@{DIGEST}"} | purl(f"pkg:oci/x@{OTHER}"), OTHER),
        ({"versionInfo": OTHER, "name": DIGEST}, OTHER),
        ({"name": "ghcr.io/acme/inventory:latest"}, "latest, not"),
        (purl("pkg:oci/x"), "image, not"),
        (purl("pkg:oci/a/"), "no package URL"),
        (purl(f"pkg:docker/x@{DIGEST}"), "image, not"),
    ],
)
def test_any_other_digest_or_none_is_another_image(image: dict[str, Any], why: str) -> None:
    refused(of_image(image), why)


@pytest.mark.parametrize(
    "changed",
    [
        {"documentDescribes": []},
        {"documentDescribes": ["SPDXRef-none"]},
        {"documentDescribes": ["SPDXRef-image", "SPDXRef-a"]},
        {"documentDescribes": ["SPDXRef-image", "SPDXRef-none"]},
    ],
)
def test_it_must_say_which_package_is_the_image(changed: dict[str, Any]) -> None:
    refused(of_image(OF_SYFT, **changed), "which package is the image")


def test_a_package_that_only_looks_like_the_image_is_not_it() -> None:
    document = of_image({"name": "other"})
    document["packages"][1]["name"] = f"ghcr.io/acme/inventory@{DIGEST}"
    refused(document, "of another image")


@pytest.mark.parametrize(
    "changed",
    [
        {"spdxVersion": "SPDX-3.0"},
        {"spdxVersion": None},
        {"packages": []},
        {"packages": None},
        {"packages": [{"name": "x"}]},
        {"bomFormat": "CycloneDX", "spdxVersion": "1.6"},
    ],
)
def test_what_is_no_spdx_2_is_refused(changed: dict[str, Any]) -> None:
    refused(deepcopy(SBOM) | changed, "not an SPDX 2 document")


def test_an_empty_one_passes_only_where_the_policy_says_so() -> None:
    document = of_image(OF_SYFT)
    del document["packages"][1]
    refused(document, "nothing but the image itself")
    assert AttestedSbom.parse(document).check(DIGEST, may_be_empty=True) == 0
    refused(of_image({}), "of another image", may_be_empty=True)
