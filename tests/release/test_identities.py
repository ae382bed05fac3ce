"""Signed by an identity at a Sigstore: what stock cosign and `verify` accept in a registry, and what not."""

import dataclasses
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .cosign_by_hand import Cosign, by_identity, by_regexp
from .harness import Done, Engine
from .keyless import BY_REQUEST, BY_TOKEN, Releaser, logged_in, seen_here, stock_verdicts
from .private_registry import PrivateRegistry, free_port
from .private_sigstore import EMAIL, PEOPLE, PrivateSigstore, not_trusting, token_of
from .referrers_registry import serving_referrers
from .rehearsing import PROVENANCE_TYPE, SIGNATURE_TYPE, SPDX_TYPE, Evidence
from .releasing import REVISION, Caller
from .throw_away import CLAIMS

PASSED, USAGE, SIGNING_FAILED, VERIFICATION_FAILED, OUTAGE = 0, 2, 14, 15, 17
GITHUB = "https://token.actions.githubusercontent.com"
OTHER = "other@example.com"
EITHER = r"^(releaser|other)@example\.com$"
IMAGE = "team/keyless"


@pytest.fixture(scope="module")
def releaser(
    engine: Engine,
    caller: Caller,
    private_sigstore: PrivateSigstore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Releaser:
    """Who releases to a repository of their own in the registry that wants a login."""
    own = dataclasses.replace(caller, registry=dataclasses.replace(caller.registry, image=IMAGE))
    return Releaser.made(engine, own, private_sigstore, tmp_path_factory.mktemp("releaser"))


@pytest.fixture(scope="module")
def target(releaser: Releaser) -> PrivateRegistry:
    """The registry that wants a login; it has no referrers API."""
    return releaser.caller.registry


@pytest.fixture(scope="module")
def released(releaser: Releaser, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The evidence of a release with a token that was given."""
    out = tmp_path_factory.mktemp("by-token") / "dist"
    flags = releaser.flags("1.0.0", releaser.caller.registry.repository)
    command = ("candidate", *flags, "export", "--path", str(out))
    releaser.call(*command, identity=BY_TOKEN).expect(PASSED)
    releaser.engine.call("verdict", "--evidence", str(out)).expect(PASSED, "# Release of 1.0.0: passed")
    return Evidence(out)


@pytest.fixture(scope="module")
def image(target: PrivateRegistry, released: Evidence) -> str:
    """The released image, by digest."""
    return f"{target.repository}@{released.image_digest()}"


@pytest.fixture(scope="module")
def stranger(cosign: Cosign, releaser: Releaser, tmp_path_factory: pytest.TempPathFactory) -> Cosign:
    """Stock cosign, logged in."""
    return logged_in(cosign, releaser.caller, tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def trusting(private_sigstore: PrivateSigstore) -> tuple[str, ...]:
    """Flags of `verify` that trust who releases."""
    return ("--identity", EMAIL, "--issuer", private_sigstore.issuer)


def test_stock_cosign_accepts_a_release_without_the_referrers_api(
    stranger: Cosign, private_sigstore: PrivateSigstore, target: PrivateRegistry, image: str
) -> None:
    root = private_sigstore.directory / "trusted_root.json"
    form = by_regexp(root, r"^releaser@example\.com$", f"^{re.escape(private_sigstore.issuer)}$")
    for flags in (private_sigstore.trusting, form):
        for done in stock_verdicts(stranger, seen_here(image), flags).values():
            done.expect(PASSED, "The code-signing certificate was verified")
    attached = target.referrers(image.partition("@")[2])
    assert attached == sorted([SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE])


def test_stock_cosign_accepts_a_release_with_the_referrers_api(
    cosign: Cosign, releaser: Releaser, trusting: tuple[str, ...], tmp_path: Path
) -> None:
    """Signed with a token that the run asked for itself, as a CI's job does."""
    with serving_referrers(tmp_path) as registry:
        done = releaser.call("release", *releaser.flags("1.0.0", registry.repository), identity=BY_REQUEST)
        done.expect(PASSED, "# Release of 1.0.0: passed", EMAIL)
        reference = f"{registry.repository}:1.0.0"
        for verdict in stock_verdicts(cosign, seen_here(reference), releaser.sigstore.trusting).values():
            verdict.expect(PASSED, "The code-signing certificate was verified")
        releaser.verify(reference, *trusting).expect(PASSED, EMAIL, PROVENANCE_TYPE)


def test_stock_cosign_rejects_anybody_else(
    stranger: Cosign, private_sigstore: PrivateSigstore, image: str, tmp_path: Path
) -> None:
    root = private_sigstore.directory / "trusted_root.json"
    own = private_sigstore.issuer
    other_root = not_trusting(private_sigstore, tmp_path) / "trusted_root.json"
    for flags in (
        by_identity(root, OTHER, own),
        by_identity(root, EMAIL, GITHUB),
        by_identity(other_root, EMAIL, own),
    ):
        for name, done in stock_verdicts(stranger, seen_here(image), flags).items():
            assert done.exit_code != 0, (name, flags)


def test_the_evidence_is_the_identitys(
    cosign: Cosign, private_sigstore: PrivateSigstore, released: Evidence
) -> None:
    cosign.verify_sums(released.path, private_sigstore.trusting).expect(PASSED, "Verified OK")
    cosign.check_sums(released.path).expect(PASSED)
    own = (private_sigstore.directory / "trusted_root.json").read_text()
    assert released.trusted_root.read_text() == own
    assert released.outcome.signer == f"{EMAIL}, vouched for by {private_sigstore.issuer}"


def test_verify_accepts_who_released(releaser: Releaser, trusting: tuple[str, ...], image: str) -> None:
    done = releaser.verify(image, *trusting, "--source-commit", REVISION)
    done.expect(PASSED, image.partition("@")[2], EMAIL, REVISION, SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE)


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (("--identity", OTHER), "IdentityMismatch"),
        (("--issuer", GITHUB), "IssuerMismatch"),
        (("--source-commit", "f" * 40), "ProvenanceMismatch"),
        (("--source-repository", "https://github.com/acme/inventory"), "ProvenanceMismatch"),
        (("--builders", "https://github.com/actions/runner/github-hosted"), "BuilderRefused"),
    ],
    ids=["identity", "issuer", "commit", "repository", "builder"],
)
def test_verify_rejects_another(
    releaser: Releaser, trusting: tuple[str, ...], image: str, flags: tuple[str, str], error: str
) -> None:
    given = dict(zip(trusting[::2], trusting[1::2], strict=True)) | dict([flags])
    done = releaser.verify(image, *(word for pair in given.items() for word in pair))
    done.expect(VERIFICATION_FAILED, error, "what to do")


