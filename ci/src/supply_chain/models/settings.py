"""What a source says of itself: how its image is built, and how it is checked.

`[tool.supply-chain]` of its pyproject.toml, or the same keys at the top of a supply-chain.toml where the
source is no Python project. What a caller gives by flag stands above it.
"""

import tomllib
from typing import Any, Self

from pydantic import Field, ValidationError

from supply_chain.errors import SettingsInvalid
from supply_chain.models.base import OwnModel, first_problem

PLACES = ("pyproject.toml", "supply-chain.toml")
"""Files that may hold settings; the first that does is used."""

Command = tuple[str, ...]
"""A program and its arguments, not a shell line."""


class SmokeRequest(OwnModel):
    """One request to the running image, and the answer it must give."""

    path: str = Field(pattern=r"^/[\x21-\x7e]*$")
    """Path and query."""
    method: str = Field(default="GET", pattern=r"^[A-Z]+$")
    """HTTP method."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers to send."""
    send: Any = None
    """JSON to send as the body; nothing when left out."""
    status: int = Field(default=200, ge=100, le=599)
    """Status the answer must have."""
    json_has: Any = None
    """JSON that the answer's body must contain: of an object at least these keys, of a list these items."""
    text_has: str = ""
    """Text that the answer's body must contain."""


class Checks(OwnModel):
    """Commands that run in the image of the test target, each to end with exit code 0."""

    lint: tuple[Command, ...] = ()
    """Linter and formatter."""
    types: tuple[Command, ...] = ()
    """Type checker."""
    test: tuple[Command, ...] = ()
    """Tests; without one, the test target itself must build."""


class Settings(OwnModel):
    """All there is to set; every key is optional. Keys are written with hyphens."""

    dockerfile: str = ""
    """The Dockerfile; left out, the one at the top of the source, Dockerfile or Containerfile."""
    target: str = ""
    """The stage to release; left out, `runtime` where there is one, else the last."""
    platform: str = Field(default="", pattern=r"^$|^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")
    """os/architecture of the image; left out, the engine's own."""
    build_args: dict[str, str] = Field(default_factory=dict)
    """Build arguments."""
    port: int = Field(default=0, ge=0, le=65535)
    """The port the service listens on; left out, the one that the image exposes."""
    health_path: str = Field(default="/healthz", pattern=r"^/[\x21-\x7e]*$")
    """What answers 200 once the service is ready."""
    start_seconds: float = Field(default=30, gt=0, le=600)
    """How long it may take to be ready."""
    allow_root: bool = False
    """Whether the image may run as root."""
    smoke: tuple[SmokeRequest, ...] = ()
    """Requests of the smoke test, in order; the health path is always asked first."""
    test_target: str = "test"
    """The stage in which checks run."""
    checks: Checks = Checks()
    """Their commands."""
    audit: tuple[str, ...] | None = None
    """Lock files to audit (pip's format); left out, requirements*.lock and requirements*.txt at the top."""
    exceptions: str = ".trivyignore.yaml"
    """The file of exceptions from the gate; it need not be there."""

    @classmethod
    def parse(cls, document: str, place: str) -> Self | None:
        """The settings in a file of PLACES; None where a pyproject.toml has no such table."""
        try:
            content: Any = tomllib.loads(document)
        except tomllib.TOMLDecodeError as error:
            raise SettingsInvalid(f"{place} is not TOML", why=str(error)) from None
        if place == "pyproject.toml":
            content = content.get("tool", {}).get("supply-chain")
        if content is None:
            return None
        return cls().under(_underscored(content), f"the settings in {place}")

    def under(self, values: dict[str, Any], place: str) -> Self:
        """These settings with some of them replaced; SettingsInvalid where a value is none."""
        try:
            return self.model_validate(self.model_dump() | values)
        except ValidationError as error:
            raise SettingsInvalid(f"{place} cannot be used", why=first_problem(error)) from None


def _underscored(content: Any) -> Any:
    """Keys as Python has them; those of build arguments, headers and JSON are other people's names."""
    if isinstance(content, list):
        return [_underscored(item) for item in content]
    if not isinstance(content, dict):
        return content
    kept = {"build_args", "headers", "send", "json_has"}
    named = {key.replace("-", "_"): value for key, value in content.items()}
    return {key: value if key in kept else _underscored(value) for key, value in named.items()}
