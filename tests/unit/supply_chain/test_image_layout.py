"""One digest, everywhere."""

import hashlib
import json

import pytest

from supply_chain.errors import DigestMismatch, InternalError
from supply_chain.models.image_layout import Index, check_digest

MANIFEST = b'{"schemaVersion": 2}'
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"
DESCRIPTOR = {
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "digest": DIGEST,
    "size": len(MANIFEST),
}


def index(*descriptors: dict[str, object]) -> str:
    return json.dumps({"schemaVersion": 2, "manifests": descriptors})


def test_finds_the_image() -> None:
    assert Index.parse(index(DESCRIPTOR)).image.digest == DIGEST


@pytest.mark.parametrize(
    "document", ["", "{}", index(), index(DESCRIPTOR | {"digest": "sha256:../../etc/passwd"})]
)
def test_refuses_what_is_no_index(document: str) -> None:
    with pytest.raises(InternalError, match=r"no readable index\.json"):
        Index.parse(document)


def test_refuses_to_choose_between_images() -> None:
    with pytest.raises(InternalError, match="2 images"):
        _ = Index.parse(index(DESCRIPTOR, DESCRIPTOR)).image


def test_a_mismatch_names_place_and_both_digests() -> None:
    with pytest.raises(DigestMismatch, match=r"the tag 1\.0 is not the image.*\n.*sha256:1, not sha256:2"):
        check_digest("the tag 1.0", "sha256:1", "sha256:2")
    check_digest("anywhere", DIGEST, DIGEST)
