"""A large file that is mounted can be written to, and what was mounted stays as it is."""

from pathlib import Path

import pytest

from contract.asking import ask
from contract.recorded import Case, is_live

pytestmark = pytest.mark.contract
SIZE = 2 << 20
LAST = "--args=sh,-c,tail -c 8 /large"
CHANGE = "--args=sh,-c,printf more >> /large"


@pytest.mark.skipif(is_live(), reason="no recorded case; small files are covered by one")
@pytest.mark.parametrize(
    ("commands", "last"),
    [
        ([LAST], "same"),
        ([CHANGE, LAST], "samemore"),
        (["--args=sh,-c,tail -c 4 /large"], "same"),
    ],
    ids=["read", "written to", "read after that"],
)
def test_what_is_written_lasts_along_the_chain(
    image: str, store: Path, tmp_path: Path, commands: list[str], last: str
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"\0" * SIZE + b"same")
    mounted = ["with-mounted-file", "--path", "/large", "--source", str(source)]
    chain = [word for command in commands for word in ("with-exec", command)]
    argv = ["call", "--image", "IMAGE", "a-container", *mounted, *chain, "stdout"]
    case = Case(case="large", argv=argv, exit=0, stdout="", errors=[])
    answer = ask(case, tmp_path / "case", store, image).answer()
    assert answer.exit == 0, answer.stderr
    assert answer.stdout.strip("\0") == last
    assert source.stat().st_size == SIZE + 4
