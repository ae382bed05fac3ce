"""Whatever a trusted signer signs: what is accepted is right, what is refused has a name, nothing crashes.

Statements, identities and certificates are changed before they are signed, so that no signature gives the
change away: the judgement alone must see it.
"""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from cryptography import x509
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from soak import examples
from supply_chain import errors
from supply_chain.models.verification import Verification, judged
from supply_chain.models.verification_policy import VerificationPolicy
from unit.supply_chain.attesting import DIGEST, bundle, bundles, certificate, facts, statements
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.judging import policy
from unit.supply_chain.mutations import MUTATIONS, Said, changed, details, internals, parameters, right
from unit.supply_chain.provenances import PLACE

pytestmark = pytest.mark.soak

OFTEN = settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
RARELY = settings(OFTEN, max_examples=examples(50))

POLICY = policy()
LOOSE = policy(
    identity=None, identity_regexp=r"^https://github\.com/acme/inventory/[\w./-]+@refs/tags/v\d+(\.\d+)*$"
)
GENUINE = statements()
SIGNED = dict(zip(GENUINE, bundles(GENUINE), strict=True))
MISSING = {"signature": "SignatureMissing", "sbom": "SbomMissing", "provenance": "ProvenanceMissing"}

NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
HEX = st.text("0123456789abcdefABCDEF", min_size=0, max_size=70)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=8)
    | st.sampled_from([DIGEST, COMMIT, PLACE.run]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def verdict(made: list[bytes], by: VerificationPolicy = POLICY) -> Verification | str:
    """What the bundles prove, or the name of the reason why they prove nothing."""
    try:
        return judged(DIGEST, made, by)
    except errors.VerificationFailed as error:
        return error.name


def signed(said: Said) -> list[bytes]:
    """Bundles of the statements by the genuine signer; what did not change is not signed anew."""
    return [
        SIGNED[name] if statement == GENUINE[name] else bundle(json.dumps(statement).encode())
        for name, statement in said.items()
    ]


def test_the_genuine_one_is_accepted() -> None:
    assert isinstance(verdict(signed(GENUINE)), Verification)
    assert right(GENUINE)


@OFTEN
@given(st.lists(st.sampled_from(sorted(MUTATIONS)), min_size=1, max_size=4, unique=True))
def test_however_many_things_are_wrong_one_of_them_is_named(names: list[str]) -> None:
    said = deepcopy(GENUINE)
    applied = [name for name in names if _applied(name, said)]
    assume(applied)
    assert verdict(signed(said)) in {MUTATIONS[name][0].__name__ for name in applied}


@OFTEN
@given(st.data())
def test_what_is_accepted_says_what_it_should(data: st.DataObject) -> None:
    """Any value anywhere in a statement is replaced, removed or joined by another."""
    said = deepcopy(GENUINE)
    which = data.draw(st.sampled_from(sorted(said)))
    said[which] = changed(data.draw, said[which], VALUES)
    proven = verdict(signed(said))
    if isinstance(proven, Verification):
        assert right(said), said[which]
        assert (proven.repository, proven.ref, proven.commit) == (PLACE.repository, PLACE.ref, COMMIT)


@OFTEN
@given(st.sampled_from(sorted(GENUINE)), HEX, st.sampled_from(["sha256", "sha512", "SHA256", "sha1", ""]))
def test_no_other_digest_is_the_images(which: str, digest: str, algorithm: str) -> None:
    assume((algorithm, digest) != ("sha256", DIGEST.removeprefix("sha256:")))
    said = deepcopy(GENUINE)
    subjects = said[which]["subject"]
    for replaced in ([{"digest": {algorithm: digest}}], [*subjects, {"digest": {algorithm: digest}}]):
        said[which]["subject"] = replaced
        assert verdict(signed(said)) == "DigestMismatch"


@OFTEN
@given(st.sampled_from(sorted(GENUINE)), st.sampled_from(["_type", "predicateType"]), NAMES, st.booleans())
def test_types_are_exact(which: str, key: str, name: str, almost: bool) -> None:
    genuine = GENUINE[which][key]
    written = genuine + name[0] if almost else name
    assume(written != "https://in-toto.io/Statement/v0.1")
    said = deepcopy(GENUINE)
    said[which][key] = written
    missing = {"signature": "SignatureMissing", "sbom": "SbomMissing", "provenance": "ProvenanceMissing"}[
        which
    ]
    assert verdict(signed(said)) == ("StatementInvalid" if key == "_type" else missing)


@OFTEN
@given(NAMES, st.integers(0, 80), st.sampled_from(["insert", "replace", "append", "alone"]))
def test_no_other_name_is_the_signers(name: str, place: int, how: str) -> None:
    identity = {
        "insert": PLACE.workflow[:place] + name + PLACE.workflow[place:],
        "replace": PLACE.workflow[:place] + name + PLACE.workflow[place + len(name) :],
        "append": PLACE.workflow + name,
        "alone": name,
    }[how]
    assume(identity != PLACE.workflow)
    der = certificate(names=(x509.UniformResourceIdentifier(identity),))
    assert verdict(bundles(GENUINE, der)) == "IdentityMismatch"
    by_regexp = verdict(bundles(GENUINE, der), LOOSE)
    assert isinstance(by_regexp, Verification) == bool(
        re.fullmatch(LOOSE.identity_regexp or "", identity, re.ASCII)
    )


@OFTEN
@given(st.sampled_from(sorted(facts())), NAMES)
def test_nothing_else_in_the_certificate_is_the_same_run(field: str, value: str) -> None:
    assume(value != facts()[field])
    assume(field != "runner_environment" or value != "github-hosted")
    kind = "IssuerMismatch" if field == "issuer" else "ProvenanceMismatch"
    assert verdict(bundles(GENUINE, certificate(facts() | {field: value}))) == kind


@OFTEN
@given(st.sampled_from(["builder", "build type", "parameter", "run", "workflow", "runner", "issuer"]), NAMES)
def test_nothing_else_in_the_provenance_is_the_same_build(what: str, value: str) -> None:
    said = deepcopy(GENUINE)
    kind = "ProvenanceMismatch"
    if what == "builder":
        details(said)["builder"]["id"], kind = value, "BuilderRefused"
    elif what == "build type":
        said["provenance"]["predicate"]["buildDefinition"]["buildType"], kind = value, "BuildTypeRefused"
    elif what == "parameter":
        assume(value not in parameters(said))
        parameters(said)[value], kind = value, "ParameterUnknown"
    elif what == "run":
        details(said)["metadata"]["invocationId"] = value
    else:
        internals(said)[what] = value
    assert verdict(signed(said)) == kind


@RARELY
@given(st.lists(st.sampled_from(sorted(GENUINE)), max_size=6))
def test_all_three_are_needed_in_any_order_and_number(which: list[str]) -> None:
    proven = verdict([SIGNED[name] for name in which])
    missing = [MISSING[name] for name in GENUINE if name not in which]
    if missing:
        assert proven in missing
    else:
        assert isinstance(proven, Verification)
        assert proven.signatures == which.count("signature")


@RARELY
@given(st.sampled_from(sorted(GENUINE)), st.integers(0, 4000), st.binary(max_size=4), st.booleans())
def test_a_bundle_that_is_no_longer_whole_does_not_crash(
    which: str, place: int, junk: bytes, cut: bool
) -> None:
    """That it is no longer signed is cosign's to see; what is then believed must be no worse."""
    whole = SIGNED[which]
    place %= len(whole)
    broken = whole[:place] + junk + (b"" if cut else whole[place + len(junk) :])
    proven = verdict([broken if name == which else made for name, made in SIGNED.items()])
    if isinstance(proven, Verification):
        assert (proven.commit, proven.repository) == (COMMIT, PLACE.repository)


def _applied(name: str, said: Said) -> bool:
    """Whether the mutation found what it changes, and changed it."""
    before: dict[str, Any] = deepcopy(said)
    try:
        MUTATIONS[name][1](said)
    except (KeyError, IndexError, TypeError, AttributeError):
        said.clear()
        said.update(before)
    return said != before
