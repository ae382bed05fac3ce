"""Run several commands in one container: `run_commands.py COMMANDS ANSWERS AT_ONCE TITLE`.

COMMANDS is a JSON object of two lists of argument lists. `commands` are all run, AT_ONCE of them side by
side, whatever the others came to; where AT_ONCE is 0 one after the other, and none after one that failed.
Once they have ended, `then` are run in the same way. ANSWERS gets a JSON list with exit code, stdout and
stderr of each that was run; stderr also goes to the log. TITLE is for whoever watches.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

NOT_FOUND = 127


def run(command: Sequence[str]) -> dict[str, Any]:
    """What one command came to."""
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        return {"code": NOT_FOUND, "stdout": "", "stderr": f"{command[0]}: {error.strerror}"}
    sys.stderr.buffer.write(done.stderr)
    return {
        "code": done.returncode,
        "stdout": done.stdout.decode(errors="replace"),
        "stderr": done.stderr.decode(errors="replace"),
    }


def until_failure(commands: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """What the commands came to, the first that failed last."""
    said: list[dict[str, Any]] = []
    for command in commands:
        said.append(run(command))
        if said[-1]["code"]:
            break
    return said


def side_by_side(commands: Sequence[Sequence[str]], at_once: int) -> list[dict[str, Any]]:
    """What the commands came to, in their order."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(run, commands))


def main(commands: Path, answers: Path, at_once: int) -> None:
    """Run what `commands` lists and write `answers`, in the order of the list."""
    wanted = json.loads(commands.read_text())
    if at_once:
        said = side_by_side(wanted["commands"], at_once) + side_by_side(wanted["then"], at_once)
    else:
        said = until_failure(wanted["commands"] + wanted["then"])
    answers.write_text(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
