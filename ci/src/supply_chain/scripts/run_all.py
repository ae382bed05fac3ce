"""Run several commands side by side, all of which are to work: `run_all.py COMMANDS TITLE`.

COMMANDS is a JSON list of argument lists. All are run; what those said that failed comes last, and the exit
code is the last one's of them. TITLE is for whoever watches.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def run(command: Sequence[str]) -> tuple[int, bytes]:
    """The exit code of one command, and what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def main(commands: Path) -> int:
    """Run what `commands` lists; the exit code."""
    wanted = json.loads(commands.read_text())
    with ThreadPoolExecutor(len(wanted)) as pool:
        came_to = list(pool.map(run, wanted))
    told = [one for one in came_to if not one[0]] + [one for one in came_to if one[0]]
    for _, said in told:
        sys.stderr.buffer.write(said)
    return told[-1][0]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
