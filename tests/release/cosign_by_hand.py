"""Stock cosign, run by hand on an evidence folder with the commands of the README."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .harness import Done
from .rehearsing import SIGNATURE_TYPE

# A signature by key alone has no entry in a transparency log, so none is looked for.
BY_KEY = ("--local-image", "--insecure-ignore-tlog=true", "--key")
CHECK_BLOBS = (
    """cd "$1/blobs/sha256" && for blob in *; do echo "$blob  $blob"; done | sha256sum --check --quiet"""
)


@dataclass(frozen=True)
class Cosign:
    """The program, with a home folder in which it finds nothing."""

    program: Path
    home: Path

    def verify(self, key: Path, layout: Path) -> Done:
        """Whether the image in the layout carries a signature of the key."""
        return self.run("verify", *BY_KEY, str(key), str(layout))

    def verify_sbom(self, key: Path, layout: Path) -> Done:
        """Whether the image in the layout carries an SPDX attestation of the key; the envelope on stdout."""
        return self.run("verify-attestation", "--type", "spdxjson", *BY_KEY, str(key), str(layout))

    def verify_strictly(self, key: Path, layout: Path) -> Done:
        """As `verify`, but an attestation of the key does not pass for a signature."""
        return self.run("verify-attestation", "--type", SIGNATURE_TYPE, *BY_KEY, str(key), str(layout))

    def check_blobs(self, layout: Path) -> Done:
        """Whether every blob of the layout is what its name says; cosign does not look."""
        return _run(["sh", "-c", CHECK_BLOBS, "sh", str(layout)], dict(os.environ))

    def make_key(self, folder: Path, password: str) -> tuple[Path, Path]:
        """A new key pair: private and public half."""
        prefix = folder / "cosign"
        self.run("generate-key-pair", "--output-key-prefix", str(prefix), password=password).expect(0)
        return prefix.with_suffix(".key"), prefix.with_suffix(".pub")

    def run(self, *args: str, password: str = "") -> Done:
        """One command."""
        env = {**os.environ, "HOME": str(self.home), "COSIGN_PASSWORD": password}
        return _run([str(self.program), *args], env)


def _run(argv: Sequence[str], env: Mapping[str, str]) -> Done:
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)
    return Done(done.returncode, done.stdout, done.stderr)
