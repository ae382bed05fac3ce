"""References: registries' grammar, and a host that must be written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.errors import BadReference, BadVersion
from supply_chain.models.reference import Reference, Repository, revision_tag

HOSTS = st.sampled_from(
    ["ghcr.io", "localhost", "localhost:5000", "registry:5000", "127.0.0.1:5077", "a-b.example.org:1"]
)
PATHS = st.lists(
    st.from_regex(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)?", fullmatch=True), min_size=1, max_size=3
).map("/".join)
TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
DIGESTS = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)


@settings(max_examples=30, deadline=None)
@given(HOSTS, PATHS)
def test_a_repository_reads_back_as_it_was_written(host: str, path: str) -> None:
    repository = Repository.parse(f"{host}/{path}")
    assert (repository.registry, repository.path) == (host, path)
    assert str(repository) == f"{host}/{path}"


@settings(max_examples=30, deadline=None)
@given(HOSTS, PATHS, st.none() | TAGS, st.none() | DIGESTS)
def test_a_reference_reads_back_as_it_was_written(
    host: str, path: str, tag: str | None, digest: str | None
) -> None:
    text = f"{host}/{path}" + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    if tag or digest:
        reference = Reference.parse(text)
        assert (str(reference), reference.tag, reference.digest) == (text, tag, digest)
    else:
        with pytest.raises(BadReference, match="neither tag nor digest"):
            Reference.parse(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_refused_by_name(text: str) -> None:
    for parse in (Repository.parse, Reference.parse):
        try:
            assert str(parse(text)) == text
        except BadReference:
            continue


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "host"),
        ("app", "host"),
        ("acme/app", "host"),
        ("ghcr.io", "host"),
        ("https://ghcr.io/acme/app", "host"),
        ("ghcr.io:port/acme/app", "host"),
        ("ghcr.io/", "not a path"),
        ("ghcr.io/Acme/app", "lower case"),
        ("ghcr.io/acme/app:1.0", "tag or a digest"),
        ("ghcr.io/acme/app@sha256:00", "tag or a digest"),
        ("ghcr.io/acme//app", "not a path"),
        ("ghcr.io/acme/app\n", "not a path"),
        ("ghcr.io/acme/app --insecure", "not a path"),
        ("ghcr.io/" + "a" * 300, "longer than 255"),
    ],
)
def test_a_repository_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadReference, match=reason):
        Repository.parse(text)


@pytest.mark.parametrize(
    "text", ["ghcr.io/a/b:", "ghcr.io/a/b:-x", "ghcr.io/a/b@sha256:00", "ghcr.io/a/b@", "ghcr.io/a/b:x y"]
)
def test_a_malformed_tag_or_digest_is_refused(text: str) -> None:
    with pytest.raises(BadReference, match="malformed"):
        Reference.parse(text)


def test_names_within_a_repository() -> None:
    repository = Repository.parse("ghcr.io/acme/app")
    assert repository.at("sha256:1") == "ghcr.io/acme/app@sha256:1"
    assert repository.tagged("1.0") == "ghcr.io/acme/app:1.0"


def test_a_revision_gives_a_short_tag() -> None:
    assert revision_tag("0123456789abcdef0123456789abcdef01234567") == "sha-0123456"


@pytest.mark.parametrize("revision", ["", "012345", "main", "0123456789ABCDEF", "0123456\n"])
def test_what_is_no_commit_is_refused(revision: str) -> None:
    with pytest.raises(BadVersion, match="commit"):
        revision_tag(revision)
