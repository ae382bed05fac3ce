"""A Sigstore of the test's own, on the host: what somebody has who keeps one for himself.

Its parts are those of a rehearsal's, at addresses that containers of any run reach, and it certifies people
by their e-mail address. Timestamps are openssl's: the authority's own program insists on a port for metrics
that another one on the same machine would want as well.
"""

import base64
import contextlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from standins.oci import Layout
from supply_chain.keys import ed25519_pair, p256_key
from supply_chain.scripts.certify import certify
from supply_chain.scripts.issuer import TOKEN_PATH, Issuer, serve

from .canary import canary
from .cosign_by_hand import Cosign
from .private_registry import free_port, gateway
from .stand_ins import unpacked

EMAIL = "releaser@example.com"
REQUEST_TOKEN = canary("leave to ask for identity tokens")
PEOPLE = {"email": EMAIL, "email_verified": True, "sub": "releaser"}
"""What tokens say of a person."""

_SINCE = "2026-01-01T00:00:00Z"
_START_SECONDS = 20
_STAMPS = """
[tsa]
default_tsa = stamps
[stamps]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class PrivateSigstore:
    """The Sigstore, as those see it who use it.

    Attributes:
        directory: trusted_root.json and signing_config.json.
        issuer: Whose identity tokens it takes: a name that only its own servers must reach.
        request_url: Where containers ask for tokens.
        tokens: The issuer itself.
    """

    directory: Path
    issuer: str
    request_url: str
    tokens: Issuer

    def token(self, audience: str = "sigstore", **claims: Any) -> str:
        """A token of the issuer's, of now unless claims say otherwise."""
        return self.tokens._key.signed(self.tokens.claims(audience) | claims)

    @property
    def trusting(self) -> tuple[str, ...]:
        """Flags of cosign that trust the person, vouched for by this Sigstore."""
        who = ("--certificate-identity", EMAIL, "--certificate-oidc-issuer", self.issuer)
        return (*who, "--trusted-root", str(self.directory / "trusted_root.json"))


def token_of(issuer: str, claims: Mapping[str, Any]) -> str:
    """A token that nobody but its maker vouches for."""
    maker = Issuer(issuer, dict(claims), REQUEST_TOKEN)
    return maker._key.signed(maker.claims("sigstore"))


def not_trusting(sigstore: PrivateSigstore, folder: Path) -> Path:
    """The Sigstore's directory, with a root that trusts another authority for certificates than its own."""
    directory, keys = shutil.copytree(sigstore.directory, folder / "sigstore"), folder / "keys"
    keys.mkdir()
    for name in ("fulcio", "timestamp", "ctlog"):
        (keys / name).write_text(p256_key())
    certify(keys, folder / "public")
    pem = (folder / "public" / "fulcio.pem").read_bytes()
    other = base64.b64encode(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).decode()
    root = json.loads((directory / "trusted_root.json").read_text())
    root["certificateAuthorities"][0]["certChain"]["certificates"] = [{"rawBytes": other}]
    (directory / "trusted_root.json").write_text(json.dumps(root))
    return directory


@contextlib.contextmanager
def keeping(layouts: Mapping[str, Layout], cosign: Cosign, folder: Path) -> Iterator[PrivateSigstore]:
    """The Sigstore, while the block runs.

    Args:
        layouts: The stand-in images.
        cosign: What describes it to its users.
        folder: An empty one, for its programs, keys and logs.
    """
    with contextlib.ExitStack() as stack:
        parts = _Parts(layouts, folder, stack)
        parts.start()
        request_url = f"{parts.url('issuer')}{TOKEN_PATH}?api-version=2.0"
        yield PrivateSigstore(parts.described(cosign), parts.here("issuer"), request_url, parts.issuer)


