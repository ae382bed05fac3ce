"""A folder made from the sample advisories, all of it or nothing, marked as a sample by SAMPLE.json."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from standins.sample_advisories import AdvisorySet

MARKER = "SAMPLE.json"


class TargetError(Exception):
    """The output folder cannot be written, or holds something that is not ours to replace."""


def make(target: Path, sample: AdvisorySet, write: Callable[[Path, AdvisorySet], None]) -> None:
    """Replace the target by what `write` makes of the sample in a new folder.

    Raises:
        TargetError: the target is not a sample made earlier, or cannot be written.
    """
    _refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
            made = Path(temporary) / "sample"
            write(made, sample)
            (made / MARKER).write_text(json.dumps(marker(sample), indent=2) + "\n", encoding="utf-8")
            if target.exists():
                target.rename(Path(temporary) / "replaced")
            made.rename(target)
    except OSError as error:
        raise TargetError(f"cannot write {target}: {error}; choose a folder that can be written") from error


def marker(sample: AdvisorySet) -> dict[str, object]:
    """What SAMPLE.json says: that this is a sample, of how many advisories, from when."""
    count = len(sample.advisories)
    note = f"a sample of {count} public advisories, not a vulnerability database; only for rehearsals"
    return {"sample": True, "advisories": count, "date": sample.date.isoformat(), "note": note}


def _refuse_foreign(target: Path) -> None:
    if not target.exists() or (target / MARKER).is_file():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise TargetError(f"{target} is not a sample made by this command; choose a new or empty folder")
