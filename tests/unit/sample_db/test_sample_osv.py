"""The sample in OSV's format: which advisories, as which events, and marked as a sample."""

import json
from pathlib import Path

import pytest

from standins.sample_advisories import AdvisoryError, AdvisorySet
from standins.sample_folder import TargetError
from standins.sample_osv import events, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sample") / "advisories"
    make(target)
    return target


def test_every_advisory_on_a_python_package_and_no_other(made: Path, sample: AdvisorySet) -> None:
    python = {
        one.id for one in sample.advisories if any(package.ecosystem == "pip" for package in one.affected)
    }
    assert {path.stem for path in made.iterdir()} == {*python, "SAMPLE"}
    assert 30 < len(python) < len(sample.advisories)


def test_it_says_that_it_is_a_sample(made: Path) -> None:
    marker = json.loads((made / "SAMPLE.json").read_bytes())
    assert marker["sample"] is True
    assert marker["advisories"] == len(list(made.glob("CVE-*.json")))


def test_an_advisory_with_two_ranges(made: Path) -> None:
    document = json.loads((made / "CVE-2023-30861.json").read_bytes())
    assert document["aliases"] == ["GHSA-m2qf-hxjv-5gpq"]
    assert document["published"].endswith("T00:00:00Z")
    assert document["affected"] == [
        {
            "package": {"ecosystem": "PyPI", "name": "flask"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [
                        {"introduced": "0"},
                        {"fixed": "2.2.5"},
                        {"introduced": "2.3.0"},
                        {"fixed": "2.3.2"},
                    ],
                }
            ],
        }
    ]


def test_a_range_without_a_fix_ends_with_the_last_affected_version() -> None:
    assert events("<=0.18.0") == [{"introduced": "0"}, {"last_affected": "0.18.0"}]


@pytest.mark.parametrize("text", ["!=1.0", "==1.*", ">1.0"])
def test_a_range_that_osv_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(AdvisoryError, match="OSV has no event"):
        events(text)


def test_an_earlier_sample_is_replaced_and_anything_else_left_alone(made: Path, tmp_path: Path) -> None:
    (made / "CVE-1-1.json").write_text("{}")
    make(made)
    assert not (made / "CVE-1-1.json").exists()
    (tmp_path / "theirs").write_text("")
    with pytest.raises(TargetError, match="not a sample made by this command"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]
