"""Ask a running service: `smoke.py FILE`, where FILE says whom and what.

FILE is JSON: `host`, `port`, `health_path`, `start_seconds` and `requests`, each of them `method`, `path`,
`headers` and `body`. Waits until the health path answers 200, then sends the requests one after the other.
Prints the raw answers; what they ought to be is judged elsewhere. Redirects are answers, never followed, and
no proxy is used.
"""

import http.client
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS_A_REQUEST = 10.0
SECONDS_IN_ALL = 120.0
LARGEST_BODY = 64 * 1024
_PAUSE = 0.2


class LateError(Exception):
    """The time is over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """LateError in the block after so many seconds, whatever it is waiting for."""

    def late(*_: object) -> None:
        raise LateError

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def ask(plan: dict[str, Any], request: dict[str, Any], seconds: float = SECONDS_A_REQUEST) -> dict[str, Any]:
    """One answer: status, seconds, body (its first 64 KiB, as text), or the problem that there was."""
    began = time.monotonic()
    answer: dict[str, Any] = {"status": None, "body": "", "cut": False, "problem": ""}
    connection = http.client.HTTPConnection(plan["host"], plan["port"])
    try:
        with within(seconds):
            connection.request(request["method"], request["path"], request["body"], request["headers"])
            response = connection.getresponse()
            answer["status"] = response.status
            body = response.read(LARGEST_BODY + 1)
            answer["body"] = body[:LARGEST_BODY].decode(errors="replace")
            answer["cut"] = len(body) > LARGEST_BODY
            if response.length and not answer["cut"]:
                answer["problem"] = f"the answer ended {response.length} bytes early"
    except LateError:
        answer["problem"] = f"no answer within {seconds:.3g} s"
    except (OSError, http.client.HTTPException, ValueError) as error:
        answer["problem"] = f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return answer | {"seconds": round(time.monotonic() - began, 3)}


def wait(plan: dict[str, Any]) -> tuple[float | None, dict[str, Any]]:
    """Seconds until the health path answered 200, None if it never did; and its last answer."""
    health = {"method": "GET", "path": plan["health_path"], "headers": {}, "body": None}
    began = time.monotonic()
    while True:
        left = plan["start_seconds"] - (time.monotonic() - began)
        answer = ask(plan, health, min(SECONDS_A_REQUEST, left))
        passed = time.monotonic() - began
        if answer["status"] == http.client.OK and not answer["problem"]:
            return round(passed, 3), answer
        if passed + _PAUSE >= plan["start_seconds"]:
            return None, answer
        time.sleep(_PAUSE)


def answers(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers to the requests; one for which no time is left is not sent."""
    began = time.monotonic()
    for request in plan["requests"]:
        left = SECONDS_IN_ALL - (time.monotonic() - began)
        if left <= 0:
            problem = f"not sent: {SECONDS_IN_ALL:.0f} s for all requests were over"
            yield {"status": None, "body": "", "cut": False, "problem": problem, "seconds": 0.0}
        else:
            yield ask(plan, request, min(SECONDS_A_REQUEST, left))


def main(plan: dict[str, Any]) -> dict[str, Any]:
    """All that was answered; no request is sent to a service that is not ready."""
    started_after, health = wait(plan)
    sent = list(answers(plan)) if started_after is not None else []
    return {"started_after": started_after, "health": health, "answers": sent}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
