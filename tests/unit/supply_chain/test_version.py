"""Versions: what is one, SemVer's order, and when `latest` may move."""

import itertools

import packaging.version
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import BadVersion
from supply_chain.models.reference import Reference
from supply_chain.models.version import Version, from_git_tags, is_highest_stable

# https://semver.org/#spec-item-11, both of its examples, and the last number that only some have.
IN_ORDER = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.0.1",
    "2.0.0",
    "2.1.0",
    "2.1.1",
    "10.0",
]
NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda found: ".".join(map(str, found)))
IDENTIFIERS = st.from_regex(r"0|[1-9][0-9]?|[0-9]*[A-Za-z-][0-9A-Za-z-]{0,3}", fullmatch=True)
PRE = st.lists(IDENTIFIERS, max_size=3).map(lambda found: "-" + ".".join(found) if found else "")
TEXTS = st.builds("{}{}".format, NUMBERS, PRE)
VERSIONS = TEXTS.map(Version.parse)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.4",
        "1.4.0",
        "1.4.0.2",
        "2026.11.25",
        "24.04",
        "1.4.0-rc.1",
        "1.0.0--",
        "1.0-Alpha",
        "0.0.0-dev",
    ],
)
def test_a_version_is_its_tag(text: str) -> None:
    assert Version.parse(text).tag == text
    assert str(Version.parse(f"v{text}")) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "does not start with a number"),
        ("latest", "made by the release itself"),
        ("main", "does not start with a number"),
        ("sha-abc1234", "does not start with a number"),
        ("vv1", "does not start with a number"),
        ("V1.0", "does not start with a number"),
        ("-1", "does not start with a number"),
        (".1", "does not start with a number"),
        ("1.0.0+build.5", "leave the build metadata out"),
        ("1.0.0.0.0", "only a pre-release may follow"),
        ("1.0.", "only a pre-release may follow"),
        ("1.0rc1", "only a pre-release may follow"),
        ("1.0.0-", "only a pre-release may follow"),
        ("1.0.0-rc..1", "only a pre-release may follow"),
        ("1.0.0-01", "only a pre-release may follow"),
        ("1.0.0-a_b", "only a pre-release may follow"),
        ("1 0", "only a pre-release may follow"),
        ("1.0\n", "only a pre-release may follow"),
        ("1.0-" + "a" * 125, "longer than a tag may be"),
        ("\u0661.\u0660", "number"),
    ],
)
def test_what_is_no_version_is_refused_with_its_reason(text: str, told: str) -> None:
    with pytest.raises(BadVersion, match=told) as raised:
        Version.parse(text)
    assert "1.4.0-rc.1" in raised.value.advice


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_every_version_is_a_tag_that_registries_take(text: str) -> None:
    assert Reference.parse(f"ghcr.io/acme/app:{Version.parse(text)}").tag == text


def test_semvers_own_examples_are_in_order() -> None:
    versions = [Version.parse(text) for text in IN_ORDER]
    for (low, smaller), (high, greater) in itertools.product(enumerate(versions), repeat=2):
        assert (smaller < greater, smaller == greater) == (low < high, low == high)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0.0.0"), ("v1.4", "1.4"), ("24.04", "24.4"), ("1-a", "1.0-a")]
)
def test_equal_versions(one: str, other: str) -> None:
    assert Version.parse(one) == Version.parse(other)
    assert len({Version.parse(one), Version.parse(other)}) == 1


@settings(max_examples=100, deadline=None)
@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_total(one: Version, other: Version, third: Version) -> None:
    assert [one < other, one == other, one > other].count(True) == 1
    assert (one <= other) is not (one > other)
    assert (hash(one) == hash(other)) or one != other
    low, middle, high = sorted([one, other, third])
    assert low <= middle <= high
    assert low <= high


@settings(max_examples=100, deadline=None)
@given(NUMBERS, NUMBERS)
def test_stable_versions_are_ordered_as_pythons_packaging_orders_them(one: str, other: str) -> None:
    ours, others = Version.parse(one), Version.parse(other)
    theirs, their_others = packaging.version.Version(one), packaging.version.Version(other)
    assert (ours < others, ours == others) == (theirs < their_others, theirs == their_others)


@settings(max_examples=50, deadline=None)
@given(VERSIONS)
def test_a_pre_release_comes_before_its_version(version: Version) -> None:
    numbers = version.tag.partition("-")[0]
    assert version.is_stable or version < Version.parse(numbers)


@pytest.mark.parametrize(
    ("version", "tags", "moves"),
    [
        ("1.0.0", [], True),
        ("1.0.0", ["latest", "main", "sha-0123456", "nightly-2.0"], True),
        ("1.2.0", ["1.0.0", "1.1.9", "v0.9"], True),
        ("1.2.0", ["1.2.0", "1.2"], True),
        ("1.2.0", ["1.10.0"], False),
        ("1.2.0", ["v1.3.0"], False),
        ("1.2.0", ["2.0.0-rc.1"], True),
        ("1.2.0-rc.1", [], False),
        ("1.1.5", ["1.1.4", "1.2.0"], False),
    ],
)
def test_latest_moves_only_to_the_highest_stable_version(version: str, tags: list[str], moves: bool) -> None:
    assert is_highest_stable(Version.parse(version), tags) is moves


@settings(max_examples=50, deadline=None)
@given(VERSIONS, st.lists(TEXTS, max_size=6))
def test_latest_never_moves_down(version: Version, tags: list[str]) -> None:
    stable = [rival for rival in map(Version.parse, tags) if rival.is_stable]
    assert is_highest_stable(version, tags) is (version.is_stable and max([*stable, version]) == version)


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        ([], None),
        (["main", "deployed"], None),
        (["v1.2.3"], "1.2.3"),
        (["1.2.3", "v1.2.3", "stable"], "1.2.3"),
        (["v2.0.0-rc.1"], "2.0.0-rc.1"),
    ],
)
def test_git_tags_give_a_commit_its_version(tags: list[str], version: str | None) -> None:
    found = from_git_tags(tags)
    assert (found and found.tag) == version


@pytest.mark.parametrize("tags", [["v1.2.3", "v1.2.4"], ["v1", "v1.0.0"], ["1.0.0-rc.1", "1.0.0"]])
def test_two_versions_at_one_commit_are_refused_by_name(tags: list[str]) -> None:
    with pytest.raises(BadVersion, match="more than one version") as raised:
        from_git_tags(tags)
    assert all(tag.removeprefix("v") in raised.value.why for tag in tags)
    assert raised.value.advice == "say which with --version"
