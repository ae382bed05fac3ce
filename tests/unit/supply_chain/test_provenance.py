"""The facts of a run, gathered into its provenance: every input of the caller, every digest that was used."""

import hashlib
import inspect
import re
from typing import Any, cast

import anyio
import dagger
import pytest

from supply_chain.git_facts import Commit
from supply_chain.identity import Identity
from supply_chain.images import Images
from supply_chain.inputs import Given, Subject
from supply_chain.layout import Layout
from supply_chain.ledger import Ledger
from supply_chain.main import SupplyChain
from supply_chain.models.build_type import ExternalParameters
from supply_chain.models.database import Database
from supply_chain.models.image_layout import Descriptor
from supply_chain.models.mode import Mode
from supply_chain.models.place import Place
from supply_chain.models.policy import Policy
from supply_chain.models.provenance import PROVENANCE_TYPE, Provenance, ResourceDescriptor
from supply_chain.models.reference import Repository
from supply_chain.models.settings import Settings
from supply_chain.models.statement import Statement
from supply_chain.models.trivy_report import Severity
from supply_chain.models.version import Version
from supply_chain.plan import Plan, Request
from supply_chain.project import Project
from supply_chain.provenance import provenance
from supply_chain.registry import Registry
from supply_chain.rules import Rules
from supply_chain.run import Run
from supply_chain.signer import Signer
from supply_chain.signing import Signing
from supply_chain.trust import Trust
from supply_chain.vulnerability_db import Wanted
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.outcomes import STARTED
from unit.supply_chain.provenances import PLACE

DIGEST = f"sha256:{'0' * 64}"
OTHER = f"sha256:{'1' * 64}"
DOCKERFILE = "ARG PYTHON_IMAGE\nFROM $PYTHON_IMAGE AS base\nFROM base AS runtime\n"
EXCEPTIONS = "vulnerabilities: []  # none, for now: ü\n"
MINE = "# mine\n"
SBOM = '{"name": "bölt"}\n'
SIGNING = Signing(identity=cast("Identity", object()))
IN_A_RELEASE = {"python", "trivy", "cosign", "crane"}


