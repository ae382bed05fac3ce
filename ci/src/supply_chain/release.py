"""The pipeline, from top to bottom.

Run and judge are apart: a candidate always comes to an evidence folder, whatever happened; a verdict raises.
Order: signer and registry answer ∥ a look at the version → checks ∥ build, then smoke ∥ database → one scan →
conversions → gate, then the checks are judged → push by digest, untagged → signature, SBOM and provenance are
signed, attached by one writer and read back → verify from the registry ∥ save for offline use → the verifier
shows that it bites → tags, the version's last → the evidence is signed as a whole. So no tag ever names what
was not verified, and a scan is evidence whatever stops a run after it. A version that exists is adopted where
it is what this run would have made, else refused.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import dagger
from anyio import to_thread

from supply_chain import evidence, publishing, reporting
from supply_chain.adoption import adopt
from supply_chain.attesting import attested, look_before
from supply_chain.checking import Checked, Checking
from supply_chain.errors import InternalError, SupplyChainError
from supply_chain.inputs import Subject, check_unmoved, subject_of
from supply_chain.ledger import Ledger
from supply_chain.models import certificate, policy
from supply_chain.models.mode import Mode
from supply_chain.models.summary import render
from supply_chain.models.trivy_report import Report, nothing_listed
from supply_chain.notices import notices
from supply_chain.plan import Plan
from supply_chain.registry import Registry, reached
from supply_chain.run import Run
from supply_chain.scanner import check_sbom, conversions, findings_file, report_file, scanned
from supply_chain.signer import Signer
from supply_chain.signing import signer_of
from supply_chain.throw_away_registry import throw_away_registry
from supply_chain.toolbox import both, text_file
from supply_chain.trust import Trust
from supply_chain.vulnerability_db import VulnerabilityDb
from supply_chain.workbench import Answer


async def candidate(plan: Plan) -> dagger.Directory:
    """Run the pipeline; the evidence folder says how it ended."""
    ledger = Ledger(
        {
            "mode": plan.mode,
            "version": plan.version.tag,
            "revision": plan.commit.revision,
            "dirty": plan.commit.dirty,
            "images": plan.images,
            "notices": notices(plan),
        }
    )
    error: SupplyChainError
    try:
        async with _ready(plan, ledger) as run:
            await pipeline(run)
            return await evidence.sealed(run)
    except SupplyChainError as failure:
        error = failure
    except dagger.QueryError as failure:
        error = InternalError("a step failed in an unforeseen way", why=str(failure))
    return await evidence.folder(ledger, error)


async def verdict(directory: dagger.Directory, reference: str = "") -> str:
    """The summary of the run that left this evidence; raises the run's error unless it passed.

    Evidence of another image than `reference`, where one is given, is refused, and so is one of two.
    """
    outcome = await evidence.outcome_in(directory)
    await evidence.check_image(directory, outcome, reference)
    summary = render(outcome)
    if not outcome.passed:
        print(summary)  # the log shows it above the error
    outcome.check()
    return summary


async def pipeline(run: Run) -> None:
    """Every step, in order; the first that fails ends the run."""
    if run.existing:
        await adopt(run, run.existing)
        return
    made, of_source = await both(lambda: _made(run), lambda: _source_checked(run))
    (subject, of_image), db = made
    checked = of_source + of_image
    run.ledger.learn(checks=checked.rows)
    report = await _scanned(run, subject, db)
    _gate(run, report)
    checked.raise_failure()
    await check_unmoved(run.plan.request.given, subject, run.plan.project)
    image, seen = await _pushed(run, subject)
    inquiry = publishing.inquiry(run, image)
    # Signing waits for a log: what comes after it is imported meanwhile.
    answered, _ = await both(
        lambda: attested(run, subject, seen, inquiry), lambda: to_thread.run_sync(_import)
    )
    release = await publishing.verify_pushed(run, inquiry, answered)
    await publishing.tag(run, image, subject.layout.target, release)


def _import() -> None:
    """What verification and report need, and most calls of the module do not."""
    certificate.prepare()
    reporting.prepare()


@asynccontextmanager
async def _ready(plan: Plan, ledger: Ledger) -> AsyncIterator[Run]:
    """A run with its registry and its signer, both of them tried; throw-away ones live for the block.

    Nothing is built for a signer or a registry that cannot be used, nor for a version that is taken.
    """
    async with AsyncExitStack() as stack:
        (registry, signer, trust), existing = await both(
            lambda: _signer_and_registry(plan, ledger, stack), lambda: _existing(plan, ledger)
        )
        yield Run(plan, ledger, registry, signer, trust, existing)


async def _signer_and_registry(
    plan: Plan, ledger: Ledger, stack: AsyncExitStack
) -> tuple[Registry, Signer, Trust]:
    """Both, tried; what is known of the signer from now on is evidence."""
    images, signing, patience = plan.project.images, plan.request.signing, plan.project.patience
    with ledger.step("signer and registry"):
        registry, signer = await both(
            lambda: stack.enter_async_context(_registry(plan)),
            lambda: stack.enter_async_context(signer_of(signing, images, patience, plan.commit.revision)),
        )
        trust = await signer.trust(images, rehearsal=plan.mode is Mode.REHEARSAL)
        # Of a source that was changed since the commit, no policy would believe that it is the commit's.
        trust = trust.of_commit("" if plan.commit.dirty else plan.commit.revision)
    ledger.learn(signer=trust.name, place=signer.place)
    for name, text in trust.files.items():
        ledger.files[name] = text_file(name, text)
    return registry, signer, trust


@asynccontextmanager
async def _registry(plan: Plan) -> AsyncIterator[Registry]:
    """The caller's registry, or a throw-away one."""
    if plan.mode is Mode.REHEARSAL:
        async with throw_away_registry(plan.project.images, plan.project.patience) as registry:
            yield registry
    else:
        yield await _reached(plan)


