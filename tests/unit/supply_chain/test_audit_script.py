"""scripts/audit.py: advisories served as OSV does, to a command that asks as pip-audit does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from standins import sample_osv
from standins.sample_advisories import AdvisorySet, PipPackage, load
from supply_chain.scripts import audit

# Asks what pip-audit 2.10.1 asks (OsvService.query), and prints the ids.
CLIENT = """
import json, os, sys, urllib.request
for line in sys.argv[1:]:
    name, version = line.split("==")
    query = {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
    url = os.environ["PIP_AUDIT_OSV_URL"]
    with urllib.request.urlopen(urllib.request.Request(url, data=json.dumps(query).encode())) as answer:
        print(line, *sorted(one["id"] for one in json.load(answer).get("vulns", [])))
"""


def ran(advisories: Path | str, *command: str) -> dict[str, Any]:
    """The document that the script prints."""
    argv = [sys.executable, audit.__file__, str(advisories), *command]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


def asked(advisories: Path, *packages: str) -> dict[str, Any]:
    return ran(advisories, sys.executable, "-c", CLIENT, *packages)


def advisory(path: Path, name: str = "acme", **affected: Any) -> None:
    package = {"ecosystem": "PyPI", "name": name}
    path.write_text(json.dumps({"id": path.stem, "affected": [{"package": package, **affected}]}))


@pytest.fixture(scope="module")
def sample() -> AdvisorySet:
    return load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("advisories") / "sample"
    sample_osv.make(target)
    return target


def test_a_query_is_answered_and_a_sample_called_that(folder: Path) -> None:
    answer = asked(folder, "flask==2.3.1", "flask==2.3.2", "Flask==2.0", "unknown==1")
    assert answer["report"].splitlines() == [
        "flask==2.3.1 CVE-2023-30861",
        "flask==2.3.2",
        "Flask==2.0 CVE-2023-30861",
        "unknown==1",
    ]
    assert (answer["sample"], answer["exit_code"], answer["stderr"]) == (True, 0, "")
    assert answer["advisories"] == len(list(folder.glob("CVE-*.json")))


def test_versions_round_every_border_of_the_sample(folder: Path, sample: AdvisorySet) -> None:
    ranges = [
        (advisory.id, one.package, [SpecifierSet(text) for text in one.vulnerable])
        for advisory in sample.advisories
        for one in advisory.affected
        if isinstance(one, PipPackage)
    ]
    _, advisories = audit.load(folder)
    versions = {(package, end.version) for _, package, found in ranges for every in found for end in every}
    versions |= {(package, "0.0.1") for _, package, _ in ranges} | {
        (package, "9999") for _, package, _ in ranges
    }
    for package, version in versions:
        query = {"package": {"name": package}, "version": version}
        expected = {
            name
            for name, affected, found in ranges
            if affected == package and any(every.contains(version, prereleases=True) for every in found)
        }
        assert {one["id"] for one in audit.answer(advisories, query).get("vulns", [])} == expected
    assert len(versions) > 100


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        ([{"introduced": "0"}, {"fixed": "2.0"}], ["0.dev0", "1.9", "2.0rc1"], ["2.0", "2.0.post1"]),
        ([{"introduced": "0"}, {"last_affected": "2.0"}], ["2.0", "2"], ["2.0.post1", "2.0.1"]),
        (
            [{"fixed": "1.5"}, {"introduced": "1.0"}, {"introduced": "2.0"}],
            ["1.0", "2.0", "9"],
            ["0.9", "1.5", "1.9"],
        ),
        ([{"introduced": "1!0"}], ["1!0", "2!1"], ["2025.1"]),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"limit": "*"}], ["0.1"], ["1.0"]),
        ([{"introduced": "0"}, {"fixed": "not a version"}], ["1.0", "99"], []),
    ],
)
def test_ranges(events: list[dict[str, str]], inside: list[str], outside: list[str]) -> None:
    affected = {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    assert all(audit.affects(affected, version) for version in inside)
    assert not any(audit.affects(affected, version) for version in outside)


def test_a_listed_version_needs_no_range() -> None:
    affected = {"versions": ["1.0"], "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}
    assert audit.affects(affected, "1.0")
    assert not audit.affects(affected, "1.1")


def test_an_advisory_that_lists_a_package_twice_is_told_once(tmp_path: Path) -> None:
    package = {"package": {"ecosystem": "PyPI", "name": "A.cme"}, "versions": ["1"]}
    (tmp_path / "X-1.json").write_text(json.dumps({"id": "X-1", "affected": [package, package]}))
    answer = asked(tmp_path, "a-cme==1")
    assert answer["report"] == "a-cme==1 X-1\n"
    assert (answer["sample"], answer["advisories"]) == (False, 1)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "a.json is no advisory in OSV's format"),
        ("a.json", "[]", "a.json is no advisory in OSV's format"),
        ("a.json", '{"id": "X"}', "a.json is no advisory in OSV's format"),
        ("a.txt", "", "there is no advisory on a Python package"),
        ("SAMPLE.json", "{}", "there is no advisory on a Python package"),
        (
            "a.json",
            '{"affected": [{"package": {"ecosystem": "npm", "name": "x"}}]}',
            "no advisory on a Python",
        ),
    ],
)
def test_a_folder_without_advisories_is_refused_and_nothing_run(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    (tmp_path / name).write_text(text)
    answer = ran(tmp_path, "false")
    assert set(answer) == {"refused"}
    assert reason in answer["refused"]


def test_folders_within_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "PyPI").mkdir()
    advisory(tmp_path / "PyPI" / "X-1.json", versions=["1"])
    assert asked(tmp_path, "acme==1")["report"] == "acme==1 X-1\n"


def test_without_advisories_the_command_runs_as_it_is() -> None:
    client = "import os, sys; print(os.environ.get('PIP_AUDIT_OSV_URL')); sys.exit('said')"
    answer = ran("", sys.executable, "-c", client)
    assert answer == {"advisories": None, "exit_code": 1, "report": "None\n", "stderr": "said"}


def test_of_a_traceback_the_last_line_is_told() -> None:
    answer = ran("", sys.executable, "-c", "def f():\n    raise OSError('why')\nf()")
    assert answer["stderr"] == "OSError: why"


def test_a_command_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LONGEST_SECONDS", 0.1)
    answer = audit.run(["sleep", "20"])
    assert answer["exit_code"] is None
    assert "no end within" in answer["stderr"]
