"""The judgement: what a release makes passes, and each thing that is wrong has a name."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from supply_chain import errors
from supply_chain.models.bundle import IN_TOTO
from supply_chain.models.verification import Verification, judged
from unit.supply_chain.attesting import (
    DIGEST,
    SIGNED_AT,
    bundle,
    bundles,
    certificate,
    facts,
    log_entry,
    provenance,
    statements,
)
from unit.supply_chain.identities import COMMIT
from unit.supply_chain.judging import of, place, policy, refused
from unit.supply_chain.mutations import MUTATIONS
from unit.supply_chain.provenances import PLACE

OTHER = f"sha256:{'0' * 64}"
URI = x509.UniformResourceIdentifier


def test_what_a_release_makes_is_proven() -> None:
    proven = judged(DIGEST, bundles(statements()), policy())
    assert proven.model_dump(exclude={"statements"}) == {
        "image": DIGEST,
        "signer": PLACE.workflow,
        "issuer": PLACE.issuer,
        "signatures": 1,
        "attestations": ("https://spdx.dev/Document", "https://slsa.dev/provenance/v1"),
        "builder": PLACE.builder_id,
        "build_type": "urn:supply-chain:build-type:v1",
        "repository": PLACE.repository,
        "ref": PLACE.ref,
        "commit": COMMIT,
        "dirty": False,
        "run": PLACE.run,
        "signed_at": SIGNED_AT,
        "built_at": SIGNED_AT,
        "packages": 1,
    }
    assert [(one.logged, one.timestamped) for one in proven.statements] == [(True, True)] * 3
    assert Verification.model_validate_json(proven.model_dump_json()) == proven


def test_in_whatever_order_bundles_come_the_same_is_said() -> None:
    made = bundles(statements())
    assert judged(DIGEST, made[::-1], policy()) == judged(DIGEST, made, policy())


@pytest.mark.parametrize(
    ("left_out", "kind"),
    [
        ("signature", errors.SignatureMissing),
        ("sbom", errors.SbomMissing),
        ("provenance", errors.ProvenanceMissing),
    ],
)
def test_each_of_the_three_must_be_there(left_out: str, kind: type[errors.SupplyChainError]) -> None:
    said = {name: statement for name, statement in statements().items() if name != left_out}
    refused(kind, DIGEST, bundles(said), policy())


def test_nothing_proves_nothing() -> None:
    assert "of type nothing" in refused(errors.SignatureMissing, DIGEST, [], policy()).message


def test_an_sbom_does_not_pass_for_a_signature() -> None:
    said = statements()
    refused(errors.SignatureMissing, DIGEST, bundles({"sbom": said["sbom"]}), policy())


def test_other_statements_count_for_nothing_but_their_signer_must_be_trusted() -> None:
    said = statements()
    said["vex"] = said["signature"] | {"predicateType": "https://openvex.dev/ns/v0.2.0"}
    assert judged(DIGEST, bundles(said), policy()).signatures == 1
    stranger = certificate(names=(URI("https://github.com/mallory/x/.github/workflows/y.yml@refs/heads/z"),))
    more = [*bundles(statements()), bundle(json.dumps(said["vex"]).encode(), stranger)]
    refused(errors.IdentityMismatch, DIGEST, more, policy())


def test_two_signers_do_not_make_one() -> None:
    other = place(job_workflow_ref="acme/inventory/.github/workflows/other.yml@refs/tags/v1.2.3")
    both = policy(identity=None, identity_regexp=r"^https://github\.com/acme/inventory/.*$")
    said = statements()
    signature, *rest = bundles(said)
    theirs = bundle(json.dumps(said["signature"]).encode(), of(other))
    error = refused(errors.SignersDiffer, DIGEST, [theirs, *rest], both)
    assert "other.yml" in error.message
    assert judged(DIGEST, [theirs, signature, *rest], both).signer == PLACE.workflow


def test_each_of_several_must_hold() -> None:
    said = statements()
    wrong = statements()["provenance"]
    wrong["predicate"]["runDetails"]["builder"]["id"] = "https://evil.example/builder"
    refused(errors.BuilderRefused, DIGEST, bundles({**said, "again": wrong}), policy())
    empty = said["sbom"] | {"predicate": said["sbom"]["predicate"] | {"packages": []}}
    refused(errors.SbomInvalid, DIGEST, bundles({**said, "again": empty}), policy())


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_a_trusted_signer_says_wrongly_has_a_name(name: str) -> None:
    kind, mutate = MUTATIONS[name]
    said = statements()
    mutate(said)
    assert said != statements()
    refused(kind, DIGEST, bundles(said), policy())


@pytest.mark.parametrize(
    ("der", "kind"),
    [
        (certificate(names=(URI(PLACE.workflow + "x"),)), errors.IdentityMismatch),
        (certificate(names=(URI(PLACE.workflow.upper()),)), errors.IdentityMismatch),
        (certificate(facts(issuer="https://issuer.example")), errors.IssuerMismatch),
        (certificate(facts(source_repository="https://github.com/acme/other")), errors.ProvenanceMismatch),
        (certificate(facts(source_digest="0" * 40)), errors.ProvenanceMismatch),
        (certificate(facts(source_ref="refs/heads/main")), errors.ProvenanceMismatch),
        (certificate(facts(run_invocation=PLACE.run + "0")), errors.ProvenanceMismatch),
        (certificate(facts(runner_environment="self-hosted")), errors.ProvenanceMismatch),
        (certificate(facts(build_signer="https://github.com/x")), errors.ProvenanceMismatch),
        (certificate(facts(build_config="https://github.com/x")), errors.ProvenanceMismatch),
        (certificate({"issuer": PLACE.issuer}), errors.ProvenanceMismatch),
        (certificate(lifetime=timedelta(0)), errors.CertificateInvalid),
        (certificate(names=()), errors.CertificateInvalid),
        (b"no certificate", errors.CertificateInvalid),
        (b"", errors.IdentityMismatch),
    ],
    ids=range(15),
)
def test_a_signer_who_is_not_the_one_has_a_name(der: bytes, kind: type[errors.SupplyChainError]) -> None:
    refused(kind, DIGEST, bundles(statements(), der), policy())


@pytest.mark.parametrize(
    ("material", "kind"),
    [
        ({"tlogEntries": [], "timestampVerificationData": {}}, errors.LogProofMissing),
        (
            {"tlogEntries": [log_entry(inclusionProof=None)], "timestampVerificationData": {}},
            errors.LogProofMissing,
        ),
        ({"tlogEntries": [log_entry(integratedTime="1")]}, errors.CertificateInvalid),
    ],
)
def test_a_signature_that_nobody_saw_in_time_is_refused(
    material: dict[str, Any], kind: type[errors.SupplyChainError]
) -> None:
    signature, *rest = statements().values()
    made = [bundle(json.dumps(one).encode()) for one in rest]
    refused(kind, DIGEST, [*made, bundle(json.dumps(signature).encode(), **material)], policy())


@pytest.mark.parametrize("material", [{"tlogEntries": []}, {"timestampVerificationData": {}}])
def test_a_log_or_a_timestamp_is_enough(material: dict[str, Any]) -> None:
    made = [bundle(json.dumps(one).encode(), **material) for one in statements().values()]
    assert judged(DIGEST, made, policy()).signatures == 1


@pytest.mark.parametrize("change", [b"", b"{}", b"hello"])
def test_what_is_no_bundle_is_refused(change: bytes) -> None:
    refused(errors.BundleInvalid, DIGEST, [*bundles(statements()), change], policy())


def test_another_payload_is_no_statement() -> None:
    made = [one.replace(IN_TOTO.encode(), b"text/plain") for one in bundles(statements())]
    refused(errors.StatementInvalid, DIGEST, made, policy())


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"[]", b'{"_type": 1, "_type": 2}', b"\xff", b'{"_type": NaN}', b'{"_type": "\\ud800"}'],
    ids=range(7),
)
def test_a_payload_of_another_shape_is_no_statement(payload: bytes) -> None:
    refused(errors.StatementInvalid, DIGEST, [bundle(payload)], policy())


def test_an_sbom_that_cosign_attested_by_hand_counts() -> None:
    said = statements()
    said["sbom"]["_type"] = "https://in-toto.io/Statement/v0.1"
    assert judged(DIGEST, bundles(said), policy()).packages == 1


@pytest.mark.parametrize(
    ("expected", "right"),
    [
        ({"repository": PLACE.repository}, True),
        ({"repository": PLACE.repository + "x"}, False),
        ({"ref": PLACE.ref}, True),
        ({"ref": "refs/heads/main"}, False),
        ({"commit": COMMIT}, True),
        ({"commit": "0" * 40}, False),
    ],
)
def test_what_the_policy_expects_of_the_source_holds(expected: dict[str, Any], right: bool) -> None:
    made = bundles(statements())
    if right:
        assert judged(DIGEST, made, policy(**expected)).commit == COMMIT
    else:
        refused(errors.ProvenanceMismatch, DIGEST, made, policy(**expected))


def test_a_commit_with_more_than_itself_is_not_that_commit() -> None:
    said = statements()
    said["provenance"]["predicate"] = provenance(dirty=True).as_json()
    made = bundles(said)
    assert judged(DIGEST, made, policy()).dirty
    refused(errors.ProvenanceMismatch, DIGEST, made, policy(commit=COMMIT))


def test_another_image_is_not_proven() -> None:
    refused(errors.DigestMismatch, OTHER, bundles(statements()), policy())
