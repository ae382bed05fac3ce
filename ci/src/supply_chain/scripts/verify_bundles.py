"""Ask about bundles that are known only once they are downloaded: `verify_bundles.py PLAN`.

PLAN is a JSON object. `download` is a command that prints bundles, one a line; where it is empty, `bundles`
are asked about. `questions` are commands, put to each bundle: their words {bundle} and {kind} stand for its
file and for what it states. A bundle that states nothing is not asked about, one that the first question
refuses is asked no other: strangers may attach what they like. Printed is a JSON object: `download`, what
that came to, or null; `bundles`, of each its `text`, and `said`, what the questions came to.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

BUNDLE = "{bundle}"
KIND = "{kind}"

AT_ONCE = len(os.sched_getaffinity(0))
"""Bundles: all that a question takes is a processor."""
NOT_RUN = 127

Answer = dict[str, Any]
Run = Callable[[list[str]], Answer]


def run(command: Sequence[str]) -> Answer:
    """What one command came to; what it said also goes to the log."""
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except (OSError, ValueError) as error:  # ValueError: what a stranger's bundle states may be no argument
        return {"code": NOT_RUN, "stdout": "", "stderr": f"{command[0]}: {error}"}
    sys.stderr.buffer.write(done.stderr)
    return {
        "code": done.returncode,
        "stdout": done.stdout.decode(errors="replace"),
        "stderr": done.stderr.decode(errors="replace"),
    }


def kind(bundle: str) -> str:
    """What a bundle states; empty where it states nothing."""
    try:
        payload = base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"])
        return str(json.loads(payload)["predicateType"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def lines(output: str) -> list[str]:
    """The bundles that were printed."""
    return [line for line in output.split("\n") if line.strip()]


def put(question: Sequence[str], file: Path, states: str) -> list[str]:
    """The question, about the bundle in this file."""
    meant = {BUNDLE: str(file), KIND: states}
    return [meant.get(word, word) for word in question]


def asked(bundle: str, file: Path, questions: Sequence[Sequence[str]], ask: Run) -> list[Answer]:
    """What the questions about one bundle came to; none but the first where that is refused."""
    states = kind(bundle)
    if not states:
        return []
    file.write_text(bundle, encoding="utf-8")
    first, *others = [put(question, file, states) for question in questions]
    said = ask(first)
    return [said] if said["code"] else [said, *map(ask, others)]


def answered(plan: dict[str, Any], folder: Path, ask: Run = run) -> dict[str, Any]:
    """What the plan comes to; `folder` is for the bundles."""
    download = ask(plan["download"]) if plan["download"] else None
    bundles = lines(download["stdout"]) if download else plan["bundles"]
    files = [folder / f"{number}.sigstore.json" for number in range(len(bundles))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = pool.map(lambda bundle, file: asked(bundle, file, plan["questions"], ask), bundles, files)
        each = [{"text": bundle, "said": answers} for bundle, answers in zip(bundles, said, strict=True)]
    return {"download": download and download | {"stdout": ""}, "bundles": each}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(answered(json.loads(Path(sys.argv[1]).read_text()), Path(made))))
