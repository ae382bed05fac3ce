"""The session's server: who has no token learns nothing, and an id that is not one of its own is an error."""

import base64
from pathlib import Path
from typing import Any, cast

import anyio
import httpx
import pytest

from dagger_local.podman import Podman
from dagger_local.progress import Progress
from dagger_local.runs import RunFolder
from dagger_local.secrets import Secrets
from dagger_local.session import Session
from dagger_local.store import Store


@pytest.fixture
def session(tmp_path: Path) -> Session:
    secrets = Secrets(tmp_path)
    run_folder = RunFolder(tmp_path, 0, alone=True)
    progress = Progress(secrets.scrub, silent=True)
    return Session(Store(tmp_path / "store"), cast("Podman", None), run_folder, secrets, progress, tmp_path)


def asked(session: Session, query: str, token: str | None = None) -> tuple[int, Any]:
    """The status and the answer of a query, as a module's process would send it."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(session)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            user = "" if token is None else f"Basic {base64.b64encode(f'{token}:'.encode()).decode()}"
            headers = {"Authorization": user} if user else {}
            return await client.post("/query", json={"query": query}, headers=headers)

    answer = anyio.run(ask)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("token", [None, "", "another"])
def test_without_the_token_there_is_no_answer(session: Session, token: str | None) -> None:
    status, said = asked(session, "{ version }", token)
    assert status == 401
    assert "data" not in said


def test_a_token_counts_until_its_call_has_ended(session: Session) -> None:
    token = session.token_for(None, session.scope)
    assert asked(session, "{ version }", token) == (200, {"data": {"version": "v0.21.8"}})
    session.forget(token)
    assert asked(session, "{ version }", token)[0] == 401


@pytest.mark.parametrize("wrong", ["", "nonsense", "Directory@xxh3:0123456789abcdef"])
def test_an_id_that_this_session_has_not_given_is_refused(session: Session, wrong: str) -> None:
    query = f'{{ node(id: "{wrong}") {{ id }} }}'
    _, said = asked(session, query, session.token_for(None, session.scope))
    [error] = said["errors"]
    assert error["message"] == f"no object with the id {wrong!r} in this session"


def test_an_id_of_another_type_is_refused(session: Session) -> None:
    token = session.token_for(None, session.scope)
    _, made = asked(session, "{ directory { id } }", token)
    given = made["data"]["directory"]["id"]
    query = f'{{ container {{ withMountedFile(path: "/f", source: "{given}") {{ id }} }} }}'
    _, said = asked(session, query, token)
    assert said["errors"][0]["message"] == "expected the id of a File, got one of a Directory"


def test_a_call_that_is_not_served_is_named(session: Session) -> None:
    _, said = asked(session, "{ llm { model } }", session.token_for(None, session.scope))
    assert "llm" in said["errors"][0]["message"]
    assert "not in the local engine" in said["errors"][0]["message"]
