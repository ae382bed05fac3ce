"""A bundle as a manifest that refers to the image."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

from supply_chain.models.bundle import MEDIA_TYPE as BUNDLE_TYPE
from supply_chain.models.image_layout import Descriptor
from supply_chain.models.referrer import Referrer, referrer

_NOW = datetime(2026, 11, 25, 3, 0, 0, 1, tzinfo=UTC)
_BUNDLE = '{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}'
_TARGET = Descriptor(
    digest=f"sha256:{'ab' * 32}", size=1234, media_type="application/vnd.oci.image.manifest.v1+json"
)


def _made(created: datetime = _NOW) -> Referrer:
    return referrer(_BUNDLE, "https://spdx.dev/Document", _TARGET, created)


def test_every_blob_is_what_its_name_says() -> None:
    blobs = {path: content for path, content in _made().files.items() if path.startswith("blobs/")}
    assert len(blobs) == 3  # the empty config, the bundle, the manifest
    for path, content in blobs.items():
        assert path == f"blobs/sha256/{hashlib.sha256(content.encode()).hexdigest()}"


def test_the_manifest_refers_to_the_image_and_holds_the_bundle() -> None:
    made = _made()
    [described] = json.loads(made.files["index.json"])["manifests"]
    assert described["digest"] == made.digest
    manifest = json.loads(made.files[f"blobs/{made.digest.replace(':', '/')}"])
    assert manifest["subject"] == {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": _TARGET.digest,
        "size": 1234,
    }
    assert manifest["artifactType"] == BUNDLE_TYPE
    [layer] = manifest["layers"]
    assert made.files[f"blobs/{layer['digest'].replace(':', '/')}"] == _BUNDLE
    assert manifest["annotations"]["dev.sigstore.bundle.predicateType"] == "https://spdx.dev/Document"


def test_a_second_attempt_is_another_manifest() -> None:
    assert _made().digest != _made(_NOW + timedelta(microseconds=1)).digest


def test_a_target_is_known_by_its_bytes() -> None:
    text = '{"mediaType": "application/vnd.docker.distribution.manifest.v2+json"}'
    target = Descriptor.of(text)
    assert target.digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert (target.size, target.media_type) == (
        len(text),
        "application/vnd.docker.distribution.manifest.v2+json",
    )