@pytest.mark.parametrize(
    "flags",
    [
        ("--identity-regexp", ".*"),
        ("--identity-regexp", "^.*$"),
        ("--identity-regexp", r"releaser@example\.com"),
        ("--identity-regexp", r"^releaser@example\.com|other$"),
        ("--identity", ".*"),
        ("--identity", EMAIL, "--issuer-regexp", "^https?://.*$"),
        (),
    ],
    ids=" ".join,
)
def test_a_policy_that_trusts_anybody_or_nobody_is_refused(
    releaser: Releaser, private_sigstore: PrivateSigstore, image: str, flags: tuple[str, ...]
) -> None:
    issuer = () if not flags or "--issuer-regexp" in flags else ("--issuer", private_sigstore.issuer)
    releaser.verify(image, *flags, *issuer).expect(USAGE, "PolicyInvalid", "what to do")


def test_verify_rejects_what_another_sigstore_vouches_for(
    releaser: Releaser, trusting: tuple[str, ...], image: str, tmp_path: Path
) -> None:
    other = not_trusting(releaser.sigstore, tmp_path)
    done = releaser.call("verify", "--reference", image, *trusting, sigstore=other)
    done.expect(VERIFICATION_FAILED, "CertificateInvalid", "what to do")


def test_verify_rejects_bundles_of_another_image(
    releaser: Releaser, target: PrivateRegistry, trusting: tuple[str, ...], image: str
) -> None:
    """Provenance and all: somebody lets the other image's attachments be those of ours."""
    digest = image.partition("@")[2]
    target.let("forged", digest)
    target.let_another_have("forged")
    forged = target.digest("forged")
    target.let(forged.replace(":", "-"), digest.replace(":", "-"))
    done = releaser.verify(f"{target.repository}@{forged}", *trusting)
    done.expect(VERIFICATION_FAILED, "what to do")
    assert re.search("DigestMismatch|SignatureMissing", done.said)


def test_each_of_the_three_is_needed_and_of_one_signer(
    releaser: Releaser, target: PrivateRegistry, released: Evidence, tmp_path: Path
) -> None:
    """One function at a time: an SBOM is no signature, and two signers are nobody."""
    elsewhere = f"{target.address}:{target.port}/team/step-by-step"
    pushed = releaser.call("push", "--repository", elsewhere, "--tarball", str(releaser.image))
    reference = f"{elsewhere}@{released.image_digest()}"
    assert pushed.expect(PASSED).stdout.strip() == reference
    predicate = tmp_path / "provenance.json"
    predicate.write_text(json.dumps(released.json("provenance.json")["predicate"]))
    sbom = ("attest", "--reference", reference, "--predicate", str(released.path / "sbom.spdx.json"))
    provenance = ("attest", "--reference", reference, "--predicate", str(predicate))
    either = ("--identity-regexp", EITHER, "--issuer", releaser.sigstore.issuer)

    def verified() -> Done:
        return releaser.verify(reference, *either)

    releaser.call(*sbom, identity=BY_TOKEN).expect(PASSED, reference)
    verified().expect(VERIFICATION_FAILED, "ProvenanceMissing", "what to do")
    kind = ("--predicate-type", "slsaprovenance1")
    releaser.call(*provenance, *kind, identity=BY_TOKEN).expect(PASSED, reference)
    verified().expect(VERIFICATION_FAILED, "SignatureMissing", "what to do")
    sign, other = ("sign", "--reference", reference), releaser.sigstore.token(email=OTHER, sub=OTHER)
    releaser.call(*sign, identity=BY_TOKEN, token=other).expect(PASSED, reference)
    verified().expect(VERIFICATION_FAILED, "SignersDiffer", "what to do")
    releaser.call(*sign, identity=BY_REQUEST).expect(PASSED, reference)
    verified().expect(PASSED, EMAIL)


