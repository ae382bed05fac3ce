"""Run pip-audit: `audit.py ADVISORIES COMMAND…`, where ADVISORIES may be empty.

ADVISORIES is a folder of advisories as OSV publishes them, a JSON file each. They are served to the command
as OSV's query API on 127.0.0.1, under PIP_AUDIT_OSV_URL; the API is the part that pip-audit 2.10 uses.
Python's version order is not in the standard library: this script, unlike the others, also needs `packaging`,
and is run by the interpreter of pip-audit's environment, where it is installed.

Formats: https://ossf.github.io/osv-schema/, https://google.github.io/osv.dev/post-v1-query/.
"""

import json
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

SAMPLE = "SAMPLE.json"
ECOSYSTEM = "PyPI"
LONGEST_SECONDS = 300
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")

Advisory = dict[str, Any]
Advisories = dict[str, list[tuple[Advisory, dict[str, Any]]]]


class UnusableError(Exception):
    """The folder holds no advisories, or something else."""


def load(folder: Path) -> tuple[int, Advisories]:
    """How many advisories on Python packages there are; each with what it affects, by package."""
    found: Advisories = defaultdict(list)
    count = 0
    for path in sorted(folder.rglob("*.json")):
        if path.name == SAMPLE:
            continue
        try:
            advisory = json.loads(path.read_bytes())
            affected = [one for one in advisory["affected"] if one["package"]["ecosystem"] == ECOSYSTEM]
            names = [canonicalize_name(one["package"]["name"]) for one in affected]
        except (ValueError, KeyError, TypeError) as error:
            raise UnusableError(f"{path.name} is no advisory in OSV's format: {error!r}") from error
        count += bool(affected)
        for name, one in zip(names, affected, strict=True):
            found[name].append((advisory, one))
    if not count:
        raise UnusableError("there is no advisory on a Python package")
    return count, found


def answer(advisories: Advisories, query: dict[str, Any]) -> dict[str, list[Advisory]]:
    """OSV's answer to one query: the advisories that touch this version of this package."""
    known = advisories.get(canonicalize_name(query["package"]["name"]), [])
    hits = {one["id"]: one for one, affected in known if affects(affected, query["version"])}
    return {"vulns": list(hits.values())} if hits else {}


def affects(affected: dict[str, Any], version: str) -> bool:
    """Whether a version is listed, or lies in a range; a range that cannot be read counts as one."""
    if version in affected.get("versions", []):
        return True
    ranges = [one for one in affected.get("ranges", []) if one["type"] == "ECOSYSTEM"]
    try:
        return any(in_range(one["events"], Version(version)) for one in ranges)
    except InvalidVersion:
        return True


def in_range(events: list[dict[str, str]], version: Version) -> bool:
    """OSV's evaluation: the last event at or before the version says whether it is affected."""
    inside = False
    known = ("introduced", "fixed", "last_affected")
    order = sorted((_position(one[kind]), kind) for one in events for kind in known if kind in one)
    for position, kind in order:
        if kind == "introduced" and version >= position:
            inside = True
        elif (kind == "fixed" and version >= position) or (kind == "last_affected" and version > position):
            inside = False
    return inside


def _position(value: str) -> Version:
    """Where an event stands; "0" is before every version, development versions of 0 too."""
    return Version("0.dev0") if value == "0" else Version(value)


@contextmanager
def serving(advisories: Advisories) -> Iterator[str]:
    """The URL under which queries are answered while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answer(advisories, query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing: standard error is pip-audit's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(command: list[str], url: str = "") -> dict[str, Any]:
    """The command's exit code and words; the code is None when it did not end in time."""
    environment = dict(os.environ)
    if url:
        environment |= {"PIP_AUDIT_OSV_URL": url, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    if AUTHORITIES.exists():  # the site's own authorities are there; requests would look into certifi alone
        environment.setdefault("REQUESTS_CA_BUNDLE", str(AUTHORITIES))
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"exit_code": None, "report": "", "stderr": f"no end within {LONGEST_SECONDS} s"}
    return {"exit_code": done.returncode, "report": done.stdout, "stderr": _words(done.stderr)}


def main(folder: str, command: list[str]) -> dict[str, Any]:
    """The whole: what was asked, and what came of it."""
    if not folder:
        return {"advisories": None, **run(command)}
    try:
        count, advisories = load(Path(folder))
    except UnusableError as error:
        return {"refused": str(error)}
    with serving(advisories) as url:
        return {"advisories": count, "sample": (Path(folder) / SAMPLE).exists(), **run(command, url)}


def _words(stderr: str) -> str:
    """What pip-audit said, without the frames of its tracebacks: the last line of one says it all."""
    lines = stderr.splitlines()
    return "\n".join(line for line in lines if line.strip() and not line.startswith((" ", "Traceback ")))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2:])))
