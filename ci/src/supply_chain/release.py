"""The pipeline, from top to bottom.

Run and judge are apart: a candidate always comes to an evidence folder, whatever happened; a verdict raises.
Order: signer and registry answer → build ∥ database → one scan → conversions → gate → push by digest,
untagged → sign, attest (one writer, one after the other: registries without a referrers API lose one of two)
→ verify from the registry ∥ save for offline use → tags, the version's last. So no tag ever names what was
not verified.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import dagger
from dagger import BuildArg, dag

from supply_chain import evidence
from supply_chain.errors import BuildFailed, GateBlocked, InternalError, SupplyChainError
from supply_chain.faults import failing_as
from supply_chain.images import Images
from supply_chain.layout import Layout, unpacked
from supply_chain.ledger import Ledger
from supply_chain.models.outcome import Mode, Signed
from supply_chain.models.policy import Policy, judge, listed
from supply_chain.models.summary import render
from supply_chain.models.trivy_report import Report
from supply_chain.models.verification import SIGNATURE_TYPE, Verification
from supply_chain.plan import Build, Plan
from supply_chain.registry import Registry, login, throw_away
from supply_chain.scanner import check_sbom, conversions, report_file, scanned
from supply_chain.signer import Anchor, KeySigner, Signer, attest, sign, throw_away_signer
from supply_chain.toolbox import both
from supply_chain.verifier import verified
from supply_chain.vulnerability_db import VulnerabilityDb, downloaded

_REHEARSAL = "a rehearsal: its registry is thrown away with the run, and nothing public is touched"
_THROW_AWAY_KEY = (
    "its key was made for this run: a signature by it shows that signing works, and vouches for nothing"
)
_SAMPLE = "the vulnerability database is a sample: what it does not list was not looked for"


@dataclass(frozen=True)
class Run:
    """One pass through the pipeline."""

    plan: Plan
    ledger: Ledger
    registry: Registry

    @property
    def images(self) -> Images:
        """The images in use."""
        return self.plan.request.images


async def candidate(plan: Plan) -> dagger.Directory:
    """Run the pipeline; the evidence folder says how it ended."""
    request = plan.request
    facts = {"mode": plan.mode, "version": request.build.version, "revision": request.build.revision}
    ledger = Ledger(facts | {"images": dict(request.images), "notices": notices(plan)})
    error: SupplyChainError | None = None
    try:
        async with _registry(plan) as registry:
            await pipeline(Run(plan, ledger, registry))
    except SupplyChainError as failure:
        error = failure
    except dagger.QueryError as failure:
        error = InternalError("a step failed in an unforeseen way", why=str(failure))
    return evidence.folder(ledger, ledger.outcome(error))


async def verdict(directory: dagger.Directory) -> str:
    """The summary of the run that left this evidence; raises the run's error unless it passed."""
    outcome = await evidence.outcome_in(directory)
    summary = render(outcome)
    if not outcome.passed:
        print(summary)  # the log shows it above the error
    outcome.check()
    return summary


async def pipeline(run: Run) -> None:
    """Every step, in order; the first that fails ends the run."""
    signer, anchor = await _ready(run)
    layout, db = await both(lambda: _layout(run), lambda: _database(run))
    report, sbom = await _scanned(run, layout, db)
    _gate(run, report)
    image = await _pushed(run, layout)
    await _signed(run, signer, image, sbom)
    await both(lambda: _verified(run, anchor, image, sbom), lambda: _saved(run, image, layout))
    await _tagged(run, layout)


async def build(request: Build, images: Images) -> dagger.Container:
    """The image that the Dockerfile describes, on the pinned base image."""
    await request.check()
    arguments = {
        "PYTHON_IMAGE": images.python.reference,
        "VERSION": request.version,
        "REVISION": request.revision,
    }
    image = request.source.docker_build(
        dockerfile=request.dockerfile,
        target=request.target,
        build_args=[BuildArg(name, value) for name, value in arguments.items() if value],
    )
    with failing_as(
        BuildFailed, f"{request.dockerfile}, target {request.target or 'the last one'}, does not build"
    ):
        return await image.sync()


def notices(plan: Plan) -> tuple[str, ...]:
    """What a reader must know before believing the rest."""
    request = plan.request
    said = [_REHEARSAL] if plan.mode is Mode.REHEARSAL else []
    said += [_THROW_AWAY_KEY] if not request.key else []
    said += [_SAMPLE] if plan.db and plan.db.record.sample else []
    if request.images.stand_ins:
        said.append(f"stand-ins run in place of the official images: {', '.join(request.images.stand_ins)}")
    return tuple(said)


