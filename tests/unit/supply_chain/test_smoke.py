"""The judgement of a smoke test: answers, ports, users."""

import json
from typing import Any

import pytest

from supply_chain.errors import ImageInvalid, InternalError, SettingsInvalid, SmokeFailed
from supply_chain.models.settings import Settings, SmokeRequest
from supply_chain.models.smoke import Answer, Answers, Smoke, plan, port, user_problem

FINE = Answer(status=200, seconds=0.1, body='{"status": "ok"}', cut=False, problem="")


def config(**fields: Any) -> str:
    return json.dumps({"architecture": "amd64", "config": {"User": "1001", **fields}})


def settings(*requests: dict[str, Any], **fields: Any) -> Settings:
    return Settings.model_validate({"smoke": requests, "port": 8080, **fields})


def judged(request: dict[str, Any], **answer: Any) -> str:
    """The problem of the one request."""
    given = FINE.model_copy(update=answer)
    answers = Answers(started_after=0.5, health=FINE, answers=(given,))
    health, row = Smoke.judged(settings(request), config(), answers).rows
    assert health.problem == ""
    return row.problem


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ({"path": "/"}, {}),
        ({"path": "/", "status": 404}, {"status": 404}),
        ({"path": "/", "json_has": {"status": "ok"}}, {}),
        (
            {"path": "/", "json_has": {"items": [{"id": 1}]}},
            {"body": '{"items": [{"id": 1, "a": 2}], "n": 1}'},
        ),
        ({"path": "/", "text_has": "ok"}, {}),
        ({"path": "/", "text_has": "ok"}, {"cut": True}),
        ({"path": "/", "status": 302}, {"status": 302, "body": ""}),
    ],
)
def test_answers_as_they_should_be(request_: dict[str, Any], answer: dict[str, Any]) -> None:
    assert judged(request_, **answer) == ""


@pytest.mark.parametrize(
    ("request_", "answer", "problem"),
    [
        ({"path": "/"}, {"status": 500}, "status 500, not 200"),
        ({"path": "/"}, {"status": 302}, "status 302, not 200"),
        ({"path": "/"}, {"status": None, "problem": "no answer within 10 s"}, "no answer within 10 s"),
        ({"path": "/"}, {"problem": "the answer ended 5 bytes early"}, "the answer ended 5 bytes early"),
        ({"path": "/", "text_has": "yes"}, {}, "the answer does not contain 'yes'"),
        ({"path": "/", "json_has": {"a": 1}}, {"body": "<html>"}, "the answer is not JSON"),
        ({"path": "/", "json_has": {"a": 1}}, {"body": "[" * 60_000}, "the answer is not JSON"),
        ({"path": "/", "json_has": {"a": 1}}, {}, "a is missing"),
        (
            {"path": "/", "json_has": {}},
            {"cut": True},
            "the answer is longer than 64 KiB, too long to be read as JSON",
        ),
    ],
)
def test_the_failed_expectation_is_named(
    request_: dict[str, Any], answer: dict[str, Any], problem: str
) -> None:
    assert judged(request_, **answer) == problem


def test_the_error_lists_the_rows_that_failed_with_what_was_answered() -> None:
    wanted = settings({"path": "/a"}, {"path": "/b", "method": "POST", "send": {}})
    broken = FINE.model_copy(update={"status": 500, "body": "<h1>\n Oops </h1>" + "x" * 500})
    smoke = Smoke.judged(wanted, config(), Answers(started_after=1.5, health=FINE, answers=(FINE, broken)))
    with pytest.raises(SmokeFailed, match=r"1 of 3 failed, ready after 1\.5 s") as caught:
        smoke.check()
    assert caught.value.why.startswith("POST /b: status 500, not 200; it answered: <h1> Oops </h1>xx")
    assert len(caught.value.why) < 300


