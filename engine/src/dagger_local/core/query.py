"""Root fields: empty values, secrets, and what the engine says of itself."""

import platform as machine
from typing import Any

from dagger_local.evaluate import Evaluator
from dagger_local.resolve import Context, resolves, step
from dagger_local.states import CacheState, ContainerState, DirectoryState, FileState
from dagger_local.values import Value, digest_of

API_VERSION = "v0.21.8"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def host_platform() -> str:
    """This machine as an OCI platform."""
    return f"linux/{_ARCHITECTURES.get(machine.machine(), machine.machine())}"


@resolves("Query", "version")
def version(_ctx: Context, _parent: None) -> str:
    """The API's version."""
    return API_VERSION


@resolves("Query", "defaultPlatform")
def default_platform(_ctx: Context, _parent: None) -> str:
    """The platform of this machine."""
    return host_platform()


@step("Query", "container")
async def container(_ev: Evaluator, _parent: None, platform: str | None = None) -> ContainerState:
    """An empty container."""
    return ContainerState(platform=platform or host_platform())


@step("Query", "directory")
async def directory(ev: Evaluator, _parent: None) -> DirectoryState:
    """An empty directory."""
    made = ev.session.store.temporary()
    made.chmod(0o755)
    return ev.session.store.keep_directory(made)


@step("Query", "file")
async def file(ev: Evaluator, _parent: None, name: str, contents: str, permissions: int = 0o644) -> FileState:
    """A file of nothing but its text."""
    return ev.session.store.keep_text(name, contents, permissions)


@step("Query", "cacheVolume")
async def cache_volume(_ev: Evaluator, _parent: None, key: str) -> CacheState:
    """A cache volume."""
    return CacheState(digest_of("cache", key))


@resolves("Query", "setSecret")
def set_secret(ctx: Context, _parent: None, name: str, plaintext: str) -> Value:
    """A secret from its text."""
    return ctx.session.secrets.set(name, plaintext)


@resolves("Query", "secret")
def secret(ctx: Context, _parent: None, uri: str) -> Value:
    """A secret by reference."""
    return ctx.session.secrets.refer(uri)


@resolves("Container", "withRegistryAuth")
def with_registry_auth(ctx: Context, parent: Value, address: str, username: str, secret: Value) -> Value:
    """The same container; the session has the credentials from now on, as in Dagger."""
    ctx.session.registries.add(address, username, ctx.session.secrets.text(secret.key))
    return parent


@resolves("Container", "withoutRegistryAuth")
def without_registry_auth(ctx: Context, parent: Value, address: str) -> Value:
    """The same container; the session has the credentials no longer."""
    ctx.session.registries.remove(address)
    return parent


@resolves("Secret", "name")
def secret_name(_ctx: Context, parent: Value) -> Any:
    """The secret's name."""
    return parent.args["name"]


@resolves("Secret", "plaintext")
def plaintext(ctx: Context, parent: Value) -> str:
    """The secret's text."""
    return ctx.session.secrets.text(parent.key)
