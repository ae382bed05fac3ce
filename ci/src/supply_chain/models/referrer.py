"""A Sigstore bundle as what it is in a registry: a manifest that refers to the image, in an OCI layout.

The form is cosign's own (https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md), so that stock
cosign finds it; by the referrers API, or by the fallback tag that who pushes it keeps
(https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from supply_chain.models.base import OwnModel
from supply_chain.models.bundle import MEDIA_TYPE as BUNDLE_TYPE
from supply_chain.models.image_layout import MANIFEST_TYPE, Descriptor

_INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
_EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
_EMPTY = "{}"


class Referrer(OwnModel):
    """A layout that holds one bundle."""

    digest: str
    """Digest of the manifest that refers to the image."""
    files: Mapping[str, str]
    """The layout's files, by path."""


def referrer(bundle: str, predicate_type: str, target: Descriptor, created: datetime) -> Referrer:
    """The bundle as a referrer of the image.

    Args:
        bundle: The bundle, as JSON.
        predicate_type: What its statement states.
        target: The image's manifest.
        created: Time of this attempt to attach it. A second attempt needs another one: crane leaves a
            manifest that exists alone, and does not write the fallback tag that has lost it (crane 0.22.1).
    """
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": BUNDLE_TYPE,
            "config": _descriptor(_EMPTY, _EMPTY_TYPE),
            "layers": [_descriptor(bundle, BUNDLE_TYPE)],
            "subject": {"mediaType": target.media_type, "digest": target.digest, "size": target.size},
            "annotations": {
                "org.opencontainers.image.created": created.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "dev.sigstore.bundle.content": "dsse-envelope",
                "dev.sigstore.bundle.predicateType": predicate_type,
            },
        }
    )
    described = _descriptor(manifest, MANIFEST_TYPE)
    index = {"schemaVersion": 2, "mediaType": _INDEX_TYPE, "manifests": [described]}
    blobs = {_blob(content): content for content in (_EMPTY, bundle, manifest)}
    files = {"oci-layout": '{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index)} | blobs
    return Referrer(digest=described["digest"], files=files)


def _descriptor(content: str, media_type: str) -> dict[str, Any]:
    raw = content.encode()
    return {"mediaType": media_type, "digest": _digest(raw), "size": len(raw)}


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _blob(content: str) -> str:
    return f"blobs/{_digest(content.encode()).replace(':', '/')}"
