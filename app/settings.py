"""What the service is told by its environment, read once at start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

MAX_PORT = 65_535


class SettingsError(ValueError):
    """An environment variable has a value the service cannot start with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings; `Settings.from_env()` is how the running service gets them."""

    name: str
    """The service's name in `GET /`."""
    version: str
    """The released version, set at image build."""
    base_url: str
    """Where `/chain` finds this service's own API, without a trailing slash."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read SERVICE_NAME, SERVICE_VERSION, PORT and BASE_URL.

        Raises:
            SettingsError: PORT is no port number or BASE_URL is no http(s) address.
        """
        own_address = f"http://127.0.0.1:{_port(env.get('PORT', '8080'))}"
        return cls(
            name=env.get("SERVICE_NAME", "inventory"),
            version=env.get("SERVICE_VERSION", "0.0.0"),
            base_url=_http_url(env.get("BASE_URL", own_address)),
        )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PORT))):
        raise SettingsError(f"PORT is {text!r}; set it to a number from 1 to {MAX_PORT}.")
    port = int(text)
    if not 1 <= port <= MAX_PORT:
        raise SettingsError(f"PORT is {port}; set it to a number from 1 to {MAX_PORT}.")
    return port


def _http_url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise SettingsError(f"BASE_URL is {text!r}; set it to an http:// or https:// address.")
    return text.rstrip("/")
