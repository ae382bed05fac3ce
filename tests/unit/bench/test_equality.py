"""Nobody is fast by doing less: what makes results unequal, and how that is said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import equality
from bench.equality import TYPES, Result
from bench.errors import Unequal

GOOD = Result(
    side="one",
    packages=frozenset({("idna", "3.6"), ("bash", "5.2")}),
    findings=frozenset({"CVE-2024-3651"}),
    attached=TYPES,
    accepted={"verify": True, "spdxjson": True, "slsaprovenance1": True},
)
BLOCKED = replace(GOOD, attached=None, accepted={})


def _package(name: str, purl: str) -> dict[str, object]:
    located = [{"referenceType": "purl", "referenceLocator": purl}] if purl else []
    return {"name": name, "versionInfo": "1.0", "externalRefs": located}


def test_packages_are_what_was_found_in_the_image(tmp_path: Path) -> None:
    listed = [
        _package("idna", "pkg:pypi/idna@1.0"),
        _package("registry.example/image", "pkg:oci/image@sha256:1"),
        _package("debian", ""),
    ]
    (tmp_path / "sbom.json").write_text(json.dumps({"packages": listed}))
    assert equality.packages(tmp_path / "sbom.json") == frozenset({("idna", "1.0")})


def test_findings_are_what_sarif_lists(tmp_path: Path) -> None:
    results = [{"ruleId": "CVE-1"}, {"ruleId": "CVE-2"}, {"ruleId": "CVE-1"}]
    (tmp_path / "sarif").write_text(json.dumps({"runs": [{"results": results}]}))
    assert equality.findings(tmp_path / "sarif") == frozenset({"CVE-1", "CVE-2"})


def test_what_was_not_made_is_nothing(tmp_path: Path) -> None:
    assert equality.packages(tmp_path / "none") is None
    assert equality.findings(tmp_path / "none") is None


@pytest.mark.parametrize("result", [GOOD, BLOCKED], ids=["released", "blocked"])
def test_the_same_results_are_equal(result: Result) -> None:
    equality.check({"one": result, "two": replace(result, side="two")})


def test_what_one_side_did_not_make_is_not_compared() -> None:
    adopted = replace(GOOD, side="two", packages=None, findings=None)
    equality.check({"one": GOOD, "two": adopted})


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (replace(GOOD, packages=frozenset({("idna", "3.6")})), "packages that one has and two has not.*bash"),
        (replace(GOOD, findings=frozenset({"CVE-2024-3651", "CVE-9"})), "findings that two has.*CVE-9"),
        (replace(GOOD, attached=TYPES - {"https://spdx.dev/Document"}), "two attached"),
        (replace(GOOD, attached=frozenset()), "two attached"),
        (
            replace(GOOD, accepted={"verify": True, "spdxjson": False}),
            "does not accept what two released: spdxjson",
        ),
    ],
    ids=["packages", "findings", "attached", "nothing attached", "accepted"],
)
def test_a_difference_is_named(other: Result, words: str) -> None:
    with pytest.raises(Unequal, match=words):
        equality.check({"one": GOOD, "two": replace(other, side="two")})


@pytest.mark.parametrize(
    ("empty", "name"),
    [(replace(GOOD, packages=frozenset()), "packages"), (replace(GOOD, findings=frozenset()), "findings")],
    ids=["packages", "findings"],
)
def test_nothing_found_by_anybody_proves_nothing(empty: Result, name: str) -> None:
    with pytest.raises(Unequal, match=f"no {name} were found"):
        equality.check({"one": empty, "two": replace(empty, side="two")})
