"""What the real tools say of servers in trouble, and that it is judged right.

The classifier reads words, and another version of a tool may have others. So each tool is run here against
servers that answer as they do in an outage, and against some that refuse for good.
"""

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from standins.oci import Layout
from supply_chain.errors import Trouble
from supply_chain.models.transient import trouble
from supply_chain.tools.cosign import NO_SERVICES, TRUSTED_ROOT

from . import stand_ins
from .canary import KEY_PASSWORD
from .cosign_by_hand import Cosign
from .private_registry import free_port
from .proxy import FORBIDDEN, RESET, TOO_MANY, UNAVAILABLE, Answer, Outage, proxied

_LONGEST_SECONDS = 90
_FOR_EVER = 600
_SERVICES = {
    "Fulcio": ("caUrls", 1, ""),
    "Rekor": ("rekorTlogUrls", 2, ""),
    "timestamp authority": ("tsaUrls", 1, "/api/v1/timestamp"),
}
"""Where each stands in a signing config, the version of its API, and the path of its URL."""


@dataclass(frozen=True)
class Tools:
    """The tools, and a folder with what they need."""

    crane: Path
    trivy: Path
    cosign: Cosign
    folder: Path

    def resolve(self, host: str) -> str:
        """What crane says of a registry."""
        return _words(str(self.crane), "digest", f"{host}/team/inventory:1")

    def download(self, host: str) -> str:
        """What Trivy says of a mirror."""
        cache = ("--cache-dir", str(self.folder / host), "--no-progress")
        command = ("image", "--download-db-only", "--db-repository", f"{host}/trivy-db:2")
        return _words(str(self.trivy), *command, *cache)

    def sign(self, service: str, host: str) -> str:
        """What cosign says of one of Sigstore's services, when it knows that one alone."""
        kind, version, path = _SERVICES[service]
        since = {"start": "2024-01-01T00:00:00Z"}
        entry = {
            "url": f"http://{host}{path}",
            "majorApiVersion": version,
            "validFor": since,
            "operator": "us",
        }
        any_of = {"selector": "ANY"}
        media_type = "application/vnd.dev.sigstore.signingconfig.v0.2+json"
        config = {"mediaType": media_type, "rekorTlogConfig": any_of, "tsaConfig": any_of, kind: [entry]}
        written = self.folder / f"{kind}-{host}.json"
        written.write_text(json.dumps(config))
        files = ("--statement", "statement.json", "--bundle", f"{written}.bundle")
        with_config = ("--signing-config", str(written), "--trusted-root", "root.json")
        key = () if service == "Fulcio" else ("--key", "cosign.key")
        env = {"SIGSTORE_ID_TOKEN": _token()} if service == "Fulcio" else {"COSIGN_PASSWORD": KEY_PASSWORD}
        command = (str(self.cosign.program), "attest-blob", "--yes", *key, *files, *with_config)
        return _words(*command, env=env, folder=self.folder)


def _words(*argv: str, env: Mapping[str, str] | None = None, folder: Path | None = None) -> str:
    done = subprocess.run(
        argv, env={**os.environ, **(env or {})}, cwd=folder, capture_output=True, text=True, check=False,
        timeout=_LONGEST_SECONDS,
    )  # fmt: skip
    assert done.returncode, f"{argv} worked"
    return done.stderr


def _token() -> str:
    """An identity token that Fulcio would look at; nobody here does."""
    parts = ({"alg": "RS256"}, {"iss": "http://issuer.example", "sub": "x", "aud": "sigstore"})
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, "AAAA"])


@pytest.fixture(scope="module")
def tools(layouts: dict[str, Layout], cosign: Cosign, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """The tools of the stand-ins, on the host."""
    folder = tmp_path_factory.mktemp("tools")
    roots = {name: stand_ins.unpacked(layouts[name], folder / name) for name in ("crane", "trivy")}
    cosign.make_key(folder, KEY_PASSWORD)
    subject = {"name": "x", "digest": {"sha256": "0" * 64}}
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [subject], "predicate": {}}
    (folder / "statement.json").write_text(json.dumps({**statement, "predicateType": "https://example.com"}))
    (folder / "root.json").write_text(NO_SERVICES[TRUSTED_ROOT])
    crane, trivy = roots["crane"] / "ko-app" / "crane", roots["trivy"] / "usr" / "local" / "bin" / "trivy"
    return Tools(crane, trivy, cosign, folder)


@contextmanager
def _answering(answer: Answer) -> Iterator[str]:
    """A host where everything is answered so."""
    with proxied(free_port()) as proxy:
        proxy.outages = [Outage(".", answer, _FOR_EVER)]
        yield f"127.0.0.1:{proxy.port}"


def _all_at_once(tools: Tools, host: str) -> dict[str, str]:
    """What each tool says of this host, by what it asks."""
    asking: dict[str, Callable[[], str]] = {
        "crane": lambda: tools.resolve(host),
        "trivy": lambda: tools.download(host),
        "Fulcio": lambda: tools.sign("Fulcio", host),
        "Rekor": lambda: tools.sign("Rekor", host),
        "timestamp authority": lambda: tools.sign("timestamp authority", host),
    }
    with ThreadPoolExecutor() as pool:
        under_way = {who: pool.submit(ask) for who, ask in asking.items()}
        return {who: words.result() for who, words in under_way.items()}


def test_overload_passes_and_is_named(tools: Tools) -> None:
    with _answering(UNAVAILABLE) as host:
        said = _all_at_once(tools, host)
    either = Trouble("Fulcio or the timestamp authority")
    assert {who: trouble(words) for who, words in said.items()} == {
        "crane": Trouble(f"registry {host}"),
        "trivy": Trouble(f"registry {host}"),
        "Fulcio": either,
        "Rekor": Trouble("Rekor"),
        "timestamp authority": either,
    }


def test_too_many_requests_say_when_to_come_back(tools: Tools) -> None:
    with _answering(TOO_MANY) as host:
        assert trouble(tools.resolve(host)) == Trouble(f"registry {host}", retry_after=1.5)


def test_a_connection_that_breaks_passes(tools: Tools) -> None:
    with _answering(RESET) as host:
        said = _all_at_once(tools, host)
    assert {who: trouble(words) for who, words in said.items()} == {
        "crane": Trouble(f"registry {host}"),
        "trivy": Trouble(f"registry {host}"),
        **{service: Trouble(f"{service} {host}") for service in _SERVICES},
    }


def test_a_refusal_does_not_pass(tools: Tools) -> None:
    with _answering(FORBIDDEN) as host:
        said = _all_at_once(tools, host)
    assert {who: words for who, words in said.items() if trouble(words)} == {}


def test_where_nobody_answers_is_told_apart(tools: Tools) -> None:
    host = f"127.0.0.1:{free_port()}"
    said = _all_at_once(tools, host)
    assert {who: trouble(words) for who, words in said.items()} == {
        "crane": Trouble(f"registry {host}", silent=True),
        "trivy": Trouble(f"registry {host}", silent=True),
        **{service: Trouble(f"{service} {host}", silent=True) for service in _SERVICES},
    }
    unknown = trouble(tools.resolve("no-such-host.invalid"))
    assert unknown == Trouble("registry no-such-host.invalid", silent=True)