def test_all_rows_are_in_the_table_and_none_is_an_error() -> None:
    smoke = Smoke.judged(
        settings({"path": "/a|b"}), config(), Answers(started_after=0.5, health=FINE, answers=(FINE,))
    )
    smoke.check()
    table = smoke.table().splitlines()
    assert [line.rstrip(" |").rpartition("| ")[2] for line in table[2:]] == ["passed", "passed"]
    assert "GET /healthz" in table[2]
    assert smoke.headline == "0 of 2 failed, ready after 0.5 s"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": None, "problem": "ConnectionRefusedError: refused"}, "ConnectionRefusedError: refused"),
        ({"status": 503}, "status 503, not 200"),
    ],
)
def test_a_service_that_never_is_ready_did_not_start(answer: dict[str, Any], words: str) -> None:
    answers = Answers(started_after=None, health=FINE.model_copy(update=answer), answers=())
    smoke = Smoke.judged(settings({"path": "/"}, start_seconds=7), config(), answers)
    assert [row.what for row in smoke.rows] == ["GET /healthz"]
    with pytest.raises(SmokeFailed, match="1 of 1 failed, never ready") as caught:
        smoke.check()
    assert f"did not start within 7 s: {words}" in caught.value.why


@pytest.mark.parametrize("user", ["", None, "root", "0", "0:0", "root:root", "000", "+0", "0:1001", " root"])
def test_an_image_that_runs_as_root_fails(user: str | None) -> None:
    row = user_problem(config(User=user), allow_root=False)
    assert row is not None
    assert "runs as root" in row.problem
    assert user_problem(config(User=user), allow_root=True) is None


@pytest.mark.parametrize("user", ["1001", "app", "1001:0", "nobody:root", "10", "rooted"])
def test_any_other_user_will_do(user: str) -> None:
    assert user_problem(config(User=user), allow_root=False) is None


def test_an_image_without_any_configuration_runs_as_root() -> None:
    assert user_problem("{}", allow_root=False)


def test_root_fails_a_smoke_test_whose_answers_are_fine() -> None:
    answers = Answers(started_after=0.5, health=FINE, answers=())
    smoke = Smoke.judged(settings(), config(User=""), answers)
    with pytest.raises(SmokeFailed, match="1 of 2 failed") as caught:
        smoke.check()
    assert caught.value.why.startswith("USER: runs as root (no user is set)")


@pytest.mark.parametrize(
    ("given", "exposed", "expected"),
    [
        (9000, {"8080/tcp": {}}, 9000),
        (0, {"8080/tcp": {}}, 8080),
        (0, {"8080": {}}, 8080),
        (0, {"8080/tcp": {}, "53/udp": {}}, 8080),
    ],
)
def test_the_port_is_the_one_that_is_set_or_exposed(
    given: int, exposed: dict[str, Any], expected: int
) -> None:
    assert port(settings(port=given), config(ExposedPorts=exposed)) == expected


@pytest.mark.parametrize(
    ("exposed", "why"),
    [
        (None, "exposes none"),
        ({"53/udp": {}}, "exposes none"),
        ({"80/tcp": {}, "8080/tcp": {}}, "exposes 80, 8080"),
        ({"80-90/tcp": {}}, "exposes none"),
    ],
)
def test_no_port_or_several_must_be_settled(exposed: dict[str, Any] | None, why: str) -> None:
    with pytest.raises(SettingsInvalid, match=why):
        port(settings(port=0), config(ExposedPorts=exposed))


@pytest.mark.parametrize("document", ["", "{"])
def test_a_configuration_that_is_not_json_is_refused(document: str) -> None:
    with pytest.raises(ImageInvalid):
        user_problem(document, allow_root=False)


@pytest.mark.parametrize("document", ["", "{}", '{"started_after": null, "answers": []}'])
def test_a_script_that_printed_something_else_is_a_bug(document: str) -> None:
    with pytest.raises(InternalError):
        Answers.parse(document)


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
def test_a_content_type_of_the_settings_is_the_only_one(name: str) -> None:
    request = {"path": "/", "send": [], "headers": {name: "text/plain"}}
    (sent,) = json.loads(plan(settings(request), config()))["requests"]
    assert sent["headers"] == {name: "text/plain"}


def test_the_script_is_told_all_it_needs() -> None:
    requests = (
        SmokeRequest(path="/a"),
        SmokeRequest(path="/b", method="POST", send={"name": "Ümlaut"}, headers={"X-Y": "z"}),
    )
    told = json.loads(plan(Settings(smoke=requests, start_seconds=5, health_path="/up", port=80), config()))
    assert told == {
        "host": "service",
        "port": 80,
        "health_path": "/up",
        "start_seconds": 5,
        "requests": [
            {"method": "GET", "path": "/a", "headers": {}, "body": None},
            {
                "method": "POST",
                "path": "/b",
                "headers": {"Content-Type": "application/json", "X-Y": "z"},
                "body": '{"name": "\\u00dcmlaut"}',
            },
        ],
    }