class _Parts:
    """The servers, each at a port of its own."""

    def __init__(self, layouts: Mapping[str, Layout], folder: Path, stack: contextlib.ExitStack) -> None:
        self._layouts = layouts
        self._folder = folder
        self._stack = stack
        self._host = gateway()
        names = ("issuer", "fulcio", "fulcio-grpc", "fulcio-metrics", "ctlog", "timestamp")
        self._ports = {name: free_port() for name in (*names, "rekor", "rekor-grpc", "rekor-metrics")}
        self._keys, self._public = folder / "keys", folder / "public"
        self.issuer = Issuer(self.here("issuer"), dict(PEOPLE), REQUEST_TOKEN)

    def url(self, name: str) -> str:
        """Where containers reach it. The host does only while there are any."""
        return f"http://{self._host}:{self._ports[name]}"

    def here(self, name: str) -> str:
        """Where the host reaches it."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def start(self) -> None:
        """All of them, answering."""
        self._make_keys()
        self._serve(serve(self.issuer, self._ports["issuer"]))
        self._serve(_stamping(self._ports["timestamp"], self._stamp_command()))
        for name, command in (("ctlog", self._ctlog()), ("rekor", self._rekor()), ("fulcio", self._fulcio())):
            self._run(name, command)

    def described(self, cosign: Cosign) -> Path:
        """A directory with what its users need."""
        directory = self._folder / "sigstore"
        directory.mkdir()
        stamps = f"{self.url('timestamp')}/api/v1/timestamp"
        urls = {"fulcio": self.url("fulcio"), "rekor": self.url("rekor"), "tsa": stamps}
        versions = {"fulcio": 1, "rekor": 2, "tsa": 1}
        services = [
            word
            for name, url in urls.items()
            for word in (
                f"--{name}",
                f"url={url},api-version={versions[name]},start-time={_SINCE},operator=tests",
            )
        ]
        configs = ("--rekor-config", "ANY", "--tsa-config", "ANY")
        config = cosign.run("signing-config", "create", *services, *configs).expect(0)
        (directory / "signing_config.json").write_text(config.stdout)
        log = f"public-key={self._public / 'rekor.pem'},start-time={_SINCE},origin={self._host}"
        promises = f"public-key={self._public / 'ctlog.pem'},start-time={_SINCE}"
        root = cosign.run(
            "trusted-root", "create",
            "--fulcio", f"url={urls['fulcio']},certificate-chain={self._public / 'fulcio.pem'}",
            "--tsa", f"url={stamps},certificate-chain={self._public / 'timestamp.pem'}",
            "--rekor", f"url={urls['rekor']},{log}",
            "--ctfe", f"url={self.here('ctlog')},{promises}",
        ).expect(0)  # fmt: skip
        (directory / "trusted_root.json").write_text(root.stdout)
        return directory

    def _make_keys(self) -> None:
        self._keys.mkdir()
        for name in ("fulcio", "timestamp", "ctlog"):
            (self._keys / name).write_text(p256_key())
        certify(self._keys, self._public)
        log = ed25519_pair()
        (self._keys / "rekor").write_text(log.private)
        (self._public / "rekor.pem").write_text(log.public)

    def _fulcio(self) -> list[str]:
        config = self._folder / "fulcio.json"
        issuer = self.here("issuer")
        people = f'{{"IssuerURL": "{issuer}", "ClientID": "sigstore", "Type": "email"}}'
        config.write_text(f'{{"OIDCIssuers": {{"{issuer}": {people}}}}}')
        authority = ("--fileca-key", str(self._keys / "fulcio"), "--fileca-key-passwd", "none")
        certificate = ("--fileca-cert", str(self._public / "fulcio.pem"), "--fileca-watch=false")
        ports = ("--port", "--grpc-port", "--metrics-port")
        numbers = (str(self._ports[name]) for name in ("fulcio", "fulcio-grpc", "fulcio-metrics"))
        where = [word for pair in zip(ports, numbers, strict=True) for word in pair]
        socket = ("--legacy-unix-domain-socket", str(self._folder / "fulcio.socket"))
        ca = ("--ca", "fileca", *authority, *certificate, "--ct-log-url", self.here("ctlog"))
        return [
            self._program("fulcio", "ko-app/fulcio"),
            "serve",
            "--config-path",
            str(config),
            *ca,
            *where,
            *socket,
        ]

    def _rekor(self) -> list[str]:
        ports = {"http-port": "rekor", "grpc-port": "rekor-grpc", "http-metrics-port": "rekor-metrics"}
        where = [word for flag, name in ports.items() for word in (f"--{flag}", str(self._ports[name]))]
        key = ("--signer-filepath", str(self._keys / "rekor"), "--storage-dir", str(self._folder / "log"))
        soon = ("--checkpoint-interval", "100ms", "--batch-max-age", "10ms")
        program = self._program("rekor", "usr/local/bin/rekor-server")
        return [program, "serve", "--hostname", self._host, "--http-address", "0.0.0.0", *where, *key, *soon]  # noqa: S104

    def _ctlog(self) -> list[str]:
        return [
            self._program("ctlog", "ko-app/posix"),
            "--http_endpoint", f"0.0.0.0:{self._ports['ctlog']}", "--origin", "ctlog",
            "--storage_dir", str(self._folder / "certificates"), "--private_key", str(self._keys / "ctlog"),
            "--roots_pem_file", str(self._public / "fulcio.pem"), "--ext_key_usages", "CodeSigning",
            "--enable_publication_awaiter=false", "--batch_max_age", "10ms",
        ]  # fmt: skip

    def _stamp_command(self) -> list[str]:
        config = self._folder / "timestamp.cnf"
        config.write_text(_STAMPS.format(folder=self._folder))
        signer = ("-signer", str(self._public / "timestamp.pem"), "-inkey", str(self._keys / "timestamp"))
        chain = ("-chain", str(self._public / "fulcio.pem"))
        return [
            "openssl",
            "ts",
            "-reply",
            "-config",
            str(config),
            "-queryfile",
            "/dev/stdin",
            *signer,
            *chain,
        ]

    def _program(self, image: str, path: str) -> str:
        return str(unpacked(self._layouts[image], self._folder / f"{image}-root") / path)

    def _serve(self, server: ThreadingHTTPServer) -> None:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._stack.callback(server.shutdown)

    def _run(self, name: str, command: Sequence[str]) -> None:
        """Start a server and wait until it listens."""
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._stack.callback(process.wait, 30)
        self._stack.callback(process.terminate)
        _wait_for(process, self.here(name), (self._folder / f"{name}.log").read_text)


def _stamping(port: int, command: Sequence[str]) -> ThreadingHTTPServer:
    """A timestamp authority (RFC 3161) that answers by this command."""
    counting = threading.Lock()  # openssl keeps the next serial number in a file

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            with counting:
                reply = subprocess.run(command, input=query, capture_output=True, check=True).stdout
            self.send_response(201)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("", port), Handler)


def _wait_for(process: "subprocess.Popen[bytes]", url: str, log: Callable[[], str]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url)
            return
        time.sleep(0.05)
    raise AssertionError(f"{process.args!r} did not start\n{log()}")