@pytest.fixture
def unchanged(target: PrivateRegistry, released: Evidence) -> Iterator[None]:
    """Asserts that nothing was pushed; that something can be, the release has shown."""
    assert released.outcome.passed
    before = target.content()
    yield
    assert target.content() == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("claims", "flags", "error"),
    [
        ({"exp": time.time() - 3600}, (), "IdentityExpired"),
        ({"aud": "elsewhere"}, (), "IdentityAudience"),
        ({}, ("--issuer", GITHUB), "IdentityIssuer"),
        ({"email": ""}, (), "IdentityUnknown"),
    ],
    ids=["expired", "audience", "issuer", "nobody"],
)
def test_a_token_that_cannot_sign_ends_the_run_before_anything_is_pushed(
    releaser: Releaser,
    target: PrivateRegistry,
    claims: dict[str, Any],
    flags: tuple[str, ...],
    error: str,
) -> None:
    token = releaser.sigstore.token(**claims)
    command = ("release", *releaser.flags("2.0.0", target.repository))
    done = releaser.call(*command, identity=(*BY_TOKEN, *flags), token=token)
    done.expect(USAGE, error, "what to do")
    assert token not in done.said


@pytest.mark.usefixtures("unchanged")
def test_a_token_of_another_commit_ends_the_run(releaser: Releaser, target: PrivateRegistry) -> None:
    """Of GitHub's issuer, as it says: Fulcio, which would look, is not reached."""
    token = token_of(GITHUB, CLAIMS | {"sha": "f" * 40})
    command = ("release", *releaser.flags("2.0.0", target.repository))
    done = releaser.call(*command, identity=BY_TOKEN, token=token)
    done.expect(USAGE, "SourceMismatch", "f" * 40, REVISION, "what to do")


@pytest.mark.usefixtures("unchanged")
def test_no_signer_or_two_end_the_run(releaser: Releaser, target: PrivateRegistry) -> None:
    command = ("release", *releaser.flags("2.0.0", target.repository))
    releaser.call(*command).expect(USAGE, "SignerMissing", "with-identity", "what to do")
    both = (*command, *releaser.caller.key_flags)
    releaser.call(*both, identity=BY_TOKEN).expect(USAGE, "InputAmbiguous", "what to do")
    releaser.call(*command, identity=BY_REQUEST[:2]).expect(USAGE, "IdentityInvalid", "what to do")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("variables", "exit_code", "error"),
    [
        ({"TOKEN_REQUEST_TOKEN": "of somebody else"}, USAGE, "IdentityInvalid"),
        ({"TOKEN_REQUEST_URL": f"http://127.0.0.1:{free_port()}/token"}, OUTAGE, "IdentityUnavailable"),
    ],
    ids=["refused", "down"],
)
def test_a_ci_that_gives_no_token_ends_the_run(
    releaser: Releaser, target: PrivateRegistry, variables: dict[str, str], exit_code: int, error: str
) -> None:
    command = ("release", *releaser.flags("2.0.0", target.repository))
    done = releaser.call(*command, identity=BY_REQUEST, variables=variables)
    done.expect(exit_code, error, "what to do")


@pytest.mark.parametrize("wrong", ["issuer", "root"])
def test_a_sigstore_that_does_not_fit_leaves_no_tag(
    releaser: Releaser, target: PrivateRegistry, tmp_path: Path, wrong: str
) -> None:
    """Fulcio does not know the token's issuer; or the root does not trust what Fulcio certifies."""
    before = target.tags()
    command = ("release", *releaser.flags("2.0.0", target.repository))
    if wrong == "issuer":
        token = token_of("http://stranger.example", PEOPLE)
        done = releaser.call(*command, identity=BY_TOKEN, token=token)
        done.expect(SIGNING_FAILED, "IdentityRefused", "what to do")
    else:
        directory = not_trusting(releaser.sigstore, tmp_path)
        done = releaser.call(*command, identity=BY_TOKEN, sigstore=directory)
        done.expect(USAGE, "TrustedRootInvalid", "what to do")
    assert target.tags() == before
