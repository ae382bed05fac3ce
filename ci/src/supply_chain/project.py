"""What is released and how: a source with its settings, and what the caller says beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import dagger
from dagger import BuildArg, dag

from supply_chain.errors import (
    BuildFailed,
    BuildSecretMissing,
    DockerfileAmbiguous,
    DockerfileMissing,
    SourceMissing,
)
from supply_chain.faults import failing_as
from supply_chain.images import Images
from supply_chain.logins import Login
from supply_chain.models.dockerfile import check_target, stages
from supply_chain.models.dockerfile_secrets import mounted_secrets
from supply_chain.models.settings import PLACES, Settings
from supply_chain.patience import Patience

DOCKERFILES = ("Dockerfile", "Containerfile")
RUNTIME = "runtime"
OWN = "ci/src/supply_chain/main.py"
"""What tells the module's own repository from others."""

_WITHOUT_SECRET = (
    "the Dockerfile mounts a secret that was not given, {}: " + BuildSecretMissing.default_advice
)


@dataclass(frozen=True)
class Project:
    """A source, what it says of itself, and what the caller adds.

    Build arguments, build secrets, logins and patience are the caller's; settings are the source's, under
    the caller's flags.
    """

    images: Images
    settings: Settings = field(default_factory=Settings)
    source: dagger.Directory | None = None
    git: dagger.Directory | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    build_secrets: Mapping[str, dagger.Secret] = field(default_factory=dict)
    logins: tuple[Login, ...] = ()
    patience: Patience = field(default_factory=Patience)

    @property
    def sources(self) -> dagger.Directory:
        """The source; SourceMissing where there is none."""
        if self.source is None:
            raise SourceMissing("there is no source to build or check")
        return self.source

    async def recipe(self, target: str | None = None) -> "Recipe":
        """The Dockerfile and stage to build; what cannot be built is refused.

        Without a `target` it is the one to release.
        """
        dockerfile = self.settings.dockerfile or await self._found()
        with failing_as(DockerfileMissing, f"the source has no {dockerfile!r}"):
            text = await self.sources.file(dockerfile).contents()
        wanted = self.settings.target if target is None else target
        if target is None and not wanted and RUNTIME in stages(text):
            wanted = RUNTIME
        check_target(text, wanted)
        recipe = Recipe(dockerfile, text, wanted)
        for name in self._secrets_lacking(recipe, required=True):
            raise BuildSecretMissing(f"{dockerfile} needs the secret {name!r}, which was not given")
        return recipe

    def _secrets_lacking(self, recipe: "Recipe", *, required: bool) -> list[str]:
        """Secrets that the stage mounts and nobody gave."""
        mounted = mounted_secrets(recipe.text, recipe.target).items()
        return [name for name, needed in mounted if needed >= required and name not in self.build_secrets]

    async def _found(self) -> str:
        """The one Dockerfile at the top of the source."""
        there = [name for name in await self.sources.entries() if name in DOCKERFILES]
        if len(there) > 1:
            raise DockerfileAmbiguous(f"the source has {' and '.join(sorted(there))}")
        return there[0] if there else DOCKERFILES[0]

    async def build(self, recipe: "Recipe", more: Mapping[str, str] | None = None) -> dagger.Container:
        """The image that a recipe comes to.

        Args:
            recipe: Dockerfile and stage.
            more: Build arguments of the module's own, beneath the source's and the caller's.
        """
        image = self.sources.docker_build(
            dockerfile=recipe.dockerfile,
            target=recipe.target,
            platform=dagger.Platform(self.settings.platform) if self.settings.platform else None,
            build_args=[BuildArg(name, value) for name, value in self.arguments(more).items()],
            secrets=[await self._named(name) for name in self.build_secrets],
        )
        lacking = self._secrets_lacking(recipe, required=False)
        advice = _WITHOUT_SECRET.format(", ".join(lacking)) if lacking else ""
        with failing_as(BuildFailed, f"{recipe.dockerfile}, {recipe.stage}, does not build", advice):
            return await image.sync()

    @property
    def given_arguments(self) -> dict[str, str]:
        """Build arguments of the source's settings, and the caller's above them."""
        return self.settings.build_args | dict(self.build_args)

    def arguments(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """All that a build is given; one that is empty is left to the Dockerfile's default."""
        own = {"PYTHON_IMAGE": self.images.python.reference}
        return {k: v for k, v in (own | dict(more or {}) | self.given_arguments).items() if v}

    async def _named(self, name: str) -> dagger.Secret:
        """A build secret under the name that the Dockerfile mounts it by."""
        return dag.set_secret(name, await self.build_secrets[name].plaintext())


@dataclass(frozen=True)
class Recipe:
    """A Dockerfile and one of its stages."""

    dockerfile: str
    text: str
    target: str

    @property
    def stage(self) -> str:
        """The stage, in words."""
        return f"target {self.target}" if self.target else "the last stage"


async def looked_at(source: dagger.Directory, *, own: bool) -> tuple[dagger.Directory | None, Settings]:
    """The source, if it is one, and what it says of itself; the defaults where it says nothing.

    The module's own repository is one only to those who say so: to everybody else it stands for a source that
    was not given, because default paths lead there from wherever the module is loaded.
    """
    if not own and await source.exists(OWN):
        return None, Settings()
    there = await source.entries()
    for place in (name for name in PLACES if name in there):
        if found := Settings.parse(await source.file(place).contents(), place):
            return source, found
    return source, Settings()
