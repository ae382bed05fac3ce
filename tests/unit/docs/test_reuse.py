"""What docs/reuse.md gives people to copy is right as it stands there."""

import json
from datetime import date

import yaml

from supply_chain.images import Images
from supply_chain.models.exceptions import Exceptions
from unit.docs.pages import DOCS, REPOSITORY, calls, fenced

TEXT = (DOCS / "reuse.md").read_text()


def test_the_dependency_is_one_on_the_version_of_dagger_that_is_supported() -> None:
    (block,) = fenced(TEXT, "json")
    shown, ours = json.loads(block), json.loads((REPOSITORY / "dagger.json").read_text())
    assert shown["engineVersion"] == ours["engineVersion"]
    assert [one["name"] for one in shown["dependencies"]] == [ours["name"]]
    assert f"Supported is {ours['engineVersion']}," in TEXT


def test_the_exceptions_are_read() -> None:
    (block,) = fenced(TEXT, "yaml")
    (entry,) = Exceptions.parse(block).entries
    assert entry.expired_at == date(2026, 12, 31)
    assert yaml.safe_load(block)


def test_a_mirror_has_the_digest_of_the_original() -> None:
    (block,) = fenced(TEXT, "toml")
    pinned, mirrored = Images.pinned(), Images.pinned().overridden(block)
    assert mirrored.trivy.reference != pinned.trivy.reference
    assert mirrored.trivy.reference.partition("@")[2] == pinned.trivy.reference.partition("@")[2]
    assert mirrored.trivy.version == pinned.trivy.version


def test_every_call_says_which_module_and_none_which_weakens_it() -> None:
    told = calls(DOCS / "reuse.md")
    assert len(told) >= 8
    for call in told:
        assert " -m " in call
        assert not {"--allow-sample-db", "--allow-rehearsal", "--own"} & set(call.split())
