"""SARIF within GitHub's limits: trimmed by rule, and told; left alone where nothing is over them."""

import gzip
import json
import random
from typing import Any

import pytest
from jsonschema import validate

from release.sarif import SARIF
from supply_chain.errors import ScannerFailed
from supply_chain.models import sarif
from supply_chain.models.sarif import Fitted, fitted

COUNT = 40


def document(scores: list[str], *, places: int = 1, noisy: bool = False) -> str:
    """What Trivy writes of findings with these scores: a rule each, which every fourth shares.

    Noisy texts can hardly be compressed, others very well.
    """
    noise = random.Random(1)  # noqa: S311 - no secret
    ids = [f"CVE-2026-{number - (number % 4 == 3)}" for number in range(len(scores))]
    rules = {
        name: _rule(name, score, noise if noisy else None) for name, score in zip(ids, scores, strict=True)
    }
    numbers = {name: number for number, name in enumerate(rules)}
    location = {"physicalLocation": {"artifactLocation": {"uri": "usr/lib/x"}}}
    results = [
        {
            "ruleId": name,
            "ruleIndex": numbers[name],
            "level": "warning",
            "message": {"text": str(number)},
            "locations": [location] * places,
        }
        for number, name in enumerate(ids)
    ]
    driver = {"name": "Trivy", "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": "https://example.org", "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(name: str, score: str, noise: random.Random | None) -> dict[str, Any]:
    help_text = noise.randbytes(400).hex() if noise else "x" * 800
    return {"id": name, "help": {"text": help_text}, "properties": {"security-severity": score}}


def scores(count: int = COUNT) -> list[str]:
    """Scores in no order, several of them the same."""
    return [str(random.Random(number).randrange(100) // 10) for number in range(count)]  # noqa: S311 - no secret


def run_of(made: Fitted) -> dict[str, Any]:
    (run,) = json.loads(made.text)["runs"]
    validate(json.loads(made.text), SARIF)
    return dict(run)


def severity(run: dict[str, Any], result: dict[str, Any]) -> float:
    """By the rule's number, which must be the rule that the result names."""
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"]
    return float(rule["properties"]["security-severity"])


def said_in(run: dict[str, Any]) -> str:
    (invocation,) = run["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    return str(notification["message"]["text"])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 10)
    monkeypatch.setattr(sarif, "MOST_SHOWN", 5)
    monkeypatch.setattr(sarif, "MOST_LOCATIONS", 3)


def test_the_limits_are_those_of_github() -> None:
    assert (sarif.MOST_RESULTS, sarif.MOST_SHOWN, sarif.MOST_LOCATIONS) == (25_000, 5_000, 1_000)
    assert sarif.LARGEST < 10_000_000


@pytest.mark.parametrize("count", [0, 1, COUNT])
def test_a_document_within_the_limits_stays_byte_for_byte(count: int) -> None:
    text = document(scores(count))
    assert fitted(text) == Fitted(text)


@pytest.mark.usefixtures("few")
def test_the_limit_itself_is_within() -> None:
    text = document(scores(10), places=3)
    assert fitted(text).text == text


@pytest.mark.usefixtures("few")
def test_the_worst_are_kept_in_order_with_their_rules() -> None:
    given = scores()
    run = run_of(made := fitted(document(given)))
    kept = [severity(run, result) for result in run["results"]]
    everything = json.loads(document(given))["runs"][0]
    assert kept == sorted((severity(everything, one) for one in everything["results"]), reverse=True)[:10]
    equal = [int(one["message"]["text"]) for one in run["results"] if severity(run, one) == kept[0]]
    assert equal == sorted(equal), "equals stay in the document's order"
    named = {result["ruleId"] for result in run["results"]}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        rule["id"] for rule in everything["tool"]["driver"]["rules"] if rule["id"] in named
    ]
    assert made.notice.startswith(f"trivy.sarif holds the worst 10 of {COUNT} findings")
    assert said_in(run) == made.notice
    assert fitted(document(given)) == made, "the same again gives the same"


@pytest.mark.usefixtures("few")
def test_more_than_is_shown_is_told_and_left_alone() -> None:
    text = document(scores(7))
    made = fitted(text)
    assert made.text == text
    assert made.notice == "code scanning shows the worst 5 of 7 findings; trivy.json has all of them"


@pytest.mark.usefixtures("few")
def test_locations_over_the_limit_are_cut_off() -> None:
    run = run_of(made := fitted(document(scores(2), places=4)))
    assert [len(result["locations"]) for result in run["results"]] == [3, 3]
    assert made.notice == "of 2 findings it holds the first 3 places each; trivy.json has all of them"


def test_a_document_that_is_too_large_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its size as it is sent, not as it lies there."""
    monkeypatch.setattr(sarif, "LARGEST", 4_000)
    easy = document(scores())
    assert len(easy) > 4_000 > len(gzip.compress(easy.encode()))
    assert fitted(easy).text == easy
    run = run_of(made := fitted(document([*scores(), "9.9"], noisy=True)))
    assert len(gzip.compress(made.text.encode())) <= 4_000 + len(made.notice)
    assert 0 < len(run["results"]) < COUNT
    assert severity(run, run["results"][0]) == 9.9, "the worst stays whatever goes"
    assert f"the worst {len(run['results'])} of {COUNT + 1} findings" in made.notice


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"runs": []}', '{"runs": [{"results": null}]}'])
def test_what_trivy_does_not_write_is_its_failure(text: str) -> None:
    with pytest.raises(ScannerFailed, match="SARIF cannot be read"):
        fitted(text)
