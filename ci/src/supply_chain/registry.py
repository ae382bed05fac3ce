"""The registry of a run: the caller's, with a login, or a throw-away one that lives as long as the run."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import anyio
import dagger

from supply_chain.errors import RegistryFailed, RegistryUnreachable, SupplyChainError
from supply_chain.faults import failing_as, tool_failing_as
from supply_chain.images import Image, Images
from supply_chain.layout import Layout
from supply_chain.logins import Login, config_file
from supply_chain.models.image_config import ImageConfig
from supply_chain.models.image_layout import Descriptor, check_digest
from supply_chain.models.reference import Repository
from supply_chain.patience import Patience, again
from supply_chain.toolbox import fresh, tool
from supply_chain.tools import crane, docker_config
from supply_chain.tools.registry_words import is_absent, is_forbidden, refusal
from supply_chain.workbench import UNTIL_FAILURE, Answer, answers, workbench

T = TypeVar("T")

REHEARSAL = Repository(registry="registry.localhost:5000", path="rehearsal")
"""Where a rehearsal pushes to: the throw-away registry, under the name its service is bound to.

It speaks plain http. Of a host under .localhost crane and cosign expect that
(https://github.com/google/go-containerregistry/blob/v0.22.1/pkg/name/registry.go); `cosign download` has no
switch for it that works elsewhere.
"""

_LAYOUT = "/layout"
_QUESTION = 120
"""Seconds that a question may take, crane's own attempts and the start of its container included."""
_TAGS_SO_FAR = "tags that moved are in the outcome; none of them names anything but the verified image"


@dataclass(frozen=True)
class Registry:
    """How to reach a registry."""

    images: Images
    login: dagger.Secret | None = None
    """config.json of the login."""
    service: dagger.Service | None = None
    """The throw-away registry; None for a real one."""
    patience: Patience = field(default_factory=Patience)
    """The run's, for a registry that is down."""

    @property
    def rehearsal(self) -> bool:
        """Whether it is the throw-away one: the only one that is asked over plain http."""
        return self.service is not None

    def client(self, image: Image) -> dagger.Container:
        """A tool's container that reaches the registry, logged in; never answered from a cache."""
        return self._reaching(fresh(tool(image.reference)))

    def workbench(self) -> dagger.Container:
        """A container with several tools that reaches the registry, logged in."""
        return self._reaching(workbench(self.images))

    def _reaching(self, container: dagger.Container) -> dagger.Container:
        """The container with the way to the registry."""
        if self.service:
            container = container.with_service_binding(REHEARSAL.registry.partition(":")[0], self.service)
        if self.login:
            config = f"{docker_config.DIRECTORY}/config.json"
            container = container.with_mounted_secret(config, self.login)
            container = container.with_env_variable("DOCKER_CONFIG", docker_config.DIRECTORY)
        return container

    def knows(self, reference: str) -> bool:
        """Whether the registry of `reference` has answered in this run; the throw-away one always runs."""
        return self.rehearsal or _host(reference) in self.patience.met

    async def push(
        self, layout: Layout, repository: Repository, *then: Sequence[str]
    ) -> tuple[str, list[Answer]]:
        """Push the layout's image by digest, leaving no tag.

        Args:
            layout: The image.
            repository: Where to push it.
            then: Commands of the workbench that are run once it is there.

        Returns:
            The reference, which the registry confirmed, and what `then` came to, whatever that is.
        """
        reference = repository.at(layout.digest)
        what = f"{reference} could not be pushed"
        commands = crane.in_workbench(crane.push(_LAYOUT, reference), crane.digest(reference))

        async def push() -> tuple[Sequence[str], list[Answer]]:
            bench = self.workbench().with_mounted_directory(_LAYOUT, layout.directory)
            said = await answers(bench, [*commands, *then], at_once=UNTIL_FAILURE)
            return [self._good(reference, what, answer).stdout for answer in said[:2]], said[2:]

        (pushed, served), more = await self._again(reference, what, push)
        check_digest("what crane pushed", crane.digest_in(pushed), layout.digest)
        check_digest("what the registry serves", crane.digest_in(served), layout.digest)
        return reference, more

    async def digest(self, reference: str) -> str:
        """The digest the registry serves for `reference`; ImageMissing where it has no such image."""
        what = f"{reference} could not be resolved"
        return crane.digest_in(await self._said(reference, what, crane.digest(reference)))

    async def target(self, reference: str, seen: Answer | None = None) -> Descriptor:
        """The manifest of an image given by digest, for what is attached to it; `seen` as in `_said`."""
        what = f"{reference} could not be read"
        target = Descriptor.of(await self._said(reference, what, crane.manifest(reference), seen))
        check_digest("the manifest that the registry serves", target.digest, reference.partition("@")[2])
        return target

    async def config(self, reference: str, seen: Answer | None = None) -> ImageConfig:
        """The config of an image; `seen` as in `_said`."""
        what = f"the config of {reference} could not be read"
        return ImageConfig.parse(await self._said(reference, what, crane.config(reference), seen))

    async def pull(self, reference: str, platform: str) -> dagger.Directory:
        """An image as an OCI layout, byte for byte; of an index, the platform's image."""
        command = crane.pull(reference, platform, _LAYOUT)

        async def pull() -> dagger.Directory:
            pulled = self.client(self.images.crane).with_exec(command, use_entrypoint=True)
            return await pulled.directory(_LAYOUT).sync()

        return await self._again(reference, f"{reference} could not be pulled", pull)

    async def taken(self, repository: Repository, tag: str, seen: Sequence[Answer]) -> tuple[str, list[str]]:
        """The digest that a tag names, empty where it is free, and every tag of the repository.

        Args:
            repository: What is asked about.
            tag: The tag.
            seen: What `crane.looks` came to, first of all, where they were run elsewhere; they are run again
                if one failed.
        """
        what = f"the tags of {repository} could not be listed"
        commands = crane.looks(repository, tag)
        before = list(seen[: len(commands)])

        async def ask() -> tuple[str, list[str]]:
            said = [*before] or await answers(self.workbench(), commands)
            before.clear()
            named, listed = (self._good(str(repository), what, one, absent="") for one in said)
            return crane.digest_in(named.stdout), listed.stdout.split()

        return await self._again(str(repository), what, ask, _QUESTION)

    async def named(self, reference: str, *, before_push: bool = False) -> str:
        """The digest that a tag names; empty where the tag is free.

        Args:
            reference: The tag.
            before_push: The repository may not exist yet, which some registries (GHCR) tell nobody: somebody
                who is logged in and may not read it is then taken at their word, until they have pushed.
        """
        what = f"{reference} could not be looked up"
        command = crane.digest(reference)

        async def ask() -> str:
            code, said, words = await self._asked(command, what)
            perhaps_new = before_push and self.login is not None and is_forbidden(words)
            if code and not is_absent(words) and not perhaps_new:
                raise self.refusal(reference, what, words)
            return crane.digest_in(said) if code == 0 else ""

        return await self._again(reference, what, ask, _QUESTION)

    async def named_in(self, seen: Answer, reference: str) -> str:
        """As `named`, where a workbench was asked for the digest already; asked once more if that failed."""
        if seen.code and not is_absent(seen.stderr):
            return await self.named(reference)
        return crane.digest_in(seen.stdout) if not seen.code else ""

    async def tag(
        self,
        repository: Repository,
        digest: str,
        names: Sequence[str],
        moved: Callable[[str], None],
        *then: Sequence[str],
    ) -> list[Answer]:
        """Let the tags name the image, one after the other, and see that they do.

        Args:
            repository: Where the image is.
            digest: The image.
            names: The tags, in this order; none moves after one that could not.
            moved: Told of each that names the image.
            then: Commands of the workbench that are run once all do.

        Returns:
            What `then` came to, whatever that is.
        """
        waiting = list(names)

        async def tag() -> list[Answer]:
            commands = crane.tagging(repository, repository.at(digest), waiting)
            said = await answers(self.workbench(), [*commands, *then], at_once=UNTIL_FAILURE)
            for name, pair in zip(tuple(waiting), _pairs(said[: len(commands)]), strict=False):
                what = f"{repository.tagged(name)} could not be tagged"
                *_, served = [self._good(str(repository), what, answer) for answer in pair]
                check_digest(f"the tag {name}", crane.digest_in(served.stdout), digest)
                waiting.remove(name)
                moved(name)
            return said[len(commands) :]

        what = f"{repository.tagged(names[0])} could not be tagged"
        try:
            return await self._again(str(repository), what, tag, _QUESTION * len([*names, *then]))
        except SupplyChainError as error:
            raise error.but(advice=_TAGS_SO_FAR) from error

    def _good(self, reference: str, what: str, answer: Answer, *, absent: str | None = None) -> Answer:
        """The answer of a command that worked; the registry's refusal where it failed.

        Args:
            reference: What was asked about.
            what: What failed, if it did.
            answer: What the command came to.
            absent: Its output where the registry has no such thing; None if that is a failure.
        """
        if answer.code and absent is not None and is_absent(answer.stderr):
            return answer.model_copy(update={"stdout": absent})
        if answer.code:
            raise self.refusal(reference, what, answer.stderr)
        return answer

    async def _said(self, reference: str, what: str, command: list[str], seen: Answer | None = None) -> str:
        """The answer to a question that must have one; `seen` is it, unless it failed or was not asked."""

        async def ask() -> str:
            return await self.client(self.images.crane).with_exec(command, use_entrypoint=True).stdout()

        return seen.stdout if seen and not seen.code else await self._again(reference, what, ask, _QUESTION)

    async def _asked(self, command: list[str], otherwise: str) -> tuple[int, str, str]:
        """Exit code and both streams of a question that may be answered with no."""
        client = self.client(self.images.crane).with_exec(
            command, use_entrypoint=True, expect=dagger.ReturnType.ANY
        )
        with failing_as(RegistryFailed, otherwise):
            return await client.exit_code(), await client.stdout(), await client.stderr()

    async def _again(
        self, reference: str, what: str, attempt: Callable[[], Awaitable[T]], longest: float | None = None
    ) -> T:
        """What `attempt` comes to, within the patience of the run; a failed command says why in our words.

        Args:
            reference: What is asked about.
            what: What failed, if it does.
            attempt: Asks.
            longest: Seconds after which no answer is to be hoped for: crane itself would wait for ever.
        """

        async def once() -> T:
            with tool_failing_as(lambda words: self.refusal(reference, what, words)):
                try:
                    with anyio.fail_after(longest):
                        done = await attempt()
                except TimeoutError:
                    raise self.refusal(reference, what, f"no end within {longest} s") from None
            self.patience.met.add(_host(reference))
            return done

        return await again(what, once, self.patience)

    def refusal(self, reference: str, what: str, words: str) -> SupplyChainError:
        """The error for a failed command. Who refuses is there: from now on their silence is an outage."""
        error = refusal(what, words, host=_host(reference), known=self.knows(reference))
        if not isinstance(error, RegistryUnreachable):
            self.patience.met.add(_host(reference))
        return error


async def reached(images: Images, logins: Sequence[Login], patience: Patience) -> Registry:
    """Real registries, with the caller's logins."""
    return Registry(images=images, login=await config_file(logins), patience=patience)


def _pairs(said: Sequence[Answer]) -> list[Sequence[Answer]]:
    """The answers to two commands each; of the last pair there may be one."""
    return [said[start : start + 2] for start in range(0, len(said), 2)]


def _host(reference: str) -> str:
    return reference.partition("/")[0]
