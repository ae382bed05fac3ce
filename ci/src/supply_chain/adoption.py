"""A version that exists already: adopted where it is what this run would have made, refused otherwise.

So a run that was cut short ends well when it is repeated, although a second build has another digest; and no
version ever names two images. Adopted is an image that was built from the same commit, and that carries
signature, SBOM and provenance of the same signer.
"""

from collections.abc import Sequence

from supply_chain.errors import PlatformMismatch, VerificationFailed, VersionExists
from supply_chain.models.image_layout import Descriptor
from supply_chain.publishing import inquiry, tag, verify
from supply_chain.run import Run
from supply_chain.tools import crane
from supply_chain.workbench import Answer


async def adopt(run: Run, digest: str) -> None:
    """Take the image that the version names and finish its tags; VersionExists where it is another one.

    What the image says of itself is asked beside its verification, and judged first.
    """
    plan = run.plan
    image, tagged = plan.repository.at(digest), plan.repository.tagged(plan.version.tag)
    with run.ledger.step("adopt"):
        if not plan.commit.described:
            advice = "say which commit this is, with --git or --revision, or give another version"
            raise VersionExists(f"{tagged} exists", why=f"it names {image}", advice=advice)
        asked = inquiry(run, image, *crane.descriptions(image))
        answered = await asked.put()
        target = await _target(run, image, answered.seen[-2:])
    try:
        release = await verify(run, asked, answered)
    except VerificationFailed as error:
        raise VersionExists(f"{tagged} exists and does not verify", why=f"{image}: {error.what}") from error
    run.ledger.learn(adopted=True, digest=digest, image=image, tags=(plan.version.tag,), input=image)
    await tag(run, image, target, release)


async def _target(run: Run, image: str, seen: Sequence[Answer]) -> Descriptor:
    """The image's manifest; VersionExists where it is not one image for the run's platform, of its commit.

    Args:
        run: The run.
        image: It, by digest.
        seen: What `crane.descriptions` came to.
    """
    tagged, platform = run.plan.repository.tagged(run.plan.version.tag), run.plan.project.settings.platform
    target = await run.registry.target(image, seen[0])
    if target.is_index:
        raise VersionExists(f"{tagged} exists", why=f"it names {image}, which is several images")
    config, ours = await run.registry.config(image, seen[1]), run.plan.commit.described
    if not config.is_for(platform):
        why = f"it names {image}, which is for {config.platform}, not for {platform}"
        raise PlatformMismatch(f"{tagged} exists", why=why)
    if config.revision != ours:
        theirs = config.revision or "a commit it does not name"
        raise VersionExists(f"{tagged} exists", why=f"it names {image}, built from {theirs}, not from {ours}")
    return target
