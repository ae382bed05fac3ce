"""Package URLs: read as packageurl-go 0.1.6 reads them, and compared as Trivy does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply_chain.models.purl import PackageUrl

PURLS = st.builds(
    "pkg:{}/{}{}@{}{}".format,
    st.sampled_from(["pypi", "deb", "npm", "golang"]),
    st.sampled_from(["", "debian/", "%40scope/", "github.com/acme/"]),
    st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True),
    st.from_regex(r"[0-9]\.[0-9](%2B[0-9])?", fullmatch=True),
    st.sampled_from(["", "?arch=amd64", "?arch=amd64&distro=debian-13.1", "#sub/path"]),
)


@pytest.mark.parametrize(
    ("text", "namespace", "name", "version"),
    [
        ("pkg:pypi/Typing_Extensions@4.1", "", "typing-extensions", "4.1"),
        ("pkg:deb/debian/libtinfo6@6.5%2B20250216-2?arch=amd64", "debian", "libtinfo6", "6.5+20250216-2"),
        ("pkg:npm/%40babel/core@7.0.0", "@babel", "core", "7.0.0"),
        ("pkg:npm/@babel/core", "@babel", "core", ""),
        ("pkg:golang/github.com/Acme/Tool@v1.2.3#cmd", "github.com/acme", "tool", "v1.2.3"),
        ("PKG:NPM/Left", "", "Left", ""),
        ("pkg://deb/Debian//bash", "debian", "bash", ""),
    ],
)
def test_reads_a_package_url(text: str, namespace: str, name: str, version: str) -> None:
    read = PackageUrl.parse(text)
    assert (read.namespace, read.name, read.version) == (namespace, name, version)


@pytest.mark.parametrize(
    "text", ["", "pypi/x", "pkg:", "pkg:pypi", "pkg:pypi/", "pkg:/x", "pkg:py pi/x", "pkg:deb/x@"]
)
def test_refuses_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="package URL"):
        PackageUrl.parse(text)


PACKAGE = "pkg:deb/debian/libtinfo6@6.5-2?arch=amd64&distro=debian-13.1"


@pytest.mark.parametrize(
    "wanted",
    [
        PACKAGE,
        "pkg:deb/debian/libtinfo6",
        "pkg:deb/Debian/LibTinfo6",
        "pkg:deb/debian/libtinfo6@6.5-2",
        "pkg:deb/debian/libtinfo6?arch=amd64",
    ],
)
def test_covers_what_it_says_nothing_against(wanted: str) -> None:
    assert PackageUrl.parse(wanted).covers(PackageUrl.parse(PACKAGE))


@pytest.mark.parametrize(
    "wanted",
    [
        "pkg:rpm/debian/libtinfo6",
        "pkg:deb/ubuntu/libtinfo6",
        "pkg:deb/libtinfo6",
        "pkg:deb/debian/libtinfo",
        "pkg:deb/debian/libtinfo6@6.5-3",
        "pkg:deb/debian/libtinfo6?arch=arm64",
        "pkg:deb/debian/libtinfo6?epoch=1",
        "pkg:deb/debian/libtinfo6#doc",
    ],
)
def test_covers_nothing_that_differs(wanted: str) -> None:
    assert not PackageUrl.parse(wanted).covers(PackageUrl.parse(PACKAGE))


@settings(max_examples=50, deadline=None)
@given(PURLS, PURLS)
def test_covers_itself_and_two_that_cover_each_other_are_one(one: str, other: str) -> None:
    first, second = PackageUrl.parse(one), PackageUrl.parse(other)
    assert first.covers(first)
    assert (first.covers(second) and second.covers(first)) is (first == second)
