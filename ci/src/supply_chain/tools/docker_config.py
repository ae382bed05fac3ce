"""The login file that crane and cosign read: https://docs.docker.com/reference/cli/docker/login/."""

import base64
import json

DIRECTORY = "/docker-config"
"""Where the containers see it; DOCKER_CONFIG names it."""

_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io"}
_HUB_KEY = "https://index.docker.io/v1/"


def login(registry: str, username: str, password: str) -> str:
    """config.json that logs in to one registry. It is a secret as a whole."""
    credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
    return json.dumps({"auths": {_HUB_KEY if registry in _HUB else registry: {"auth": credentials}}})
