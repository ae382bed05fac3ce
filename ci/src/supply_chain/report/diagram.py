"""The release as a picture: what went in, what was made of it, what vouches for it, what names it."""

from collections.abc import Iterator
from dataclasses import dataclass

from supply_chain.models.checks import Result
from supply_chain.models.outcome import Outcome
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.report.documents import Documents
from supply_chain.report.rows import image_rows
from supply_chain.report.words import counted, line, short

GOOD, BAD, NONE, PLAIN = "good", "bad", "none", "plain"
"""What a box says: it holds, it does not, it is not there, or it is what it is."""

_BOX_WIDTH, _BOX_HEIGHT = 172, 62
_COLUMN, _ROW = 212, 84
_MARGIN = 6
_LONGEST = 23

_ARROWS = (
    ("source", "checks"), ("source", "image"), ("base", "image"), ("image", "scan"), ("database", "scan"),
    ("checks", "gate"), ("image", "gate"), ("scan", "gate"),
    ("gate", "signature"), ("gate", "sbom"), ("gate", "provenance"),
    ("signature", "verified"), ("sbom", "verified"), ("provenance", "verified"), ("verified", "tags"),
)  # fmt: skip
_PLACES = {
    "source": (0, 0), "base": (0, 1), "database": (0, 2),
    "checks": (1, 0), "image": (1, 1), "scan": (1, 2),
    "gate": (2, 1),
    "signature": (3, 0), "sbom": (3, 1), "provenance": (3, 2),
    "verified": (4, 0.5), "tags": (4, 1.5),
}  # fmt: skip
_ATTACHED = {
    "signature": ("Signature", SIGNATURE_TYPE),
    "sbom": ("SBOM", SBOM_TYPE),
    "provenance": ("Provenance", PROVENANCE_TYPE),
}


@dataclass(frozen=True)
class Box:
    """One thing in the picture."""

    name: str
    title: str
    text: str
    state: str
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Arrow:
    """From one box to another."""

    path: str
    """In SVG's words."""
    reached: bool
    """Whether the run came along there."""


@dataclass(frozen=True)
class Diagram:
    """The picture."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    box_width: int = _BOX_WIDTH
    box_height: int = _BOX_HEIGHT
    width: int = 4 * _COLUMN + _BOX_WIDTH + 2 * _MARGIN
    height: int = 2 * _ROW + _BOX_HEIGHT + 2 * _MARGIN

    @property
    def said(self) -> str:
        """The picture in words, for whoever does not see it."""
        return "; ".join(f"{box.title}: {box.text}" for box in self.boxes)


def diagram(outcome: Outcome, documents: Documents) -> Diagram:
    """The picture of one run."""
    boxes = {box.name: box for box in _boxes(outcome, documents)}
    placed = {name: _placed(box) for name, box in boxes.items()}
    arrows = [_arrow(placed[start], placed[end]) for start, end in _ARROWS]
    return Diagram(tuple(placed.values()), tuple(arrows))


def _boxes(outcome: Outcome, documents: Documents) -> Iterator[Box]:
    yield _source(outcome)
    yield _base(outcome, documents)
    yield _database(outcome)
    yield _checks(outcome)
    yield _image(outcome)
    yield _scan(documents)
    yield _gate(outcome)
    yield from (_attached(outcome, name, title, kind) for name, (title, kind) in _ATTACHED.items())
    yield _verified(outcome)
    tags = ", ".join(reversed(outcome.tags))
    yield Box("tags", "Tags", tags or "none moved", GOOD if tags else NONE)


def _source(outcome: Outcome) -> Box:
    text = short(outcome.revision) if outcome.revision else "commit not given"
    return Box("source", "Source", f"{text} + changes" if outcome.dirty else text, PLAIN)


def _base(outcome: Outcome, documents: Documents) -> Box:
    bases = [row for row in image_rows(outcome, documents.provenance) if row.use == "base image"]
    if not bases:
        return Box("base", "Base image", "not recorded", NONE)
    name = bases[0].reference.partition("@")[0].rpartition("/")[2]
    return Box(
        "base",
        "Stand-in base image" if bases[0].stands_for else "Base image",
        name + (f" and {len(bases) - 1} more" if len(bases) > 1 else ""),
        PLAIN,
    )


def _database(outcome: Outcome) -> Box:
    database = outcome.database
    if not database:
        return Box("database", "Vulnerability database", "not there", NONE)
    title = "Sample database" if database.sample else "Vulnerability database"
    return Box("database", title, f"of {database.updated_at:%Y-%m-%d}", PLAIN)


def _image(outcome: Outcome) -> Box:
    if not outcome.digest:
        return Box("image", "Image", "not built", NONE)
    return Box("image", "Image, adopted" if outcome.adopted else "Image", short(outcome.digest), GOOD)


def _checks(outcome: Outcome) -> Box:
    made = [row for row in outcome.checks if row.result is not Result.NONE]
    if not made:
        return Box("checks", "Checks", "none made", NONE)
    passed = sum(row.result is Result.PASSED for row in made)
    return Box("checks", "Checks", f"{passed} of {len(made)} passed", GOOD if passed == len(made) else BAD)


def _scan(documents: Documents) -> Box:
    if not documents.scan:
        return Box("scan", "Scan", "not made", NONE)
    found = sum(1 for _ in documents.scan.findings)
    return Box("scan", "Scan", counted(found, "finding"), PLAIN)


def _gate(outcome: Outcome) -> Box:
    gate = outcome.gate
    if not gate:
        return Box("gate", "Gate", "not judged", NONE)
    stopping = len(gate.blocking) + len(gate.expired)
    if stopping:
        return Box("gate", "Gate", f"{stopping} block", BAD)
    return Box("gate", "Gate", "nothing blocks", GOOD)


def _attached(outcome: Outcome, name: str, title: str, kind: str) -> Box:
    statements = outcome.verification.statements if outcome.verification else ()
    for one in statements:
        if one.predicate_type == kind:
            seen = {"logged": one.logged, "timestamped": one.timestamped}
            return Box(name, title, ", ".join(word for word in seen if seen[word]) or "by key", GOOD)
    return Box(name, title, "not verified", NONE)


def _verified(outcome: Outcome) -> Box:
    if not outcome.verification:
        return Box("verified", "Verified", "no", NONE)
    refused = len(outcome.self_test)
    text = f"{refused} forgeries refused" if refused else "from the registry"
    return Box("verified", "Verified", text, GOOD)


def _placed(box: Box) -> Box:
    column, row = _PLACES[box.name]
    x, y = _MARGIN + column * _COLUMN, _MARGIN + row * _ROW
    return Box(box.name, line(box.title, _LONGEST), line(box.text, _LONGEST), box.state, x, y)


def _arrow(start: Box, end: Box) -> Arrow:
    """A curve from the right of one box to the left of the next column's, or straight down within one."""
    if start.x == end.x:
        x, top, bottom = start.x + _BOX_WIDTH / 2, start.y + _BOX_HEIGHT, end.y
        path = f"M{x:g} {top:g} V{bottom - 2:g}"
    else:
        left, right = start.x + _BOX_WIDTH, end.x - 2
        from_y, to_y, middle = start.y + _BOX_HEIGHT / 2, end.y + _BOX_HEIGHT / 2, (left + right) / 2
        path = f"M{left:g} {from_y:g} C{middle:g} {from_y:g} {middle:g} {to_y:g} {right:g} {to_y:g}"
    return Arrow(path, reached=NONE not in {start.state, end.state})
