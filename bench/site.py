"""Where all sides release to, and by what: one registry, one Sigstore, one database, the same tools."""

import contextlib
import dataclasses
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.errors import NotReady
from bench.podman import Podman
from release import releasing, stand_ins
from release.cosign_by_hand import Cosign
from release.keyless import stock_verdicts
from release.private_registry import PrivateRegistry, serving, write_login
from release.private_sigstore import PrivateSigstore, keeping
from standins import sample_db
from standins.cache import Cache, default_folder
from standins.oci import Layout
from standins.recipes import load as load_recipes

ROOT = Path(__file__).parents[1]
PREPARED = ROOT / ".cache" / "bench" / "images.toml"
"""Names the stand-ins to the module."""
TOOLS = ("python", "trivy", "crane", "cosign")
"""Images that a release uses; the others are those of services."""
PROGRAMS = {"trivy": "usr/local/bin", "crane": "ko-app", "cosign": "ko-app"}
"""Where the tools' images keep them."""

_ADVICE = (
    "Run `.venv/bin/python -m standins build --force --images .cache/bench/images.toml`, as `make bench` does"
)
_NEEDED = ("podman", "openssl", "chroot", "sh", "date")


@dataclass(frozen=True)
class Site:
    """What is there before anything is timed.

    Attributes:
        folder: Temporary files; gone at the end.
        images: The tools' images.
        programs: The same tools as programs, a folder each.
        registry: Where releases go; it keeps what it has.
        sigstore: Who certifies and logs.
        db: A Trivy cache folder with the database.
        docker: A folder with the login at the registry, for plain tools.
        stranger: Stock cosign on the host, logged in.
    """

    folder: Path
    images: dict[str, Layout]
    programs: tuple[Path, ...]
    registry: PrivateRegistry
    sigstore: PrivateSigstore
    db: Path
    docker: Path
    stranger: Cosign

    def registry_of(self, name: str) -> PrivateRegistry:
        """The registry, looked at through the repository of one side."""
        return dataclasses.replace(self.registry, image=name)

    def stock_accepts(self, reference: str) -> dict[str, bool]:
        """Whether stock cosign accepts signature, SBOM and provenance of an image, by what was asked for."""
        said = stock_verdicts(self.stranger, reference, self.sigstore.trusting)
        return {name: done.exit_code == 0 for name, done in said.items()}


def check_ready() -> None:
    """NotReady unless all is there that a site needs."""
    missing = [name for name in _NEEDED if not shutil.which(name)]
    if not (shutil.which("runc") or shutil.which("crun")):
        missing.append("runc or crun")
    if missing:
        raise NotReady(f"not installed: {', '.join(missing)}. Install what is named, then try again")
    recipes = load_recipes()
    cache = Cache(default_folder(), recipes)
    unmade = [name for name in recipes.images if cache.find(name) is None]
    if unmade or not PREPARED.exists():
        what = f"stand-in images are not there: {', '.join(unmade)}" if unmade else f"{PREPARED} is not there"
        raise NotReady(f"{what}. {_ADVICE}")


@contextlib.contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """The site, while the block runs; no server and no container stays.

    Args:
        folder: An empty one.
    """
    layouts = stand_ins.layouts()
    images = {name: layouts[name] for name in TOOLS}
    roots = {name: stand_ins.unpacked(images[name], folder / "tools" / name) for name in PROGRAMS}
    cosign = Cosign(roots["cosign"] / PROGRAMS["cosign"] / "cosign", folder / "home")
    with contextlib.ExitStack() as stack:
        keeper = Podman.made(folder / "keeper", {"python": images["python"]})
        stack.callback(keeper.close)
        keeper.keep_network(images["python"].pinned)
        registry = stack.enter_context(serving(stand_ins.unpacked(layouts["registry"], folder / "registry")))
        sample_db.make(folder / "sample")
        (folder / "sigstore").mkdir()
        sigstore = stack.enter_context(keeping(layouts, cosign, folder / "sigstore"))
        yield Site(
            folder=folder,
            images=images,
            programs=tuple(roots[name] / path for name, path in PROGRAMS.items()),
            registry=registry,
            sigstore=sigstore,
            db=releasing.double_of_real(folder / "sample", folder / "database"),
            docker=write_login(cosign.home / ".docker", f"{registry.address}:{registry.port}"),
            stranger=cosign,
        )
