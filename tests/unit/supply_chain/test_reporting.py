"""report.html of a run and of a folder that an earlier run has left."""

import hashlib
from typing import Any

import anyio
import pytest

from supply_chain.errors import BuildFailed, DigestMismatch, EvidenceChanged, EvidenceInvalid
from supply_chain.evidence import folder
from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.models.mode import Mode
from supply_chain.reporting import page, page_again
from supply_chain.toolbox import text_file
from unit.supply_chain.engine import Files, bad, content, directory, run_by
from unit.supply_chain.report.pages import DIGEST, page_text, release, texts

GIVEN = texts()
MADE = release(GIVEN)


def evidence(**changed: str) -> Files:
    """A folder with a list of its files; what is changed is changed after they were listed."""
    files = {"outcome.json": MADE.model_dump_json(), **GIVEN}
    listed = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())
    return files | {"SHA256SUMS": "".join(listed)} | changed


def again(files: Files) -> str:
    return anyio.run(page_again, directory(files))


def test_a_folder_shows_the_page_of_its_run() -> None:
    assert again(evidence()) == page_text(MADE, GIVEN)


def test_a_folder_without_a_list_is_shown_all_the_same() -> None:
    """A run that did not pass signs none."""
    files = evidence()
    del files["SHA256SUMS"]
    assert again(files) == page_text(MADE, GIVEN)


@pytest.mark.parametrize("name", ["outcome.json", *GIVEN])
def test_a_folder_whose_files_are_changed_is_refused(name: str) -> None:
    with pytest.raises(EvidenceChanged, match=name):
        again(evidence(**{name: evidence()[name] + " "}))


def test_evidence_of_another_image_is_refused() -> None:
    other = MADE.model_copy(update={"digest": f"sha256:{'d' * 64}"})
    files = evidence(**{"outcome.json": other.model_dump_json()})
    del files["SHA256SUMS"]
    with pytest.raises(DigestMismatch, match="evidence is of two images"):
        again(files)


def test_a_folder_that_is_no_evidence_is_refused() -> None:
    with pytest.raises(EvidenceInvalid):
        again({"outcome.json": "{}"})


def ledger(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> Ledger:
    run_by(lambda *_: bad("nothing runs"), monkeypatch)
    known = {"mode": Mode.REHEARSAL, "version": "1.2.3", "revision": "", "notices": ()}
    return Ledger(known | {"images": dict(Images.pinned())} | facts)


def test_a_run_that_failed_leaves_a_page_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = content(anyio.run(folder, ledger(monkeypatch), BuildFailed("no such stage")))
    assert set(made) == {"outcome.json", "summary.md", "report.html"}
    assert (
        "<title>[REHEARSAL, NOT PASSED, UNSIGNED] Rehearsal of 1.2.3: build-failed</title>"
        in made["report.html"]
    )
    assert "no such stage" in made["report.html"]
    assert "| `report.html`" in made["summary.md"]


def test_a_document_that_ended_the_run_does_not_cost_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ledger(monkeypatch, digest=DIGEST)
    broken = GIVEN | {"sbom.spdx.json": "{}"}
    run.files = {name: text_file(name, text) for name, text in broken.items()}
    made = anyio.run(page, run.outcome(BuildFailed("x")), run.files)
    assert "<li>sbom.spdx.json: the SBOM cannot be read" in made
    assert "package-0" in made
