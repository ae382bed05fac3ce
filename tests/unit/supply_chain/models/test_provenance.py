"""SLSA provenance: written as the specification has it, read back, refused by field."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import ProvenanceInvalid, SupplyChainError
from supply_chain.images import Image, Images
from supply_chain.models import provenance as slsa
from supply_chain.models.build_type import BUILD_TYPE
from supply_chain.models.database import Database
from supply_chain.models.dockerfile_images import images
from supply_chain.models.place import Place
from supply_chain.models.provenance import Provenance, ResourceDescriptor
from supply_chain.models.statement import Statement
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.provenances import PLACE, external, internal

DIGEST = f"sha256:{'0' * 64}"
HEX = "a" * 64
STARTED = datetime(2026, 11, 25, 4, 0, 1, 999_999, tzinfo=UTC)


def made(*dependencies: ResourceDescriptor, **metadata: Any) -> Provenance:
    """A provenance of our build type."""
    known = {"invocation_id": PLACE.run, "started_on": STARTED, "finished_on": STARTED}
    return Provenance(
        build_definition=slsa.build_definition(external(), internal(), dependencies),
        run_details=slsa.RunDetails(
            builder=slsa.Builder(id=PLACE.builder_id, version={"trivy": "0.74.0"}),
            metadata=slsa.BuildMetadata(**known | metadata),
            byproducts=(slsa.byproduct("sbom.spdx.json", b"{}"),),
        ),
    )


def test_it_is_written_as_the_specification_names_it() -> None:
    assert made(*slsa.source(PLACE, "", dirty=False)).as_json() == {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": external().as_json(),
            "internalParameters": internal().as_json(),
            "resolvedDependencies": [
                {
                    "name": "source",
                    "uri": "git+https://github.com/acme/inventory@refs/tags/v1.2.3",
                    "digest": {"gitCommit": COMMIT},
                }
            ],
        },
        "runDetails": {
            "builder": {"id": PLACE.builder_id, "version": {"trivy": "0.74.0"}},
            "metadata": {
                "invocationId": "https://github.com/acme/inventory/actions/runs/4711/attempts/2",
                "startedOn": "2026-11-25T04:00:01Z",
                "finishedOn": "2026-11-25T04:00:01Z",
            },
            "byproducts": [
                {
                    "name": "sbom.spdx.json",
                    "digest": {"sha256": hashlib.sha256(b"{}").hexdigest()},
                    "mediaType": "application/spdx+json",
                }
            ],
        },
    }


def test_it_comes_back_whole_out_of_its_statement() -> None:
    dependencies = (*slsa.source(PLACE, "", dirty=True), *slsa.tools(Images.pinned()))
    written = slsa.provenance_statement("ghcr.io/acme/inventory", DIGEST, made(*dependencies))
    statement = Statement.parse(written.to_json())
    read = Provenance.parse(statement.predicate)
    assert (statement.predicate_type, statement.digests) == ("https://slsa.dev/provenance/v1", [DIGEST])
    assert read.as_json() == made(*dependencies).as_json()
    assert (read.external, read.internal, read.commit) == (external(), internal(), COMMIT)


def test_times_are_utc_whatever_clock_they_were_read_from() -> None:
    there = STARTED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    metadata = made(started_on=there, finished_on=None).as_json()["runDetails"]["metadata"]
    assert metadata["startedOn"] == "2026-11-25T04:00:01Z"
    assert "finishedOn" not in metadata


def test_the_source_has_the_commit_of_the_token_or_else_of_git() -> None:
    (of_token,) = slsa.source(PLACE, COMMIT[:7], dirty=None)
    assert of_token.digest == {"gitCommit": COMMIT}
    (of_git,) = slsa.source(Place(), COMMIT, dirty=False)
    assert (of_git.uri, of_git.digest) == ("", {"gitCommit": COMMIT})
    (sha256,) = slsa.source(Place(), HEX, dirty=False)
    assert sha256.digest == {"gitCommit": HEX}


def test_a_commit_in_short_is_no_digest_and_none_at_all_no_source() -> None:
    (short,) = slsa.source(Place(), COMMIT[:7], dirty=False)
    assert (short.name, short.digest) == ("source", {})
    assert slsa.source(Place(), "", dirty=None) == ()


@pytest.mark.parametrize(("dirty", "said"), [(True, {"dirty": True}), (False, {}), (None, {})])
def test_a_changed_source_says_so(dirty: bool | None, said: dict[str, bool]) -> None:
    (source,) = slsa.source(PLACE, "", dirty=dirty)
    assert source.annotations == said


def test_base_images_are_all_that_a_dockerfile_takes_from_outside_each_once() -> None:
    dockerfile = f"""\
