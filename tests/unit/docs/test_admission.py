"""docs/admission.md: its policies ask for what the module signs, and trust whom docs/github.md trusts."""

import json
import re
import shlex
from functools import reduce

import pytest

from supply_chain.models.build_type import BUILD_TYPE
from supply_chain.models.place import GITHUB_ISSUER, HOSTED_BUILDER
from supply_chain.models.provenance import PROVENANCE_TYPE
from supply_chain.models.spdx import PREDICATE_TYPE as SBOM_TYPE
from supply_chain.models.statement import SIGNATURE_TYPE
from supply_chain.models.verification_policy import VerificationPolicy
from unit.docs.pages import DOCS, commands, fenced
from unit.workflows.files import parsed

PAGE = DOCS / "admission.md"
TEXT = PAGE.read_text()
SIGSTORE, KYVERNO = (parsed(block)["spec"] for block in fenced(TEXT, "yaml"))
(AUTHORITY,) = SIGSTORE["authorities"]
(ATTESTOR,) = KYVERNO["attestors"]
(OURS,) = fenced(TEXT, "toml")
POLICY = VerificationPolicy.parse(OURS)
TYPES = {"signature": SIGNATURE_TYPE, "sbom": SBOM_TYPE, "provenance": PROVENANCE_TYPE}

(REGO,) = (one["policy"] for one in AUTHORITY["attestations"] if "policy" in one)
CEL = "\n".join(one["expression"] for one in KYVERNO["validations"])
WORKFLOW = "https://github.com/acme/supply-chain/.github/workflows/release-image.yml"
SAMPLE = "buildDefinition.internalParameters.sampleDatabase"
IDENTITIES = [*AUTHORITY["keyless"]["identities"], *ATTESTOR["cosign"]["keyless"]["identities"]]


def test_all_of_the_page_trusts_whom_the_page_on_github_trusts() -> None:
    (github,) = fenced((DOCS / "github.md").read_text(), "toml")
    assert VerificationPolicy.parse(github) == POLICY
    assert len(IDENTITIES) == 2
    for identity in IDENTITIES:
        assert identity == {"issuer": GITHUB_ISSUER, "subjectRegExp": _of_ours("identity-regexp")}


def test_cosign_is_given_the_same() -> None:
    who, *verifying = commands(PAGE)[1:]
    assert shlex.split(who) == [f"WHO={_of_ours('identity-regexp')}"]
    assert [shlex.split(command)[1] for command in verifying] == ["verify", *["verify-attestation"] * 2]
    for command in verifying:
        assert f"--certificate-oidc-issuer {GITHUB_ISSUER} " in command
        assert '--certificate-identity-regexp "$WHO" ' in command
        assert command.endswith("--certificate-github-workflow-repository acme/shop")


@pytest.mark.parametrize("ref", ["1" * 40, "refs/tags/v1.0.0"])
def test_the_expression_is_anchored_and_takes_our_workflow(ref: str) -> None:
    for identity in IDENTITIES:
        assert identity["subjectRegExp"].startswith("^")
        assert identity["subjectRegExp"].endswith("$")
        assert re.search(identity["subjectRegExp"], f"{WORKFLOW}@{ref}")


def test_every_statement_is_asked_for_by_its_type() -> None:
    asked = {one["name"]: one["predicateType"] for one in AUTHORITY["attestations"]}
    assert asked == TYPES
    assert {one["name"]: one["intoto"]["type"] for one in KYVERNO["attestations"]} == TYPES
    for name in TYPES:
        assert f"verifyAttestationSignatures(image, attestations.{name}, [attestors.release]) > 0" in CEL


def test_the_table_of_statements_has_the_same_types() -> None:
    told = TEXT.partition("## What is signed")[2].partition("## ")[0]
    assert all(f"| `{kind}`" in told for kind in TYPES.values())
    assert f"`{BUILD_TYPE}`" in told


def test_bundles_are_what_is_looked_for() -> None:
    assert AUTHORITY["signatureFormat"] == "bundle"


@pytest.mark.parametrize(
    ("parameter", "value"),
    {
        "buildType": BUILD_TYPE,
        "externalParameters.repository": "ghcr.io/acme/shop",
        "externalParameters.source.repository": POLICY.repository,
        "internalParameters.mode": "release",
    }.items(),
)
def test_provenance_is_held_to_what_the_module_writes(parameter: str, value: str) -> None:
    assert f"provenance).predicate.buildDefinition.{parameter} == '{value}' &&" in CEL
    assert f'\n  build.{parameter} == "{value}"\n' in REGO["data"]


def test_samples_are_refused() -> None:
    assert "!extractPayload(image, attestations.provenance).predicate." + SAMPLE in CEL
    assert f"\n  {SAMPLE.replace('buildDefinition', 'build')} == false\n" in REGO["data"]


def test_what_they_look_at_stands_in_a_provenance() -> None:
    (block,) = fenced((DOCS / "build-type.md").read_text(), "json")
    predicate = json.loads(block)
    places = set(re.findall(r"provenance\)\.predicate\.([\w.]+?)(?: |\.startsWith|$)", CEL, re.MULTILINE))
    assert len(places) == 6
    for place in places:
        assert isinstance(reduce(lambda within, key: within[key], place.split("."), predicate), str | bool)


def test_what_is_missing_is_refused() -> None:
    """In Rego a condition about it does not hold; CUE would fill it in from the policy itself."""
    assert REGO["type"] == "rego"
    assert REGO["data"].startswith("package sigstore\ndefault isCompliant = false\nisCompliant {\n")


def test_the_builder_is_the_workflow() -> None:
    (builder,) = POLICY.builders
    assert builder == f"{WORKFLOW}@*"
    assert f"runDetails.builder.id.startsWith('{WORKFLOW}@')" in CEL
    assert (
        f'workflow := "{WORKFLOW}@"\n  startswith(input.predicate.runDetails.builder.id, workflow)'
        in REGO["data"]
    )
    assert f"the builder is `{HOSTED_BUILDER}`" in TEXT.replace("\n", " ")


def test_every_container_of_a_pod_is_looked_at() -> None:
    everything = "(images.containers + images.initContainers + images.ephemeralContainers).all(image, "
    for one in KYVERNO["validations"]:
        assert one["expression"].startswith(everything)


def _of_ours(key: str) -> str:
    found = re.search(rf"^{key} = '(.*)'$", OURS, re.MULTILINE)
    assert found
    return found[1]
