"""Records a case on a live Dagger: `python -m contract.record NAME [--folder FOLDER] -- ARGUMENT...`.

The arguments are those after `dagger --progress=plain`, with the placeholders that README.md explains.
"""

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from contract.asking import ask
from contract.recorded import HERE, Case, is_live, recorded

ADDED = HERE / "recordings-added.jsonl"
_MISUSED = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Ask, show, and add the answer to the recordings."""
    options = _parser().parse_args(argv)
    if problem := _problem(options.case):
        print(f"Error: {problem}", file=sys.stderr)
        return _MISUSED
    asked = Case(case=options.case, argv=options.argv, folder=options.folder, exit=0, stdout="", errors=[])
    line = answered(asked, os.environ["CONTRACT_IMAGE"]).model_dump_json(exclude_defaults=True)
    with ADDED.open("a") as file:
        file.write(line + "\n")
    print(line)
    return 0


def answered(case: Case, image: str) -> Case:
    """The case with what the engine answers to it today."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        answer = ask(case, Path(folder) / "case", Path(folder) / "store", image).answer()
        seconds = round(time.monotonic() - began, 1)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    given = {"exit": answer.exit, "stdout": answer.stdout, "errors": answer.errors}
    return case.model_copy(update={**given, "seconds": seconds, "recorded": today})


def _problem(name: str) -> str:
    """Why nothing can be recorded."""
    if not is_live():
        return "CONTRACT_ENGINE does not name Dagger, and only what Dagger answers is recorded"
    if "CONTRACT_IMAGE" not in os.environ:
        return "CONTRACT_IMAGE does not name an image with sh and python3 that Dagger can pull"
    return f"there is a case {name} already" if name in recorded() else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contract.record", description=__doc__)
    parser.add_argument("case", help="its name")
    parser.add_argument("--folder", default="module", help="where it runs, beneath tests/contract")
    parser.add_argument("argv", nargs="+", metavar="ARGUMENT", help="what stands after `dagger`")
    return parser


if __name__ == "__main__":
    sys.exit(main())
