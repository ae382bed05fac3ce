"""A registry of the test's own that wants a login: the stand-in's program, on the host.

It listens where containers see the host by an address of a private network; tools speak plain http to such an
address without any switch, so that commands for a real target are run as they are.
"""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .canary import REGISTRY_PASSWORD, REGISTRY_PASSWORD_BCRYPT

USER = "releaser"
IMAGE = "team/inventory"
_START_SECONDS = 20
_ANY_MANIFEST = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


@dataclass(frozen=True)
class PrivateRegistry:
    """The registry, as its owner sees it.

    Attributes:
        address: Of this host as containers see it.
        port: Where it listens.
        log: What it prints.
        storage: Where it keeps what is pushed.
        image: The repository that is looked at.
    """

    address: str
    port: int
    log: Path
    storage: Path
    image: str = IMAGE

    @property
    def repository(self) -> str:
        """The repository that releases go to."""
        return f"{self.address}:{self.port}/{self.image}"

    def images(self) -> list[str]:
        """Every repository in it."""
        found: list[str] = self._get("_catalog").json()["repositories"]
        return found

    def content(self) -> list[str]:
        """Every file in its storage: blobs, manifests, tags, uploads under way."""
        return sorted(str(path.relative_to(self.storage)) for path in self.storage.rglob("*"))

    def referrers(self, digest: str) -> list[str]:
        """Predicate types of what is attached to an image, by the fallback tag for referrers."""
        index = self._get(f"{self.image}/manifests/{digest.replace(':', '-')}").json()
        attached = (
            self._get(f"{self.image}/manifests/{entry['digest']}").json() for entry in index["manifests"]
        )
        return sorted(manifest["annotations"]["dev.sigstore.bundle.predicateType"] for manifest in attached)

    def bundles(self, digest: str) -> Iterator[dict[str, Any]]:
        """The Sigstore bundles that are attached to an image, by the fallback tag for referrers."""
        index = self._get(f"{self.image}/manifests/{digest.replace(':', '-')}").json()
        for entry in index["manifests"]:
            manifest = self._get(f"{self.image}/manifests/{entry['digest']}").json()
            yield self._get(f"{self.image}/blobs/{manifest['layers'][0]['digest']}").json()

    def tags(self) -> list[str]:
        """Every tag of the repository; none where it does not exist yet."""
        try:
            found: list[str] | None = self._get(f"{self.image}/tags/list").json()["tags"]
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.NOT_FOUND:
                raise
            found = None
        return sorted(found or [])

    def digest(self, name: str) -> str:
        """The digest that a tag or digest resolves to."""
        return self._get(f"{self.image}/manifests/{name}").headers["Docker-Content-Digest"]

    def let(self, tag: str, digest: str) -> None:
        """Lets a tag name an image that is there."""
        self._put(tag, self._get(f"{self.image}/manifests/{digest}").content)

    def let_another_have(self, tag: str) -> None:
        """Lets a tag name another image than it does: the same one with an annotation."""
        manifest = self._get(f"{self.image}/manifests/{tag}").json()
        self._put(tag, json.dumps(manifest | {"annotations": {"moved": str(time.monotonic_ns())}}).encode())

    def _put(self, tag: str, manifest: bytes) -> None:
        answer = httpx.put(
            f"http://127.0.0.1:{self.port}/v2/{self.image}/manifests/{tag}", content=manifest,
            auth=(USER, REGISTRY_PASSWORD), headers={"Content-Type": json.loads(manifest)["mediaType"]},
        )  # fmt: skip
        answer.raise_for_status()

    def _get(self, path: str) -> httpx.Response:
        answer = httpx.get(
            f"http://127.0.0.1:{self.port}/v2/{path}",
            auth=(USER, REGISTRY_PASSWORD), headers={"Accept": ", ".join(_ANY_MANIFEST)},
        )  # fmt: skip
        return answer.raise_for_status()


@contextlib.contextmanager
def serving(root: Path) -> Iterator[PrivateRegistry]:
    """The registry, while the block runs.

    Args:
        root: The stand-in's root filesystem; the registry sees nothing else, and keeps its content there.
    """
    registry = PrivateRegistry(gateway(), free_port(), root / "log", root / "content")
    _configure(root, registry.port)
    with registry.log.open("wb") as log:
        process = subprocess.Popen(
            ["chroot", str(root), "/bin/registry", "serve", "/config.yml"],  # noqa: S607 - of the PATH
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait_for(process, registry)
            yield registry
        finally:
            process.terminate()
            process.wait(30)


def write_login(folder: Path, host: str) -> Path:
    """A folder for DOCKER_CONFIG, with the login at the registry under this name of its host."""
    auth = base64.b64encode(f"{USER}:{REGISTRY_PASSWORD}".encode()).decode()
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
    return folder


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def gateway() -> str:
    """The host's address on Podman's default network."""
    podman = shutil.which("podman") or "podman"
    with tempfile.TemporaryDirectory() as empty:
        argv = [
            podman,
            "--root",
            f"{empty}/root",
            "--runroot",
            f"{empty}/run",
            "network",
            "inspect",
            "podman",
        ]
        answer = subprocess.run(argv, check=True, capture_output=True)
    return str(json.loads(answer.stdout)[0]["subnets"][0]["gateway"])


def _configure(root: Path, port: int) -> None:
    (root / "htpasswd").write_text(f"{USER}:{REGISTRY_PASSWORD_BCRYPT}\n")
    content = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": False}},
        "storage": {"filesystem": {"rootdirectory": "/content"}},
        "http": {"addr": f"0.0.0.0:{port}"},
        "auth": {"htpasswd": {"realm": "tests", "path": "/htpasswd"}},
    }
    (root / "config.yml").write_text(json.dumps(content))  # YAML


def _wait_for(process: "subprocess.Popen[bytes]", registry: PrivateRegistry) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            registry.images()
            return
        time.sleep(0.05)
    raise AssertionError(f"the registry did not start\n{registry.log.read_text()}")
