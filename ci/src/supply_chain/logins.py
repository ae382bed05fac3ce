"""Logins at registries: for the tools, which read a file, and for the engine's own pulls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import dagger
from dagger import dag

from supply_chain.models.reference import check_registry
from supply_chain.tools import docker_config


@dataclass(frozen=True)
class Login:
    """A user name and a password or token at one registry."""

    address: str
    """Host and optional port."""
    username: str
    password: dagger.Secret

    @classmethod
    def at(cls, address: str, username: str, password: dagger.Secret) -> Self:
        """A login; BadReference where the address is no registry's."""
        check_registry(address)
        return cls(address, username, password)


async def config_file(logins: Sequence[Login]) -> dagger.Secret | None:
    """config.json with all logins, as a secret; None where there are none."""
    if not logins:
        return None
    passwords = {login.address: (login.username, await login.password.plaintext()) for login in logins}
    return dag.set_secret(f"registry-logins-{'-'.join(sorted(passwords))}", docker_config.config(passwords))


async def hand_to_engine(logins: Sequence[Login]) -> None:
    """Let the engine pull tool and base images with these logins, for the rest of its session."""
    for login in logins:
        await dag.container().with_registry_auth(login.address, login.username, login.password).sync()
