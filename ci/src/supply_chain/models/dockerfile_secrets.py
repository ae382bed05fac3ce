"""The secrets that a Dockerfile's steps mount.

Source: https://docs.docker.com/reference/dockerfile/#run---mounttypesecret.
"""

import re

from supply_chain.models.dockerfile import instructions

_MOUNT = re.compile(r"--mount=(\S+)")


def mounted_secrets(text: str) -> dict[str, bool]:
    """Secrets by id, and whether a step says that it cannot do without."""
    found: dict[str, bool] = {}
    for instruction in instructions(text):
        for mount in _MOUNT.findall(instruction.rest) if instruction.keyword == "RUN" else ():
            options = dict(option.partition("=")[::2] for option in mount.split(","))
            if options.get("type") == "secret":
                name = options.get("id") or _target(options).rpartition("/")[2]
                found[name] = found.get(name, False) or options.get("required") in {"", "true", "1"}
    return found


def _target(options: dict[str, str]) -> str:
    return next((options[key] for key in ("target", "dst", "destination") if key in options), "")
