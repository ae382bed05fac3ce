"""What makes a pushed image a release: verified from the registry, saved for a stranger, only then named."""

from collections.abc import Sequence

import dagger

from supply_chain import evidence
from supply_chain.attaching import kept
from supply_chain.errors import TagMoved
from supply_chain.layout import Layout
from supply_chain.models.reference import Reference, revision_tag
from supply_chain.models.version import LATEST, is_highest_stable
from supply_chain.run import Run
from supply_chain.self_test import questions, self_tested
from supply_chain.tools import crane
from supply_chain.verifier import Proven, bundles_in, downloading, verified_beside
from supply_chain.workbench import Answer


async def verify(run: Run, image: str) -> Proven:
    """The registry holds signature, SBOM and provenance of this signer, and the verifier bites."""
    with run.ledger.step("verify"):
        spoilt = questions(run.trust, Reference.parse(image).digest or "")
        proven, said = await verified_beside(run.registry, run.trust, image, spoilt)
    run.ledger.learn(verification=proven.verification)
    run.ledger.directories["bundles"] = evidence.bundles(proven.bundles)
    with run.ledger.step("self-test"):
        refused = self_tested(run.trust, proven, said)
    run.ledger.learn(self_test=refused)
    return proven


async def save(run: Run, image: str, layout: Layout) -> None:
    """The image with all that is attached to it becomes evidence, as the registry serves it."""
    run.ledger.directories["layout"] = await saved(run, image, layout)


async def saved(run: Run, image: str, layout: Layout) -> dagger.Directory:
    """The image with all that is attached to it, as the registry serves it."""
    with run.ledger.step("save"):
        return await evidence.saved(run.registry, image, layout.digest)


async def tag(run: Run, image: str, layout: Layout, proven: Proven) -> None:
    """The release's tags name the image, the version's last; what was proven of it is still there then.

    A version that names it already is not written again: some registries refuse that of a tag for good.
    """
    digest, repository, version = proven.verification.image, run.plan.repository, run.plan.version.tag
    moved: list[str] = []

    def noted(name: str) -> None:
        moved.append(name)
        run.ledger.learn(tags=tuple(moved))

    named, existing = await _existing(run, digest)
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
        await _keep(run, image, layout, proven, attached)


async def _keep(run: Run, image: str, layout: Layout, proven: Proven, seen: Sequence[Answer]) -> None:
    """What was proven is still there, now that the tags name the image.

    A registry without a referrers API may have lost it to a writer who had read the list before.
    """
    with run.ledger.step("still attached"):
        there = await bundles_in(run.registry, image, seen)
        await kept(run.registry, image, layout.target, proven.bundles, there)


async def _existing(run: Run, digest: str) -> tuple[str, list[str]]:
    """What the version names, and all tags that exist, before any of ours moves.

    Raises TagMoved where the version names another image than ours.
    """
    with run.ledger.step("version still free"):
        named, existing = await run.registry.taken(run.plan.repository, run.plan.version.tag)
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
