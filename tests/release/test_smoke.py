"""The smoke test on images that do not behave, each told apart."""

import socket
import textwrap
from pathlib import Path

import pytest

from .harness import Done, Engine

SMOKE_FAILED = 25
SERVER = """\
import http.server, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked for", self.path, flush=True)
        if self.path == "/hangs":
            time.sleep(3600)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

http.server.ThreadingHTTPServer(("", 9000), Handler).serve_forever()
"""


def source(folder: Path, *, user: str = "1001", command: str = "server.py", smoke: str = "") -> Path:
    """A service whose source says how it is to be asked."""
    (folder / "server.py").write_text(SERVER)
    (folder / "dies.py").write_text("import sys\nprint('no configuration', flush=True)\nsys.exit(3)\n")
    (folder / "sleeps.py").write_text("import time\ntime.sleep(3600)\n")
    (folder / "Dockerfile").write_text(
        textwrap.dedent(f"""\
            ARG PYTHON_IMAGE
            FROM ${{PYTHON_IMAGE}}
            COPY *.py /srv/
            USER {user}
            EXPOSE 9000
            CMD ["python3", "/srv/{command}"]
            """)
    )
    (folder / "supply-chain.toml").write_text(f'start-seconds = 3\nhealth-path = "/"\n{smoke}')
    return folder


def smoked(engine: Engine, folder: Path) -> Done:
    return engine.call("--source", str(folder), "smoke")


def test_a_service_that_answers_passes(engine: Engine, tmp_path: Path) -> None:
    smoke = '[[smoke]]\npath = "/hello"\ntext-has = "hello"\n'
    smoked(engine, source(tmp_path, smoke=smoke)).expect(0, "/hello", "passed")


def test_a_request_that_hangs_ends(engine: Engine, tmp_path: Path) -> None:
    smoke = '[[smoke]]\npath = "/hangs"\n'
    done = smoked(engine, source(tmp_path, smoke=smoke))
    done.expect(SMOKE_FAILED, "SmokeFailed", "/hangs", "no answer within")


def test_the_services_own_words_are_in_the_log(engine: Engine, tmp_path: Path) -> None:
    smoke = '[[smoke]]\npath = "/logged"\nstatus = 404\n'
    done = smoked(engine, source(tmp_path, smoke=smoke))
    done.expect(SMOKE_FAILED, "SmokeFailed", "200")
    assert "asked for /logged" in done.stderr


@pytest.mark.parametrize("command", ["dies.py", "sleeps.py"])
def test_a_service_that_does_not_start_is_told_from_a_wrong_answer(
    engine: Engine, tmp_path: Path, command: str
) -> None:
    done = smoked(engine, source(tmp_path, command=command))
    done.expect(SMOKE_FAILED, "SmokeFailed", "start")


def test_an_image_that_runs_as_root_is_refused(engine: Engine, tmp_path: Path) -> None:
    smoked(engine, source(tmp_path, user="0")).expect(SMOKE_FAILED, "SmokeFailed", "root")


def test_a_port_that_is_taken_on_this_machine_does_not_matter(engine: Engine, tmp_path: Path) -> None:
    """Services have addresses of their own: no port of the machine is used, so none can be taken."""
    with socket.create_server(("", 9000)):
        smoked(engine, source(tmp_path)).expect(0)
