"""`python -m bench`: our module against a plain shell script, with its tools in containers and on the host.

Prints tables, and writes JSON and a plot into bench/results/. Needs this before it, and tests/ on the path:

    python -m standins build --force --images .cache/bench/images.toml
"""

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import machine, plot, report, scenarios
from bench.errors import BenchError
from bench.models import CONTAINERS, HOST, Results
from bench.module_side import ModuleSide
from bench.runner import Runner
from bench.script_side import ScriptSide
from bench.site import check_ready, open_site
from bench.timing import say

RESULTS = Path(__file__).with_name("results")
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write; the one place where errors are printed."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_ready()
        wanted = scenarios.QUICK_NAMES if options.quick else scenarios.NAMES
        results = _measured(options.only or wanted, quick=options.quick)
    except BenchError as error:
        print(f"Error: {type(error).__name__}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted: nothing was written", file=sys.stderr)
        return INTERRUPTED
    report.show(results)
    _write(results, partly=bool(options.only))
    return 0


def _measured(names: Sequence[str], *, quick: bool) -> Results:
    facts, began = machine.facts(), time.monotonic()
    with _runner(quick=quick) as runner:
        measures = runner.everything()
        series = tuple(one for name in measures if name in names for one in measures[name]())
    return Results(
        machine=facts,
        quick=quick,
        seconds=round(time.monotonic() - began),
        rows=report.rows(series),
        slopes=report.slopes(series),
        series=series,
    )


@contextlib.contextmanager
def _runner(*, quick: bool) -> Iterator[Runner]:
    """All sides, ready; their servers, containers and folders are gone afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        say("starting the registry and the Sigstore")
        site = stack.enter_context(open_site(folder))
        scripts = []
        for name in (CONTAINERS, HOST):
            say(f"loading images: {name}")
            scripts.append(ScriptSide.made(name, site))
            stack.callback(scripts[-1].close)
        say("loading images: module")
        module = ModuleSide.made(site)
        stack.callback(module.close)
        yield Runner(folder, module, tuple(scripts), quick)


def _write(results: Results, *, partly: bool) -> None:
    """JSON and plot, named by day and commit, and by what keeps them from being the whole."""
    machine_facts = results.machine
    words = [f"{machine_facts.date:%Y-%m-%d}", machine_facts.commit[:7]]
    words += [word for word, said in {"quick": results.quick, "part": partly}.items() if said]
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{'-'.join(words)}.json"
    target.write_text(results.model_dump_json(indent=1) + "\n")
    plot.draw(results, target.with_suffix(".svg"))
    print(f"{target} and {target.with_suffix('.svg').name}, in {results.seconds:.0f} s")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Compare the module with a script.")
    parser.add_argument(
        "--quick", action="store_true", help="few rounds of the main scenarios: about 5 minutes"
    )
    names = ", ".join(scenarios.NAMES)
    parser.add_argument(
        "--only", action="append", choices=scenarios.NAMES, metavar="SCENARIO", help=f"one of: {names}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
