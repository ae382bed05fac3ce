"""The login file that crane and cosign read: https://docs.docker.com/reference/cli/docker/login/."""

import base64
import json
from collections.abc import Mapping

DIRECTORY = "/docker-config"
"""Where the containers see it; DOCKER_CONFIG names it."""

_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io"}
_HUB_KEY = "https://index.docker.io/v1/"


def config(logins: Mapping[str, tuple[str, str]]) -> str:
    """config.json with a user name and a password for each registry. It is a secret as a whole."""
    return json.dumps(
        {"auths": {_key(registry): {"auth": _auth(*login)} for registry, login in logins.items()}}
    )


def _key(registry: str) -> str:
    return _HUB_KEY if registry in _HUB else registry


def _auth(username: str, password: str) -> str:
    return base64.b64encode(f"{username}:{password}".encode()).decode()
