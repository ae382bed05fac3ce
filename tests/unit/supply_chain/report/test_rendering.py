"""Whatever words stand in its documents, a page is the same page: nothing of them is markup, link or code."""

import base64
import hashlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soak import examples
from supply_chain.models.outcome import Failure
from supply_chain.report.rows import MOST_ROWS
from supply_chain.report.words import duration, line, lines, short, web

from .pages import Elements, page_text, release, texts

LARGEST = 2_000_000
HOSTILE = (
    "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "'><b>",
    "{{ 7 * 7 }}", "{% raw %}", "javascript:alert(1)", "\u202etxt.exe", "</title>", "--></svg>",
    "&#x3c;i&#x3e;",
)  # fmt: skip
LETTERS = st.text(
    st.sampled_from("ab<>&\"'`={}%/\\:;()[]#!-\n\r\t\0\x1b\u202e\u2066\u200b\ufeff"), max_size=25
)
SAFE = [
    "https://avd.example/cve", "http://x.y:8080/a?b=c#d", "https://user@host/",
]  # fmt: skip
UNSAFE = [
    "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//host/path", "/path",
    "https:", "https://", "http:\\\\host", "https://\u202ehost/", "https://ho st/", "https://[::1", "blob:https://x",
]  # fmt: skip


def hostile_page(words: str) -> Elements:
    given_ = texts(2, 3, lambda text: text + words)
    error = Failure(name=words, what=words, why=words, advice=words, exit_code=11)
    made = release(given_, version=words, status=words, error=error, notices=(words,), signer=words)
    return Elements(page_text(made, given_))


@pytest.fixture(scope="module")
def harmless() -> Elements:
    return hostile_page("harmless")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_change_nothing_but_words(words: str, harmless: Elements) -> None:
    shown = hostile_page(words)
    assert shown.structure == harmless.structure
    assert shown.addresses == harmless.addresses
    assert line(words) in shown.text


@settings(max_examples=examples(60), deadline=None)
@given(words=st.one_of(LETTERS, st.lists(st.sampled_from(HOSTILE), max_size=3).map("".join)))
def test_no_words_at_all_change_the_page(words: str, harmless: Elements) -> None:
    shown = hostile_page(f"x{words}x")
    assert shown.structure == harmless.structure
    assert shown.addresses == harmless.addresses
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00\x1b]", shown.text)


@pytest.mark.parametrize("address", SAFE)
def test_addresses_of_web_pages_are_links(address: str) -> None:
    given_ = texts(url=address)
    assert web(address) == address
    assert address in Elements(page_text(release(given_), given_)).addresses


@pytest.mark.parametrize("address", UNSAFE)
def test_other_addresses_are_no_links(address: str) -> None:
    given_ = texts(url=address or " ")
    assert web(address) == ""
    links = Elements(page_text(release(given_), given_)).addresses
    assert [link for link in links if not link.startswith(("#", "https://github.com/"))] == []


@given(address=st.one_of(LETTERS, st.sampled_from(UNSAFE + SAFE)).map(lambda text: f"https:{text}"))
def test_a_link_is_always_one_of_the_web(address: str) -> None:
    assert web(address) in {"", address}
    assert not web(address) or re.fullmatch(r"https?://[^\s\\]+", web(address))


def test_the_page_needs_nothing_and_lets_nothing_in() -> None:
    given_ = texts()
    page = page_text(release(given_), given_)
    elements = Elements(page).elements
    loading = {"src", "srcset", "data", "poster", "action", "formaction", "style", "background", "xlink:href"}
    assert not [tag for tag, attributes in elements if loading & attributes.keys()]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    assert not {"link", "iframe", "object", "embed", "base", "img"} & {tag for tag, _ in elements}
    assert not re.search(r"url\((?!#)|@import|\bfetch\(|XMLHttpRequest|import\(", page)


def test_the_policy_allows_these_two_parts_and_nothing_else() -> None:
    given_ = texts()
    page = page_text(release(given_), given_)
    parts = (re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script"))
    style, script = (base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for (part,) in parts)
    policy = next(there["content"] for tag, there in Elements(page).elements if "http-equiv" in there)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_a_large_image_makes_a_page_that_opens_at_once() -> None:
    given_ = texts(packages=500, findings=300)
    made = release(given_)
    started = time.monotonic()
    page = page_text(made, given_)
    assert time.monotonic() - started < 2
    assert len(page.encode()) < LARGEST
    assert page.count("<tr data-severity=") == 300
    assert page.count("<tr data-kind=") == 500


def test_a_huge_image_is_cut_and_the_page_says_where_the_rest_is() -> None:
    given_ = texts(packages=MOST_ROWS + 7, findings=1)
    page = page_text(release(given_), given_)
    assert page.count("<tr data-kind=") == MOST_ROWS
    assert "7 more are in <code>sbom.spdx.json</code>" in page


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0.0 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (192.4, "3 min 12 s")]
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_long_texts_are_cut() -> None:
    assert line("x" * 500, 10) == "x" * 9 + "…"
    assert lines("\n".join(["x"] * 70))[-1] == "and 10 more lines"
    assert short(f"sha256:{'a' * 64}") == f"sha256:{'a' * 12}…"
    assert short("0123456") == "0123456"
