"""Gets a container ready: content, mounts, secrets, services' addresses; leaves no trace of them in it."""

import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from dagger_local import host, tree
from dagger_local.core.images import apply_writes, root_beneath
from dagger_local.errors import EngineError
from dagger_local.owners import owner_ids, user_of
from dagger_local.running import bundle
from dagger_local.running.bundle import Bundle
from dagger_local.running.networks import Network
from dagger_local.running.roots import Root, mounted
from dagger_local.states import ContainerState, Mount

if TYPE_CHECKING:
    from dagger_local.evaluate import Evaluator

# What a container sees that is not of its root filesystem, and needs a place in it.
_SEEN = (
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/run/.containerenv",
    "/run/podman-init",
    "/proc",
    "/sys",
    "/dev",
)
_LARGE = 1 << 20  # bytes; a mounted file that large is copied only when it is written to
_LOOK_SECONDS = 0.05
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass
class Prepared:
    """A container that can be started.

    Attributes:
        root: Its root filesystem.
        network: Its network, which it has to itself.
        bundle: A folder in memory, which it is started by: its OCI configuration, secrets, authorities.
        draft: A folder of the store for what it writes to mounts.
        mounts: What it sees mounted, in the OCI's words.
        uppers: What commands write into mounted trees, by mount path.
        files: What mounted files have become, by mount path; none is there of a large one that is unchanged.
        stubs: Mount points that the root filesystem does not have.
        own: Folders that were put into it and of which nothing was beneath.
    """

    root: Root
    network: Network
    bundle: Path
    draft: Path
    mounts: list[dict[str, Any]] = field(default_factory=list)
    uppers: dict[str, Path] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    stubs: list[Path] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def remove_stubs(self) -> None:
        """Takes mount points out again, so that no layer shows what was mounted."""
        for stub in reversed(self.stubs):
            if stub.is_symlink() or (stub.is_file() and not stub.stat().st_size):
                stub.unlink()
            elif stub.is_dir():
                with contextlib.suppress(OSError):  # a command has put something into it: it stays
                    stub.rmdir()


@contextlib.asynccontextmanager
async def prepared(
    ev: "Evaluator", state: ContainerState, argv: Sequence[str], hosts: Sequence[tuple[str, str]]
) -> AsyncIterator[Prepared]:
    """A container with everything in place; it and its drafts are gone afterwards.

    Args:
        ev: The evaluator.
        state: The container.
        argv: The command, entrypoint included.
        hosts: Names and addresses of bound services.
    """
    draft = ev.session.store.temporary()
    folder = ev.session.run_folder.fresh("exec")
    try:
        secrets = {name: _secret(ev, key, f'secret env "{name}"') for name, key in state.secret_env}
        async with (
            ev.session.networks.lent() as network,
            root_beneath(ev, state) as root,
            contextlib.AsyncExitStack() as stack,
        ):
            ready = Prepared(root, network, folder, draft)
            folders = (write.path for write in state.writes if write.is_dir)
            ready.own = [path for path in folders if not os.path.lexists(tree.inside(root.path, path))]
            await apply_writes(root.path, state.writes)
            for mount in state.mounts:
                ready.mounts.append(await _mount(ev, mount, ready, stack))
            _add_authorities(ready)
            tree.inside(root.path, state.config.workdir).mkdir(parents=True, exist_ok=True)
            for path in (*(str(one["destination"]) for one in ready.mounts), *_SEEN):
                _note(ready, path)
            _bundle(state, ready, argv, secrets).write(network.spec, hosts)
            yield ready
    finally:
        tree.remove(folder)
        tree.remove(draft)


def _bundle(state: ContainerState, ready: Prepared, argv: Sequence[str], secrets: dict[str, str]) -> Bundle:
    config = state.config
    return Bundle(
        folder=ready.bundle,
        argv=argv,
        env={"PATH": DEFAULT_PATH, **dict(config.env), **secrets},
        user=user_of(ready.root.path, config.user),
        workdir=config.workdir or "/",
        root=ready.root.path,
        mounts=ready.mounts,
    )


async def _mount(
    ev: "Evaluator", mount: Mount, ready: Prepared, stack: contextlib.AsyncExitStack
) -> dict[str, Any]:
    """A mount in the OCI's words, what is behind it in place until the stack is closed."""
    if mount.kind == "temp":
        return bundle.in_memory(mount.path)
    if mount.kind == "secret":
        return bundle.bound(_secret_file(ev, mount, ready), mount.path, read_only=True)
    if mount.source is None:
        raise EngineError(f"nothing to mount at {mount.path}")
    if mount.kind == "cache":
        if mount.locked:
            await stack.enter_async_context(held(mount.source))
        return bundle.bound(mount.source, mount.path)
    number = len(ready.mounts)
    source = mount.source
    if mount.kind == "file" and not mount.owner and source.stat().st_size >= _LARGE:
        seen = await stack.enter_async_context(mounted(ev.session.store, None, [source.parent]))
        ready.files[mount.path] = seen.upper / source.name
        return bundle.bound(seen.path / source.name, mount.path)
    if mount.owner or mount.kind == "file":
        source = ready.draft / f"own{number}" / mount.source.name
        owner = owner_ids(ready.root.path, mount.owner) if mount.owner else None
        tree.copy(mount.source, source, owner=owner)
    if mount.kind == "file":
        ready.files[mount.path] = source
        return bundle.bound(source, mount.path)
    upper, work = ready.draft / f"upper{number}", ready.draft / f"work{number}"
    tree.make_folder(source, upper)
    work.mkdir()
    if not mount.read_only:
        ready.uppers[mount.path] = upper
    return bundle.layered(source, upper, work, mount.path)


@contextlib.asynccontextmanager
async def held(folder: Path) -> AsyncIterator[None]:
    """A folder that nobody else holds meanwhile, in this session or another."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        while not _taken(opened):  # noqa: ASYNC110 - who holds it may be another process
            await anyio.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(opened)


def _taken(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _secret(ev: "Evaluator", key: str, place: str) -> str:
    try:
        return ev.session.secrets.text(key)
    except EngineError as error:
        raise EngineError(f"{place}: rpc error: code = Unknown desc = {error.message}") from None


def _secret_file(ev: "Evaluator", mount: Mount, ready: Prepared) -> Path:
    file = ready.bundle / f"secret{len(ready.mounts)}"
    file.touch(0o600)
    file.write_bytes(os.fsencode(_secret(ev, mount.key, f'secret mount "{mount.path}"')))
    os.chown(file, *(owner_ids(ready.root.path, mount.owner) if mount.owner else (0, 0)))
    file.chmod(mount.mode if mount.mode is not None else 0o400)
    return file


def _add_authorities(ready: Prepared) -> None:
    """Shows the authorities of this machine's owner beside the image's own."""
    custom = host.custom_certificates()
    if not custom:
        return
    found = (tree.inside(ready.root.path, path) for path in BUNDLES)
    own = next((file.read_bytes() for file in found if file.is_file()), b"")
    authorities = ready.bundle / "ca.crt"
    authorities.write_bytes(own + custom)
    ready.mounts.append(bundle.bound(authorities, BUNDLES[0], read_only=True))


def _note(ready: Prepared, path: str) -> None:
    missing = tree.inside(ready.root.path, path)
    chain = []
    while missing != ready.root.path and not os.path.lexists(missing):
        chain.append(missing)
        missing = missing.parent
    ready.stubs += [stub for stub in reversed(chain) if stub not in ready.stubs]
