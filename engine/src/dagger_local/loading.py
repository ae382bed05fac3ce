"""Puts OCI layouts into the engine's image storage, under names that `container.from` resolves.

python -m dagger_local.loading LAYOUT=localhost/name:tag …
"""

import json
import sys
from pathlib import Path

import anyio

from dagger_local.errors import EngineError
from dagger_local.podman import Podman
from dagger_local.session import open_session
from dagger_local.store import default_root


async def load(layouts: dict[str, Path], store_root: Path) -> list[str]:
    """Loads each layout unless it is there already.

    Args:
        layouts: Layout folders by `name:tag`; a folder's own name must be plain, as `layout` is.
        store_root: The engine's store.

    Returns:
        `name:tag@digest` for each, in the same order.
    """
    async with open_session(store_root, Path.cwd(), silent=True, serve=False) as session:
        return [await _load_one(session.podman, name, layout) for name, layout in layouts.items()]


async def _load_one(podman: Podman, name: str, layout: Path) -> str:
    digest = str(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"])
    known = await podman.image(f"{name}@{digest}")
    if known is None:
        # Podman makes a name of the path, and not every path is one: so it is given a plain, relative one.
        done = await podman.run("pull", "--quiet", f"oci:{layout.name}", cwd=layout.parent)
        if done.exit_code:
            raise EngineError(f"loading {layout}: {done.error}")
        await podman.text("tag", done.stdout.decode().split()[-1], name)
        known = await podman.image(f"{name}@{digest}")
    if known is None:
        raise EngineError(f"{layout} was loaded as {name}, and yet {name}@{digest} is not found")
    return f"{name}@{digest}"


def main() -> None:
    """The command line."""
    layouts = {name: Path(layout) for layout, _, name in (arg.partition("=") for arg in sys.argv[1:])}
    try:
        for reference in anyio.run(load, layouts, default_root()):
            print(reference)
    except EngineError as error:
        sys.exit(f"Error: {error.message}")


if __name__ == "__main__":
    main()
