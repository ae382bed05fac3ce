"""What a trusted signer could say wrongly in a release's three statements, and its name."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from supply_chain import errors
from supply_chain.models.build_type import BUILD_TYPE
from unit.supply_chain.attesting import DIGEST
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.provenances import PLACE

HOW = ["replaced", "removed", "added"]
Draw = Callable[[st.SearchStrategy[Any]], Any]

Said = dict[str, dict[str, Any]]
"""The three statements, by what they are."""


def parameters(said: Said) -> dict[str, Any]:
    """External parameters of the provenance, to be changed."""
    external: dict[str, Any] = definition(said)["externalParameters"]
    return external


def internals(said: Said) -> dict[str, Any]:
    """Internal parameters of the provenance, to be changed."""
    internal: dict[str, Any] = definition(said)["internalParameters"]
    return internal


def definition(said: Said) -> dict[str, Any]:
    """The build definition of the provenance, to be changed."""
    found: dict[str, Any] = said["provenance"]["predicate"]["buildDefinition"]
    return found


def details(said: Said) -> dict[str, Any]:
    """The run details of the provenance, to be changed."""
    found: dict[str, Any] = said["provenance"]["predicate"]["runDetails"]
    return found


MUTATIONS: dict[str, tuple[type[errors.SupplyChainError], Callable[[Said], Any]]] = {
    "signature of another image": (
        errors.DigestMismatch,
        lambda said: said["signature"]["subject"][0].update(digest={"sha256": "0" * 64}),
    ),
    "SBOM of another image": (
        errors.DigestMismatch,
        lambda said: said["sbom"]["subject"][0].update(digest={"sha256": "0" * 64}),
    ),
    "provenance of another image": (
        errors.DigestMismatch,
        lambda said: said["provenance"]["subject"][0].update(digest={"sha256": "0" * 64}),
    ),
    "a second subject": (
        errors.DigestMismatch,
        lambda said: said["provenance"]["subject"].append({"digest": {"sha256": "0" * 64}}),
    ),
    "a second digest": (
        errors.DigestMismatch,
        lambda said: said["signature"]["subject"][0]["digest"].update(sha512="0" * 128),
    ),
    "no digest": (errors.DigestMismatch, lambda said: said["sbom"]["subject"][0].update(digest={})),
    "no subject": (errors.StatementInvalid, lambda said: said["sbom"].update(subject=[])),
    "an upper-case digest": (
        errors.DigestMismatch,
        lambda said: said["signature"]["subject"][0].update(digest={"sha256": "A" * 64}),
    ),
    "a subject that says more": (
        errors.StatementInvalid,
        lambda said: said["signature"]["subject"][0].update(uri="oci://other"),
    ),
    "a statement that says more": (errors.StatementInvalid, lambda said: said["sbom"].update(Subject=[])),
    "a predicate that is none": (errors.StatementInvalid, lambda said: said["sbom"].update(predicate=[])),
    "an old signature": (
        errors.StatementInvalid,
        lambda said: said["signature"].update(_type="https://in-toto.io/Statement/v0.1"),
    ),
    "an old provenance": (
        errors.StatementInvalid,
        lambda said: said["provenance"].update(_type="https://in-toto.io/Statement/v0.1"),
    ),
    "a version to come": (
        errors.StatementInvalid,
        lambda said: said["sbom"].update(_type="https://in-toto.io/Statement/v2"),
    ),
    "almost a signature": (
        errors.SignatureMissing,
        lambda said: said["signature"].update(predicateType="https://sigstore.dev/cosign/sign/v1/"),
    ),
    "an old type of provenance": (
        errors.ProvenanceMissing,
        lambda said: said["provenance"].update(predicateType="https://slsa.dev/provenance/v0.2"),
    ),
    "an SBOM that is none": (errors.SbomInvalid, lambda said: said["sbom"].update(predicate={})),
    "a provenance that is none": (
        errors.ProvenanceInvalid,
        lambda said: said["provenance"].update(predicate={}),
    ),
    "another builder": (
        errors.BuilderRefused,
        lambda said: details(said)["builder"].update(id="https://x.example"),
    ),
    "an allowed builder that it was not": (
        errors.ProvenanceMismatch,
        lambda said: details(said)["builder"].update(id="urn:supply-chain:builder:local"),
    ),
    "another build type": (
        errors.BuildTypeRefused,
        lambda said: definition(said).update(buildType="urn:x"),
    ),
    "an unknown parameter": (errors.ParameterUnknown, lambda said: parameters(said).update(entrypoint="sh")),
    "an unknown parameter within": (
        errors.ParameterUnknown,
        lambda said: parameters(said)["source"].update(path="/"),
    ),
    "a parameter that is missing": (errors.ProvenanceInvalid, lambda said: parameters(said).pop("version")),
    "a parameter of another type": (
        errors.ProvenanceInvalid,
        lambda said: parameters(said).update(port="8080"),
    ),
    "a level that is not its own": (
        errors.ProvenanceInvalid,
        lambda said: internals(said).update(buildLevel=3),
    ),
    "another repository": (
        errors.ProvenanceMismatch,
        lambda said: parameters(said)["source"].update(repository="https://github.com/acme/other"),
    ),
    "another ref": (
        errors.ProvenanceMismatch,
        lambda said: parameters(said)["source"].update(ref="refs/heads/main"),
    ),
    "another commit": (
        errors.ProvenanceMismatch,
        lambda said: definition(said)["resolvedDependencies"][0].update(digest={"gitCommit": "0" * 40}),
    ),
    "no commit": (
        errors.ProvenanceMismatch,
        lambda said: definition(said).update(resolvedDependencies=[]),
    ),
    "another run": (
        errors.ProvenanceMismatch,
        lambda said: details(said)["metadata"].update(invocationId=PLACE.run[:-1]),
    ),
    "another workflow": (errors.ProvenanceMismatch, lambda said: internals(said).update(workflow="x")),
    "another runner": (errors.ProvenanceMismatch, lambda said: internals(said).update(runner="self-hosted")),
    "another issuer": (errors.ProvenanceMismatch, lambda said: internals(said).update(issuer="https://x")),
    "another kind of place": (
        errors.ProvenanceMismatch,
        lambda said: internals(said).update(place="self-hosted"),
    ),
}


def changed(draw: Draw, value: Any, values: st.SearchStrategy[Any]) -> Any:
    """The value with one thing in it, wherever that is, replaced, removed or joined by another.

    Args:
        draw: Draws from a strategy.
        value: JSON.
        values: What may come in.
    """
    value = deepcopy(value)
    here = value
    while isinstance(here, dict | list) and here:
        keys: list[Any] = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        key = draw(st.sampled_from(keys))
        deeper = isinstance(here[key], dict | list) and here[key]
        how = draw(st.sampled_from(["deeper"] * 4 + HOW if deeper else HOW))
        if how == "deeper":
            here = here[key]
            continue
        if how == "replaced":
            here[key] = draw(values)
        elif how == "removed":
            del here[key]
        elif isinstance(here, dict):
            here[draw(st.text(max_size=8)) or "new"] = draw(values)
        else:
            here.append(draw(values))
        break
    return value


def right(said: Said) -> bool:
    """Whether the three say what they should, looked up by hand: the judgement's code has no part in it."""
    provenance, sbom = said["provenance"]["predicate"], said["sbom"]["predicate"]
    image = next(package for package in sbom["packages"] if package["SPDXID"] == "SPDXRef-ContainerImage")
    definition, details = provenance["buildDefinition"], provenance["runDetails"]
    external, internal = definition["externalParameters"], definition["internalParameters"]
    sources = [one for one in definition["resolvedDependencies"] if one.get("name") == "source"]
    return (
        all(
            [subject["digest"] for subject in one["subject"]]
            == [{"sha256": DIGEST.removeprefix("sha256:")}] * len(one["subject"])
            != []
            for one in said.values()
        )
        and said["signature"]["_type"] == said["provenance"]["_type"] == "https://in-toto.io/Statement/v1"
        and {one["predicateType"] for one in said.values()}
        >= {
            "https://sigstore.dev/cosign/sign/v1",
            "https://spdx.dev/Document",
            "https://slsa.dev/provenance/v1",
        }
        and sbom["spdxVersion"].startswith("SPDX-2.")
        and len(sbom["packages"]) > 1
        and DIGEST in image["name"] + json.dumps(image.get("externalRefs", ""))
        and (details["builder"]["id"], definition["buildType"]) == (PLACE.builder_id, BUILD_TYPE)
        and (external["source"], details["metadata"]["invocationId"])
        == ({"repository": PLACE.repository, "ref": PLACE.ref}, PLACE.run)
        and [one["digest"]["gitCommit"] for one in sources] == [COMMIT]
        and (
            internal["workflow"],
            internal["runner"],
            internal["issuer"],
            internal["place"],
            internal["mode"],
        )
        == (PLACE.workflow, PLACE.runner, PLACE.issuer, "github-hosted", "release")
    )
