"""Dockerfile builds, by Podman's builder."""

import os
import re
from pathlib import Path

from dagger_local import host, tree
from dagger_local.core.execs import shower
from dagger_local.core.images import loaded
from dagger_local.core.query import host_platform
from dagger_local.dockerfiles import told_apart
from dagger_local.errors import NO_SPACE, EngineError, ExecFailed
from dagger_local.evaluate import Evaluator
from dagger_local.podman import Finished
from dagger_local.resolve import step
from dagger_local.states import ContainerState, DirectoryState, SecretState
from dagger_local.values import digest_of

_EXIT = re.compile(r"(?:exit status|exit code:?) (\d+)")
_BUILDERS_OWN = re.compile(
    r"^(?:(?:\[\d+/\d+\] )?(?:STEP|COMMIT)\b|--> |Error: building at ).*\n?", re.MULTILINE
)
_HEREDOC = re.compile(r"^\s*(?:RUN|COPY|ADD)\b.*<<-?[\"']?\w+", re.MULTILINE | re.IGNORECASE)


@step("Directory", "dockerBuild")
async def docker_build(
    ev: Evaluator,
    parent: DirectoryState,
    dockerfile: str = "Dockerfile",
    platform: str | None = None,
    build_args: list[dict[str, str]] | None = None,
    target: str = "",
    secrets: list[SecretState] | None = None,
) -> ContainerState:
    """The image that a Dockerfile makes of the tree."""
    _check(parent.path, dockerfile, target)
    args = [(arg["name"], arg["value"]) for arg in build_args or ()]
    names = [secret.name for secret in secrets or ()]
    key = digest_of("build", parent.digest, dockerfile, platform, args, target, names)
    kept = ev.session.store.entry("build", key)
    image = await ev.session.podman.image(kept["image"]) if kept else None
    if image is None:
        made = await _build(ev, parent, dockerfile, platform or host_platform(), args, target, secrets or [])
        ev.session.store.put_entry("build", key, {"image": made})
        image = await ev.session.podman.image(made) or {}
    return loaded(image)


def _check(context: Path, dockerfile: str, target: str) -> None:
    file = tree.inside(context, dockerfile)
    if not file.is_file():
        where = f"/{dockerfile.removeprefix('/')}"
        raise EngineError(
            f'failed to read Dockerfile "{dockerfile}": open {where}: no such file or directory'
        )
    text = file.read_text()
    stages = re.findall(r"^\s*FROM\s+\S+(?:\s+\S+)*?\s+AS\s+(\S+)\s*$", text, re.MULTILINE | re.IGNORECASE)
    if target and not target.isdecimal() and target.lower() not in [stage.lower() for stage in stages]:
        raise EngineError(f'failed to convert Dockerfile to LLB: target stage "{target}" could not be found')
    if _HEREDOC.search(text):
        raise EngineError(
            f"{dockerfile} holds a heredoc, which this machine's builder (buildah) may not know: "
            "the local engine does not serve it. Write the lines with && or COPY a script, or use Dagger."
        )


async def _build(
    ev: Evaluator,
    context: DirectoryState,
    dockerfile: str,
    platform: str,
    args: list[tuple[str, str]],
    target: str,
    secrets: list[SecretState],
) -> str:
    private = ev.session.run_folder.fresh("build")
    try:
        flags = [f"--build-arg={name}={value}" for name, value in args]
        flags += [f"--target={target}"] if target else []
        flags += ev.session.registries.flags()
        bundle = host.host_bundle()
        if host.custom_certificates() and bundle:
            flags.append(f"--volume={bundle}:/etc/ssl/certs/ca-certificates.crt:ro")
        for number, secret in enumerate(secrets):
            (private / f"secret{number}").write_bytes(os.fsencode(ev.session.secrets.text(secret.key)))
            flags.append(f"--secret=id={secret.name},src={private}/secret{number}")
        file = private / "Dockerfile"
        text = tree.inside(context.path, dockerfile).read_text()
        file.write_text(told_apart(text, dict(args)), newline="")
        iid = private / "iid"
        fixed = [
            "--layers",
            "--format=docker",  # which keeps HEALTHCHECK
            "--pull=missing",
            f"--platform={platform}",
            f"--iidfile={iid}",
        ]
        with ev.session.progress.step(f"build {dockerfile} {target}".rstrip()) as number:
            show = shower(ev, number)
            done = await ev.session.podman.run(
                "build", *fixed, *flags, f"--file={file}", str(context.path), on_stdout=show, on_stderr=show
            )
            if done.exit_code:
                raise _failure(ev, done, platform)
        return iid.read_text().removeprefix("sha256:")
    finally:
        tree.remove(private)


def _failure(ev: Evaluator, done: Finished, platform: str) -> EngineError:
    """The failing step's own exit code and output, as Dagger reports them."""
    said = ev.session.secrets.scrub(done.stderr.decode(errors="replace"))
    last = said.strip().splitlines()[-1] if said.strip() else ""
    if NO_SPACE in said and not _EXIT.search(last):
        return EngineError(f"the build failed: {NO_SPACE}\n{last}")
    if found := _EXIT.search(last):
        code = int(found[1])
        out = _BUILDERS_OWN.sub("", ev.session.secrets.scrub(done.stdout.decode(errors="replace")))
        said = _BUILDERS_OWN.sub("", said)
        message = f"failed to clone built container state: exit code: {code}"
        return ExecFailed(["podman", "build"], code, out, said, message)
    foreign = f" for {platform} on {host_platform()}" if platform != host_platform() else ""
    return EngineError(f"the build{foreign} failed: {last.removeprefix('Error: ')}")
