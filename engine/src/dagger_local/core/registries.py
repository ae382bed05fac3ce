"""Logins at registries. On Dagger they count for everything that the session pulls afterwards."""

from dagger_local.evaluate import Evaluator
from dagger_local.resolve import step
from dagger_local.states import ContainerState, SecretState


@step("Container", "withRegistryAuth")
async def with_registry_auth(
    ev: Evaluator, parent: ContainerState, address: str, username: str, secret: SecretState
) -> ContainerState:
    """A login."""
    ev.session.logins.add(address, username, ev.session.secrets.text(secret.key))
    return parent


@step("Container", "withoutRegistryAuth")
async def without_registry_auth(ev: Evaluator, parent: ContainerState, address: str) -> ContainerState:
    """A login taken away."""
    ev.session.logins.remove(address)
    return parent
