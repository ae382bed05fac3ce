"""Exceptions: what their file may say, until when they count, and what they cover."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import ExceptionsInvalid
from supply_chain.models.exceptions import WARNED_DAYS, Entry, Exceptions, State
from supply_chain.models.trivy_report import Identifier, Result, Vulnerability

TODAY = date(2026, 11, 25)
GOOD = """\
# why we may
vulnerabilities:
  - id: CVE-2024-0001
    statement: not reachable, no listener
    expired_at: 2027-01-31
  - id: CVE-2024-0001
    statement: the same, elsewhere
    expired_at: 2027-01-31
    paths: ["usr/lib/**/METADATA"]
    purls:
      - pkg:pypi/jinja2
"""
ENTRY = "vulnerabilities:\n  - id: CVE-1\n    statement: s\n    expired_at: 2027-01-31\n"
DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


def entry(**facts: object) -> Entry:
    known: dict[str, object] = {"id": "CVE-1", "statement": "s", "expired_at": TODAY + timedelta(days=100)}
    return Entry.model_validate(known | facts)


def refused(document: str) -> str:
    with pytest.raises(ExceptionsInvalid) as raised:
        Exceptions.parse(document, "x.yaml")
    return raised.value.message


def test_reads_entries_in_their_order() -> None:
    first, second = Exceptions.parse(GOOD).entries
    assert (first.id, first.statement, first.expired_at) == (
        "CVE-2024-0001",
        "not reachable, no listener",
        date(2027, 1, 31),
    )
    assert (first.paths, first.purls) == ((), ())
    assert (second.paths, second.purls) == (("usr/lib/**/METADATA",), ("pkg:pypi/jinja2",))


@pytest.mark.parametrize(
    "empty", ["", "---\n", "# nothing yet\n", "vulnerabilities:\n", "vulnerabilities: []\n", "{}"]
)
def test_an_empty_file_has_no_exceptions(empty: str) -> None:
    assert Exceptions.parse(empty) == Exceptions()


def test_what_is_left_to_trivy_is_said() -> None:
    read = Exceptions.parse(ENTRY + "secrets:\n  - id: aws-access-key-id\nlicenses:\n")
    assert [one.id for one in read.entries] == ["CVE-1"]
    assert [notice.partition(" ")[0] for notice in read.notices] == ["secrets", "licenses"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("a: [", "x.yaml, line 1: this is not YAML"),
        ("\x00", "x.yaml is not YAML"),
        ("a: 1\n--- \nb: 2\n", "this is not YAML"),
        ("[" * 5000, "nested too deeply"),
        ("- id: CVE-1\n", "line 1: the file is not a mapping"),
        ("vulnerabilites: []\n", "line 1: there is no section 'vulnerabilites'"),
        ("vulnerabilities: yes\n", "line 1: vulnerabilities is not a list"),
        ("vulnerabilities:\n  - CVE-1\n", "line 2: an entry is not a mapping"),
        ("vulnerabilities:\n  - statement: s\n    expired_at: 2027-01-31\n", "line 2: an entry has no id"),
        ("vulnerabilities:\n  - id: CVE-1\n    expired_at: 2027-01-31\n", "line 2: CVE-1 has no statement"),
        (ENTRY.replace("statement: s", "statement: '  '"), "line 2: CVE-1 has no statement"),
        (ENTRY.replace("statement: s", "statement:"), "line 2: CVE-1 has no statement"),
        (ENTRY.replace("statement: s", "statement: 12"), "line 3: statement of CVE-1 is not text"),
        ("vulnerabilities:\n  - id: CVE-1\n    statement: s\n", "line 2: CVE-1 has no expired_at"),
        (ENTRY.replace("2027-01-31", "never"), "line 4: expired_at of CVE-1 is no date"),
        (ENTRY.replace("2027-01-31", "2027-02-30"), "there is no 2027-02-30"),
        (ENTRY.replace("2027-01-31", "'2027-01-31'"), "Trivy takes 2027-01-31 in quotes for text"),
        (ENTRY.replace("2027-01-31", "2027-01-31T10:00:00Z"), "without a time"),
        (ENTRY.replace("2027-01-31", "[2027-01-31]"), "line 4: expired_at of CVE-1 is no date"),
        (ENTRY + "    path: ['**']\n", "line 5: CVE-1 has a key 'path'"),
        (ENTRY + "    paths: '**'\n", "line 5: paths of CVE-1 is not a list"),
        (ENTRY + "    paths: ['[a']\n", "paths: '[' is not closed"),
        (ENTRY + "    purls: [jinja2]\n", "purls: a package URL starts with pkg:"),
        (ENTRY + "    id: CVE-2\n", "line 5: the key 'id' is there twice"),
        (ENTRY + "vulnerabilities: []\n", "line 5: the key 'vulnerabilities' is there twice"),
        (ENTRY + ENTRY.partition("\n")[2], "line 5: CVE-1 is there twice\n  why: first in line 2"),
        (ENTRY + "    paths: &a [*a]\n", "is not text"),
        (ENTRY.replace("id: CVE-1", "<<: {id: CVE-1}"), "a key is not text"),
        (f"{ENTRY}# {'x' * 65536}\n", "x.yaml is larger than 64 KiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(document: str, told: str) -> None:
    assert told in refused(document)


def test_an_anchor_may_be_used_and_a_bomb_of_them_does_nothing() -> None:
    again = ENTRY.partition("\n")[2].replace("CVE-1", "CVE-2").replace("statement: s", "statement: *why")
    read = Exceptions.parse(ENTRY.replace("statement: s", "statement: &why s") + again)
    assert [one.statement for one in read.entries] == ["s", "s"]
    bomb = "\n".join(f"  - &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))
    assert "an entry is not a mapping" in refused(f"vulnerabilities:\n  - &a0 [x]\n{bomb}\n")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abiv:-[]{}&*!'\"#| \n\t", max_size=60))
def test_any_text_is_a_file_of_exceptions_or_refused_by_name(text: str) -> None:
    try:
        assert not Exceptions.parse(text).entries
    except ExceptionsInvalid:
        return


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-400, State.EXPIRED),
        (-1, State.EXPIRED),
        (0, State.EXPIRED),
        (1, State.SOON),
        (WARNED_DAYS, State.SOON),
        (WARNED_DAYS + 1, State.ACTIVE),
    ],
)
def test_an_entry_counts_until_the_day_before_its_date(days: int, state: State) -> None:
    assert entry(expired_at=TODAY + timedelta(days=days)).state(TODAY) is state


@settings(max_examples=50, deadline=None)
@given(st.lists(DATES, max_size=6, unique=True), DATES)
def test_every_entry_has_one_state_and_never_comes_back(ends: list[date], today: date) -> None:
    exceptions = Exceptions(entries=tuple(entry(id=f"CVE-{end}", expired_at=end) for end in ends))
    states = exceptions.on(today)
    assert sorted(one.id for found in states.values() for one in found) == sorted(
        one.id for one in exceptions.entries
    )
    assert set(states[State.EXPIRED]) <= set(exceptions.on(today + timedelta(days=1))[State.EXPIRED])


RESULT = Result(target="Python")
FOUND = Vulnerability(
    id="CVE-1",
    package="jinja2",
    package_path="usr/lib/python3/jinja2-3.1.2.dist-info/METADATA",
    identifier=Identifier(purl="pkg:pypi/jinja2@3.1.2"),
)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"paths": ("Python",)},
        {"paths": ("usr/**",)},
        {"paths": ("nope", "usr/lib/**/METADATA")},
        {"purls": ("pkg:pypi/jinja2",)},
        {"purls": ("pkg:pypi/flask", "pkg:pypi/Jinja2@3.1.2")},
        {"paths": ("Python",), "purls": ("pkg:pypi/jinja2",)},
    ],
)
def test_covers_a_finding(facts: dict[str, object]) -> None:
    assert entry(**facts).covers(RESULT, FOUND)


@pytest.mark.parametrize(
    "facts",
    [
        {"id": "CVE-10"},
        {"id": "cve-1"},
        {"paths": ("usr/*",)},
        {"purls": ("pkg:pypi/jinja2@3.1.3",)},
        {"paths": ("nope",), "purls": ("pkg:pypi/jinja2",)},
        {"paths": ("Python",), "purls": ("pkg:pypi/flask",)},
    ],
)
def test_covers_no_other(facts: dict[str, object]) -> None:
    assert not entry(**facts).covers(RESULT, FOUND)


@pytest.mark.parametrize("purl", ["", "no package URL"])
def test_one_for_packages_covers_none_without_a_package_url(purl: str) -> None:
    nameless = FOUND.model_copy(update={"identifier": Identifier(purl=purl)})
    assert not entry(purls=("pkg:pypi/jinja2",)).covers(RESULT, nameless)
    assert entry().covers(RESULT, nameless)
