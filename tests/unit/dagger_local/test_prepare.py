"""What is put in place for a command: a locked volume is one command's at a time."""

from pathlib import Path

import anyio

from dagger_local import prepare


def test_a_locked_volume_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    log = list[str]()

    async def hold(name: str) -> None:
        async with prepare.held(tmp_path):
            log.append(name)
            await anyio.sleep(0.1)
            log.append(name)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for name in "abc":
                group.start_soon(hold, name)

    anyio.run(main)
    assert [log[at] == log[at + 1] for at in (0, 2, 4)] == [True] * 3
    assert sorted(log) == ["a", "a", "b", "b", "c", "c"]
