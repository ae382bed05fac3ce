"""One scan, with what is kept of earlier ones; and what is made of its report, by one Trivy asked twice."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
import pytest

from supply_chain.errors import ScannerFailed
from supply_chain.images import Images
from supply_chain.layout import Layout
from supply_chain.models.database import Database
from supply_chain.models.image_layout import MANIFEST_TYPE, Descriptor
from supply_chain.scanner import conversions, scanned
from supply_chain.toolbox import text_file
from supply_chain.tools import trivy
from supply_chain.vulnerability_db import VulnerabilityDb
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST
from unit.supply_chain.engine import GOOD, Files, bad, directory, run_by

IMAGES = Images.pinned()
SARIF = '{"runs": [{"results": []}]}'


@dataclass
class Trivy:
    """`trivy convert`; fails in these words for a format."""

    fails: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, command: list[str], files: Files) -> Answer:
        program, verb, _, output, _, to, report = command
        assert files[program] == f"{trivy.PROGRAM} of {IMAGES.trivy.reference}"
        assert (verb, files[report]) == ("convert", "a report")
        self.asked.append(output)
        if words := self.fails.get(output):
            return bad(words)
        files[to] = SARIF if output == trivy.Format.SARIF else "an SBOM"
        return GOOD


def made(tool: Trivy, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """SARIF and SBOM."""
    run_by(tool, monkeypatch)

    async def main() -> tuple[str, str]:
        done = await conversions(text_file("trivy.json", "a report"), IMAGES)
        return await done.sarif.contents(), await done.sbom.contents()

    return anyio.run(main)


def test_one_report_becomes_both(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Trivy()
    assert made(tool, monkeypatch) == (SARIF, "an SBOM")
    assert tool.asked == ["sarif", "spdx-json"]


@pytest.mark.parametrize("output", trivy.Format)
def test_neither_is_made_where_one_fails(output: trivy.Format, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScannerFailed, match="no SARIF and SPDX from the report") as caught:
        made(Trivy({output: "FATAL no such report"}), monkeypatch)
    assert caught.value.why == "FATAL no such report"


KEPT = f"{trivy.CACHE}/LOCKED"


@dataclass
class Scanner:
    """`trivy image`; fails in these words where it is shown what was kept, or anywhere."""

    fails_with_kept: str = ""
    fails: str = ""
    asked: list[str] = field(default_factory=list)

    def __call__(self, command: list[str], files: Files) -> Answer:
        self.asked.append(files.get(KEPT, ""))
        assert files[f"{trivy.DATABASE}/trivy.db"] == "findings"
        if words := self.fails or (self.fails_with_kept if KEPT in files else ""):
            return bad(words)
        files[command[command.index("--output") + 1]] = "a report"
        return GOOD


def scan(tool: Scanner, monkeypatch: pytest.MonkeyPatch, *, built_here: bool) -> str:
    run_by(tool, monkeypatch)
    target = Descriptor(digest=DIGEST, size=1, media_type=MANIFEST_TYPE)
    layout = Layout(directory({"index.json": "{}"}), DIGEST, "{}", target)
    record = Database(source="given", digest=DIGEST, updated_at=datetime.now(UTC), sample=False)
    db = VulnerabilityDb(directory({"db/trivy.db": "findings"}), record)

    async def main() -> str:
        return await scanned(layout, db, IMAGES.trivy.reference, built_here=built_here)

    return anyio.run(main)


def test_only_for_an_image_that_was_built_here_is_trivy_shown_what_it_found_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tool = Scanner()
    assert [scan(tool, monkeypatch, built_here=built) for built in (True, False)] == ["a report"] * 2
    kept, nothing = tool.asked
    assert nothing == ""
    assert kept.endswith(IMAGES.trivy.reference.rpartition(":")[2]), "another Trivy reads nothing of it"


def test_what_was_kept_cannot_make_a_scan_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Scanner(fails_with_kept="FATAL the cache is broken")
    assert scan(tool, monkeypatch, built_here=True) == "a report"
    assert len(tool.asked) == 2


def test_a_scan_that_fails_anyway_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    for built in (True, False):
        with pytest.raises(ScannerFailed, match="could not scan") as caught:
            scan(Scanner(fails="FATAL no memory"), monkeypatch, built_here=built)
        assert caught.value.why == "FATAL no memory"
