"""Ask the CI for an identity token and print its claims, nothing else: `identity.py AUDIENCE`.

Whom to ask stands in ACTIONS_ID_TOKEN_REQUEST_URL, the leave to ask in ACTIONS_ID_TOKEN_REQUEST_TOKEN, as
GitHub sets them for a job with `id-token: write`. The request is the one cosign makes
(https://github.com/sigstore/cosign/blob/v3.1.3/pkg/providers/github/github.go), so that what works here works
there. Neither token, nor the words of anybody who was told one, are ever printed.

Exit code 3: no token is given out, and asking again is of no use. Exit code 4: nobody is there to ask.
"""

import base64
import binascii
import http.client
import json
import os
import re
import signal
import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import NoReturn

URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
BEARER = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
REFUSED = 3
OUTAGE = 4
SECONDS = 30.0
LARGEST = 64 * 1024

_JWT = re.compile(r"[\w-]+\.(?P<payload>[\w-]+)\.[\w-]+", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+/?\S*")


class Failed(Exception):
    """There is no token."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the leave to ask along, to anybody."""

    def redirect_request(self, *_: object) -> None:
        """No other request."""


def answer(url: str, bearer: str, audience: str) -> bytes:
    """What the CI answers."""
    if not _URL.fullmatch(url):
        raise Failed(REFUSED, f"{URL} is {'not a URL' if url else 'empty'}")
    if not bearer or not bearer.isascii() or not bearer.isprintable():
        raise Failed(REFUSED, f"{BEARER} is {'not a token' if bearer else 'empty'}")
    headers = {"Authorization": f"bearer {bearer}", "Accept": "application/json"}
    try:
        request = urllib.request.Request(f"{url}&audience={audience}", headers=headers)  # noqa: S310 - see _URL
        with urllib.request.build_opener(_NoRedirect).open(request) as response:
            body: bytes = response.read(LARGEST + 1)
            missing = response.length if len(body) <= LARGEST else 0
    except urllib.error.HTTPError as error:
        raise Failed(_code(error.code), f"it answered {_said(error.code)}") from None
    except urllib.error.URLError as error:
        raise Failed(OUTAGE, f"nobody answers: {_reason(error.reason)}") from None
    except (ValueError, http.client.InvalidURL):  # their words would show it
        raise Failed(REFUSED, f"{URL} is not a URL") from None
    except (OSError, http.client.HTTPException) as error:
        raise Failed(OUTAGE, f"the answer broke off: {type(error).__name__}") from None
    if missing:
        raise Failed(OUTAGE, f"the answer broke off, {missing} bytes early")
    if len(body) > LARGEST:
        raise Failed(REFUSED, f"the answer is longer than {LARGEST // 1024} KiB")
    return body


def claims(body: bytes) -> str:
    """The payload of the token in an answer, which is a JSON object."""
    try:
        token = _JWT.fullmatch(json.loads(body)["value"])
    except (ValueError, TypeError, KeyError, RecursionError):
        token = None
    if not token:
        raise Failed(REFUSED, "the answer holds no token")
    payload = token["payload"]
    try:
        text = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_").decode()
        readable = isinstance(json.loads(text), dict)
    except (ValueError, binascii.Error, RecursionError):
        readable = False
    if not readable:
        raise Failed(REFUSED, "the token in the answer has no claims")
    return text


def main(audience: str) -> str:
    """The claims of a token for this audience."""
    signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    return claims(answer(os.environ.get(URL, ""), os.environ.get(BEARER, ""), audience))


def _late(*_: object) -> NoReturn:
    raise Failed(OUTAGE, f"no answer within {SECONDS:g} s")


def _code(status: int) -> int:
    """Whether asking again may help."""
    passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
    return OUTAGE if passing else REFUSED


def _said(status: int) -> str:
    """A status in the words of the standard, not of the server."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _reason(reason: str | BaseException) -> str:
    """What the system says of a connection that was not to be had."""
    return reason.strerror or type(reason).__name__ if isinstance(reason, OSError) else type(reason).__name__


if __name__ == "__main__":
    try:
        print(main(sys.argv[1]))
    except Failed as failed:
        print(failed, file=sys.stderr)
        sys.exit(failed.code)
