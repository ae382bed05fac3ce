"""Run several commands in one container: `run_commands.py COMMANDS ANSWERS AT_ONCE TITLE`.

COMMANDS is a JSON list of stages, each begun once the one before it has ended. A stage is a list of chains,
AT_ONCE of which are run side by side; a chain is a list of commands, argument lists, that are run one after
the other. All are run whatever others came to; but where AT_ONCE is 0, one after the other, and none after
one that failed. ANSWERS gets a JSON list with exit code, stdout and stderr of each that was run, in the order
of COMMANDS; stderr also goes to the log. TITLE is for whoever watches.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import chain
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


def side_by_side(chains: Sequence[Sequence[Sequence[str]]], at_once: int) -> list[dict[str, Any]]:
    """What a stage's commands came to, in their order."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - half of this script's imports

    with ThreadPoolExecutor(at_once) as pool:
        return list(chain.from_iterable(pool.map(lambda commands: [run(one) for one in commands], chains)))


def main(commands: str, answers: str, at_once: int) -> None:
    """Run what `commands` lists and write `answers`, in the order of the list."""
    with open(commands, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is the other half
        stages = json.load(file)
    if at_once:
        said = [answer for chains in stages for answer in side_by_side(chains, at_once)]
    else:
        said = until_failure([*chain.from_iterable(chain.from_iterable(stages))])
    with open(answers, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
