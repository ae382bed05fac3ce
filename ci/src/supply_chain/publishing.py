"""What makes a pushed image a release: verified from the registry, saved for a stranger, only then named."""

from supply_chain import evidence
from supply_chain.attaching import kept
from supply_chain.errors import TagMoved
from supply_chain.layout import Layout
from supply_chain.models.reference import revision_tag
from supply_chain.models.version import LATEST, is_highest_stable
from supply_chain.run import Run
from supply_chain.self_test import self_tested
from supply_chain.verifier import Proven, verified


async def verify(run: Run, image: str) -> Proven:
    """The registry holds signature, SBOM and provenance of this signer, and the verifier bites."""
    with run.ledger.step("verify"):
        proven = await verified(run.registry, run.trust, image)
    run.ledger.learn(verification=proven.verification)
    run.ledger.directories["bundles"] = evidence.bundles(proven.bundles)
    with run.ledger.step("self-test"):
        refused = await self_tested(run.images, run.trust, proven)
    run.ledger.learn(self_test=refused)
    return proven


async def save(run: Run, image: str, layout: Layout) -> None:
    """The image with all that is attached to it becomes evidence, as the registry serves it."""
    with run.ledger.step("save"):
        run.ledger.directories["layout"] = await evidence.saved(run.registry, image, layout.digest)


async def tag(run: Run, digest: str) -> None:
    """The release's tags name the image, the version's last."""
    moved: list[str] = []

    def noted(name: str) -> None:
        moved.append(name)
        run.ledger.learn(tags=tuple(moved))

    others = _other_tags(run, await _existing(run, digest))
    if others:
        with run.ledger.step(f"tag {' and '.join(others)}"):
            await run.registry.tag(run.plan.repository, digest, others, noted)
        await _check_free(run, digest)
    version = run.plan.version.tag
    with run.ledger.step(f"tag {version}"):
        await run.registry.tag(run.plan.repository, digest, [version], noted)


async def keep(run: Run, image: str, layout: Layout, proven: Proven) -> None:
    """What was proven is still there, now that the tags name the image.

    A registry without a referrers API may have lost it to a writer who had read the list before.
    """
    if not run.registry.rehearsal:
        with run.ledger.step("still attached"):
            await kept(run.registry, image, layout.target, proven.bundles)


async def _existing(run: Run, digest: str) -> list[str]:
    """All tags that exist, before any of ours moves; TagMoved as below."""
    with run.ledger.step("version still free"):
        named, existing = await run.registry.taken(run.plan.repository, run.plan.version.tag)
        _check_named(run, named, digest)
    return existing


async def _check_free(run: Run, digest: str) -> None:
    """TagMoved where somebody else has taken the version since; no registry tags only what is free."""
    with run.ledger.step("version still free"):
        named = await run.registry.named(run.plan.repository.tagged(run.plan.version.tag))
        _check_named(run, named, digest)


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
