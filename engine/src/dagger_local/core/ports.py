"""The ports of a container."""

from dataclasses import dataclass, replace

from dagger_local.core.config import configured
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import Context, leaf, resolves, step
from dagger_local.states import ContainerState, Port
from dagger_local.values import digest_of


@dataclass(frozen=True)
class ExposedPort:
    """A port as GraphQL sees it."""

    port: Port
    type_name: str = "Port"

    @property
    def key(self) -> str:
        """Structural digest."""
        return digest_of(self.port)


@step("Container", "withExposedPort")
async def with_exposed_port(
    _ev: Evaluator,
    parent: ContainerState,
    port: int,
    protocol: str = "TCP",
    description: str | None = None,
    experimental_skip_healthcheck: bool = False,
) -> ContainerState:
    """A port, which is waited for when the container is a service; the same one is replaced."""
    made = Port(port, protocol, description, experimental_skip_healthcheck)
    others = [one for one in parent.config.ports if (one.number, one.protocol) != (port, protocol)]
    return configured(parent, replace(parent.config, ports=(*others, made)))


@leaf("Container", "exposedPorts")
async def exposed_ports(_ev: Evaluator, parent: ContainerState) -> list[ExposedPort]:
    """All ports."""
    return [ExposedPort(port) for port in parent.config.ports]


@resolves("Port", "port")
def number(_ctx: Context, parent: ExposedPort) -> int:
    """Its number."""
    return parent.port.number


@resolves("Port", "protocol")
def protocol(_ctx: Context, parent: ExposedPort) -> str:
    """The transport protocol."""
    return parent.port.protocol


@resolves("Port", "description")
def description(_ctx: Context, parent: ExposedPort) -> str | None:
    """What it is for."""
    return parent.port.description


@resolves("Port", "experimentalSkipHealthcheck")
def skipped(_ctx: Context, parent: ExposedPort) -> bool:
    """Whether it is not waited for."""
    return parent.port.skipped
