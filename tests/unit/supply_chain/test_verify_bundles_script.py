"""Bundles that are found on the way are asked about, each alone; what strangers attach does no harm."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from supply_chain.models.bundle import predicate_type
from supply_chain.scripts.verify_bundles import BUNDLE, KIND, NOT_RUN, answered, kind
from unit.supply_chain.attesting import bundles, statements

OURS = [one.decode() for one in bundles(statements())]
SHOW = "import pathlib, sys; print(sys.argv[2], pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'))"


def printing(text: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.stdout.buffer.write({text.encode()!r})"]


def asked(tmp_path: Path, **plan: Any) -> dict[str, Any]:
    showing = [sys.executable, "-c", SHOW, BUNDLE, KIND]
    return answered({"download": [], "bundles": [], "questions": [showing]} | plan, tmp_path)


def stating(states: str) -> str:
    payload = base64.b64encode(json.dumps({"predicateType": states}).encode()).decode()
    return json.dumps({"dsseEnvelope": {"payload": payload}})


def test_each_bundle_that_was_downloaded_is_asked_about_by_its_kind_and_to_the_byte(tmp_path: Path) -> None:
    spaced = OURS[0].replace(",", ", \u2028")
    done = asked(tmp_path, download=printing("\n".join([spaced, "", *OURS[1:], ""])), bundles=["{}"])
    assert done["download"] == {"code": 0, "stdout": "", "stderr": ""}
    assert [one["text"] for one in done["bundles"]] == [spaced, *OURS[1:]]
    for one in done["bundles"][1:]:
        [said] = one["said"]
        assert said == {"code": 0, "stdout": f"{kind(one['text'])} {one['text']}\n", "stderr": ""}


def test_those_that_are_given_are_asked_about_where_nothing_is_downloaded(tmp_path: Path) -> None:
    folded = json.dumps(json.loads(OURS[0]), indent=1)
    done = asked(tmp_path, bundles=[folded, *OURS[1:]])
    assert done["download"] is None
    assert [one["said"][0]["stdout"] for one in done["bundles"]] == [
        f"{kind(one)} {one}\n" for one in (folded, *OURS[1:])
    ]


def test_every_question_is_answered_in_its_place_whatever_the_others_came_to(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    refusing = [sys.executable, "-c", "import sys; sys.exit('no')"]
    missing = [str(tmp_path / "no-such-program")]
    done = asked(tmp_path, bundles=OURS, questions=[printing("yes"), refusing, missing, printing("yes")])
    for one in done["bundles"]:
        assert [answer["code"] for answer in one["said"]] == [0, 1, NOT_RUN, 0]
        assert one["said"][3]["stdout"] == "yes"
    assert capfd.readouterr().err == "no\n" * len(OURS)


def test_a_bundle_that_the_first_question_refuses_is_asked_nothing_more(tmp_path: Path) -> None:
    of_signature = f"import sys; sys.exit(sys.argv[1] != {kind(OURS[0])!r})"
    questions = [[sys.executable, "-c", of_signature, KIND], printing("yes")]
    done = asked(tmp_path, bundles=OURS, questions=questions)
    assert [[answer["code"] for answer in one["said"]] for one in done["bundles"]] == [[0, 0], [1], [1]]


def test_a_download_that_failed_says_so(tmp_path: Path) -> None:
    done = asked(tmp_path, download=[sys.executable, "-c", "import sys; sys.exit('no such image')"])
    assert done == {"download": {"code": 1, "stdout": "", "stderr": "no such image\n"}, "bundles": []}


@pytest.mark.parametrize(
    "stranger",
    [
        *("no JSON", "[]", "{}", "null", '{"dsseEnvelope": null}', '{"dsseEnvelope": {"payload": "!"}}'),
        *('{"dsseEnvelope": {"payload": 1}}', '{"dsseEnvelope": {"payload": "e30="}}', "[" * 100_000),
    ],
    ids=lambda stranger: stranger[:40],
)
def test_what_states_nothing_is_not_asked_about(stranger: str, tmp_path: Path) -> None:
    done = asked(tmp_path, bundles=[stranger, OURS[0]])
    assert [len(one["said"]) for one in done["bundles"]] == [0, 1]
    assert predicate_type(stranger.encode()) == ""


@pytest.mark.parametrize("states", ["a\0b", "\ud800"], ids=["no argument", "no text"])
def test_what_cannot_be_an_argument_is_refused(states: str, tmp_path: Path) -> None:
    done = asked(tmp_path, bundles=[stating(states), OURS[0]])
    assert [one["said"][0]["code"] for one in done["bundles"]] == [NOT_RUN, 0]


def test_it_reads_in_a_bundle_what_the_judgement_reads() -> None:
    assert [kind(one) for one in OURS] == [predicate_type(one.encode()) for one in OURS]
    assert len(set(map(kind, OURS))) == len(OURS)
