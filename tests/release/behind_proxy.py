"""Releases to a registry behind a proxy, and what a stranger finds there afterwards."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .cosign_by_hand import Cosign
from .harness import Done, Engine, Running
from .oci_images import archive
from .private_registry import PrivateRegistry, write_login
from .proxy import Proxy, proxied
from .rehearsing import SIGNATURE_TYPE, Evidence
from .releasing import REVISION, Caller

REQUIRED = (SIGNATURE_TYPE, "spdxjson", "slsaprovenance1")
"""What an image must carry before a tag may name it, as types for `cosign verify-attestation`."""


@dataclass(frozen=True)
class Site:
    """A registry behind a proxy, and somebody who releases to it.

    Attributes:
        engine: What runs releases.
        proxy: What they go through.
        registry: The registry itself, for looking past the proxy.
        caller: Who releases, through the proxy.
        cosign: Stock cosign, logged in.
        folder: For images and evidence.
        whole: Images that were found to lack nothing, by digest.
    """

    engine: Engine
    proxy: Proxy
    registry: PrivateRegistry
    caller: Caller
    cosign: Cosign
    folder: Path
    whole: set[str] = field(default_factory=set)

    @property
    def repository(self) -> str:
        """Where releases go."""
        return f"{self.proxy.host}/{self.registry.image}"

    def image(self, content: str) -> Path:
        """A small image that holds this text, built from the commit that releases are of."""
        labels = {"org.opencontainers.image.revision": REVISION}
        name = content.replace(" ", "-")
        return archive(self.folder / f"{name}.tar", {"etc/content": content}, config={"Labels": labels})

    def begin(self, version: str, image: Path) -> Running:
        """A release of the image, started."""
        return self._begin(("release", *self._flags(version, image)), patience=60)

    def candidate(self, version: str, image: Path, *, patience: int = 60) -> tuple[Done, Done, Evidence]:
        """A release of the image in two steps, its verdict, and its evidence."""
        out = str(self.folder / version)
        export = ("export", "--path", out)
        running = self._begin(("candidate", *self._flags(version, image), *export), patience=patience)
        return running.wait().expect(0), self.engine.call("verdict", "--evidence", out), Evidence(Path(out))

    def _begin(self, command: Sequence[str], patience: int) -> Running:
        source = self.folder / "source"
        source.mkdir(exist_ok=True)
        of = ("--source", str(source), "--patience", str(patience), *self.caller.login)
        return self.engine.begin("call", *self.engine.module_flags, *of, *command, env=self.caller.secrets)

    def _flags(self, version: str, image: Path) -> tuple[str, ...]:
        given = ("--revision", REVISION, "--tarball", str(image))
        return (*self.caller.flags(version, self.repository), *given)

    def public_tags(self) -> list[str]:
        """Every tag that people see; attachments have some of their own where there is no referrers API."""
        return [tag for tag in self.registry.tags() if not tag.startswith("sha256-")]

    def lacking(self, *, anew: bool = False) -> list[str]:
        """Tags that name an image without something that is required, as stock cosign sees it.

        Args:
            anew: Whether images are looked at that were whole before. A release attaches to its own image
                alone, so a long campaign does that once, at its end.
        """
        known = set() if anew else self.whole
        digests = {tag: self.registry.digest(tag) for tag in self.public_tags()}
        lacks = {digest: self._lacks(digest) for digest in set(digests.values()) - known}
        self.whole.update(digest for digest, kinds in lacks.items() if not kinds)
        return [f"{tag} lacks {kind}" for tag, digest in digests.items() for kind in lacks.get(digest, [])]

    def _lacks(self, digest: str) -> list[str]:
        reference = f"127.0.0.1:{self.registry.port}/{self.registry.image}@{digest}"
        key = ("--key", str(self.caller.public_key), "--insecure-ignore-tlog=true")
        asked = ("verify-attestation", *key, "--type")
        return [kind for kind in REQUIRED if self.cosign.run(*asked, kind, reference).exit_code]


@contextmanager
def site(
    engine: Engine, registry: PrivateRegistry, caller: Caller, cosign: Cosign, folder: Path
) -> Iterator[Site]:
    """A site on this registry, with a repository of its own, while the block runs."""
    registry = dataclasses.replace(registry, image=f"team/{folder.name}")
    with proxied(registry.port) as proxy:
        behind = dataclasses.replace(registry, address=proxy.address, port=proxy.port)
        through = dataclasses.replace(caller, registry=behind)
        write_login(folder / "home" / ".docker", f"127.0.0.1:{registry.port}")
        logged_in = dataclasses.replace(cosign, home=folder / "home")
        yield Site(engine, proxy, registry, through, logged_in, folder)
