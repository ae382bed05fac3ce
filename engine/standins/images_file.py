"""The images file: which image the module uses for each tool, handed to it as an argument."""

import json
from collections.abc import Mapping
from pathlib import Path

from standins.image import STAND_IN_FOR, VERSION
from standins.oci import Layout


def write(target: Path, layouts: Mapping[str, Layout]) -> None:
    """Write the images file, whole or not at all."""
    tables = [_table(name, layout) for name, layout in sorted(layouts.items())]
    content = "\n".join(["# stand-ins, made on this machine; not the official images\n", *tables])
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    partial.write_text(content, "utf-8")
    partial.replace(target)


def _table(name: str, layout: Layout) -> str:
    facts = {
        "reference": layout.pinned,
        "version": layout.labels[VERSION],
        "stand_in_for": layout.labels[STAND_IN_FOR],
    }
    # A JSON string is a TOML basic string.
    return f"[images.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items())
