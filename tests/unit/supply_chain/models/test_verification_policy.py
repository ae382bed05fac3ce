"""Whom a verifier trusts: nobody by accident, nobody by a slip of the pen."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.errors import PolicyInvalid
from supply_chain.models.build_type import BUILD_TYPE
from supply_chain.models.place import HOSTED_BUILDER, LOCAL_BUILDER, REHEARSAL_BUILDER, SELF_HOSTED_BUILDER
from supply_chain.models.safe_regexp import compiled
from supply_chain.models.verification_policy import VerificationPolicy

PAGE = (Path(__file__).parents[4] / "docs" / "verification-policy.md").read_text()
WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.0.0"
ISSUER = "https://token.actions.githubusercontent.com"
REGEXP = r"^https://github\.com/acme/app/\.github/workflows/release\.yml@refs/tags/v[0-9.]+$"
REUSABLE = "https://github.com/acme/ci/.github/workflows/release.yml"
EXACT = f'identity = "{WORKFLOW}"\nissuer = "{ISSUER}"'
KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6Km3FA0uv/H0r4ZHaBOYN2sj6lcK
bMCLznR2mkK1AA0cNHkYI/bmKoSlLJVllAO0TNaeaKeaiz2oa9ijr7iI4w==
-----END PUBLIC KEY-----
"""


def policy(**fields: Any) -> VerificationPolicy:
    return VerificationPolicy.parse("", {"identity": WORKFLOW, "issuer": ISSUER} | fields)


def test_the_page_has_every_key_and_no_other() -> None:
    on_page = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE))
    assert on_page == {name.replace("_", "-") for name in VerificationPolicy.model_fields}


def test_the_pages_example_is_a_policy() -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    parsed = VerificationPolicy.parse(example[1])
    assert parsed.trusts_identity(WORKFLOW)
    assert not parsed.trusts_identity(WORKFLOW.replace("acme", "mallory"))


def test_what_is_left_out_is_strict() -> None:
    strict = policy()
    assert strict.is_keyless
    assert strict.builders == (LOCAL_BUILDER, HOSTED_BUILDER, SELF_HOSTED_BUILDER)
    assert strict.build_types == (BUILD_TYPE,)
    assert not strict.allow_rehearsal
    assert not strict.allow_empty_sbom
    assert not strict.allows_builder(REHEARSAL_BUILDER)


def test_a_name_is_compared_letter_by_letter() -> None:
    exact = policy(issuer=None, issuer_regexp=rf"^{re.escape(ISSUER)}$")
    for other in (WORKFLOW.upper(), WORKFLOW + " ", WORKFLOW[:-1], f"x{WORKFLOW}", ""):
        assert not exact.trusts_identity(other)
    assert exact.trusts_identity(WORKFLOW)
    assert exact.trusts_issuer(ISSUER)
    assert not exact.trusts_issuer(f"{ISSUER}/acme")
    assert not exact.trusts_issuer(ISSUER + "\n")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("", "trusts nobody"),
        ("allow-rehearsal = true", "trusts nobody"),
        (f'identity = "{WORKFLOW}"', "give one of issuer and issuer-regexp"),
        (f'issuer = "{ISSUER}"', "give one of identity and identity-regexp"),
        (
            f'identity = "{WORKFLOW}"\nidentity-regexp = \'{REGEXP}\'\nissuer = "{ISSUER}"',
            "give one of identity",
        ),
        (
            f'{EXACT}\npublic-key = """{KEY}"""',
            "a public-key and an identity",
        ),
        (f'issuer = "{ISSUER}"\npublic-key = """{KEY}"""', "a public-key and an identity"),
        (f'identity = ""\nissuer = "{ISSUER}"', "identity: String should have at least 1"),
        (f'identity = "a b"\nissuer = "{ISSUER}"', "identity: String should match"),
        (f'identity = ".*"\nissuer = "{ISSUER}"', "letter by letter"),
        (f"identity = '{REGEXP}'\nissuer = \"{ISSUER}\"", "letter by letter"),
        (f'identity = "{WORKFLOW}"\nissuer = ""', "issuer: String should have at least 1"),
        (f"{EXACT}\nbuilders = []", "builders"),
        (f"{EXACT}\nbuild-types = []", "build-types"),
        (f'{EXACT}\nbuilder = "x"', "builder: Extra inputs"),
        (f'{EXACT}\nallow-rehearsal = "no"', "allow-rehearsal"),
        (f'{EXACT}\ncommit = "abcdef0"', "commit"),
        (f"{EXACT}\nallow_rehearsal = true", "keys have hyphens"),
        ("identity = ", "is not TOML"),
        ("#" * 70_000, "larger than"),
        ('public-key = "a key"', "no public key in PEM"),
        ('public-key = ""', "no public key in PEM"),
    ],
)
def test_a_policy_that_trusts_nobody_or_anybody_is_refused(document: str, why: str) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        VerificationPolicy.parse(document)
    assert why in raised.value.message
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    "regexp",
    [
        *(
            "",
            ".*",
            "^.*$",
            "^.+$",
            "^(.*)$",
            "^[^x]*$",
            r"^\D*$",
            "^.{1,999}$",
            "^(a|.*)$",
            "^.*?$",
            "^.*.*$",
        ),
        *(REGEXP[1:], REGEXP[:-1], REGEXP[:-1] + r"\$", r"^a|b$", r"^(a)|(b)$", r"^a$|^b$", "^a\n$", "^$^a$"),
        *(
            r"(?m)^a$",
            r"^(?m)a$",
            r"^(?i)a$",
            r"^(?i:a)$",
            r"^(?=a)a$",
            r"^(?P<x>a)$",
            r"^(a)\1$",
            r"^\Qa\E$",
        ),
        *(
            r"^\pL$",
            r"^[[:alpha:]]$",
            r"^a++$",
            r"^a**$",
            r"^*$",
            r"^(+a)$",
            r"^(a$",
            r"^a)$",
            "^[a$",
            "^[]$",
            "^[a]]$",
        ),
        *(r"^\d\s$", r"^a{1001}$", r"^a{,2}$", r"^a{2,1}$", "^ä$", "^a--[b--c]$", "^\\$", "^"),
        *(
            r"^https://github\.com/.*$",
            r"^https://.*$",
            r"^https://github\.com/[^/]+/[^/]+/.*$",
            r"^.*@gmail\.com$",
        ),
        r"^https://github\.com/\w+/\w+/\.github/workflows/release\.yml@.*$",
    ],
)
def test_a_regexp_that_is_open_or_read_in_two_ways_is_refused(regexp: str) -> None:
    with pytest.raises(PolicyInvalid, match="identity-regexp"):
        policy(identity=None, identity_regexp=regexp)


