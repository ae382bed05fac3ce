"""Credentials for registries: the session's own, in memory, beside those that this machine's user has."""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

_HUB = "docker.io"


def registry_of(address: str) -> str:
    """The registry that an image's address, or a registry's own, belongs to."""
    plain = re.sub(r"^https?://", "", address).partition("@")[0]
    first = plain.partition("/")[0]
    name = re.sub(r":[^:]*[^:\d][^:]*$", "", first)  # a tag, not a port
    if "docker.io" in name or not ("." in name or ":" in name or name == "localhost"):
        return _HUB
    return name


class Registries:
    """Credentials by registry; a file with them exists only while there are some."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, str] = {}

    def add(self, address: str, username: str, password: str) -> None:
        """Uses credentials from now on."""
        self._known[registry_of(address)] = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._write()

    def remove(self, address: str) -> None:
        """Uses them no longer."""
        self._known.pop(registry_of(address), None)
        self._write()

    def flags(self) -> list[str]:
        """For Podman's commands that ask registries; none while the user's own credentials do."""
        return [f"--authfile={self._file}"] if self._known else []

    def _write(self) -> None:
        content = _users_own()
        content["auths"] = content.get("auths", {}) | {name: {"auth": it} for name, it in self._known.items()}
        draft = self._file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content))
        draft.replace(self._file)


def _users_own() -> dict[str, Any]:
    """What Podman would read without our file."""
    home = Path(os.environ.get("HOME", "/root"))
    chosen = os.environ.get("REGISTRY_AUTH_FILE")
    run = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/containers/{os.getuid()}") / "containers"
    places = [Path(chosen)] if chosen else [run / "auth.json", home / ".docker" / "config.json"]
    made: dict[str, Any] = {}
    for place in reversed(places):
        try:
            found = json.loads(place.read_text())
        except (OSError, ValueError):
            continue
        for part in ("auths", "credHelpers"):
            made[part] = made.get(part, {}) | found.get(part, {})
    return made
