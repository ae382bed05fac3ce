"""The bot sees every image that is pinned, and waits before it proposes another."""

import json
import re
import tomllib
from collections import Counter
from typing import Any

import pytest

from unit.workflows.files import GITHUB, REPOSITORY

CONFIG: dict[str, Any] = json.loads((GITHUB / "renovate.json").read_text())
IMAGES = REPOSITORY / "ci" / "src" / "supply_chain" / "images.toml"


def _matches(manager: dict[str, Any]) -> list[re.Match[str]]:
    """What a manager finds; its expressions name groups as JavaScript does."""
    (pattern,) = manager["matchStrings"]
    return list(re.finditer(pattern.replace("(?<", "(?P<"), IMAGES.read_text()))


def test_every_image_is_found_once() -> None:
    found = Counter(
        f"{match['depName']}:{match['currentValue']}@{match['currentDigest']}"
        for manager in CONFIG["customManagers"]
        for match in _matches(manager)
    )
    pinned = tomllib.loads(IMAGES.read_text())["images"]
    assert found == Counter(image["reference"] for image in pinned.values())


def test_the_managers_look_at_that_file() -> None:
    path = str(IMAGES.relative_to(REPOSITORY))
    for manager in CONFIG["customManagers"]:
        (pattern,) = manager["managerFilePatterns"]
        assert re.search(pattern.strip("/"), path)


def test_what_is_written_back_is_what_stood_there() -> None:
    """With the values of today, the template makes the text that it was found by."""
    manager = CONFIG["customManagers"][0]
    for match in _matches(manager):
        version = re.sub("^v", "", match["currentValue"])
        written = manager["autoReplaceStringTemplate"].replace("{{{replace '^v' '' newValue}}}", version)
        for name, value in (
            ("depName", match["depName"]),
            ("newValue", match["currentValue"]),
            ("newDigest", match["currentDigest"]),
        ):
            written = written.replace(f"{{{{{{{name}}}}}}}", value)
        assert written == match[0]


def test_nothing_is_proposed_before_three_days_or_without_a_date() -> None:
    days, unit = CONFIG["minimumReleaseAge"].split()
    assert int(days) >= 3
    assert unit == "days"
    assert CONFIG["minimumReleaseAgeBehaviour"] == "timestamp-required"
    assert CONFIG["internalChecksFilter"] == "strict"
    assert CONFIG["automerge"] is False


@pytest.mark.parametrize("rule", CONFIG["packageRules"], ids=lambda rule: rule["description"])
def test_no_rule_shortens_the_wait(rule: dict[str, Any]) -> None:
    assert not {"minimumReleaseAge", "minimumReleaseAgeBehaviour", "internalChecksFilter", "automerge"} & set(
        rule
    )


def test_a_rule_names_an_image_that_is_there() -> None:
    references = [image["reference"] for image in tomllib.loads(IMAGES.read_text())["images"].values()]
    for rule in CONFIG["packageRules"]:
        for name in rule["matchDepNames"]:
            assert any(reference.startswith(f"{name}:") for reference in references)
