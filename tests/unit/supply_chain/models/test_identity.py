"""Identity tokens: read without their signature, judged early, never shown."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import (
    IdentityAudience,
    IdentityExpired,
    IdentityInvalid,
    IdentityIssuer,
)
from supply_chain.models.identity import Claims
from unit.supply_chain.identities import COMMIT, ISSUER, JOB, PERSON, STARTED, part, token

NOW = datetime.fromtimestamp(STARTED, UTC)
SIGNATURE = b"never to be shown"


def claims(**changed: Any) -> Claims:
    return Claims.parse(json.dumps(JOB | changed))


def lacking(name: str) -> dict[str, Any]:
    return {key: value for key, value in JOB.items() if key != name}


def test_a_jobs_token_says_where_the_job_runs() -> None:
    read = Claims.in_token(token(JOB) + "\n")
    assert (read.issuer, read.audience, read.repository) == (ISSUER, ("sigstore",), "acme/inventory")
    assert (read.sha, read.run_id, read.runner_environment) == (COMMIT, "4711", "github-hosted")
    read.check(NOW, issuer=ISSUER)


def test_a_persons_token_says_nothing_of_a_job() -> None:
    read = Claims.in_token(token(PERSON))
    assert (read.repository, read.sha, read.run_id, read.not_before) == ("", "", "", None)
    read.check(NOW)


def test_numbers_are_read_as_fulcio_writes_them() -> None:
    assert claims(run_id=4711, run_attempt=2).run_id == "4711"


def test_the_audience_may_be_one_of_several() -> None:
    claims(aud=["https://github.com/acme", "sigstore"]).check(NOW)
    with pytest.raises(IdentityAudience, match="audience is a, b, not sigstore"):
        claims(aud=["a", "b"]).check(NOW)


def test_a_token_for_somebody_else_is_refused_with_the_way_to_ask_for_the_right_one() -> None:
    with pytest.raises(IdentityAudience, match=r"getIDToken\('sigstore'\)"):
        claims(aud="https://github.com/acme").check(NOW)
    claims(aud="https://github.com/acme").check(NOW, audience="https://github.com/acme")


def test_a_foreign_issuer_is_refused_where_one_is_wanted() -> None:
    with pytest.raises(IdentityIssuer, match=f"{ISSUER}/evil, not {ISSUER}"):
        claims(iss=f"{ISSUER}/evil").check(NOW, issuer=ISSUER)
    claims(iss="https://elsewhere.example").check(NOW)


@pytest.mark.parametrize(("seconds", "ended"), [(0, False), (360, False), (361, True), (86_400, True)])
def test_a_token_ends_a_minute_after_its_time(seconds: int, ended: bool) -> None:
    if not ended:
        claims().check(NOW + timedelta(seconds=seconds))
        return
    with pytest.raises(IdentityExpired, match="it ended at 2026-11-18 "):
        claims().check(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(("seconds", "begun"), [(300, True), (301, False)])
def test_a_token_begins_five_minutes_before_its_time(seconds: int, begun: bool) -> None:
    if begun:
        claims(nbf=STARTED + seconds).check(NOW)
        return
    with pytest.raises(IdentityInvalid, match="not valid yet"):
        claims(nbf=STARTED + seconds, exp=STARTED + 900).check(NOW)


def test_a_claim_has_one_name() -> None:
    with pytest.raises(IdentityInvalid, match="iss: Field required"):
        Claims.parse(json.dumps(lacking("iss") | {"issuer": ISSUER}))


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp"])
def test_a_claim_that_must_be_there_is_named(name: str) -> None:
    with pytest.raises(IdentityInvalid, match=f"why: {name}: "):
        Claims.in_token(token(lacking(name)))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"iss": ""}, "iss"),
        ({"aud": []}, "aud"),
        ({"aud": [1]}, "aud.0"),
        ({"aud": None}, "aud"),
        ({"exp": "1795000000"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": -1}, "exp"),
        ({"exp": 1e300}, "exp"),
        ({"nbf": [1]}, "nbf"),
        ({"repository": {"a": 1}}, "repository"),
    ],
)
def test_a_claim_that_cannot_be_is_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(IdentityInvalid, match=f"why: {named}: "):
        claims(**changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a token",
        "a.b",
        "a.b.c.d",
        token(JOB).rpartition(".")[0] + ".",
        token(JOB).replace(".", "..", 1),
        "a b." + token(JOB),
        f"{part(b'{}')}.A.{part(SIGNATURE)}",
        f"{part(b'{}')}.{part(b'not JSON: ' + SIGNATURE)}.{part(SIGNATURE)}",
        f"{part(b'{}')}.{part(bytes([255]) + SIGNATURE)}.{part(SIGNATURE)}",
        token([1, 2]),
        token(None),
        f"{part(b'{}')}.{part(b'[' * 100_000)}.{part(SIGNATURE)}",
    ],
)
def test_what_is_no_token_is_refused_and_told_how_to_have_one(text: str) -> None:
    with pytest.raises(IdentityInvalid, match="id-token: write"):
        Claims.in_token(text)


@given(st.text() | st.binary().map(lambda payload: f"{part(b'{}')}.{part(payload)}.{part(SIGNATURE)}"))
def test_text_is_a_token_or_refused(text: str) -> None:
    with pytest.raises(IdentityInvalid):
        Claims.in_token(text)


@given(
    st.dictionaries(
        st.sampled_from(sorted(JOB)), st.none() | st.integers() | st.text("ab") | st.floats() | st.booleans()
    )
)
def test_no_claim_makes_anything_but_an_error_of_ours(changed: dict[str, Any]) -> None:
    raised: type[Exception] | None = None
    try:
        Claims.in_token(token(JOB | changed)).check(NOW)
    except Exception as error:  # noqa: BLE001 - looked at below
        raised = type(error)
    assert raised is None or issubclass(raised, IdentityInvalid)


def test_neither_token_nor_signature_are_ever_shown() -> None:
    text = token(JOB)
    shown = [repr(Claims.in_token(text)), str(Claims.in_token(text).model_dump())]
    for bad in (f"{text}.x", text.replace(".", ".A", 1), token(lacking("iss")), token(JOB | {"exp": "x"})):
        with pytest.raises(IdentityInvalid) as raised:
            Claims.in_token(bad)
        shown += [raised.value.message, repr(raised.value), str(raised.value.__cause__)]
    parts = [*text.split("."), SIGNATURE.decode()]
    assert not any(secret in said for said in shown for secret in parts)
