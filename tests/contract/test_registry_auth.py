"""Credentials of `withRegistryAuth` reach the registry, and are gone with the session."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import anyio
import pytest

from dagger_local.session import open_session

pytestmark = pytest.mark.contract

QUERY = """query($address: String!, $secret: ID!) {
  container { withRegistryAuth(address: $address, username: "user", secret: $secret) {
    from(address: $address) { sync } } } }"""


class Registry(HTTPServer):
    """Asks for a password, and has no images."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.given: set[str] = set()


class Answers(BaseHTTPRequestHandler):
    """Notes the password of each request."""

    server: Registry

    def do_GET(self) -> None:
        header = self.headers.get("Authorization", "")
        self.server.given.add(base64.b64decode(header.removeprefix("Basic ")).decode())
        self.send_response(404 if header else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - the base class names it

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def test_credentials_reach_the_registry_and_no_other_place(registry: Registry, tmp_path: Path) -> None:
    password = "canary-0123456789"
    own_store = tmp_path / "store"

    async def pull() -> tuple[str, list[Path]]:
        async with open_session(own_store, tmp_path, silent=True) as session:
            secret = session.objects.put(session.secrets.set("password", password))
            address = f"localhost:{registry.server_port}/some/name:1"
            result = await session.execute(QUERY, {"address": address, "secret": secret})
            assert result.errors
            return str(result.errors[0]), [session.run_folder.path]

    said, gone = anyio.run(pull)
    assert f"user:{password}" in registry.given
    assert password not in said
    assert not any(path.exists() for path in gone)
    assert str(own_store) not in Path("/proc/self/mounts").read_text(), "a pull that fails leaves no mount"
    encoded = base64.b64encode(f"user:{password}".encode())
    for path in own_store.rglob("*"):
        assert not path.is_file() or path.is_symlink() or encoded not in path.read_bytes()
