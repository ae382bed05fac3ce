"""Logins at registries, for this session's pulls: in memory, in the form that Podman reads."""

import base64
import json
from pathlib import Path

_HUB = {"docker.io", "index.docker.io", "registry-1.docker.io"}


class Logins:
    """User names and passwords by registry. They count for the whole session, as on Dagger."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "auth.json"
        self._auths: dict[str, dict[str, str]] = {}

    def add(self, address: str, username: str, password: str) -> None:
        """A login, in place of another one at the same registry."""
        auth = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._auths[_registry(address)] = {"auth": auth}
        self._write()

    def remove(self, address: str) -> None:
        """No login at a registry any more."""
        self._auths.pop(_registry(address), None)
        self._write()

    @property
    def flags(self) -> list[str]:
        """For commands of Podman that pull."""
        return [f"--authfile={self._file}"] if self._auths else []

    def _write(self) -> None:
        self._file.touch(mode=0o600)
        self._file.write_text(json.dumps({"auths": self._auths}))


def _registry(address: str) -> str:
    host = address.removeprefix("https://").partition("/")[0]
    return "docker.io" if host in _HUB else host
