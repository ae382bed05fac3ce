"""What makes a pushed image a release: verified from the registry, saved for a stranger, only then named."""

from collections.abc import Sequence
from contextlib import suppress

import dagger

from supply_chain import evidence
from supply_chain.attaching import kept
from supply_chain.errors import SupplyChainError, TagMoved, VerificationFailed
from supply_chain.inquiry import Answered, Inquiry, downloading
from supply_chain.models.image_layout import Descriptor
from supply_chain.models.reference import Reference, revision_tag
from supply_chain.models.version import LATEST, is_highest_stable
from supply_chain.run import Run
from supply_chain.self_test import questions, self_tested
from supply_chain.tools import crane
from supply_chain.verifier import Proven, Release, bundles_in, verified_release
from supply_chain.vouching import Question
from supply_chain.workbench import Answer, Command


def inquiry(run: Run, image: str, *then: Command) -> Inquiry:
    """What is asked about an image, given by digest, before it is a release.

    Whether the registry holds signature, SBOM and provenance of this signer, and whether the verifier bites;
    it is saved as the registry serves it; and what the version names is looked up once that is over, before
    whatever else is asked then.
    """
    digest = _digest(image)
    asked = [Question(digest, run.trust), *questions(run.trust, digest)]
    looks = crane.looks(run.plan.repository, run.plan.version.tag)
    return Inquiry(run.registry, image, asked, True, [*looks, *then])


async def verify_pushed(run: Run, asked: Inquiry, answered: Answered | None) -> Release:
    """As `verify`, of an image that this run has pushed: it is saved as well where it does not verify."""
    try:
        return await verify(run, asked, answered)
    except VerificationFailed:
        with suppress(SupplyChainError):
            await _save(run, asked.image)
        raise


async def verify(run: Run, asked: Inquiry, answered: Answered | None = None) -> Release:
    """The image proves to be a release, by the answers to the inquiry where they are there already.

    The image with all that is attached to it becomes evidence.
    """
    with run.ledger.step("verify"):
        release = await verified_release(asked, answered)
    proven = release.proven
    run.ledger.learn(verification=proven.verification)
    run.ledger.directories["bundles"] = evidence.bundles(proven.bundles)
    with run.ledger.step("self-test"):
        refused = self_tested(run.trust, proven, release.said)
    run.ledger.learn(self_test=refused)
    await _save(run, asked.image, release.saved)
    return release


async def _save(run: Run, image: str, before: dagger.Directory | None = None) -> None:
    """The image becomes evidence; `before` is it, where it was saved beside its verification."""
    with run.ledger.step("save"):
        run.ledger.directories["layout"] = await evidence.saved(run.registry, image, _digest(image), before)


def _digest(image: str) -> str:
    return Reference.parse(image).digest or ""


async def tag(run: Run, image: str, target: Descriptor, release: Release) -> None:
    """The release's tags name the image, the version's last; what was proven of it is still there then.

    A version that names it already is not written again: some registries refuse that of a tag for good.

    Args:
        run: The run.
        image: It, by digest.
        target: Its manifest.
        release: What was proven of it.
    """
    proven = release.proven
    digest, repository, version = proven.verification.image, run.plan.repository, run.plan.version.tag
    moved: list[str] = []

    def noted(name: str) -> None:
        moved.append(name)
        run.ledger.learn(tags=tuple(moved))

    named, existing = await _existing(run, digest, release.seen)
    look = crane.in_workbench(crane.digest(repository.tagged(version)))
    attached, last = list[Answer](), [] if run.registry.rehearsal else [downloading(image)]
    if others := _other_tags(run, existing):
        with run.ledger.step(f"tag {' and '.join(others)}"):
            then = [*look, *(last if named else [])]
            seen, *attached = await run.registry.tag(repository, digest, others, noted, *then)
        named = await _check_free(run, digest, seen)
    if named:
        noted(version)
    else:
        with run.ledger.step(f"tag {version}"):
            attached = await run.registry.tag(repository, digest, [version], noted, *last)
    if last:
        await _keep(run, image, target, proven, attached)


async def _keep(run: Run, image: str, target: Descriptor, proven: Proven, seen: Sequence[Answer]) -> None:
    """What was proven is still there, now that the tags name the image.

    A registry without a referrers API may have lost it to a writer who had read the list before.
    """
    with run.ledger.step("still attached"):
        there = await bundles_in(run.registry, image, seen)
        await kept(run.registry, image, target, proven.bundles, there)


async def _existing(run: Run, digest: str, seen: Sequence[Answer]) -> tuple[str, list[str]]:
    """What the version names, and all tags that exist, before any of ours moves.

    Raises TagMoved where the version names another image than ours.
    """
    with run.ledger.step("version still free"):
        named, existing = await run.registry.taken(run.plan.repository, run.plan.version.tag, seen)
        _check_named(run, named, digest)
    return named, existing


async def _check_free(run: Run, digest: str, seen: Answer) -> str:
    """What the version names by now; TagMoved as above: no registry moves a tag only where it is free."""
    with run.ledger.step("version still free"):
        tagged = run.plan.repository.tagged(run.plan.version.tag)
        named = await run.registry.named_in(seen, tagged)
        _check_named(run, named, digest)
    return named


def _check_named(run: Run, named: str, digest: str) -> None:
    """TagMoved where the version names another image than ours."""
    if named and named != digest:
        tagged = run.plan.repository.tagged(run.plan.version.tag)
        why = f"now it names {named}; it is left as it is"
        raise TagMoved(f"{tagged} was free when the run began", why=why)


def _other_tags(run: Run, existing: list[str]) -> tuple[str, ...]:
    """Those that move before the version's: the commit's, and `latest` for the highest stable version."""
    plan = run.plan
    commit = plan.commit.revision if not plan.commit.dirty else ""
    return (
        *((revision_tag(commit),) if commit else ()),
        *((LATEST,) if is_highest_stable(plan.version, existing) else ()),
    )
