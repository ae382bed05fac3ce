"""Give out identity tokens as GitHub Actions does: `issuer.py URL CLAIMS TOKEN`, a service for rehearsals.

URL is where clients reach it and what its tokens name as their issuer; CLAIMS, a file of JSON, holds what
they say of the workflow's run; TOKEN is a file with the text that callers must know. It answers the OpenID
discovery document, its key, and `GET /token?…&audience=A` with `Authorization: bearer …` by {"value": JWT},
as jobs get theirs (https://docs.github.com/en/actions/reference/security/oidc). The key is made by openssl at
the start, is kept in memory, and ends with the service.
"""

import base64
import hmac
import json
import os
import subprocess
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN_PATH = "/token"  # noqa: S105 - where tokens are asked for
KEYS_PATH = "/.well-known/jwks"
DISCOVERY_PATH = "/.well-known/openid-configuration"
LIFE_SECONDS = 300
"""As long as GitHub's tokens live."""

_KEY_ID = "rehearsal"
_KEY_BITS = 2048


class SigningKey:
    """An RSA key that no file system holds."""

    def __init__(self) -> None:
        pem = _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{_KEY_BITS}")
        self._memory = os.memfd_create("key", 0)
        os.write(self._memory, pem)

    @property
    def public(self) -> dict[str, str]:
        """The public half, as a JSON Web Key."""
        said = self._used("rsa", "-noout", "-modulus", "-in").decode()
        modulus = bytes.fromhex(said.strip().partition("=")[2])
        facts = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": _KEY_ID}
        return facts | {"n": encoded(modulus), "e": encoded(b"\x01\x00\x01")}

    def signed(self, claims: dict[str, Any]) -> str:
        """The claims as a JSON Web Token."""
        header = {"typ": "JWT", "alg": "RS256", "kid": _KEY_ID}
        message = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        return f"{message}.{encoded(self._used('dgst', '-sha256', '-sign', stdin=message.encode()))}"

    def _used(self, *args: str, stdin: bytes = b"") -> bytes:
        return _openssl(*args, f"/proc/self/fd/{self._memory}", stdin=stdin, descriptor=self._memory)


class Issuer:
    """What is answered, path by path."""

    def __init__(self, url: str, run: dict[str, Any], token: str) -> None:
        self._url = url
        self._run = run
        self._bearer = f"bearer {token}"
        self._key = SigningKey()

    def answer(self, target: str, authorization: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON for a request."""
        address = urlsplit(target)
        if address.path == DISCOVERY_PATH:
            return 200, self._discovery
        if address.path == KEYS_PATH:
            return 200, {"keys": [self._key.public]}
        if address.path != TOKEN_PATH:
            return 404, {"message": "there is nothing here"}
        if not hmac.compare_digest(authorization.encode(), self._bearer.encode()):
            return 401, {"message": "the request's token is not the run's"}
        audiences = parse_qs(address.query).get("audience")
        return 200, {"value": self._key.signed(self.claims(audiences[0] if audiences else ""))}

    def claims(self, audience: str) -> dict[str, Any]:
        """What a token states: of now, unless the run's claims say otherwise."""
        now = int(time.time())
        run = self._run
        return {
            "iss": self._url,
            "sub": f"repo:{run.get('repository')}:ref:{run.get('ref')}",
            "aud": audience or f"{self._url}/{run.get('repository_owner')}",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + LIFE_SECONDS,
            **run,
        }

    @property
    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self._url,
            "jwks_uri": f"{self._url}{KEYS_PATH}",
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
            "claims_supported": sorted(self.claims("")),
        }


def serve(issuer: Issuer, port: int) -> ThreadingHTTPServer:
    """A server that answers for the issuer; run it by `serve_forever`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, document = issuer.answer(self.path, self.headers.get("Authorization", ""))
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return ThreadingHTTPServer(("", port), Handler)


def encoded(raw: bytes) -> str:
    """Base64 as JSON Web Tokens write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _openssl(*args: str, stdin: bytes = b"", descriptor: int | None = None) -> bytes:
    descriptors = () if descriptor is None else (descriptor,)
    command = ["openssl", *args]
    done = subprocess.run(command, input=stdin, capture_output=True, check=True, pass_fds=descriptors)
    return done.stdout


if __name__ == "__main__":
    _url, _claims, _token = sys.argv[1:]
    _issuer = Issuer(_url, json.loads(Path(_claims).read_text()), Path(_token).read_text().strip())
    serve(_issuer, urlsplit(_url).port or 80).serve_forever()
