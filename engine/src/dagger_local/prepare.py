"""Gets a container ready: content, mounts, secrets, services' addresses; leaves no trace of them in it."""

import contextlib
import os
import stat
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dagger_local import host, tree
from dagger_local.core.images import apply_writes, base_image
from dagger_local.errors import EngineError, NotServed
from dagger_local.owners import owner_ids
from dagger_local.states import ContainerState, Mount
from dagger_local.store import Store

if TYPE_CHECKING:
    from dagger_local.evaluate import Evaluator

# What Podman itself puts into a root filesystem that lacks it.
PODMAN_STUBS = (
    "/etc/group",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
    "/etc/passwd",
    "/run/.containerenv",
    "/run/podman-init",
    "/proc",
    "/sys",
    "/dev",
)
_PODMANS_MODE = 0o600  # of a passwd or group file that Podman writes
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@dataclass
class Prepared:
    """A container that can be started.

    Attributes:
        id: Podman's id.
        image: The image beneath.
        root: Its root filesystem on the host.
        uppers: What commands write into mounted trees, by mount path.
        files: Writable copies of mounted files, by mount path.
        stubs: Mount points that the image does not have.
        own: Folders that were put into it and that the image does not have.
    """

    id: str = ""
    image: str = ""
    root: Path = Path()
    uppers: dict[str, Path] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    stubs: list[Path] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    @property
    def _upper(self) -> Path:
        """The upper folder of the overlay that the root filesystem is."""
        return self.root.parent / "diff"

    @property
    def untouched(self) -> bool:
        """Whether the root filesystem is still the image's."""
        return not any(self._upper.iterdir())

    def taken_layer(self, store: Store) -> Path:
        """What was written over the image, moved to a draft; nothing may look at the root afterwards."""
        return self._upper.rename(store.temporary() / "layer")

    def remove_stubs(self) -> None:
        """Takes mount points out again, so that no layer shows what was mounted."""
        for stub in reversed(self.stubs):
            if stub.is_symlink() or (stub.is_file() and _podmans(stub)):
                stub.unlink()
            elif stub.is_dir():
                with contextlib.suppress(OSError):  # a command has put something into it: it stays
                    stub.rmdir()


def _podmans(file: Path) -> bool:
    """Whether a file is a bare mount point, or a table of users that Podman wrote where there was none."""
    info = file.stat()
    return info.st_size == 0 or (
        file.name in {"passwd", "group"} and stat.S_IMODE(info.st_mode) == _PODMANS_MODE
    )


@contextlib.asynccontextmanager
async def prepared(
    ev: "Evaluator",
    state: ContainerState,
    argv: Sequence[str],
    hosts: Sequence[tuple[str, str]],
    *options: str,
) -> AsyncIterator[Prepared]:
    """A created container with everything in place; it and its drafts are gone afterwards.

    Args:
        ev: The evaluator.
        state: The container.
        argv: The command, entrypoint included.
        hosts: Names and addresses of bound services.
        options: More for `podman create`.
    """
    ready = Prepared()
    draft = ev.session.store.temporary()
    private = ev.session.run_folder.fresh("exec")
    try:
        secrets = {name: _secret(ev, key, f'secret env "{name}"') for name, key in state.secret_env}
        flags = [
            flag for mount in state.mounts for flag in await _mount_flags(ev, mount, ready, draft, private)
        ]
        flags += [f"--add-host={name}:{address}" for name, address in hosts]
        authorities = private / "ca.crt"
        if host.custom_certificates():
            authorities.touch()
            flags.append(f"--volume={authorities}:{BUNDLES[0]}:ro")
        ready.image = await base_image(ev, state)
        entry, *rest = argv or ("",)
        command = ["--entrypoint", _json_entry(entry), ready.image, *rest]
        podman = ev.session.podman
        async with (
            podman.secret_variables(secrets) as variables,
            podman.container(*_fixed(state), *options, *flags, *variables, *command) as ready.id,
        ):
            ready.root = await ev.session.podman.mounted(ready.id)
            folders = (write.path for write in state.writes if write.is_dir)
            ready.own = [path for path in folders if not os.path.lexists(tree.inside(ready.root, path))]
            await apply_writes(ready.root, state.writes)
            _own_secrets(state, ready, private)
            _note_stubs(state, ready, authorities)
            yield ready
    finally:
        tree.remove(private)
        tree.remove(draft)


