"""Independent jobs side by side: results in order, errors in order, none cut short."""

import anyio
import pytest

from supply_chain.errors import BuildFailed, ScannerFailed
from supply_chain.toolbox import both, script_args, side_by_side


def test_results_come_in_the_order_of_the_jobs() -> None:
    async def job(value: str, seconds: float) -> str:
        await anyio.sleep(seconds)
        return value

    async def main() -> list[str]:
        return await side_by_side(lambda: job("a", 0.02), lambda: job("b", 0))

    assert anyio.run(main) == ["a", "b"]


def test_jobs_run_at_the_same_time() -> None:
    async def main() -> tuple[None, None]:
        there = anyio.Event()

        async def waits() -> None:
            with anyio.fail_after(5):
                await there.wait()

        async def comes() -> None:
            there.set()

        return await both(waits, comes)

    assert anyio.run(main) == (None, None)


def test_the_first_job_in_order_decides_which_error_is_raised() -> None:
    done: list[str] = []

    async def slow() -> None:
        await anyio.sleep(0.02)
        done.append("slow")
        raise BuildFailed("slow")

    async def quick() -> None:
        raise ScannerFailed("quick")

    async def main() -> None:
        await side_by_side(slow, quick)

    with pytest.raises(BuildFailed, match="slow"):
        anyio.run(main)
    assert done == ["slow"]


def test_a_script_is_run_by_its_path() -> None:
    assert script_args("a", "b")[0] == "python3"
    assert script_args("a", "b")[-2:] == ["a", "b"]
