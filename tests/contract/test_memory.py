"""A large file passes through the local engine without ever being in its memory."""

import os
from pathlib import Path

import pytest

from contract.asking import ask
from contract.recorded import Case, is_live

pytestmark = pytest.mark.contract
SIZE = 400_000_000
MOST_KIB = 200_000


@pytest.mark.skipif(is_live(), reason="the memory of Dagger's engine is not this process's")
def test_a_large_file_takes_little_memory(image: str, store: Path, tmp_path: Path) -> None:
    make = f"--args=sh,-c,head -c {SIZE} /dev/zero > /large"
    argv = ["call", "--image", "IMAGE", "a-container", "with-exec", make, "file", "--path", "/large"]
    case = Case(case="large", argv=[*argv, "export", "--path", "OUT/large"], exit=0, stdout="", errors=[])
    asking = ask(case, tmp_path / "case", store, image)
    _, status, used = os.wait4(asking.process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert Path(asking.places["OUT"], "large").stat().st_size == SIZE
    assert used.ru_maxrss < MOST_KIB
