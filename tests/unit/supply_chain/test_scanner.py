"""What is made of a report: SARIF and SPDX, by one Trivy that is asked twice."""

from dataclasses import dataclass, field

import anyio
import pytest

from supply_chain.errors import ScannerFailed
from supply_chain.images import Images
from supply_chain.scanner import conversions
from supply_chain.toolbox import text_file
from supply_chain.tools import trivy
from supply_chain.workbench import Answer
from unit.supply_chain.engine import GOOD, Files, bad, run_by

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
