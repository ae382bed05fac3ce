"""The checks of a source and its image, each a function; which of them run, and when, is decided elsewhere.

Each returns what it found, and raises where that is a failure: a finding as an error of its own, what could
not be looked at as an outage.
"""

import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.resources import files as package_files

import dagger

from supply_chain.errors import (
    CheckFailed,
    InternalError,
    LockInvalid,
    SmokeFailed,
    SupplyChainError,
    ToolUnavailable,
)
from supply_chain.faults import failing_as, tool_failing_as
from supply_chain.images import Images
from supply_chain.models import pins
from supply_chain.models.audit import Answer, Audit
from supply_chain.models.checks import Row
from supply_chain.models.lock import Lock
from supply_chain.models.settings import Command, Settings
from supply_chain.models.smoke import HOST, Answers, Smoke, plan, port
from supply_chain.patience import Patience, again
from supply_chain.toolbox import fresh, script, script_args, side_by_side, tool, with_script
from supply_chain.tools import pip_audit
from supply_chain.tools.output import last_words

Job = Callable[[], Awaitable[str | None]]
"""A check: what was looked at, in a line; None where nothing is configured."""

_ADVISORIES = "/advisories"
_LOCKS = "/locks"
_PLAN = "/plan.json"
_LOCK_PATTERNS = ("requirements*.lock", "requirements*.txt")
_WORKFLOW_PATTERNS = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".github/actions/**/action.yml",
    ".github/actions/**/action.yaml",
)


async def all_of(jobs: Mapping[str, Job]) -> tuple[list[Row], list[SupplyChainError]]:
    """Make checks side by side, whatever becomes of the others: a row each, and the errors there were."""
    errors: dict[str, SupplyChainError] = {}

    async def row(check: str, job: Job) -> Row:
        began = time.monotonic()
        outcome: str | SupplyChainError | None
        try:
            outcome = await job()
        except SupplyChainError as error:
            outcome = errors[check] = error
        except dagger.QueryError as error:
            outcome = errors[check] = InternalError(f"{check} failed in an unforeseen way", why=str(error))
        return Row.of(check, time.monotonic() - began, outcome)

    rows = await side_by_side(*(functools.partial(row, check, job) for check, job in jobs.items()))
    return rows, [errors[check] for check in jobs if check in errors]


async def commands(container: dagger.Container, argvs: Sequence[Command], kind: type[CheckFailed]) -> str:
    """Run every command, each on what the one before left; their output, or `kind` with those that failed.

    A failure must be an error to Dagger as well, not an expected exit code: what is expected is kept, and a
    test that failed once by chance would fail for as long as the source is the same.
    """
    said: list[str] = []
    failures: dict[Command, str] = {}
    for argv in argvs:
        run = container.with_exec(list(argv))
        try:
            said.append(f"$ {' '.join(argv)}\n{await run.stdout()}{await run.stderr()}".strip())
        except dagger.ExecError as error:
            words = last_words(f"{error.stdout}\n{error.stderr}")
            failures[argv] = f"{' '.join(argv)}: exit code {error.exit_code}\n{words}"
        except dagger.QueryError as error:
            raise ToolUnavailable(f"{argv[0]} could not be run", why=last_words(str(error))) from error
        else:
            container = run
    if failures:
        programs = ", ".join(argv[0] for argv in failures)
        what = f"{len(failures)} of {len(argvs)} commands failed: {programs}"
        raise kind(what, why="\n".join(failures.values()))
    return "\n\n".join(said)


async def lock_files(source: dagger.Directory, settings: Settings) -> tuple[str, ...]:
    """The lock files to audit: those of the settings, else those at the top of the source."""
    if settings.audit is not None:
        return settings.audit
    found = [name for pattern in _LOCK_PATTERNS for name in await source.glob(pattern)]
    return tuple(sorted(found))


