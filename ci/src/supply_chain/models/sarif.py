"""Trivy's SARIF within what GitHub's code scanning takes: one that is over a limit is rejected as a whole.

Rules:
1. a document within the limits stays as it is, byte for byte.
2. of more results than are accepted, the worst are kept: by `security-severity` of their rules, the highest
   first, in the document's order where it is equal. Rules without a result go with them.
3. of a result with more locations than are accepted, the first ones are kept.
4. of a document that is still too large, fewer results are kept, until it fits.
5. what was left out, or is accepted and not shown, is said: in a document that was trimmed, as a notification
   of its run, and to the caller. Nothing else of the evidence is trimmed.

Limits: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
for results and locations, .../file-too-large for the size. Those on runs, rules, tags and extensions are out
of reach: Trivy writes one run, no extensions, a rule for each kind of result at most, and three tags.
"""

import gzip
import json
from dataclasses import dataclass
from typing import Any

from supply_chain.errors import ScannerFailed

MOST_RESULTS = 25_000
"""Results of a run that are accepted."""
MOST_SHOWN = 5_000
"""Results of a run that are shown, the worst first."""
MOST_LOCATIONS = 1_000
"""Locations of a result that are accepted."""
LARGEST = 9_900_000
"""Bytes of an upload, which is compressed with gzip: 10 MB, less room for the notice."""

_FEWER = 0.9
"""How much of what would fit by its share of the size is kept: small documents compress worse."""


@dataclass(frozen=True)
class Fitted:
    """A document that code scanning accepts."""

    text: str
    """The document."""
    notice: str = ""
    """What it leaves out, or what will not be shown of it; empty where that is nothing."""


def fitted(document: str) -> Fitted:
    """The document within the limits; ScannerFailed when it is not what Trivy writes."""
    try:
        return _fitted(document, json.loads(document))
    except (ValueError, LookupError, TypeError) as error:
        raise ScannerFailed("Trivy's SARIF cannot be read", why=f"{type(error).__name__}: {error}") from None


def _fitted(document: str, sarif: dict[str, Any]) -> Fitted:
    """The document, which is parsed already."""
    (run,) = sarif["runs"]
    total = len(run["results"])
    left_out = _cut_locations(run)
    if total > MOST_RESULTS:
        _keep(run, MOST_RESULTS)
    text = json.dumps(sarif) if left_out or total > MOST_RESULTS else document
    while (size := _upload_size(text)) > LARGEST and run["results"]:
        _keep(run, int(len(run["results"]) * _FEWER * LARGEST / size))
        text = json.dumps(sarif)
    notice = _notice(total, len(run["results"]), left_out)
    if not notice or text is document:
        return Fitted(document, notice)
    run["invocations"] = [
        {
            "executionSuccessful": True,
            "toolExecutionNotifications": [{"level": "warning", "message": {"text": notice}}],
        }
    ]
    return Fitted(json.dumps(sarif), notice)


def _cut_locations(run: dict[str, Any]) -> int:
    """Cut off locations over the limit; how many results had more."""
    long = [result for result in run["results"] if len(result.get("locations", ())) > MOST_LOCATIONS]
    for result in long:
        del result["locations"][MOST_LOCATIONS:]
    return len(long)


def _keep(run: dict[str, Any], most: int) -> None:
    """Keep the worst results, and the rules that they name, which they also know by number."""
    driver = run["tool"]["driver"]
    severity = {rule["id"]: _severity(rule) for rule in driver["rules"]}
    worst = sorted(run["results"], key=lambda result: -severity.get(result["ruleId"], 0.0))
    run["results"] = worst[:most]
    named = {result["ruleId"] for result in run["results"]}
    driver["rules"] = [rule for rule in driver["rules"] if rule["id"] in named]
    number = {rule["id"]: place for place, rule in enumerate(driver["rules"])}
    for result in run["results"]:
        result["ruleIndex"] = number[result["ruleId"]]


def _severity(rule: dict[str, Any]) -> float:
    """The score that code scanning sorts by, 0.0 to 10.0."""
    return float(rule.get("properties", {}).get("security-severity", 0.0))


def _upload_size(text: str) -> int:
    """Bytes of an upload; compressed only where that can matter."""
    content = text.encode()
    return len(content) if len(content) <= LARGEST else len(gzip.compress(content, mtime=0))


def _notice(total: int, kept: int, cut: int) -> str:
    """What is left out, and what will not be shown."""
    said = []
    if kept < total:
        said.append(f"trivy.sarif holds the worst {kept} of {total} findings, as code scanning takes no more")
    if cut:
        said.append(f"of {cut} findings it holds the first {MOST_LOCATIONS} places each")
    if kept > MOST_SHOWN:
        said.append(f"code scanning shows the worst {MOST_SHOWN} of {kept} findings")
    return "; ".join([*said, "trivy.json has all of them"]) if said else ""
