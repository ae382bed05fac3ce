"""The smoke test of an image: what it is asked, and whether it answered as it should.

The script only asks (scripts/smoke.py); everything is judged here, from the raw answers.
"""

import json
from typing import Any, Self

from pydantic import ValidationError

from supply_chain.errors import ImageInvalid, InternalError, SettingsInvalid, SmokeFailed
from supply_chain.models.base import Model, OwnModel, first_problem
from supply_chain.models.containment import missing
from supply_chain.models.markdown import code, inline, table
from supply_chain.models.settings import Settings, SmokeRequest

HOST = "service"
"""The name under which the client reaches the service."""

_EXCERPT = 200
_READY = 200


class Answer(Model):
    """What came back for one request."""

    status: int | None
    """HTTP status; None when there was no answer."""
    seconds: float
    """How long it took."""
    body: str
    """The body's first 64 KiB."""
    cut: bool
    """Whether the body is longer."""
    problem: str
    """What went wrong on the way; empty when nothing did."""


class Answers(Model):
    """What the script printed."""

    started_after: float | None
    """Seconds until the health path answered 200; None when it never did."""
    health: Answer
    """The last answer of the health path."""
    answers: tuple[Answer, ...]
    """Those to the requests, in their order; none when the service never was ready."""

    @classmethod
    def parse(cls, document: str) -> Self:
        """The answers in `document`."""
        try:
            return cls.model_validate_json(document)
        except ValidationError as error:
            raise InternalError("the smoke test printed no answers", why=first_problem(error)) from None


class SmokeRow(OwnModel):
    """One thing that was asked of the image."""

    what: str
    """Method and path, or the property that was looked at."""
    seconds: float = 0
    """How long the answer took."""
    problem: str = ""
    """What is wrong with it; empty when nothing is."""
    excerpt: str = ""
    """The beginning of an answer that has a problem."""

    @property
    def line(self) -> str:
        """The row in one line of text."""
        said = f"; it answered: {self.excerpt}" if self.excerpt else ""
        return f"{self.what}: {self.problem or 'as it should be'}{said}"


class Smoke(OwnModel):
    """A smoke test."""

    started_after: float | None
    """Seconds until the service was ready; None when it never was."""
    rows: tuple[SmokeRow, ...]
    """What was asked, in order."""

    @classmethod
    def judged(cls, settings: Settings, config_json: str, answers: Answers) -> Self:
        """The answers, held against what the settings want."""
        rows = [root] if (root := user_problem(config_json, settings.allow_root)) else []
        rows.append(_health(settings, answers))
        if answers.started_after is not None:
            pairs = zip(settings.smoke, answers.answers, strict=True)
            rows += [_row(request, answer) for request, answer in pairs]
        return cls(started_after=answers.started_after, rows=tuple(rows))

    @property
    def failed(self) -> tuple[SmokeRow, ...]:
        """Rows with a problem."""
        return tuple(row for row in self.rows if row.problem)

    @property
    def headline(self) -> str:
        """The test in one line."""
        ready = "never ready" if self.started_after is None else f"ready after {self.started_after:.1f} s"
        return f"{len(self.failed)} of {len(self.rows)} failed, {ready}"

    def table(self) -> str:
        """All rows, as Markdown."""
        cells = ((code(row.what), f"{row.seconds:.2f}", inline(row.problem) or "passed") for row in self.rows)
        return table(("asked", "seconds", "result"), cells)

    def check(self) -> None:
        """SmokeFailed, with the rows that failed, when any did."""
        if self.failed:
            raise SmokeFailed(self.headline, why="\n".join(row.line for row in self.failed))


def plan(settings: Settings, config_json: str) -> str:
    """What the script is told, as JSON."""
    return json.dumps(
        {
            "host": HOST,
            "port": port(settings, config_json),
            "health_path": settings.health_path,
            "start_seconds": settings.start_seconds,
            "requests": [_request(request) for request in settings.smoke],
        }
    )


def port(settings: Settings, config_json: str) -> int:
    """The port from the settings, else the one TCP port that the image exposes."""
    exposed = [name.partition("/") for name in _config(config_json).get("ExposedPorts") or {}]
    ports = sorted({int(number) for number, _, kind in exposed if number.isdigit() and kind in {"", "tcp"}})
    if not settings.port and len(ports) != 1:
        found = f"the image exposes {', '.join(map(str, ports)) or 'none'}"
        raise SettingsInvalid(
            "no port to ask the service on", why=found, advice="set port in [tool.supply-chain]"
        )
    return settings.port or ports[0]


def user_problem(config_json: str, allow_root: bool) -> SmokeRow | None:
    """A failed row for an image that runs as root, unless that is allowed.

    A name other than root that the image's passwd gives the number 0 is not seen: the config tells no more.
    """
    user = str(_config(config_json).get("User") or "").partition(":")[0].strip()
    if allow_root or not _is_root(user):
        return None
    return SmokeRow(
        what="USER",
        problem=f"runs as root ({user or 'no user is set'}); name another USER, or set allow-root",
    )


def _is_root(user: str) -> bool:
    try:
        return int(user) == 0
    except ValueError:
        return user in {"", "root"}


def _config(config_json: str) -> dict[str, Any]:
    """The `config` of an image's configuration: https://github.com/opencontainers/image-spec/blob/main/config.md."""
    try:
        content = json.loads(config_json)
    except ValueError as error:
        raise ImageInvalid("the image's configuration cannot be read", why=str(error)) from None
    config = content.get("config") if isinstance(content, dict) else None
    return config if isinstance(config, dict) else {}


def _request(request: SmokeRequest) -> dict[str, Any]:
    """The request as the script sends it."""
    body = None if request.send is None else json.dumps(request.send, default=str)
    is_typed = "content-type" in map(str.lower, request.headers)
    typed = {} if body is None or is_typed else {"Content-Type": "application/json"}
    return {
        "method": request.method,
        "path": request.path,
        "headers": typed | request.headers,
        "body": body,
    }


def _health(settings: Settings, answers: Answers) -> SmokeRow:
    """The row of the health path: whether the service was ready in time."""
    answer, problem = answers.health, ""
    if answers.started_after is None:
        last = answer.problem or f"status {answer.status}, not {_READY}"
        problem = f"did not start within {settings.start_seconds:g} s: {last}"
    return SmokeRow(
        what=f"GET {settings.health_path}",
        seconds=answer.seconds,
        problem=problem,
        excerpt=_excerpt(answer) if problem else "",
    )


def _row(request: SmokeRequest, answer: Answer) -> SmokeRow:
    problem = _problem(request, answer)
    return SmokeRow(
        what=f"{request.method} {request.path}",
        seconds=answer.seconds,
        problem=problem,
        excerpt=_excerpt(answer) if problem else "",
    )


def _problem(request: SmokeRequest, answer: Answer) -> str:
    """The first expectation that the answer does not meet, in words."""
    if answer.problem:
        return answer.problem
    if answer.status != request.status:
        return f"status {answer.status}, not {request.status}"
    if request.text_has and request.text_has not in answer.body:
        return f"the answer does not contain {request.text_has!r}"
    return _json_problem(request, answer) if request.json_has is not None else ""


def _json_problem(request: SmokeRequest, answer: Answer) -> str:
    if answer.cut:
        return "the answer is longer than 64 KiB, too long to be read as JSON"
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "the answer is not JSON"
    return missing(request.json_has, found)


def _excerpt(answer: Answer) -> str:
    text = " ".join(answer.body.split())
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"
