"""Holds the sides to the same results, so that nobody is fast by doing less."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import Unequal
from bench.site import Site

TYPES = frozenset(
    {
        "https://sigstore.dev/cosign/sign/v1",
        "https://spdx.dev/Document",
        "https://slsa.dev/provenance/v1",
    }
)
"""Predicate types that must be attached to a released image."""

_SHOWN = 5


@dataclass(frozen=True)
class Result:
    """What one side made.

    Attributes:
        side: Who.
        packages: Name and version of all that the SBOM lists; None where none was made.
        findings: What SARIF lists; None where none was made.
        attached: Predicate types that the registry has of the image; None where nothing was released.
        accepted: Whether stock cosign accepts what was asked for.
    """

    side: str
    packages: frozenset[tuple[str, str]] | None
    findings: frozenset[str] | None
    attached: frozenset[str] | None
    accepted: Mapping[str, bool]


def packages(sbom: Path) -> frozenset[tuple[str, str]] | None:
    """Packages of an SPDX document that were found in the image: not the image itself, nor its system."""
    if not sbom.exists():
        return None
    listed = json.loads(sbom.read_bytes())["packages"]
    return frozenset((one["name"], one["versionInfo"]) for one in listed if _is_package(one))


def findings(sarif: Path) -> frozenset[str] | None:
    """Vulnerabilities that SARIF lists."""
    if not sarif.exists():
        return None
    [run] = json.loads(sarif.read_bytes())["runs"]
    return frozenset(result["ruleId"] for result in run["results"])


def check(results: Mapping[str, Result]) -> None:
    """Unequal unless all sides came to the same, as far as they came to anything."""
    for result in results.values():
        _check_attached(result)
    for name in ("packages", "findings", "attached"):
        found = {side: getattr(result, name) for side, result in results.items()}
        _check_same(name, {side: what for side, what in found.items() if what is not None})


def _check_attached(result: Result) -> None:
    if result.attached is not None and result.attached != TYPES:
        raise Unequal(f"{result.side} attached {sorted(result.attached)}, and not {sorted(TYPES)}")
    refused = [name for name, good in result.accepted.items() if not good]
    if refused:
        raise Unequal(f"stock cosign does not accept what {result.side} released: {', '.join(refused)}")


def _check_same(name: str, found: Mapping[str, frozenset[Any]]) -> None:
    if any(not what for what in found.values()):
        raise Unequal(
            f"no {name} were found by {', '.join(side for side, what in found.items() if not what)}"
        )
    for side, what in found.items():
        for other, others in found.items():
            if more := sorted(what - others):
                raise Unequal(f"{name} that {side} has and {other} has not: {more[:_SHOWN]}")


def _is_package(listed: Mapping[str, Any]) -> bool:
    """Whether it has a package URL that is no image's."""
    places = [
        one["referenceLocator"] for one in listed.get("externalRefs", ()) if one["referenceType"] == "purl"
    ]
    return any(not place.startswith("pkg:oci/") for place in places)


def result_of(side: str, site: Site, folder: Path, image: str) -> Result:
    """What a side left in its folder, and what the registry has of its image.

    Args:
        side: Who.
        site: Where it released to.
        folder: Where its SBOM and SARIF are.
        image: The image by digest; empty where nothing was released.
    """
    repository, _, digest = image.partition("@")
    name = repository.partition("/")[2]
    return Result(
        side=side,
        packages=packages(folder / "sbom.spdx.json"),
        findings=findings(folder / "trivy.sarif"),
        attached=frozenset(site.registry_of(name).referrers(digest)) if image else None,
        accepted=site.stock_accepts(image) if image else {},
    )
