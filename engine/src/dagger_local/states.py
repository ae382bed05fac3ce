"""What values come to once evaluated: frozen records with a content key each."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from dagger_local.gitrepo import Refs
from dagger_local.values import digest_of


@dataclass(frozen=True, order=True)
class Port:
    """A port that a container listens on as a service.

    Attributes:
        skipped: Whether it is not waited for.
    """

    number: int
    protocol: str = "TCP"
    description: str | None = None
    skipped: bool = False

    @property
    def awaited(self) -> bool:
        """Whether a service is up only when it listens there."""
        return self.protocol == "TCP" and not self.skipped


@dataclass(frozen=True)
class ImageConfig:
    """The part of an OCI image's config that commands and clients see."""

    env: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    user: str = ""
    workdir: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    ports: tuple[Port, ...] = ()
    healthcheck: str = ""  # Docker's extension of the OCI config, as JSON

    def with_env(self, name: str, value: str) -> Self:
        """The config with one environment variable set; its place is kept when it exists."""
        env = dict(self.env)
        env[name] = value
        return replace(self, env=tuple(env.items()))


@dataclass(frozen=True)
class DirectoryState:
    """A tree that never changes, somewhere in the store or beneath another tree."""

    path: Path
    digest: str

    @property
    def key(self) -> str:
        """Content key."""
        return self.digest


@dataclass(frozen=True)
class FileState:
    """A file that never changes; its name is the path's last part."""

    path: Path
    digest: str

    @property
    def key(self) -> str:
        """Content key."""
        return self.digest


@dataclass(frozen=True)
class Write:
    """Content waiting to be put into a root filesystem."""

    path: str
    source: Path
    digest: str
    is_dir: bool
    owner: str = ""
    mode: int | None = None


@dataclass(frozen=True)
class Mount:
    """Something seen at a path while a command runs, not part of the root filesystem.

    Attributes:
        locked: Whether one command at a time sees it, in any session.
    """

    path: str
    kind: Literal["directory", "file", "cache", "secret", "temp"]
    key: str
    source: Path | None = None
    owner: str = ""
    mode: int | None = None
    read_only: bool = False
    locked: bool = False


@dataclass(frozen=True)
class ExecState:
    """What the last command left; streams are files in the store."""

    argv: tuple[str, ...]
    exit_code: int
    streams: Path


@dataclass(frozen=True)
class ContainerState:
    """A root filesystem, its config, and what surrounds the next command.

    Attributes:
        base: Content key of the root filesystem, pending writes included.
        image: Podman image that it began from; empty means an empty filesystem.
        layers: What each command left over that image and the layers before, as overlays' upper folders in
            the store; they become images only when an archive is made of them.
        own: Folders of which nothing lies beneath the last layer, so that it has all of them.
    """

    base: str = "scratch"
    image: str = ""
    layers: tuple[Path, ...] = ()
    own: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    config: ImageConfig = ImageConfig()
    mounts: tuple[Mount, ...] = ()
    secret_env: tuple[tuple[str, str], ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    last_exec: ExecState | None = None
    platform: str = ""

    @property
    def key(self) -> str:
        """Content key of everything that decides what a command does."""
        mounts = [(m.path, m.kind, m.key, m.owner, m.mode, m.read_only) for m in self.mounts]
        return digest_of(self.base, self.config.__dict__, mounts, self.secret_env, self.bindings)

    def with_write(self, write: Write) -> Self:
        """The container with content to be put in place before it is next needed."""
        base = digest_of("write", self.base, write.path, write.digest, write.is_dir, write.owner, write.mode)
        return replace(self, base=base, writes=(*self.writes, write))

    def with_mount(self, mount: Mount) -> Self:
        """The container with a mount; one at the same path is replaced."""
        return replace(self, mounts=(*self.without_mount(mount.path).mounts, mount))

    def without_mount(self, path: str) -> Self:
        """The container without the mount at a path."""
        return replace(self, mounts=tuple(m for m in self.mounts if m.path != path))


@dataclass(frozen=True)
class ServiceState:
    """A container to be run beside others; equal keys are one service in a session."""

    container: ContainerState
    argv: tuple[str, ...]

    @property
    def key(self) -> str:
        """Content key."""
        return digest_of("service", self.container.key, self.argv)


@dataclass(frozen=True)
class SecretState:
    """A reference to a secret; the text itself is kept by the session alone."""

    key: str
    name: str


@dataclass(frozen=True)
class CacheState:
    """A cache volume."""

    key: str


@dataclass(frozen=True)
class GitState:
    """A directory that is a git repository."""

    directory: DirectoryState
    refs: Refs


@dataclass(frozen=True)
class GitRefState:
    """A name in a repository, and its commit."""

    name: str
    commit: str


@dataclass(frozen=True)
class ChangesState:
    """What is uncommitted in a work tree."""

    directory: DirectoryState
    empty: bool


State = (
    ContainerState
    | DirectoryState
    | FileState
    | ServiceState
    | SecretState
    | CacheState
    | GitState
    | GitRefState
    | ChangesState
)