# syntax=docker/dockerfile:1@sha256:{"b" * 64}
ARG PYTHON_IMAGE
FROM ${{PYTHON_IMAGE}} AS build
FROM ${{PYTHON_IMAGE}} AS test
COPY --from=ghcr.io/acme/tools:2 /x /x
FROM alpine-${{TARGETARCH}} AS runtime
COPY --from=build /x /x
"""
    python = f"docker.io/library/python:3.13@sha256:{HEX}"
    assert slsa.base_images(images(dockerfile, {"PYTHON_IMAGE": python})) == (
        ResourceDescriptor(name="base-image", uri="oci://docker/dockerfile:1", digest={"sha256": "b" * 64}),
        ResourceDescriptor(
            name="base-image", uri="oci://docker.io/library/python:3.13", digest={"sha256": HEX}
        ),
        ResourceDescriptor(name="base-image", uri="oci://ghcr.io/acme/tools:2"),
        ResourceDescriptor(name="base-image", annotations={"written": "alpine-${TARGETARCH}"}),
    )


def test_every_tool_image_is_there_by_digest() -> None:
    pinned = Images.pinned()
    found = {one.name: one.digest["sha256"] for one in slsa.tools(pinned)}
    assert found == {f"tool/{name}": image.reference.rpartition(":")[2] for name, image in pinned}


def test_a_stand_in_says_for_which_image() -> None:
    stand_in = Image(reference=f"localhost/trivy@{DIGEST}", version="0.74.0", stand_in_for="ghcr.io/x/trivy")
    (tool,) = slsa.tools([("trivy", stand_in)])
    assert tool.annotations == {"standsInFor": "ghcr.io/x/trivy"}


def test_the_database_is_there_by_the_digest_of_its_file() -> None:
    database = Database(source="given", digest=DIGEST, updated_at=STARTED, sample=True)
    found = slsa.vulnerability_db(database)
    assert found.digest == {"sha256": "0" * 64}
    assert found.annotations == {
        "file": "db/trivy.db",
        "source": "given",
        "sample": True,
        "updatedAt": "2026-11-25T04:00:01Z",
    }


def test_a_given_image_is_named_by_its_place_or_its_digest() -> None:
    placed = slsa.given_image(f"ghcr.io/acme/inventory@sha256:{HEX}", DIGEST)
    assert (placed.uri, placed.digest) == ("oci://ghcr.io/acme/inventory", {"sha256": HEX})
    assert slsa.given_image("tarball", DIGEST) == ResourceDescriptor(
        name="image", digest={"sha256": "0" * 64}
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sbom.spdx.json", "application/spdx+json"),
        ("trivy.sarif", "application/sarif+json"),
        ("trivy.json", "application/json"),
    ],
)
def test_a_byproduct_is_named_with_what_it_is(name: str, kind: str) -> None:
    assert slsa.byproduct(name, b"x").media_type == kind


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("buildDefinition",), None, "buildDefinition"),
        (("buildDefinition", "buildType"), "", "buildDefinition.buildType"),
        (("buildDefinition", "externalParameters"), [], "buildDefinition.externalParameters"),
        (("buildDefinition", "resolvedDependencies"), [1], "buildDefinition.resolvedDependencies.0"),
        (("runDetails",), "x", "runDetails"),
        (("runDetails", "builder"), {}, "runDetails.builder.id"),
        (("runDetails", "builder", "id"), 7, "runDetails.builder.id"),
        (("runDetails", "metadata", "startedOn"), "yesterday", "runDetails.metadata.startedOn"),
        (("runDetails", "metadata", "startedOn"), "2026-11-25T04:00:01", "runDetails.metadata.startedOn"),
    ],
)
def test_a_wrong_field_is_named(path: tuple[str, ...], value: Any, named: str) -> None:
    predicate = made().as_json()
    inner = predicate
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(ProvenanceInvalid, match=f"why: {named}"):
        Provenance.parse(predicate)


def test_another_build_type_is_read_as_far_as_it_is_slsa() -> None:
    predicate = made().as_json()
    predicate["buildDefinition"] |= {"buildType": "https://example.com/v1", "externalParameters": {"a": 1}}
    read = Provenance.parse(predicate)
    assert read.build_definition.build_type == "https://example.com/v1"
    with pytest.raises(ProvenanceInvalid):
        _ = read.external


def test_two_sources_are_not_one_too_many_to_notice() -> None:
    source = slsa.source(PLACE, "", dirty=False)
    assert made().commit == ""
    with pytest.raises(ProvenanceInvalid, match="more than one source"):
        _ = made(*source, *source).commit


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
def test_whatever_is_put_in_place_of_a_field_is_read_or_refused(data: st.DataObject) -> None:
    predicate = json.loads(json.dumps(made(*slsa.source(PLACE, "", dirty=False)).as_json()))
    inner: Any = predicate
    while True:
        key = data.draw(st.sampled_from(sorted(inner)) if isinstance(inner, dict) else st.just(0))
        if not isinstance(inner[key], dict | list) or not inner[key] or data.draw(st.booleans()):
            break
        inner = inner[key]
    inner[key] = data.draw(JSON)
    raised: type[Exception] | None = None
    try:
        read = Provenance.parse(predicate)
        _ = read.external, read.internal, read.commit
    except Exception as error:  # noqa: BLE001 - looked at below
        raised = type(error)
    assert raised is None or issubclass(raised, SupplyChainError)
