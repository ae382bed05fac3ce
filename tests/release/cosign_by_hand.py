"""Stock cosign, run by hand on an evidence folder with the commands of the README."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .harness import Done
from .rehearsing import IDENTITY, ISSUER, SIGNATURE_TYPE

CHECK_BLOBS = (
    """cd "$1/blobs/sha256" && for blob in *; do echo "$blob  $blob"; done | sha256sum --check --quiet"""
)


def by_key(public_key: Path) -> tuple[str, ...]:
    """Flags that trust a key. It makes no entry in a transparency log, so none is looked for."""
    return ("--insecure-ignore-tlog=true", "--key", str(public_key))


def by_identity(root: Path, identity: str = IDENTITY, issuer: str = ISSUER) -> tuple[str, ...]:
    """Flags that trust a name, and who vouches for it, letter by letter."""
    return (
        *("--trusted-root", str(root)),
        *("--certificate-identity", identity, "--certificate-oidc-issuer", issuer),
    )


def by_regexp(root: Path, identity: str, issuer: str) -> tuple[str, ...]:
    """Flags that trust names and issuers of this form."""
    return (
        *("--trusted-root", str(root)),
        *("--certificate-identity-regexp", identity, "--certificate-oidc-issuer-regexp", issuer),
    )


@dataclass(frozen=True)
class Cosign:
    """The program, with a home folder in which it finds nothing."""

    program: Path
    home: Path

    def verify(self, layout: Path, trusting: Sequence[str]) -> Done:
        """Whether the image in the layout carries a statement of whom the flags trust."""
        return self.run("verify", "--local-image", *trusting, str(layout))

    def verify_attestation(self, layout: Path, kind: str, trusting: Sequence[str]) -> Done:
        """Whether it carries one of this kind; the envelope on stdout."""
        return self.run("verify-attestation", "--local-image", "--type", kind, *trusting, str(layout))

    def verify_strictly(self, layout: Path, trusting: Sequence[str]) -> Done:
        """As `verify`, but no attestation passes for a signature."""
        return self.verify_attestation(layout, SIGNATURE_TYPE, trusting)

    def verify_all(self, layout: Path, trusting: Sequence[str]) -> dict[str, Done]:
        """Everything that the README says to verify, by name."""
        return {
            "verify": self.verify(layout, trusting),
            "spdxjson": self.verify_attestation(layout, "spdxjson", trusting),
            "slsaprovenance1": self.verify_attestation(layout, "slsaprovenance1", trusting),
        }

    def verify_sums(self, evidence: Path, trusting: Sequence[str]) -> Done:
        """Whether somebody whom the flags trust made the list of the evidence's files."""
        bundle = ("--bundle", str(evidence / "SHA256SUMS.sigstore.json"))
        return self.run("verify-blob", *bundle, *trusting, str(evidence / "SHA256SUMS"))

    def check_sums(self, evidence: Path) -> Done:
        """Whether every file of the evidence is as it is listed."""
        check = 'cd "$1" && sha256sum --check --quiet SHA256SUMS'
        return _run(["sh", "-c", check, "sh", str(evidence)], dict(os.environ))

    def check_blobs(self, layout: Path) -> Done:
        """Whether every blob of the layout is what its name says; cosign does not look."""
        return _run(["sh", "-c", CHECK_BLOBS, "sh", str(layout)], dict(os.environ))

    def typed(self, command: str, folder: Path) -> Done:
        """A command as somebody types it in this folder."""
        path = f"{self.program.parent}{os.pathsep}{os.environ['PATH']}"
        argv = ["/bin/sh", "-c", f'cd "$1" && {command}', "sh", str(folder)]
        return _run(argv, {**os.environ, "PATH": path, "HOME": str(self.home)})

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
