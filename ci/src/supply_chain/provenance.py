"""How an image came to be, gathered from the run that made it. Reads what is there; runs nothing."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import dagger

from supply_chain.images import Images, stand_ins
from supply_chain.inputs import Subject
from supply_chain.models import provenance as slsa
from supply_chain.models.build_type import ExternalParameters, InternalParameters, Source
from supply_chain.models.database import Database
from supply_chain.models.dockerfile_images import images as images_of
from supply_chain.models.place import Place
from supply_chain.models.statement import Statement
from supply_chain.plan import Plan
from supply_chain.project import Recipe
from supply_chain.rules import own_exceptions
from supply_chain.run import Run
from supply_chain.vulnerability_db import GIVEN


async def provenance(
    run: Run,
    subject: Subject,
    place: Place,
    signer_kind: str,
    byproducts: Mapping[str, bytes | dagger.File],
) -> Statement:
    """The statement of how the image came to be.

    Args:
        run: The run, with its database in the ledger.
        subject: The image.
        place: Where the run takes place.
        signer_kind: Kind of the signer that the statement is for.
        byproducts: Files of the evidence, by name; they are UTF-8, as Trivy writes them.
    """
    plan, database = run.plan, run.ledger.facts["database"]
    recipe = await plan.project.recipe() if plan.request.given.is_source else None
    external = await _external(plan, place, recipe, database)
    definition = slsa.build_definition(
        external,
        _internal(plan, place, signer_kind, database),
        _dependencies(plan, subject, place, recipe, database),
    )
    details = slsa.RunDetails(
        builder=slsa.Builder(
            id=place.builder_id, version={name: image.version for name, image in plan.images.items()}
        ),
        metadata=slsa.BuildMetadata(
            invocation_id=place.run or uuid.uuid4().urn,
            started_on=run.ledger.started_at,
            finished_on=datetime.now(UTC),
        ),
        byproducts=tuple([slsa.byproduct(name, await _bytes(file)) for name, file in byproducts.items()]),
    )
    made = slsa.Provenance(build_definition=definition, run_details=details)
    return slsa.provenance_statement(str(plan.repository), subject.layout.digest, made)


async def _external(
    plan: Plan, place: Place, recipe: Recipe | None, database: Database
) -> ExternalParameters:
    """What the caller decided."""
    request, project = plan.request, plan.project
    settings = project.settings
    return ExternalParameters(
        version=plan.version.tag,
        repository=request.repository,
        revision=request.revision,
        source=Source(repository=place.repository, ref=place.ref),
        input=request.given.kind,
        reference=request.given.reference,
        platform=settings.platform,
        dockerfile=recipe.dockerfile if recipe else "",
        target=recipe.target if recipe else "",
        build_args=project.given_arguments,
        build_secrets=tuple(sorted(project.build_secrets)),
        port=settings.port,
        health_path=settings.health_path,
        test_target=settings.test_target,
        severities=plan.policy.severities,
        block_unfixed=not plan.policy.ignore_unfixed,
        exceptions=await request.rules.exceptions_digest(await own_exceptions(project)),
        database="given" if database.source == GIVEN else "downloaded",
        allow_sample_db=request.database.allow_sample,
        max_db_age_hours=request.database.max_age_hours,
        advisories="given" if request.advisories else "asked",
        images=_others(plan),
    )


def _internal(plan: Plan, place: Place, signer_kind: str, database: Database) -> InternalParameters:
    """What the run says of itself."""
    return InternalParameters(
        mode=plan.mode,
        dirty=plan.commit.dirty,
        stand_ins=tuple(stand_ins(plan.images)),
        sample_database=database.sample,
        sample_advisories=plan.sample_advisories,
        build_level=place.build_level,
        signer=signer_kind,
        place=place.kind,
        workflow=place.workflow,
        runner=place.runner,
        issuer=place.issuer,
    )


def _dependencies(
    plan: Plan, subject: Subject, place: Place, recipe: Recipe | None, database: Database
) -> list[slsa.ResourceDescriptor]:
    """Everything that was used, by digest."""
    arguments = plan.project.arguments(plan.build_args)
    return [
        *slsa.source(place, plan.commit.revision, dirty=plan.commit.dirty),
        *(slsa.base_images(images_of(recipe.text, arguments)) if recipe else ()),
        *([slsa.given_image(subject.origin, subject.layout.digest)] if recipe is None else ()),
        *slsa.tools(plan.images.items()),
        slsa.vulnerability_db(database),
    ]


def _others(plan: Plan) -> tuple[str, ...]:
    """Names of the images in use that are not the pinned ones."""
    pinned = dict(Images.pinned())
    return tuple(name for name, image in plan.images.items() if image != pinned[name])


async def _bytes(file: bytes | dagger.File) -> bytes:
    return file if isinstance(file, bytes) else (await file.contents()).encode()
