"""A version that exists already: adopted where it is what this run would have made, refused otherwise.

So a run that was cut short ends well when it is repeated, although a second build has another digest; and no
version ever names two images. Adopted is an image that was built from the same commit, and that carries
signature, SBOM and provenance of the same signer.
"""

from supply_chain.errors import VerificationFailed, VersionExists
from supply_chain.layout import from_directory
from supply_chain.publishing import inquiry, tag, verify
from supply_chain.run import Run


async def adopt(run: Run, digest: str) -> None:
    """Take the image that the version names and finish its tags; VersionExists where it is another one."""
    plan, platform = run.plan, run.plan.project.settings.platform
    image, tagged = plan.repository.at(digest), plan.repository.tagged(plan.version.tag)
    with run.ledger.step("adopt"):
        layout = await from_directory(await run.registry.pull(image, platform), run.images.python, platform)
        _check_commit(plan.commit.described, layout.config.revision, tagged, image)
    try:
        release = await verify(run, inquiry(run, image))
    except VerificationFailed as error:
        raise VersionExists(f"{tagged} exists and does not verify", why=f"{image}: {error.what}") from error
    run.ledger.learn(adopted=True, digest=digest, image=image, tags=(plan.version.tag,), input=image)
    await tag(run, image, layout, release)


def _check_commit(ours: str, theirs: str, tagged: str, image: str) -> None:
    if not ours:
        why = f"it names {image}; whether that is of this commit cannot be told without --git or --revision"
        raise VersionExists(f"{tagged} exists", why=why)
    if theirs != ours:
        why = f"it names {image}, built from {theirs or 'a commit it does not name'}, not from {ours}"
        raise VersionExists(f"{tagged} exists", why=why)
