"""The GraphQL server that modules talk to, and the state behind it."""

import base64
import contextlib
import json
import secrets as tokens
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from anyio.abc import TaskGroup
from graphql import ExecutionResult, graphql

from dagger_local import host
from dagger_local.core import (
    archives,
    builds,
    config,
    content,
    directory,
    execs,
    file,
    git,
    images,
    paths,
    ports,
    query,
    services,
)
from dagger_local.dispatch import answer, clearer
from dagger_local.errors import EngineError
from dagger_local.evaluate import Evaluator
from dagger_local.podman import Podman
from dagger_local.progress import Progress
from dagger_local.registries import Registries
from dagger_local.resolve import Context
from dagger_local.running.networks import Networks
from dagger_local.runs import RunFolder
from dagger_local.scopes import Scope, core_scope
from dagger_local.secrets import Secrets
from dagger_local.services import Services
from dagger_local.store import Store
from dagger_local.values import digest_of

_ABOUT_SCHEMA = "schema"
# Importing them is what registers their resolvers.
CORE = (archives, builds, config, content, directory, execs, file, git, images, paths, ports, query, services)


class Objects:
    """Values by their IDs, for as long as the session lasts."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def put(self, value: Any) -> str:
        """The value's ID: `Type@xxh3:` and sixteen digits of its key."""
        made = f"{value.type_name}@xxh3:{value.key[:16]}"
        self._values[made] = value
        return made

    def get(self, wanted: str, type_name: str | None = None) -> Any:
        """The value with an ID, of a type if one is named."""
        value = self._values.get(wanted)
        if value is None:
            raise EngineError(f"no object with the id {wanted[:60]!r} in this session")
        if type_name and value.type_name != type_name:
            raise EngineError(f"expected the id of a {type_name}, got one of a {value.type_name}")
        return value


@dataclass(frozen=True)
class Client:
    """Who asks: the CLI, or a function call's subprocess.

    Attributes:
        scope: What it sees.
        call: The call; None for the CLI.
    """

    scope: Scope
    call: Any = None


@dataclass
class Session:
    """One run of the engine: schema, objects, and the parts that do the work."""

    store: Store
    podman: Podman
    run_folder: RunFolder
    secrets: Secrets
    progress: Progress
    work_dir: Path
    objects: Objects = field(default_factory=Objects)
    scope: Scope = field(default_factory=core_scope)
    port: int = 0
    background: TaskGroup | None = None
    _clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.runtime = self.run_folder.runtime()
        self.networks = Networks(self.podman, self.store)
        self.services = Services(self)
        self.registries = Registries(self.run_folder.path / "auth.json")
        self.evaluator = Evaluator(self)

    def token_for(self, call: Any, scope: Scope) -> str:
        """A password for the subprocess of one function call; who shows it is that call."""
        token = tokens.token_urlsafe(24)
        self._clients[token] = Client(scope, call)
        return token

    def forget(self, token: str) -> None:
        """Ends a token's life."""
        self._clients.pop(token, None)

    async def execute(
        self, query: str, variables: Mapping[str, Any] | None = None, client: Client | None = None
    ) -> ExecutionResult:
        """Answers a query, the CLI's own unless a client asks.

        Errors carry what failed and, for commands, the exit code.
        """
        client = client or Client(self.scope)
        result = await graphql(
            client.scope.schema,
            query,
            context_value=Context(self, client.scope, client.call),
            variable_values=dict(variables or {}),
            field_resolver=answer,
            type_resolver=lambda value, *_: value.type_name,
            harness=client.scope.harness,
        )
        return clearer(result)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """The ASGI application: POST /query with a token as basic-auth user."""
        client = self._client(scope)
        status, content = 401, b'{"errors":[{"message":"missing or wrong session token"}]}'
        if client:
            status, content = 200, await self._answer(json.loads(await _body(receive)), client)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, request: Mapping[str, Any], client: Client) -> bytes:
        """The answer as JSON; one about the schema, with which every client begins, is given again."""
        query = request["query"]
        key = digest_of(client.scope.name, query) if "__schema" in query else ""
        if key and (known := self.store.entry(_ABOUT_SCHEMA, key)):
            return json.dumps(known).encode()
        result = await self.execute(query, request.get("variables"), client)
        if key and not result.errors:
            self.store.put_entry(_ABOUT_SCHEMA, key, dict(result.formatted))
        return json.dumps(result.formatted).encode()

    def _client(self, scope: Mapping[str, Any]) -> Client | None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        with contextlib.suppress(ValueError):
            user = base64.b64decode(given.removeprefix("Basic ")).decode().partition(":")[0]
            return self._clients.get(user)
        return None


async def _body(receive: Any) -> bytes:
    whole, more = b"", True
    while more:
        message = await receive()
        whole += message.get("body", b"")
        more = message.get("more_body", False)
    return whole


@contextlib.asynccontextmanager
async def open_session(
    store_root: Path, work_dir: Path, *, silent: bool = False, serve: bool = True
) -> AsyncIterator[Session]:
    """A session that leaves nothing behind: no container, mount, process or file outside the store."""
    program = host.require_podman()
    store = Store(store_root)
    secrets = Secrets(work_dir)
    progress = Progress(secrets.scrub, silent=silent)
    with RunFolder.open(store_root) as run_folder:
        podman = run_folder.podman(program, store)
        await run_folder.reap(podman)
        store.sweep()
        session = Session(store, podman, run_folder, secrets, progress, work_dir)
        try:
            async with serving(session) if serve else contextlib.nullcontext():
                yield session
        finally:
            with anyio.CancelScope(shield=True):
                await session.services.stop_all()
                session.networks.release()
                await podman.remove_own()
                store.close()
                await store.flushing.finish()


@contextlib.asynccontextmanager
async def serving(session: Session) -> AsyncIterator[None]:
    """Answers what modules ask, on a port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    # Inherited by every connection: else each answer waits 40 ms for a delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    session.port = listening.getsockname()[1]
    config = uvicorn.Config(
        session, log_level="critical", access_log=False, lifespan="off", ws="none", loop="none"
    )
    server = uvicorn.Server(config)
    # Signals are the CLI's business.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    async with anyio.create_task_group() as group:
        group.start_soon(server.serve, [listening])
        try:
            async with anyio.create_task_group() as session.background:
                session.background.start_soon(session.store.flushing.run)
                yield
                session.background.cancel_scope.cancel()
        finally:
            # uvicorn's own way to end takes two tenths of a second.
            for one in getattr(server, "servers", ()):  # there are none before it has started
                one.close()
            for connection in list(server.server_state.connections):
                connection.shutdown()
            group.cancel_scope.cancel()