@pytest.mark.parametrize(
    "regexp", ["^.*$", "^https://.*$", r"^http://[^/]*$", r"^https://[a-z.]+$", "^.{5,}$"]
)
def test_an_issuer_that_anybody_can_be_is_refused(regexp: str) -> None:
    with pytest.raises(PolicyInvalid, match="issuer-regexp"):
        policy(issuer=None, issuer_regexp=regexp)


@pytest.mark.parametrize(
    ("regexp", "name"),
    [
        (REGEXP, WORKFLOW),
        (r"^https://github\.com/(acme|other)/app/[^ \\]*\.0$", WORKFLOW),
        (r"^https://github\.com/acme/(?:app|web)/.+@refs/(heads/main|tags/v\d+(\.\d+){2})$", WORKFLOW),
        (r"^m[a-z]+@acme\.example$", "me@acme.example"),
        (r"^a{2,3}b?c*d+?$", "aabccd"),
    ],
)
def test_an_anchored_regexp_matches_whole_names(regexp: str, name: str) -> None:
    trusting = policy(identity=None, identity_regexp=regexp)
    assert trusting.trusts_identity(name)
    for other in (f"x{name}", f"{name}\n", f"{name} x", ""):
        assert not trusting.trusts_identity(other)


def test_what_a_flag_says_stands_above_the_file() -> None:
    file = f'identity-regexp = \'{REGEXP}\'\nissuer = "{ISSUER}"\nrepository = "https://github.com/acme/app"'
    both = VerificationPolicy.parse(file, {"identity": "me@acme.example", "repository": None})
    assert (both.identity, both.identity_regexp) == ("me@acme.example", None)
    assert (both.issuer, both.repository) == (ISSUER, "https://github.com/acme/app")
    later = VerificationPolicy.parse(file).under({"identity": "me@acme.example"})
    assert later == both
    with pytest.raises(PolicyInvalid, match="a public-key and an identity"):
        later.under({"public_key": KEY})


def test_a_key_is_an_anchor_of_its_own() -> None:
    by_key = VerificationPolicy.parse("", {"public_key": KEY})
    assert not by_key.is_keyless
    assert not by_key.trusts_identity(WORKFLOW)
    assert not by_key.trusts_issuer(ISSUER)


def test_a_private_key_in_the_wrong_place_is_not_shown() -> None:
    with pytest.raises(PolicyInvalid) as raised:
        VerificationPolicy.parse('public-key = """-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n"""')
    assert "c2VjcmV0" not in raised.value.message


@pytest.mark.parametrize(
    "entry", ["*", "https://*", "https://github.com/*", "https://github.com/acme*", "urn:*", "a*b"]
)
def test_a_pattern_of_builders_names_an_owner(entry: str) -> None:
    with pytest.raises(PolicyInvalid, match="builders"):
        policy(builders=(entry,))


def test_a_reusable_workflow_is_allowed_by_name_or_for_all_its_refs() -> None:
    assert not policy().allows_builder(f"{REUSABLE}@refs/tags/v1")
    assert policy(builders=(f"{REUSABLE}@refs/tags/v1",)).allows_builder(f"{REUSABLE}@refs/tags/v1")
    for entry in (f"{REUSABLE}@*", f"{REUSABLE}@refs/tags/*", "https://github.com/acme/*"):
        allowing = policy(builders=(entry,))
        assert allowing.allows_builder(f"{REUSABLE}@refs/tags/v1")
        for other in ("https://github.com/acme-evil/ci@v1", LOCAL_BUILDER, REHEARSAL_BUILDER):
            assert not allowing.allows_builder(other), (entry, other)
    assert not policy(builders=(f"{REUSABLE}@*",)).allows_builder(f"{REUSABLE}.yml@refs/tags/v1")
    assert not policy(builders=("https://github.com/acme/*",)).allows_builder("https://github.com/acme/../x")


def test_a_rehearsal_is_allowed_by_its_own_key_alone() -> None:
    assert not policy(builders=(REHEARSAL_BUILDER,)).allows_builder(REHEARSAL_BUILDER)
    assert policy(allow_rehearsal=True).allows_builder(REHEARSAL_BUILDER)


@given(st.text(alphabet=r"^$|()[]{}*+?.\ab1-,dw:!", max_size=12))
def test_what_is_accepted_never_matches_within_a_text(body: str) -> None:
    """Whatever is between the anchors: what Go finds anywhere in a text is the whole text."""
    try:
        pattern = compiled(f"^{body}$")
    except ValueError:
        return
    for text in ("xax\nax", "a\n", "\na", "za", "az", "ab", "bz\nb"):
        found = pattern.search(text)
        assert found is None or found[0] == text or text.endswith("\n")
