"""Makes the sample advisory DB: `python -m standins.sample_db OUT_DIR` writes a Trivy cache folder.

A sample rehearses the pipeline where no DB mirror is reachable. It says nothing about a real image's safety;
SAMPLE.json beside the DB marks it, so that whoever is handed the folder can tell.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from standins import trivy_db
from standins.sample_advisories import FOLDER, AdvisoryError, AdvisorySet, load

MARKER = "SAMPLE.json"
DESCRIPTION = "Make the sample advisory DB, a Trivy cache folder that is marked as a sample."


class TargetError(Exception):
    """The output folder cannot be written, or holds something that is not ours to replace."""


def make(target: Path, source: Path = FOLDER) -> AdvisorySet:
    """Write the sample of a folder of advisory files as a Trivy cache folder; all of it or nothing.

    Raises:
        AdvisoryError: the advisory files break a rule; nothing was written.
        TargetError: the target is not a sample made earlier, or cannot be written.
    """
    sample = load(source)
    _refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
            made = Path(temporary) / "sample"
            trivy_db.write(made, sample.advisories, sample.date)
            (made / MARKER).write_text(json.dumps(marker(sample), indent=2) + "\n", encoding="utf-8")
            if target.exists():
                target.rename(Path(temporary) / "replaced")
            made.rename(target)
    except OSError as error:
        raise TargetError(f"cannot write {target}: {error}; choose a folder that can be written") from error
    return sample


def marker(sample: AdvisorySet) -> dict[str, object]:
    """What SAMPLE.json says: that this is a sample, of how many advisories, from when."""
    count = len(sample.advisories)
    note = f"a sample of {count} public advisories, not a vulnerability database; only for rehearsals"
    return {"sample": True, "advisories": count, "date": sample.date.isoformat(), "note": note}


def _refuse_foreign(target: Path) -> None:
    if not target.exists() or (target / MARKER).is_file():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise TargetError(f"{target} is not a sample DB made by this command; choose a new or empty folder")


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser("python -m standins.sample_db", description=DESCRIPTION)
    parser.add_argument("out_dir", type=Path, help="new or empty folder, or a sample made earlier (replaced)")
    target: Path = parser.parse_args(arguments).out_dir.absolute()
    try:
        sample = make(target)
    except (AdvisoryError, TargetError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{target}: {marker(sample)['note']} ({sample.date})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
