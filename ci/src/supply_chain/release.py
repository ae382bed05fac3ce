"""The pipeline, from top to bottom.

Run and judge are apart: a candidate always comes to an evidence folder, whatever happened; a verdict raises.
Order: signer and registry answer → checks ∥ build, then smoke ∥ database → one scan → conversions → gate,
then the checks are judged → push by digest, untagged → sign, attest (one writer, one after the other:
registries without a referrers API lose one of two) → verify from the registry ∥ save for offline use → tags,
the version's last. So no tag ever names what was not verified, and a scan is evidence whatever stops a run
after it. A version that exists is adopted where it is what this run would have made, else refused.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dagger
from dagger import dag

from supply_chain import evidence, publishing
from supply_chain.adoption import adopt
from supply_chain.checking import Checked, Checking
from supply_chain.errors import InternalError, SupplyChainError
from supply_chain.inputs import Subject, check_unmoved, subject_of
from supply_chain.ledger import Ledger
from supply_chain.models import policy
from supply_chain.models.outcome import Mode
from supply_chain.models.summary import render
from supply_chain.models.trivy_report import Report, nothing_listed
from supply_chain.notices import notices
from supply_chain.plan import Plan
from supply_chain.registry import Registry, reached, throw_away
from supply_chain.run import Run
from supply_chain.scanner import check_sbom, conversions, findings_file, report_file, scanned
from supply_chain.signer import Anchor, KeySigner, Signer, attest, sign, throw_away_signer
from supply_chain.toolbox import both
from supply_chain.vulnerability_db import VulnerabilityDb


async def candidate(plan: Plan) -> dagger.Directory:
    """Run the pipeline; the evidence folder says how it ended."""
    ledger = Ledger(
        {
            "mode": plan.mode,
            "version": plan.version.tag,
            "revision": plan.commit.revision,
            "dirty": plan.commit.dirty,
            "images": dict(plan.project.images),
            "notices": notices(plan),
        }
    )
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
    signer, anchor, existing = await _ready(run)
    if existing:
        await adopt(run, anchor, existing)
        return
    made, of_source = await both(lambda: _made(run), lambda: _source_checked(run))
    (subject, of_image), db = made
    checked = of_source + of_image
    run.ledger.learn(checks=checked.rows)
    report, sbom = await _scanned(run, subject, db)
    _gate(run, report)
    checked.raise_failure()
    await check_unmoved(run.plan.request.given, subject, run.plan.project)
    image = await _pushed(run, subject)
    await _signed(run, signer, image, sbom)
    text = await sbom.contents()
    await both(
        lambda: publishing.verify(run, anchor, image, text),
        lambda: publishing.save(run, image, subject.layout),
    )
    await publishing.tag(run, subject.layout.digest)


@asynccontextmanager
async def _registry(plan: Plan) -> AsyncIterator[Registry]:
    """The caller's registry, or a throw-away one."""
    if plan.mode is Mode.REHEARSAL:
        async with throw_away(plan.project.images, plan.project.patience) as registry:
            yield registry
    else:
        yield await reached(plan.project.images, plan.project.logins, plan.project.patience)


async def _ready(run: Run) -> tuple[Signer, Anchor, str]:
    """Signer, anchor, and the digest of the version where it exists already.

    Nothing is built for a signer or a registry that cannot be used.
    """
    request, plan = run.plan.request, run.plan
    given = KeySigner(request.key, request.key_password) if request.key and request.key_password else None
    signer = given or throw_away_signer()

    async def look_up() -> str:
        if run.registry.rehearsal:
            return ""
        return await run.registry.named(plan.repository.tagged(plan.version.tag), before_push=True)

    with run.ledger.step("signer and registry"):
        anchor, existing = await both(lambda: signer.anchor(run.images.cosign), look_up)
    for name, text in anchor.files.items():
        run.ledger.files[name] = dag.directory().with_new_file(name, text).file(name)
    return signer, anchor, existing


async def _made(run: Run) -> tuple[tuple[Subject, Checked], VulnerabilityDb]:
    return await both(lambda: _subject(run), lambda: _database(run))


async def _source_checked(run: Run) -> Checked:
    """The checks of the source, which an image that was given has none of."""
    if not run.plan.request.given.is_source:
        return Checked()
    with run.ledger.step("checks"):
        return await Checking(run.plan.project, run.plan.request.advisories).of_source()


async def _subject(run: Run) -> tuple[Subject, Checked]:
    """The image, built or as it was given, and how it answers."""
    plan = run.plan
    with run.ledger.step("build" if plan.request.given.is_source else "image"):
        subject = await subject_of(plan.request.given, plan.project, plan.build_args)
    layout = subject.layout
    run.ledger.learn(digest=layout.digest, input=subject.origin, platform=layout.config.platform)
    run.ledger.directories["layout"] = layout.directory
    with run.ledger.step("smoke"):
        return subject, await Checking(plan.project).of_image(subject)


async def _database(run: Run) -> VulnerabilityDb:
    with run.ledger.step("database"):
        db = await run.plan.request.database.ready(run.plan.db, run.images, run.plan.project.patience)
    run.ledger.learn(database=db.record)
    return db


async def _scanned(run: Run, subject: Subject, db: VulnerabilityDb) -> tuple[Report, dagger.File]:
    """Scan once; report, table, SARIF and SBOM are evidence whether or not the gate will pass."""
    reference = run.plan.repository.at(subject.layout.digest)
    with run.ledger.step("scan"):
        document = await scanned(subject.layout, db, run.images.trivy.reference)
        report = Report.parse(document)
    run.ledger.files["trivy.json"] = file = report_file(document, reference, in_repository=True)
    if said := nothing_listed(report):
        run.ledger.notice(said)
    with run.ledger.step("convert"):
        made = await conversions(file, run.images.trivy.reference)
        run.ledger.files |= {
            "findings.txt": findings_file(report),
            "trivy.sarif": made.sarif,
            "sbom.spdx.json": made.sbom,
        }
        await check_sbom(made.sbom, report, reference)
    return report, made.sbom


def _gate(run: Run, report: Report) -> None:
    judgement = policy.judge(report, run.plan.policy, run.ledger.started_at.date())
    run.ledger.learn(gate=judgement)
    with run.ledger.step("gate"):
        policy.check(judgement)


async def _pushed(run: Run, subject: Subject) -> str:
    with run.ledger.step("push"):
        image = await run.registry.push(subject.layout, run.plan.repository)
    run.ledger.learn(image=image)
    return image


async def _signed(run: Run, signer: Signer, image: str, sbom: dagger.File) -> None:
    with run.ledger.step("sign"):
        await sign(run.registry, signer, image)
    with run.ledger.step("attest SBOM"):
        await attest(run.registry, signer, image, "spdxjson", sbom)
