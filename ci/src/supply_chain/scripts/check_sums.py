"""Write or check the digests of a folder's files: `check_sums.py write FOLDER LIST` or `check FOLDER`.

SHA256SUMS is what `sha256sum` writes and reads: a line per file, path after digest. `write` makes LIST of it;
`check` prints a JSON object of lists of paths: changed, missing, extra. Neither it nor its bundle is listed.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

SUMS = "SHA256SUMS"
BUNDLE = f"{SUMS}.sigstore.json"

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>[^\\\n]+)")


def sums(folder: Path) -> dict[str, str]:
    """The digest of every file, by its path in the folder; a link or device is a file of its own kind."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: digest(path) for name, path in named.items() if name not in {SUMS, BUNDLE}}


def digest(path: Path) -> str:
    """SHA-256 of a regular file; what is none has no digest that could be listed."""
    if path.is_symlink() or not path.is_file():
        return "not a regular file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listed(text: str) -> dict[str, str]:
    """The digests that SHA256SUMS lists, by path; ValueError where a line is none, or a path comes twice."""
    lines = [_LINE.fullmatch(line) for line in text.splitlines()]
    found = {line["path"]: line["digest"] for line in lines if line}
    if len(found) != len(lines):
        raise ValueError(f"{SUMS} holds a line that is none, or a path twice")
    return found


def compared(there: dict[str, str], wanted: dict[str, str]) -> dict[str, list[str]]:
    """How the files that are there differ from those that are listed."""
    both = sorted(there.keys() & wanted.keys())
    return {
        "changed": [name for name in both if there[name] != wanted[name]],
        "missing": sorted(wanted.keys() - there.keys()),
        "extra": sorted(there.keys() - wanted.keys()),
    }


def write(folder: Path, to: Path) -> None:
    """List the folder's files."""
    to.write_text("".join(f"{found}  {name}\n" for name, found in sums(folder).items()))


def check(folder: Path) -> None:
    """Print how the folder differs from its list."""
    print(json.dumps(compared(sums(folder), listed((folder / SUMS).read_text()))))


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        check(Path(sys.argv[2]))