async def audited(
    files: dagger.Directory,
    paths: Sequence[str],
    images: Images,
    advisories: dagger.Directory | None,
    patience: Patience,
) -> Audit:
    """Look every locked package up, in PyPI's advisories or in those handed in; findings are not raised.

    There must be at least one lock file. Nothing is replayed from a cache, but where advisories are handed
    in: those are all that decides.
    """
    locks = await side_by_side(*(functools.partial(_lock, files, path) for path in paths))
    installed = _auditor(images)
    with tool_failing_as(_not_installed):
        await installed.sync()

    async def ask(lock: Lock) -> Answer:
        auditor = (
            installed.with_mounted_directory(_ADVISORIES, advisories) if advisories else fresh(installed)
        )
        inside = f"{_LOCKS}/{lock.path}"
        command = pip_audit.audit(inside, advisories=advisories is not None)
        argv = script_args(_ADVISORIES if advisories else "", *command, python=pip_audit.PYTHON)
        with tool_failing_as(lambda words: InternalError("the audit ended early", why=last_words(words))):
            said = await auditor.with_mounted_file(inside, files.file(lock.path)).with_exec(argv).stdout()
        answer = Answer.parse(said)
        answer.dependencies(lock)  # raises where the service did not answer
        return answer

    async def patiently(lock: Lock) -> Answer:
        return await again(f"audit of {lock.path}", functools.partial(ask, lock), patience)

    answers = await side_by_side(*(functools.partial(patiently, lock) for lock in locks))
    return Audit.of(zip(locks, answers, strict=True))


async def smoked(image: dagger.Container, config_json: str, settings: Settings, images: Images) -> Smoke:
    """Start the image as it is, wait until it is ready, and ask; failed rows are not raised.

    SmokeFailed when it cannot be started at all.
    """
    client = fresh(script(images.python, "smoke")).with_new_file(_PLAN, plan(settings, config_json))
    with tool_failing_as(lambda words: InternalError("no client for the smoke test", why=last_words(words))):
        await client.sync()
    # We wait ourselves: the image's own HEALTHCHECK is first asked after its interval, which may be long.
    service = (
        fresh(image)
        .without_docker_healthcheck()
        .with_exposed_port(port(settings, config_json), experimental_skip_healthcheck=True)
        .as_service(use_entrypoint=True)
    )
    bound = client.with_service_binding(HOST, service)
    try:
        said = await bound.with_exec(script_args(_PLAN)).stdout()
    except dagger.ExecError as error:
        raise _not_started(error) from error
    except dagger.QueryError as error:
        raise SmokeFailed("the image did not start", why=last_words(str(error))) from error
    return Smoke.judged(settings, config_json, Answers.parse(said))


async def pinned(source: dagger.Directory, dockerfile: str, build_args: Mapping[str, str]) -> str:
    """How much the Dockerfile, workflows and local actions use by digest; PinsFailed names what is not."""
    text = await source.file(dockerfile).contents() if dockerfile else ""
    found = [path for pattern in _WORKFLOW_PATTERNS for path in await source.glob(pattern)]
    texts = await side_by_side(*(source.file(path).contents for path in found))
    workflows = dict(zip(found, texts, strict=True))
    return pins.checked(pins.uses(text, build_args, workflows, dockerfile))


async def _lock(files: dagger.Directory, path: str) -> Lock:
    with failing_as(LockInvalid, f"there is no lock file {path} that can be read"):
        text = await files.file(path).contents()
    return Lock.parse(path, text)


def _auditor(images: Images) -> dagger.Container:
    """pip-audit in the toolbox, with our script; the same for all who use the same toolbox."""
    lock = (package_files("supply_chain") / pip_audit.LOCK).read_text()
    container = tool(images.python.reference).with_new_file("/pip-audit.lock", lock)
    container = container.with_env_variable(*pip_audit.RESUMING)
    for command in pip_audit.install("/pip-audit.lock"):
        container = container.with_exec(command)
    return with_script(container, "audit")


def _not_installed(words: str) -> ToolUnavailable:
    return ToolUnavailable(
        "pip-audit could not be installed",
        why=last_words(words),
        advice="check the network to the package index that pip uses",
    )


def _not_started(error: dagger.ExecError) -> SupplyChainError:
    """A service that ended at once; or our own client, which never should."""
    words = last_words(error.stderr or error.stdout or error.message)
    if script_args(_PLAN) == error.command:
        return InternalError("the smoke test ended early", why=words)
    return SmokeFailed(f"the image did not start: exit code {error.exit_code}", why=words)
