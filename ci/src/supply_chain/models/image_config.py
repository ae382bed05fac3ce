"""An image's config: what it is for and what it says of itself.

Format: https://github.com/opencontainers/image-spec/blob/main/config.md.
"""

import json
from typing import Any, Self

from pydantic import Field, ValidationError

from supply_chain.errors import ImageInvalid
from supply_chain.models.base import Model, first_problem

REVISION = "org.opencontainers.image.revision"
"""Label that names the commit: https://specs.opencontainers.org/image-spec/annotations/."""


class _Runtime(Model):
    user: str = Field(default="", alias="User")
    ports: dict[str, Any] | None = Field(default=None, alias="ExposedPorts")
    labels: dict[str, str] | None = Field(default=None, alias="Labels")


class ImageConfig(Model):
    """The part of a config that a release looks at."""

    os: str
    architecture: str
    variant: str = ""
    runtime: _Runtime = Field(default=_Runtime(), alias="config")

    @classmethod
    def parse(cls, document: bytes | str) -> Self:
        """The config in `document`; ImageInvalid when it is none."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise ImageInvalid("the image's config cannot be read", why=first_problem(error)) from None

    @property
    def platform(self) -> str:
        """os/architecture, with the variant where there is one."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    def is_for(self, platform: str) -> bool:
        """Whether it is for `platform`, os/architecture or os/architecture/variant; empty is any."""
        wanted = platform.split("/") if platform else []
        return wanted == [self.os, self.architecture, self.variant][: len(wanted)]

    @property
    def user(self) -> str:
        """Who its process runs as; empty for root."""
        return self.runtime.user

    @property
    def port(self) -> int:
        """The one TCP port it exposes; 0 where that is not one."""
        names = [name.partition("/") for name in self.runtime.ports or ()]
        ports = sorted({int(port) for port, _, protocol in names if port.isdecimal() and protocol != "udp"})
        return ports[0] if len(ports) == 1 else 0

    @property
    def revision(self) -> str:
        """The commit it says it was built from; empty where it says none."""
        return (self.runtime.labels or {}).get(REVISION, "")


class Selected(Model):
    """What `select_image.py` printed: an image, or why there is none."""

    digest: str = ""
    config: dict[str, Any] = Field(default_factory=dict)
    problem: str = ""
    kind: str = ""

    @property
    def config_json(self) -> str:
        """The config as JSON text."""
        return json.dumps(self.config)
