"""Services as GraphQL sees them."""

from dataclasses import replace
from typing import cast

from dagger_local.core.execs import command
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.resolve import Context, leaf, resolves, step
from dagger_local.states import ContainerState, ServiceState
from dagger_local.values import Value


@step("Container", "asService")
async def as_service(
    ev: Evaluator, parent: ContainerState, args: list[str] | None = None, use_entrypoint: bool = False
) -> ServiceState:
    """The container as a service.

    Without args it is the image's own command, entrypoint included (documentation of Container.asService).
    """
    default = not args and not use_entrypoint
    argv = command(parent, args or [], use_entrypoint=use_entrypoint or default)
    made = ServiceState(replace(parent, last_exec=None), tuple(argv))
    ev.session.services.know(made)
    return made


@step("Container", "withServiceBinding")
async def with_service_binding(
    ev: Evaluator, parent: ContainerState, alias: str, service: ServiceState
) -> ContainerState:
    """A service under a name."""
    others = tuple(pair for pair in parent.bindings if pair[0] != alias)
    return replace(parent, bindings=(*others, (alias, ev.session.services.know(service))))


async def _state(ctx: Context, parent: Value) -> ServiceState:
    return cast("ServiceState", await ctx.session.evaluator.state(parent))


@resolves("Service", "start")
async def start(ctx: Context, parent: Value) -> str:
    """Starts the service and keeps it."""
    await ctx.session.services.keep((await _state(ctx, parent)).key)
    return ctx.session.objects.put(parent)


@resolves("Service", "stop")
async def stop(ctx: Context, parent: Value, kill: bool = False) -> str:  # noqa: ARG001 - we always end it at once
    """Stops the service."""
    await ctx.session.services.stop((await _state(ctx, parent)).key)
    return ctx.session.objects.put(parent)


@leaf("Service", "endpoint")
async def endpoint(ev: Evaluator, parent: ServiceState, port: int | None = None, scheme: str = "") -> str:
    """host:port, or a URL."""
    running = await ev.session.services.up(parent.key)
    if port is None and not running.ports:
        raise EngineError("no ports exposed")
    where = f"{running.address}:{port or running.ports[0].number}"
    return f"{scheme}://{where}" if scheme else where
