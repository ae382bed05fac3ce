"""The issuer of a rehearsal's identity tokens: what it gives to whom, checked as a verifier would."""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from supply_chain.scripts import issuer as script
from supply_chain.scripts.issuer import DISCOVERY_PATH, KEYS_PATH, LIFE_SECONDS, TOKEN_PATH, Issuer, serve

URL = "http://issuer:8080"
TOKEN = "canary-of-the-request"
BEARER = f"bearer {TOKEN}"
RUN = {"repository": "acme/inventory", "repository_owner": "acme", "ref": "refs/heads/main", "run_id": "7"}
# DigestInfo of SHA-256, RFC 8017, section 9.2
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(URL, RUN, TOKEN)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token(issuer: Issuer, query: str = "?api-version=2.0&audience=sigstore") -> str:
    status, answer = issuer.answer(f"{TOKEN_PATH}{query}", BEARER)
    assert status == 200
    return str(answer["value"])


def claims(made: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(decoded(made.split(".")[1]))
    return content


def holds(made: str, key: dict[str, str]) -> bool:
    """Whether the signature is the key's: RSASSA-PKCS1-v1_5, by the book."""
    header, payload, signature = made.split(".")
    modulus, exponent = (int.from_bytes(decoded(key[part]), "big") for part in ("n", "e"))
    opened = pow(int.from_bytes(decoded(signature), "big"), exponent, modulus).to_bytes(256, "big")
    digest = SHA256_PREFIX + hashlib.sha256(f"{header}.{payload}".encode()).digest()
    return opened == b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest


def test_a_token_states_the_run_and_who_it_is_for(issuer: Issuer) -> None:
    before = int(time.time())
    found = claims(token(issuer))
    assert found.items() >= RUN.items()
    assert (found["iss"], found["aud"]) == (URL, "sigstore")
    assert found["sub"] == "repo:acme/inventory:ref:refs/heads/main"
    assert found["iat"] == found["nbf"] >= before
    assert found["exp"] == found["iat"] + LIFE_SECONDS


def test_a_token_without_an_audience_is_for_the_owner(issuer: Issuer) -> None:
    assert claims(token(issuer, ""))["aud"] == f"{URL}/acme"


def test_no_two_tokens_are_one(issuer: Issuer) -> None:
    assert claims(token(issuer))["jti"] != claims(token(issuer))["jti"]


def test_the_claims_of_the_run_come_first() -> None:
    other = Issuer(URL, RUN | {"exp": 1, "aud": "elsewhere", "sub": "nobody"}, TOKEN)
    found = claims(token(other))
    assert (found["exp"], found["aud"], found["sub"]) == (1, "elsewhere", "nobody")


def test_a_token_is_signed_with_the_key_that_is_published(issuer: Issuer) -> None:
    _, published = issuer.answer(KEYS_PATH, "")
    (key,) = published["keys"]
    made = token(issuer)
    header, payload, signature = made.split(".")
    assert json.loads(decoded(header)) == {"typ": "JWT", "alg": "RS256", "kid": key["kid"]}
    assert holds(made, key)
    changed = payload[:-1] + ("A" if payload[-1] != "A" else "B")
    assert not holds(f"{header}.{changed}.{signature}", key)


def test_two_issuers_have_two_keys(issuer: Issuer) -> None:
    assert issuer.answer(KEYS_PATH, "") != Issuer(URL, RUN, TOKEN).answer(KEYS_PATH, "")


@pytest.mark.parametrize("authorization", ["", TOKEN, "bearer ", f"bearer {TOKEN}x", f"Basic {TOKEN}"])
def test_who_does_not_know_the_request_token_gets_nothing(issuer: Issuer, authorization: str) -> None:
    status, answer = issuer.answer(f"{TOKEN_PATH}?audience=sigstore", authorization)
    assert status == 401
    assert "value" not in answer
    assert TOKEN not in json.dumps(answer)


def test_discovery_names_the_issuer_and_its_keys(issuer: Issuer) -> None:
    status, found = issuer.answer(DISCOVERY_PATH, "")
    assert status == 200
    assert (found["issuer"], found["jwks_uri"]) == (URL, f"{URL}{KEYS_PATH}")
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]
    assert set(claims(token(issuer))) == set(found["claims_supported"])


def test_elsewhere_is_nothing(issuer: Issuer) -> None:
    assert issuer.answer("/", BEARER)[0] == 404


@pytest.fixture
def address(issuer: Issuer) -> Iterator[str]:
    """Where the issuer answers over HTTP."""
    with serve(issuer, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_it_answers_over_http(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    answer = httpx.get(f"{address}{TOKEN_PATH}?v=1&audience=a%20b", headers={"Authorization": BEARER})
    made = answer.raise_for_status().json()["value"]
    assert claims(made)["aud"] == "a b"
    assert httpx.get(f"{address}{TOKEN_PATH}").status_code == 401
    log = capfd.readouterr().err
    assert TOKEN not in log
    assert made not in log


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "claims").write_text(json.dumps(RUN))
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    arguments = ["http://127.0.0.1:0", str(tmp_path / "claims"), str(tmp_path / "token")]
    command = [sys.executable, "-I", script.__file__, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.kill()
        assert process.communicate() == (b"", b"")
