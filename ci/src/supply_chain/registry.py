"""The registry of a run: the caller's, with a login, or a throw-away one that lives as long as the run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import anyio
import dagger
from dagger import dag

from supply_chain.errors import CredentialsIncomplete, InternalError, RegistryFailed, VersionExists
from supply_chain.faults import failing_as, tool_failing_as
from supply_chain.images import Image, Images
from supply_chain.layout import Layout
from supply_chain.models.image_layout import check_digest
from supply_chain.models.reference import Repository
from supply_chain.toolbox import fresh, tool
from supply_chain.tools import crane, docker_config
from supply_chain.tools.registry_words import is_absent, refusal

REHEARSAL = Repository(registry="registry:5000", path="rehearsal")
"""Where a rehearsal pushes to: the throw-away registry, under the name its service is bound to."""

_PORT = 5000
_LAYOUT = "/layout"
_TAGS_SO_FAR = "tags that moved are in the outcome; none of them names anything but the verified image"


@dataclass(frozen=True)
class Registry:
    """How to reach a registry."""

    images: Images
    login: dagger.Secret | None = None
    """config.json of the login."""
    service: dagger.Service | None = None
    """The throw-away registry; None for a real one."""

    @property
    def rehearsal(self) -> bool:
        """Whether it is the throw-away one: the only one that is asked over plain http."""
        return self.service is not None

    def client(self, image: Image) -> dagger.Container:
        """A tool's container that reaches the registry, logged in; never answered from a cache."""
        container = fresh(tool(image.reference))
        if self.service:
            container = container.with_service_binding(REHEARSAL.registry.partition(":")[0], self.service)
        if self.login:
            config = f"{docker_config.DIRECTORY}/config.json"
            container = container.with_mounted_secret(config, self.login)
            container = container.with_env_variable("DOCKER_CONFIG", docker_config.DIRECTORY)
        return container

    async def push(self, layout: Layout, repository: Repository) -> str:
        """Push the layout's image by digest, leaving no tag; the reference, which the registry confirmed."""
        reference = repository.at(layout.digest)
        client = self.client(self.images.crane).with_mounted_directory(_LAYOUT, layout.directory)
        with tool_failing_as(lambda words: refusal(f"{reference} could not be pushed", words)):
            command = crane.push(_LAYOUT, reference, rehearsal=self.rehearsal)
            said = await client.with_exec(command, use_entrypoint=True).stdout()
        check_digest("what crane pushed", crane.digest_in(said), layout.digest)
        check_digest("what the registry serves", await self.digest(reference), layout.digest)
        return reference

    async def digest(self, reference: str) -> str:
        """The digest the registry serves for `reference`."""
        with tool_failing_as(lambda words: refusal(f"{reference} could not be resolved", words)):
            command = crane.digest(reference, rehearsal=self.rehearsal)
            said = await self.client(self.images.crane).with_exec(command, use_entrypoint=True).stdout()
        return crane.digest_in(said)

    async def tag(self, repository: Repository, digest: str, name: str) -> None:
        """Let the tag name the image, and see that it does."""
        command = crane.tag(repository.at(digest), name, rehearsal=self.rehearsal)
        with tool_failing_as(lambda words: _tagging_failed(repository.tagged(name), words)):
            await self.client(self.images.crane).with_exec(command, use_entrypoint=True).sync()
        check_digest(f"the tag {name}", await self.digest(repository.tagged(name)), digest)

    async def check_free(self, repository: Repository, version: str) -> None:
        """VersionExists when the version's tag is taken; other errors when the registry cannot be used.

        Asked before any work: one question finds an unreachable registry, a refused login and a taken
        version.
        """
        reference = repository.tagged(version)
        command = crane.digest(reference, rehearsal=self.rehearsal)
        client = self.client(self.images.crane).with_exec(
            command, use_entrypoint=True, expect=dagger.ReturnType.ANY
        )
        with failing_as(RegistryFailed, f"{reference} could not be looked up"):
            code, said, words = await client.exit_code(), await client.stdout(), await client.stderr()
        if code == 0:
            raise VersionExists(f"{reference} exists", why=f"it names {crane.digest_in(said)}")
        if not is_absent(words):
            raise refusal(f"{reference} could not be looked up", words)


async def login(registry: str, username: str, password: dagger.Secret | None) -> dagger.Secret | None:
    """The login as a secret file for the tools; None for an anonymous one."""
    if not username and not password:
        return None
    if not username or not password:
        raise CredentialsIncomplete("a registry login is a user name and a password")
    config = docker_config.login(registry, username, await password.plaintext())
    return dag.set_secret(f"registry-login-{registry}", config)


@asynccontextmanager
async def throw_away(images: Images) -> AsyncIterator[Registry]:
    """A registry for the block only. Started by hand: without clients for 10 s it would forget all."""
    service = fresh(dag.container().from_(images.registry.reference)).with_exposed_port(_PORT)
    running = service.as_service(use_entrypoint=True)
    with failing_as(InternalError, "the throw-away registry did not start"):
        await running.start()
    try:
        yield Registry(images=images, service=running)
    finally:
        # The end of the session stops it in any case; a run that passed does not fail for this.
        with anyio.CancelScope(shield=True), suppress(dagger.QueryError):
            await running.stop()


def _tagging_failed(reference: str, words: str) -> RegistryFailed:
    error = refusal(f"{reference} could not be tagged", words)
    return type(error)(error.what, why=error.why, advice=_TAGS_SO_FAR)
