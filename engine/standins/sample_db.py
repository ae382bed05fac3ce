"""Makes the sample advisory DB: `python -m standins.sample_db OUT_DIR` writes a Trivy cache folder.

A sample rehearses the pipeline where no DB mirror is reachable. It says nothing about a real image's safety;
SAMPLE.json beside the DB marks it, so that whoever is handed the folder can tell.
"""

import argparse
import sys
from pathlib import Path

from standins import sample_folder, trivy_db
from standins.sample_advisories import FOLDER, AdvisoryError, AdvisorySet, load
from standins.sample_folder import TargetError, marker

DESCRIPTION = "Make the sample advisory DB, a Trivy cache folder that is marked as a sample."


def make(target: Path, source: Path = FOLDER) -> AdvisorySet:
    """Write the sample of a folder of advisory files as a Trivy cache folder; all of it or nothing.

    Raises:
        AdvisoryError: the advisory files break a rule; nothing was written.
        TargetError: the target is not a sample made earlier, or cannot be written.
    """
    sample = load(source)
    sample_folder.make(target, sample, lambda made, kept: trivy_db.write(made, kept.advisories, kept.date))
    return sample


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
