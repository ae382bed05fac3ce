"""Runs that come to an evidence folder, and reading such a folder."""

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from supply_chain.models.outcome import Outcome

from .harness import REPOSITORY, Done, Engine

SIGNATURE_TYPE = "https://sigstore.dev/cosign/sign/v1"
SPDX_TYPE = "https://spdx.dev/Document"
PROVENANCE_TYPE = "https://slsa.dev/provenance/v1"

IDENTITY = "https://rehearsal.example/rehearsal/release/.github/workflows/release.yml@refs/heads/rehearsal"
"""Who signs in a rehearsal."""
ISSUER = "http://issuer:8080"
"""Who vouches for that name."""


def statement_of(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """What a bundle says, whoever signed it."""
    found: dict[str, Any] = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    return found


@dataclass(frozen=True)
class Evidence:
    """The folder that `candidate` exported."""

    path: Path

    @cached_property
    def outcome(self) -> Outcome:
        """outcome.json."""
        return Outcome.parse((self.path / "outcome.json").read_bytes())

    @property
    def names(self) -> set[str]:
        """What is in it."""
        return {path.name for path in self.path.iterdir()}

    @property
    def summary(self) -> str:
        """summary.md."""
        return (self.path / "summary.md").read_text()

    @property
    def report(self) -> str:
        """report.html."""
        return (self.path / "report.html").read_text()

    @property
    def commands(self) -> list[str]:
        """What report.html tells a stranger to type in this folder."""
        typed = re.findall("<pre><code>(.*?)</code></pre>", self.report, re.DOTALL)
        return [html.unescape(command) for command in typed]

    def json(self, name: str) -> Any:
        """One of its JSON documents."""
        return json.loads((self.path / name).read_bytes())

    @property
    def trusted_root(self) -> Path:
        """What verifies signatures of the Sigstore that the run signed with."""
        return self.path / "sigstore" / "trusted_root.json"

    def files(self) -> list[str]:
        """Every file in it, by its path within."""
        found = (path for path in self.path.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.path)) for path in found)

    def image_digest(self) -> str:
        """The digest of the image in the layout."""
        manifests = self.json("layout/index.json")["manifests"]
        assert len(manifests) == 1, manifests
        return str(manifests[0]["digest"])


@dataclass(frozen=True)
class Rehearsal:
    """`candidate … export --path OUT`, then `verdict --evidence OUT`."""

    candidate: Done
    verdict: Done
    evidence: Evidence


def run(
    engine: Engine, out: Path, *flags: str, of: Sequence[str] = (), checkout: Path = REPOSITORY
) -> Rehearsal:
    """`candidate` and `verdict`; the evidence is there whatever they came to.

    Args:
        engine: The engine.
        out: Where the evidence goes.
        flags: Of `candidate`.
        of: Flags of the module itself, such as the source.
        checkout: Whose `daggerw` and module are used.
    """
    done = engine.call(*of, "candidate", *flags, "export", "--path", str(out), checkout=checkout).expect(0)
    judged = engine.call("verdict", "--evidence", str(out), checkout=checkout)
    return Rehearsal(done, judged, Evidence(out))