@asynccontextmanager
async def _registry(plan: Plan) -> AsyncIterator[Registry]:
    """The caller's registry, or a throw-away one."""
    request = plan.request
    if plan.mode is Mode.REHEARSAL:
        async with throw_away(request.images) as registry:
            yield registry
    else:
        secret = await login(plan.repository.registry, request.registry_username, request.registry_password)
        yield Registry(images=request.images, login=secret)


async def _ready(run: Run) -> tuple[Signer, Anchor]:
    """Nothing is built for a signer or a registry that cannot be used."""
    request = run.plan.request
    given = KeySigner(request.key, request.key_password) if request.key and request.key_password else None
    signer = given or throw_away_signer()

    async def look_up() -> None:
        if not run.registry.rehearsal:
            await run.registry.check_free(run.plan.repository, request.build.version)

    with run.ledger.step("signer and registry"):
        anchor, _ = await both(lambda: signer.anchor(run.images.cosign), look_up)
    for name, text in anchor.files.items():
        run.ledger.files[name] = dag.directory().with_new_file(name, text).file(name)
    return signer, anchor


async def _layout(run: Run) -> Layout:
    with run.ledger.step("build"):
        image = await build(run.plan.request.build, run.images)
    with run.ledger.step("layout"):
        layout = await unpacked(image, run.images.python)
    run.ledger.learn(digest=layout.digest)
    run.ledger.directories["layout"] = layout.directory
    return layout


async def _database(run: Run) -> VulnerabilityDb:
    with run.ledger.step("database"):
        db = run.plan.db or await downloaded(run.images)
    run.ledger.learn(database=db.record)
    return db


async def _scanned(run: Run, layout: Layout, db: VulnerabilityDb) -> tuple[Report, dagger.File]:
    """Scan once; report, table, SARIF and SBOM are evidence whether or not the gate will pass."""
    reference = run.plan.repository.at(layout.digest)
    with run.ledger.step("scan"):
        document = await scanned(layout, db, run.images.trivy.reference)
        report = Report.parse(document)
    run.ledger.files["trivy.json"] = file = report_file(document, reference, in_repository=True)
    with run.ledger.step("convert"):
        made = await conversions(file, run.images.trivy.reference)
        run.ledger.files |= {
            "findings.txt": made.table,
            "trivy.sarif": made.sarif,
            "sbom.spdx.json": made.sbom,
        }
        await check_sbom(made.sbom, report, reference)
    return report, made.sbom


def _gate(run: Run, report: Report) -> None:
    judgement = judge(report, Policy())
    run.ledger.learn(gate=judgement)
    with run.ledger.step("gate"):
        if not judgement.passed:
            raise GateBlocked(judgement.headline, why=listed(judgement.blocking))


async def _pushed(run: Run, layout: Layout) -> str:
    with run.ledger.step("push"):
        image = await run.registry.push(layout, run.plan.repository)
    run.ledger.learn(image=image)
    return image


async def _signed(run: Run, signer: Signer, image: str, sbom: dagger.File) -> None:
    with run.ledger.step("sign"):
        await sign(run.registry, signer, image)
    with run.ledger.step("attest SBOM"):
        await attest(run.registry, signer, image, "spdxjson", sbom)


async def _verified(run: Run, anchor: Anchor, image: str, sbom: dagger.File) -> None:
    with run.ledger.step("verify"):
        proven = await verified(run.registry, anchor, image, await sbom.contents())
    run.ledger.learn(**statements(proven))


async def _saved(run: Run, image: str, layout: Layout) -> None:
    with run.ledger.step("save"):
        saved = await evidence.saved(run.registry, image, layout.digest)
        run.ledger.directories["bundles"] = await evidence.bundles(run.registry, saved)
    run.ledger.directories["layout"] = saved.directory


async def _tagged(run: Run, layout: Layout) -> None:
    for moved, tag in enumerate(run.plan.tags, start=1):
        with run.ledger.step(f"tag {tag}"):
            await run.registry.tag(run.plan.repository, layout.digest, tag)
        run.ledger.learn(tags=run.plan.tags[:moved])


def statements(proven: Verification) -> dict[str, tuple[Signed, ...]]:
    """Verified signatures and attestations, as the outcome lists them."""
    signature = Signed(predicate_type=SIGNATURE_TYPE, signer=proven.signer)
    return {
        "signatures": (signature,) * proven.signatures,
        "attestations": tuple(
            Signed(predicate_type=kind, signer=proven.signer) for kind in proven.attestations
        ),
    }
