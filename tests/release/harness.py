"""Runs `./daggerw` as a person does and keeps what it said."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PINNED = REPOSITORY / "ci" / "src" / "supply_chain" / "images.toml"
LONGEST_RUN_SECONDS = 300


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """All it printed, for searching and for messages of failing tests."""
        return f"{self.stdout}\n{self.stderr}"

    def expect(self, exit_code: int, *words: str) -> "Done":
        """Itself, if it ended with this code and printed all these words; none of them a traceback."""
        assert self.exit_code == exit_code, f"exit code {self.exit_code}, not {exit_code}\n{self.said}"
        missing = [word for word in words if word not in self.said]
        assert not missing, f"not said: {missing}\n{self.said}"
        assert "Traceback" not in self.said, self.said
        return self


@dataclass(frozen=True)
class Engine:
    """dagger-local on this machine, with the images and the sample database that tests use.

    Attributes:
        store: Where the engine keeps what it made.
        module_flags: The images file, where stand-ins are in use.
        sample: A Trivy cache folder with the sample database.
        advisories: A folder with the sample advisories.
        folder: Temporary files of the engine go here; empty again after each run.
    """

    store: Path
    module_flags: tuple[str, ...]
    sample: Path
    advisories: Path
    folder: Path

    @property
    def database(self) -> tuple[str, ...]:
        """Flags that let the sample database do."""
        return ("--db", str(self.sample), "--allow-sample-db")

    @property
    def audit(self) -> tuple[str, ...]:
        """Flags that let the sample advisories do."""
        return ("--advisories", str(self.advisories))

    @property
    def rehearsal(self) -> tuple[str, ...]:
        """Flags of a rehearsal with both samples."""
        return (*self.database, *self.audit)

    @property
    def python_image(self) -> str:
        """The Python image in use."""
        images = Path(self.module_flags[-1]) if self.module_flags else PINNED
        return str(tomllib.loads(images.read_text())["images"]["python"]["reference"])

    def call(self, *args: str, checkout: Path = REPOSITORY, env: Mapping[str, str] | None = None) -> Done:
        """`./daggerw call …` to its end."""
        return self.begin("call", *self.module_flags, *args, checkout=checkout, env=env).wait()

    def begin(
        self,
        *args: str,
        checkout: Path = REPOSITORY,
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> "Running":
        """`./daggerw …`, started in a process group of its own, as a terminal does.

        Args:
            args: After `./daggerw`.
            checkout: The checkout whose `daggerw` and module are used.
            folder: Where it is started, if not in the checkout.
            env: Added to the environment.
            before: A command that the whole is the argument of.
        """
        out, err = self._log("out"), self._log("err")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*before, str(checkout / "daggerw"), *args],
                cwd=folder or checkout, env=self._environment(env or {}), stdin=subprocess.DEVNULL,
                stdout=stdout, stderr=stderr, start_new_session=True,
            )  # fmt: skip
        return Running(process, out, err)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        own = {
            "DAGGER_ENGINE": "local",
            "DAGGER_LOCAL_STORE": str(self.store),
            "TMPDIR": str(self.temporary),
        }
        return {**os.environ, **own, **more}

    @property
    def temporary(self) -> Path:
        """Where the engine's temporary files go."""
        made = self.folder / "tmp"
        made.mkdir(exist_ok=True)
        return made

    def _log(self, name: str) -> Path:
        return self.folder / f"{time.monotonic_ns()}.{name}"


@dataclass(frozen=True)
class Running:
    """A command under way."""

    process: "subprocess.Popen[bytes]"
    out: Path
    err: Path
    started: float = field(default_factory=time.monotonic)

    def wait_until_it_says(self, words: str) -> None:
        """Blocks until the words are on standard error."""
        while words not in self.err.read_text(errors="replace"):
            assert self.process.poll() is None, f"ended without saying {words!r}\n{self.wait().said}"
            assert time.monotonic() - self.started < LONGEST_RUN_SECONDS, f"never said {words!r}"
            time.sleep(0.05)

    def interrupt(self) -> None:
        """What Ctrl-C in a terminal does: SIGINT to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the program alone; it can clean up nothing."""
        self.process.kill()

    def kill_all(self) -> None:
        """SIGKILL to it and to every process that came of it. Containers are nobody's children, and stay."""
        every = list(_descendants(self.process.pid))
        os.killpg(self.process.pid, signal.SIGKILL)
        for pid in every:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def wait(self) -> Done:
        """Its end; one that takes too long is ended, and the test fails."""
        try:
            code = self.process.wait(LONGEST_RUN_SECONDS)
        except subprocess.TimeoutExpired:
            self.interrupt()
            self.process.wait(30)
            raise AssertionError(f"no end after {LONGEST_RUN_SECONDS} s\n{self._done(-1).said}") from None
        return self._done(code)

    def _done(self, code: int) -> Done:
        return Done(code, self.out.read_text(errors="replace"), self.err.read_text(errors="replace"))


def _descendants(pid: int) -> Iterator[int]:
    """The children of a process, and theirs."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for child in map(int, task.read_text().split()):
                yield child
                yield from _descendants(child)


def copy_of_repository(target: Path) -> Path:
    """A checkout of its own, made of what git knows or would add; it shares the Python environment."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git of the PATH
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listing.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target / name)
    (target / ".git").mkdir()
    (target / ".venv").symlink_to(REPOSITORY / ".venv")
    return target