class Text:
    """A file as the engine hands it out."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def contents(self) -> str:
        """All of it."""
        return self.text


class Folder:
    """A directory as the engine hands it out."""

    def __init__(self, **files: str) -> None:
        self.files = {name.replace("__", "."): text for name, text in files.items()}

    async def entries(self) -> list[str]:
        """Names of the files."""
        return list(self.files)

    async def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self.files

    def file(self, path: str) -> Text:
        """One file."""
        return Text(self.files[path])


def source(**files: str) -> dagger.Directory:
    return cast("dagger.Directory", Folder(**{"Dockerfile": DOCKERFILE} | files))


def file(text: str) -> dagger.File:
    return cast("dagger.File", Text(text))


def run(project: Project | None = None, **facts: Any) -> Run:
    """A run that is about to say how its image came to be."""
    plan_facts: dict[str, Any] = {
        "mode": Mode.RELEASE,
        "commit": Commit(COMMIT, dirty=False),
        "policy": Policy(),
    }
    of_plan = {"mode", "commit", "policy", "sample_advisories"} & facts.keys()
    plan_facts |= {name: facts.pop(name) for name in of_plan}
    database = facts.pop("record", Database(source="given", digest=OTHER, updated_at=STARTED, sample=False))
    asked: dict[str, Any] = {"repository": "ghcr.io/acme/inventory", "version": "1.2.3", "signing": SIGNING}
    request = Request(project=project or Project(images=Images.pinned(), source=source()), **asked | facts)
    plan = Plan(
        request=request,
        repository=Repository.parse("ghcr.io/acme/inventory"),
        version=Version.parse("1.2.3"),
        db=None,
        **plan_facts,
    )
    ledger = Ledger({"database": database}, started_at=STARTED)
    nobody = cast("Signer", object()), cast("Trust", object())
    return Run(plan, ledger, Registry(images=request.project.images), *nobody)


def stated(
    a_run: Run, origin: str = "source", place: Place = PLACE, **byproducts: bytes | dagger.File
) -> Statement:
    target = Descriptor(digest=DIGEST, size=1, media_type="application/vnd.oci.image.manifest.v1+json")
    layout = Layout(cast("dagger.Directory", object()), DIGEST, "{}", target)
    subject = Subject(layout, cast("dagger.Container", object()), origin)
    named = {name.replace("_", "."): content for name, content in byproducts.items()}
    made = anyio.run(provenance, a_run, subject, place, "keyless", named)
    return Statement.parse(made.to_json())


def proven(
    a_run: Run, origin: str = "source", place: Place = PLACE, **byproducts: bytes | dagger.File
) -> Provenance:
    return Provenance.parse(stated(a_run, origin, place, **byproducts).predicate)


def dependencies(found: Provenance) -> dict[str, ResourceDescriptor]:
    return {one.name: one for one in found.build_definition.resolved_dependencies}


def test_it_is_about_the_image_in_its_repository() -> None:
    statement = stated(run())
    (subject,) = statement.subject
    assert (subject.name, subject.sha256) == ("ghcr.io/acme/inventory", DIGEST)
    assert statement.predicate_type == PROVENANCE_TYPE


def test_what_the_caller_decides_is_in_it() -> None:
    project = Project(
        images=Images.pinned().overridden(f'[images.trivy]\nreference = "x/y@{OTHER}"\nversion = "9"\n'),
        settings=Settings(
            platform="linux/arm64", build_args={"A": "settings", "B": "settings"}, port=9000, test_target="qa"
        ),
        source=source(__trivyignore__yaml=EXCEPTIONS),
        build_args={"A": "caller"},
        build_secrets={"token": cast("dagger.Secret", object()), "cert": cast("dagger.Secret", object())},
    )
    found = proven(
        run(
            project,
            revision=COMMIT[:7],
            policy=Policy(severities=(Severity.LOW,), ignore_unfixed=False),
            database=Wanted(cast("dagger.Directory", object()), allow_sample=True, max_age_hours=5),
            advisories=cast("dagger.Directory", object()),
        )
    ).external
    assert found.model_dump() == {
        "version": "1.2.3",
        "repository": "ghcr.io/acme/inventory",
        "revision": COMMIT[:7],
        "source": {"repository": "https://github.com/acme/inventory", "ref": "refs/tags/v1.2.3"},
        "input": "source",
        "reference": "",
        "platform": "linux/arm64",
        "dockerfile": "Dockerfile",
        "target": "runtime",
        "build_args": {"A": "caller", "B": "settings"},
        "build_secrets": ("cert", "token"),
        "port": 9000,
        "health_path": "/healthz",
        "test_target": "qa",
        "severities": ("LOW",),
        "block_unfixed": True,
        "exceptions": f"sha256:{hashlib.sha256(EXCEPTIONS.encode()).hexdigest()}",
        "database": "given",
        "allow_sample_db": True,
        "max_db_age_hours": 5,
        "advisories": "given",
        "images": ("trivy",),
    }


def test_the_callers_exceptions_stand_in_place_of_the_sources() -> None:
    project = Project(images=Images.pinned(), source=source(__trivyignore__yaml=EXCEPTIONS))
    found = proven(run(project, rules=Rules(exceptions=file(MINE)))).external
    assert found.exceptions == f"sha256:{hashlib.sha256(MINE.encode()).hexdigest()}"


def test_what_is_left_to_defaults_is_said_as_well() -> None:
    downloaded = Database(source="ghcr.io/x/db:2", digest=OTHER, updated_at=STARTED, sample=False)
    found = proven(run(record=downloaded)).external
    assert (found.exceptions, found.images, found.revision) == (None, (), "")
    assert (found.database, found.advisories) == ("downloaded", "asked")
    assert (found.allow_sample_db, found.max_db_age_hours) == (False, 168)


def test_every_flag_of_a_release_is_a_parameter_or_left_out_for_a_reason() -> None:
    """A new flag has to be decided upon: it is a parameter, or it is listed here and on the page."""
    renamed = {"image": "input", "tarball": "input", "db": "database", "max_db_age": "max_db_age_hours"}
    # What git says is the dependency `source`; the others decide who signs, whose the source may be, and how
    # long is waited.
    left_out = {"self", "git", "own", "key", "key_password", "sigstore", "patience"}
    flags = {*inspect.signature(SupplyChain).parameters, *inspect.signature(SupplyChain.candidate).parameters}
    parameters = {renamed.get(flag, flag) for flag in flags - left_out}
    assert parameters <= ExternalParameters.model_fields.keys()


def test_everything_used_is_there_by_digest() -> None:
    found = dependencies(proven(run()))
    tools = {f"tool/{name}" for name in IN_A_RELEASE}
    assert set(found) == {"source", "base-image", "vulnerability-db"} | tools
    assert all(one.digest for one in found.values())
    assert found["source"].digest == {"gitCommit": COMMIT}
    assert found["vulnerability-db"].digest == {"sha256": "1" * 64}
    assert found["base-image"].digest == found["tool/python"].digest


@pytest.mark.parametrize(
    ("given", "origin", "digest"),
    [
        (Given(image=cast("dagger.Container", object())), "container", DIGEST),
        (Given(tarball=cast("dagger.File", object())), "tarball", DIGEST),
        (Given(reference="ghcr.io/acme/x:1"), f"ghcr.io/acme/x@{OTHER}", OTHER),
    ],
    ids=["container", "tarball", "reference"],
)
def test_a_given_image_is_a_dependency_and_nothing_was_built(given: Given, origin: str, digest: str) -> None:
    found = proven(run(Project(images=Images.pinned()), given=given), origin)
    assert (found.external.input, found.external.reference) == (given.kind, given.reference)
    assert (found.external.dockerfile, found.external.target) == ("", "")
    assert dependencies(found)["image"].digest == {"sha256": digest.removeprefix("sha256:")}
    assert "base-image" not in dependencies(found)


def test_the_place_is_that_of_the_token() -> None:
    found = proven(run())
    assert found.run_details.builder.id == PLACE.builder_id
    assert found.run_details.metadata.invocation_id == PLACE.run
    assert (found.internal.workflow, found.internal.issuer) == (PLACE.workflow, PLACE.issuer)
    assert found.internal.signer == "keyless"
    assert found.internal.build_level == 1


def test_without_a_token_a_run_has_a_name_of_its_own() -> None:
    first, second = (proven(run(), place=Place()).run_details for _ in range(2))
    assert first.builder.id == "urn:supply-chain:builder:local"
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", first.metadata.invocation_id)
    assert first.metadata.invocation_id != second.metadata.invocation_id


def test_what_makes_a_run_worth_less_is_said() -> None:
    sample = Database(source="given", digest=OTHER, updated_at=STARTED, sample=True)
    stand_in = f'[images.crane]\nreference = "x/y@{OTHER}"\nversion = "9"\nstand_in_for = "z"\n'
    project = Project(images=Images.pinned().overridden(stand_in), source=source())
    found = proven(
        run(
            project,
            mode=Mode.REHEARSAL,
            commit=Commit(COMMIT, dirty=True),
            record=sample,
            sample_advisories=True,
            repository="",
        ),
        place=Place(),
    )
    said = found.internal
    assert (said.mode, said.dirty, said.stand_ins) == (Mode.REHEARSAL, True, ("crane",))
    assert (said.sample_database, said.sample_advisories) == (True, True)
    assert found.external.repository == ""
    assert dependencies(found)["source"].annotations == {"dirty": True}
    assert dependencies(found)["tool/crane"].annotations == {"standsInFor": "z"}


def test_a_rehearsals_own_registry_and_sigstore_are_used_as_well() -> None:
    found = proven(run(mode=Mode.REHEARSAL, repository="", signing=Signing()))
    every = {name for name, _ in Images.pinned()}
    assert {name for name in dependencies(found) if name.startswith("tool/")} == {f"tool/{n}" for n in every}
    assert found.run_details.builder.version.keys() == every


def test_an_image_that_no_step_has_used_is_not_named() -> None:
    """Nor is it said to stand in for anything."""
    stand_in = f'[images.rekor]\nreference = "x/y@{OTHER}"\nversion = "9"\nstand_in_for = "z"\n'
    project = Project(images=Images.pinned().overridden(stand_in), source=source())
    found = proven(run(project))
    assert (found.external.images, found.internal.stand_ins) == ((), ())
    assert "tool/rekor" not in dependencies(found)


def test_byproducts_are_named_by_the_digest_of_their_bytes() -> None:
    found = proven(run(), sbom_spdx_json=file(SBOM), trivy_json=b"\xff{}").run_details.byproducts
    assert {one.name: one.digest["sha256"] for one in found} == {
        "sbom.spdx.json": hashlib.sha256(SBOM.encode()).hexdigest(),
        "trivy.json": hashlib.sha256(b"\xff{}").hexdigest(),
    }


def test_times_and_versions_are_those_of_the_run() -> None:
    details = proven(run()).run_details
    metadata = details.metadata
    assert metadata.started_on == STARTED
    assert metadata.finished_on
    assert metadata.finished_on > STARTED
    assert details.builder.version == {
        name: image.version for name, image in Images.pinned() if name in IN_A_RELEASE
    }
