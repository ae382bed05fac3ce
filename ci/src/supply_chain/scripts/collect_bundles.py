"""Copy the Sigstore bundles of a saved layout into a directory: `collect_bundles.py LAYOUT DIGEST OUTPUT`.

`cosign save` keeps bundles as manifests whose subject is the image, each with the bundle as its one layer.
The files are named after what the bundle states: signature.sigstore.json, sbom.sigstore.json, …
"""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PREDICATE_TYPE = "dev.sigstore.bundle.predicateType"
NAMES = {"https://sigstore.dev/cosign/sign/v1": "signature", "https://spdx.dev/Document": "sbom"}

_LARGEST_MANIFEST = 4 * 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def collect(layout: Path, digest: str, output: Path) -> list[str]:
    """Copy every bundle whose subject is the image `digest`; the names of the files."""
    output.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    for manifest in manifests(layout):
        bundle = bundle_digest(manifest, digest)
        if bundle:
            stem = NAMES.get(manifest.get("annotations", {}).get(PREDICATE_TYPE), "attestation")
            written.append(unused(stem, written))
            shutil.copyfile(blob(layout, bundle), output / written[-1])
    return written


def bundle_digest(manifest: dict[str, Any], subject: str) -> str | None:
    """The digest of the bundle that a manifest attaches to `subject`; None for any other manifest.

    Anybody who may push can attach what they like, so nothing of its shape is taken for granted.
    """
    if (
        manifest.get("artifactType") != BUNDLE_TYPE
        or (manifest.get("subject") or {}).get("digest") != subject
    ):
        return None
    digests = [str(layer.get("digest")) for layer in manifest["layers"] if isinstance(layer, dict)]
    return digests[0] if len(digests) == 1 and _DIGEST.fullmatch(digests[0]) else None


def manifests(layout: Path) -> Iterator[dict[str, Any]]:
    """Every image manifest among the layout's blobs, in the order of their digests."""
    for path in sorted((layout / "blobs" / "sha256").iterdir()):
        if path.stat().st_size <= _LARGEST_MANIFEST:
            try:
                content = json.loads(path.read_bytes())
            except ValueError:
                continue
            if isinstance(content, dict) and isinstance(content.get("layers"), list):
                yield content


def blob(layout: Path, digest: str) -> Path:
    """Where the layout keeps a blob."""
    algorithm, _, value = digest.partition(":")
    return layout / "blobs" / algorithm / value


def unused(stem: str, taken: list[str]) -> str:
    """A file name that no other bundle has; an image signed twice has two signatures."""
    counted = sum(name.startswith(stem) for name in taken)
    return f"{stem}.sigstore.json" if not counted else f"{stem}-{counted + 1}.sigstore.json"


if __name__ == "__main__":
    print(json.dumps(collect(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))
