"""What a container's commands see of its configuration."""

import re
from dataclasses import dataclass, replace

from dagger_local.evaluate import Evaluator
from dagger_local.resolve import Context, leaf, resolves, step
from dagger_local.states import ContainerState, ImageConfig, SecretState
from dagger_local.values import digest_of

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def configured(state: ContainerState, config: ImageConfig) -> ContainerState:
    """The container with another config; there is no last command any more."""
    return replace(state, config=config)


@step("Container", "withEnvVariable")
async def with_env_variable(
    _ev: Evaluator, parent: ContainerState, name: str, value: str, expand: bool = False
) -> ContainerState:
    """An environment variable."""
    if expand:
        env = dict(parent.config.env)
        value = _VARIABLE.sub(lambda found: env.get(found[1] or found[2], ""), value)
    return configured(parent, parent.config.with_env(name, value))


@leaf("Container", "envVariable")
async def env_variable(_ev: Evaluator, parent: ContainerState, name: str) -> str | None:
    """The value of a variable."""
    return dict(parent.config.env).get(name)


@step("Container", "withSecretVariable")
async def with_secret_variable(
    _ev: Evaluator, parent: ContainerState, name: str, secret: SecretState
) -> ContainerState:
    """A variable that holds a secret."""
    others = tuple(pair for pair in parent.secret_env if pair[0] != name)
    return replace(parent, secret_env=(*others, (name, secret.key)))


@step("Container", "withoutSecretVariable")
async def without_secret_variable(_ev: Evaluator, parent: ContainerState, name: str) -> ContainerState:
    """A secret variable taken away."""
    return replace(parent, secret_env=tuple(pair for pair in parent.secret_env if pair[0] != name))


@step("Container", "withUser")
async def with_user(_ev: Evaluator, parent: ContainerState, name: str) -> ContainerState:
    """Another user."""
    return configured(parent, replace(parent.config, user=name))


@step("Container", "withWorkdir")
async def with_workdir(_ev: Evaluator, parent: ContainerState, path: str) -> ContainerState:
    """Another working directory; a relative one is beneath the present one."""
    whole = path if path.startswith("/") else f"{parent.config.workdir or '/'}/{path}".replace("//", "/")
    return configured(parent, replace(parent.config, workdir=whole))


@step("Container", "withEntrypoint")
async def with_entrypoint(
    _ev: Evaluator, parent: ContainerState, args: list[str], keep_default_args: bool = False
) -> ContainerState:
    """Another entrypoint."""
    cmd = parent.config.cmd if keep_default_args else ()
    return configured(parent, replace(parent.config, entrypoint=tuple(args), cmd=cmd))


@leaf("Container", "entrypoint")
async def entrypoint(_ev: Evaluator, parent: ContainerState) -> list[str]:
    """The entrypoint."""
    return list(parent.config.entrypoint)


@step("Container", "withDefaultArgs")
async def with_default_args(_ev: Evaluator, parent: ContainerState, args: list[str]) -> ContainerState:
    """Other default arguments."""
    return configured(parent, replace(parent.config, cmd=tuple(args)))


@leaf("Container", "defaultArgs")
async def default_args(_ev: Evaluator, parent: ContainerState) -> list[str]:
    """The default arguments."""
    return list(parent.config.cmd)


@step("Container", "withLabel")
async def with_label(_ev: Evaluator, parent: ContainerState, name: str, value: str) -> ContainerState:
    """A label."""
    labels = {**dict(parent.config.labels), name: value}
    return configured(parent, replace(parent.config, labels=tuple(labels.items())))


@leaf("Container", "label")
async def label(_ev: Evaluator, parent: ContainerState, name: str) -> str | None:
    """The value of a label."""
    return dict(parent.config.labels).get(name)


@leaf("Container", "platform")
async def platform(_ev: Evaluator, parent: ContainerState) -> str:
    """The platform."""
    return parent.platform


@dataclass(frozen=True)
class Label:
    """A label as GraphQL sees it."""

    name: str
    value: str
    type_name: str = "Label"

    @property
    def key(self) -> str:
        """Structural digest."""
        return digest_of(self.name, self.value)


@leaf("Container", "labels")
async def labels(_ev: Evaluator, parent: ContainerState) -> list[Label]:
    """All labels."""
    return [Label(name, value) for name, value in parent.config.labels]


@resolves("Label", "name")
def label_name(_ctx: Context, parent: Label) -> str:
    """Its name."""
    return parent.name


@resolves("Label", "value")
def label_value(_ctx: Context, parent: Label) -> str:
    """Its value."""
    return parent.value


@leaf("Container", "user")
async def user(_ev: Evaluator, parent: ContainerState) -> str:
    """The user."""
    return parent.config.user


@leaf("Container", "workdir")
async def workdir(_ev: Evaluator, parent: ContainerState) -> str:
    """The working directory."""
    return parent.config.workdir


@step("Container", "withoutDockerHealthcheck")
async def without_docker_healthcheck(_ev: Evaluator, parent: ContainerState) -> ContainerState:
    """No health check."""
    return configured(parent, replace(parent.config, healthcheck=""))