def _json_entry(program: str) -> str:
    # Podman splits a plain string at blanks; a JSON list it takes as it is.
    return '["' + program.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def _fixed(state: ContainerState) -> list[str]:
    config = state.config
    flags = ["--init", "--pull=never", "--network=bridge", "--security-opt=label=disable"]
    # What the engine says and nothing else: an image made of a container remembers that one's variables.
    env = {"PATH": DEFAULT_PATH, **dict(config.env)}
    flags += ["--unsetenv-all", *(f"--env={name}={value}" for name, value in env.items())]
    flags += [f"--workdir={config.workdir or '/'}"]
    return flags + ([f"--user={config.user}"] if config.user else [])


async def _mount_flags(
    ev: "Evaluator", mount: Mount, ready: Prepared, draft: Path, private: Path
) -> list[str]:
    if mount.kind == "temp":
        return [f"--tmpfs={mount.path}:rw,mode=1777"]
    if mount.kind == "cache":
        return [f"--volume={mount.source}:{mount.path}"]
    if mount.kind == "secret":
        file = private / f"secret{len(list(private.iterdir()))}"
        file.write_bytes(os.fsencode(_secret(ev, mount.key, f'secret mount "{mount.path}"')))
        return [f"--volume={file}:{mount.path}:ro"]
    if mount.source is None:
        raise EngineError(f"nothing to mount at {mount.path}")
    number = len(ready.uppers) + len(ready.files)
    source = mount.source
    if mount.owner or mount.kind == "file":
        source = draft / f"own{number}" / mount.source.name
        owner = _numeric(mount) if mount.owner else None
        tree.copy(mount.source, source, owner=owner)
    if mount.kind == "file":
        ready.files[mount.path] = source
        return [f"--volume={source}:{mount.path}"]
    upper, work = draft / f"upper{number}", draft / f"work{number}"
    upper.mkdir()
    work.mkdir()
    info = source.stat()
    os.chown(upper, info.st_uid, info.st_gid)
    upper.chmod(info.st_mode & 0o7777)
    if not mount.read_only:
        ready.uppers[mount.path] = upper
    return [f"--volume={source}:{mount.path}:O,upperdir={upper},workdir={work}"]


def _numeric(mount: Mount) -> tuple[int, int]:
    """The owner of a mounted tree; the container whose names these would be does not exist yet."""
    user, _, group = mount.owner.partition(":")
    if not (user + group).isdecimal():
        raise NotServed(f"the owner {mount.owner!r} of the mount at {mount.path}, by name and not by number,")
    return int(user), int(group or user)


def _secret(ev: "Evaluator", key: str, place: str) -> str:
    try:
        return ev.session.secrets.text(key)
    except EngineError as error:
        raise EngineError(f"{place}: rpc error: code = Unknown desc = {error.message}") from None


def _own_secrets(state: ContainerState, ready: Prepared, private: Path) -> None:
    secret_mounts = [mount for mount in state.mounts if mount.kind == "secret"]
    for file, mount in zip(
        sorted(private.glob("secret*"), key=lambda f: int(f.name[6:])), secret_mounts, strict=True
    ):
        os.chown(file, *(owner_ids(ready.root, mount.owner) if mount.owner else (0, 0)))
        file.chmod(mount.mode if mount.mode is not None else 0o400)


def _note_stubs(state: ContainerState, ready: Prepared, authorities: Path) -> None:
    """Fills in the authorities, makes the working directory, notes mount points that are not the image's."""
    targets = [*(mount.path for mount in state.mounts), *PODMAN_STUBS]
    if authorities.exists():
        targets.append(BUNDLES[0])
        own = next(
            (tree.inside(ready.root, path) for path in BUNDLES if tree.inside(ready.root, path).is_file()),
            None,
        )
        authorities.write_bytes((own.read_bytes() if own else b"") + host.custom_certificates())
    tree.inside(ready.root, state.config.workdir).mkdir(parents=True, exist_ok=True)
    for path in targets:
        _note(ready, path)


def _note(ready: Prepared, path: str) -> None:
    missing = tree.inside(ready.root, path)
    chain = []
    while missing != ready.root and not os.path.lexists(missing):
        chain.append(missing)
        missing = missing.parent
    ready.stubs += [stub for stub in reversed(chain) if stub not in ready.stubs]
