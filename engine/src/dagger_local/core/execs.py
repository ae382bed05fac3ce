"""Commands: run once for equal content, what they leave is kept."""

import codecs
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio

from dagger_local import overlay
from dagger_local.core.query import host_platform
from dagger_local.errors import EngineError, ExecFailed
from dagger_local.evaluate import Evaluator
from dagger_local.prepare import Prepared, prepared
from dagger_local.resolve import leaf, step
from dagger_local.states import ContainerState, ExecState, Mount
from dagger_local.values import digest_of

# Codes above 127 and below 192 are signals: no `expect` covers them (recorded: case command-killed).
_EXPECTED: dict[str, Callable[[int], bool]] = {
    "SUCCESS": lambda code: code == 0,
    "FAILURE": lambda code: code in range(1, 128) or code in range(192, 256),
    "ANY": lambda code: code in range(128) or code in range(192, 256),
}
_KIND = "command"
# What a container's init program says when the kernel does not know the format of the command.
_FOREIGN = re.compile(r"ERROR \(catatonit:\d+\): failed to exec pid1: Exec format error")


@step("Container", "withExec")
async def with_exec(
    ev: Evaluator,
    parent: ContainerState,
    args: list[str],
    use_entrypoint: bool = False,
    stdin: str = "",
    expect: str = "SUCCESS",
) -> ContainerState:
    """The container after a command."""
    argv = command(parent, args, use_entrypoint=use_entrypoint)
    key = digest_of("exec", parent.key, argv, stdin)
    kept = ev.session.store.entry(_KIND, key)
    if kept is None:
        kept = await _run(ev, parent, argv, stdin, key, expect)
    code = int(kept["exit_code"])
    streams = Path(kept["streams"])
    if not _EXPECTED[expect](code):
        raise ExecFailed(argv, code, _read(streams / "stdout"), _read(streams / "stderr"))
    return replace(
        parent,
        base=key,
        image=kept["image"],
        layers=tuple(map(Path, kept["layers"])),
        own=tuple(kept.get("own", ())),
        writes=(),
        mounts=tuple(_mount_after(mount, kept["mounts"]) for mount in parent.mounts),
        last_exec=ExecState(tuple(argv), code, streams),
    )


def command(state: ContainerState, args: list[str], *, use_entrypoint: bool) -> list[str]:
    """The whole argv; without args the default ones.

    Raises:
        EngineError: There is nothing to run; the message is Dagger's.
    """
    rest = args or list(state.config.cmd)
    argv = [*state.config.entrypoint, *rest] if use_entrypoint else rest
    if not argv:
        raise EngineError("no command has been set")
    return argv


def _mount_after(mount: Mount, changed: dict[str, Any]) -> Mount:
    if mount.path not in changed:
        return mount
    new = changed[mount.path]
    return replace(mount, key=new["key"], source=Path(new["path"]), owner="")


async def _run(
    ev: Evaluator, state: ContainerState, argv: list[str], stdin: str, key: str, expect: str
) -> dict[str, Any]:
    store = ev.session.store
    with ev.session.progress.step(" ".join(argv)[:200]) as number:
        async with (
            ev.session.services.bound(state.bindings) as hosts,
            prepared(ev, state, argv, hosts) as ready,
        ):
            shown = shower(ev, number), shower(ev, number)
            done = await ev.session.runtime.run(ready.bundle, stdin.encode(), *shown)
            out, err = (ev.session.secrets.scrub(_text(raw)) for raw in (done.stdout, done.stderr))
            _check_started(ev, argv, ready, err)
            if not _EXPECTED[expect](done.exit_code):
                raise ExecFailed(argv, done.exit_code, out, err)
            result: dict[str, Any] = {
                "exit_code": done.exit_code,
                "streams": str(_kept(ev, key, out, err)),
                "image": state.image,
                "layers": [str(layer) for layer in state.layers],
            }
            ready.remove_stubs()
            if not ready.root.untouched:
                # Nothing may look at the root from here on.
                layer = ready.root.upper.rename(store.draft())
                result["own"] = ready.own
                result["layers"].append(str(store.keep_layer(key, layer)))
            result["mounts"] = await anyio.to_thread.run_sync(_mounts_left, ev, state, ready)
    store.put_entry(_KIND, key, result)
    return result


def _check_started(ev: Evaluator, argv: list[str], ready: Prepared, said: str) -> None:
    """Raises an error if the machine, and not the command, is why there is no result."""
    if failed := ev.session.runtime.error(ready.bundle):
        raise EngineError(f"the container could not be started: {ev.session.secrets.scrub(failed)}")
    if _FOREIGN.match(said):
        raise EngineError(
            f"exec {argv[0]}: exec format error: the program is not for this machine, {host_platform()}, "
            "which has no emulation of another platform that the local engine could use"
        )


def shower(ev: Evaluator, number: int) -> Callable[[bytes], None]:
    """Shows a step's output as it comes, whole lines at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    pending = ""

    def show(chunk: bytes) -> None:
        nonlocal pending
        *lines, pending = (pending + decoder.decode(chunk)).split("\n")
        if lines:
            ev.session.progress.output(number, "\n".join(lines))

    return show


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _kept(ev: Evaluator, key: str, out: str, err: str) -> Path:
    folder = ev.session.store.temporary()
    for name, text in (("stdout", out), ("stderr", err)):
        (folder / name).write_text(text, newline="")
    return ev.session.store.keep_streams(key, folder)


def _mounts_left(ev: Evaluator, state: ContainerState, ready: Prepared) -> dict[str, dict[str, str]]:
    """Mounts that the command wrote to, as new trees and files of the store."""
    left: dict[str, dict[str, str]] = {}
    for mount in state.mounts:
        if (upper := ready.uppers.get(mount.path)) and any(upper.iterdir()) and mount.source:
            draft = ev.session.store.draft()
            overlay.merge(mount.source, upper, draft)
            made = ev.session.store.keep_directory(draft, times=True)
            left[mount.path] = {"path": str(made.path), "key": made.digest}
        file = ready.files.get(mount.path)
        if file and file.exists() and mount.source and _changed(mount.source, file):
            kept = ev.session.store.keep_file(file, times=True)
            left[mount.path] = {"path": str(kept.path), "key": kept.digest}
    return left


def _changed(before: Path, after: Path) -> bool:
    old, new = before.stat(), after.stat()
    return (old.st_size, old.st_mtime_ns) != (new.st_size, new.st_mtime_ns)


def _read(stream: Path) -> str:
    """A stream as it was printed, carriage returns and all."""
    return stream.read_bytes().decode()


def _last(state: ContainerState) -> ExecState:
    if state.last_exec is None:
        raise EngineError("no command has been set")
    return state.last_exec


@leaf("Container", "stdout")
async def stdout(_ev: Evaluator, parent: ContainerState) -> str:
    """What the last command wrote."""
    return _read(_last(parent).streams / "stdout")


@leaf("Container", "stderr")
async def stderr(_ev: Evaluator, parent: ContainerState) -> str:
    """What the last command wrote to standard error."""
    return _read(_last(parent).streams / "stderr")


@leaf("Container", "exitCode")
async def exit_code(_ev: Evaluator, parent: ContainerState) -> int:
    """How the last command ended."""
    return _last(parent).exit_code