async def _reached(plan: Plan) -> Registry:
    """The caller's registry."""
    return await reached(plan.project.images, plan.project.logins, plan.project.patience)


async def _existing(plan: Plan, ledger: Ledger) -> str:
    """The digest of the version where it exists already; empty where it is free."""
    if plan.mode is Mode.REHEARSAL:
        return ""
    with ledger.step("version free"):
        tagged = plan.repository.tagged(plan.version.tag)
        return await (await _reached(plan)).named(tagged, before_push=True)


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


async def _scanned(run: Run, subject: Subject, db: VulnerabilityDb) -> Report:
    """Scan once; report, table, SARIF and SBOM are evidence whether or not the gate will pass."""
    reference = run.plan.repository.at(subject.layout.digest)
    with run.ledger.step("scan"):
        document = await scanned(
            subject.layout, db, run.images.trivy.reference, built_here=subject.built_here
        )
        report = Report.parse(document)
    run.ledger.files["trivy.json"] = file = await report_file(document, reference, in_repository=True).sync()
    if said := nothing_listed(report):
        run.ledger.notice(said)
    with run.ledger.step("convert"):
        made = await conversions(file, run.images)
        run.ledger.files |= {
            "findings.txt": findings_file(report),
            "trivy.sarif": made.sarif,
            "sbom.spdx.json": made.sbom,
        }
        if made.notice:
            run.ledger.notice(made.notice)
        await check_sbom(made.sbom, report, reference)
    return report


def _gate(run: Run, report: Report) -> None:
    judgement = policy.judge(report, run.plan.policy, run.ledger.started_at.date())
    run.ledger.learn(gate=judgement)
    with run.ledger.step("gate"):
        policy.check(judgement)


async def _pushed(run: Run, subject: Subject) -> tuple[str, list[Answer]]:
    with run.ledger.step("push"):
        looking = look_before(run, subject)
        image, seen = await run.registry.push(subject.layout, run.plan.repository, *looking)
    run.ledger.learn(image=image)
    return image, seen
