"""Print what a file's first bytes and digest are: `probe_database.py FILE BYTES`."""

import hashlib
import json
import sys
from pathlib import Path


def probe(path: Path, header_size: int) -> dict[str, str]:
    """The file's first bytes in hexadecimal, and its SHA-256 digest."""
    with path.open("rb") as file:
        header = file.read(header_size)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256")
    return {"header": header.hex(), "digest": f"sha256:{digest.hexdigest()}"}


if __name__ == "__main__":
    print(json.dumps(probe(Path(sys.argv[1]), int(sys.argv[2]))))
