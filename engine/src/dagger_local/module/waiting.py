"""The process that will run a module's functions: started first of all, for it takes longest to be ready.

Nothing is imported here that takes long.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ENTRY = Path(__file__).with_name("entry.py")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True)
class Waiting:
    """A process that imports the SDK, then waits to be told which module to import.

    Attributes:
        home: A folder for the module's calls, gone afterwards: their HOME, working directory and TMPDIR.
        requests: Where it listens.
    """

    home: Path
    requests: socket.socket
    _process: subprocess.Popen[bytes]
    _stderr: IO[bytes]

    @classmethod
    @contextlib.contextmanager
    def started(cls, drafts: Path) -> Iterator["Waiting"]:
        """A process that has begun; killed at the end of the block.

        Args:
            drafts: The store's folder for what is swept away once the process in its name is no more; the
                folder of compiled code stands beside it.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
        bytecode = drafts.resolve().parent / "bytecode"
        bytecode.mkdir(exist_ok=True, mode=0o700)
        home = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-module-", dir=drafts.resolve()))
        with tempfile.TemporaryFile() as stderr, ours:
            argv = [sys.executable, "-P", str(ENTRY), str(theirs.fileno())]
            env = {**environment(home), "DAGGER_LOCAL_BYTECODE": str(bytecode)}
            process = subprocess.Popen(
                argv, env=env, cwd=home, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=stderr, stderr=stderr, start_new_session=True,
            )  # fmt: skip
            theirs.close()
            try:
                yield cls(home, ours, process, stderr)
            finally:
                process.kill()
                process.wait()
                shutil.rmtree(home, ignore_errors=True)

    @property
    def ended(self) -> bool:
        """Whether the process is no more."""
        return self._process.poll() is not None

    @property
    def last_words(self) -> str:
        """What it has said."""
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace").strip() or "it said nothing"


def environment(home: Path) -> Mapping[str, str]:
    """What any module sees: nothing of its caller's environment but where programs and authorities are."""
    passed = {name: os.environ[name] for name in ("PATH", *_CERTIFICATES) if name in os.environ}
    return passed | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OTEL_SDK_DISABLED": "true",
    }
