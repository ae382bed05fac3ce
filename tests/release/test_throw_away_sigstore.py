"""The Sigstore that rehearsals sign against, judged by stock cosign."""

import json
from pathlib import Path

import pytest

from supply_chain.sigstore import Sigstore
from supply_chain.throw_away_sigstore import ISSUER_URL

from .canary import files_since
from .cosign_by_hand import Cosign
from .harness import Done, Engine
from .throw_away import CLAIMS, IDENTITY, SUBJECT, Signed, signed, trusting

# Whether secrets turn up in files can be told only while nobody else writes any.
pytestmark = pytest.mark.alone

GITHUB = "https://token.actions.githubusercontent.com"


@pytest.fixture(scope="module")
def made(engine: Engine) -> Signed:
    """What was signed."""
    return signed(engine)


def verified(
    cosign: Cosign, folder: Path, made: Signed, root: str = "", issuer: str = ISSUER_URL, **more: str
) -> Done:
    """Whether stock cosign, offline, accepts the statement's bundle."""
    (folder / "bundle").write_text(made.found.bundle)
    (folder / "root").write_text(root or made.found.root)
    facts = {"digest": SUBJECT, "type": "slsaprovenance1", "identity": IDENTITY} | more
    flags = trusting(facts.pop("identity"), issuer, folder / "root")
    also = [word for name, value in facts.items() for word in (f"--{name.replace('_', '-')}", value)]
    return cosign.run(
        "verify-blob-attestation", "--bundle", str(folder / "bundle"), "--digestAlg", "sha256", *flags, *also
    )


def test_a_signed_statement_verifies(cosign: Cosign, made: Signed, tmp_path: Path) -> None:
    verified(cosign, tmp_path, made).expect(0, "Verified OK")


def test_the_certificate_names_the_run(cosign: Cosign, made: Signed, tmp_path: Path) -> None:
    claims = {"repository": "repository", "ref": "ref", "sha": "sha", "trigger": "event_name"}
    flags = {f"certificate_github_workflow_{name}": CLAIMS[claim] for name, claim in claims.items()}
    verified(cosign, tmp_path, made, **flags).expect(0, "Verified OK")
    for flag in flags:
        refused = verified(cosign, tmp_path, made, **flags | {flag: "other"})
        assert refused.exit_code != 0, flag


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"issuer": GITHUB}, "issuer"),
        ({"identity": IDENTITY.replace("acme", "other")}, "identit"),
        ({"identity": r"^https://github\.com/"}, "identit"),
        ({"digest": "0" * 64}, "digest"),
        ({"type": "spdxjson"}, "predicate"),
    ],
)
def test_anything_else_does_not(
    cosign: Cosign, made: Signed, tmp_path: Path, what: dict[str, str], words: str
) -> None:
    refused = verified(cosign, tmp_path, made, **what)
    assert refused.exit_code != 0
    assert words in refused.stderr.lower()


def test_no_other_sigstore_vouches_for_it(cosign: Cosign, made: Signed, tmp_path: Path) -> None:
    assert verified(cosign, tmp_path, made, root=made.found.other_root).exit_code != 0


@pytest.mark.parametrize("part", ["certificateAuthorities", "ctlogs", "tlogs", "timestampAuthorities"])
def test_every_part_of_it_vouches(cosign: Cosign, made: Signed, tmp_path: Path, part: str) -> None:
    """Nothing is ignored: without the certificate log, say, a certificate does not count."""
    root = json.loads(made.found.root)
    assert len(root[part]) == 1
    del root[part]
    assert verified(cosign, tmp_path, made, root=json.dumps(root)).exit_code != 0


def test_a_signed_image_verifies(made: Signed) -> None:
    made.found.image["right"].expect(0, "The code-signing certificate was verified")


@pytest.mark.parametrize("other", ["another identity", "another issuer"])
def test_a_signed_image_does_not_verify_for_others(made: Signed, other: str) -> None:
    made.found.image[other].expect(1, "no matching CertificateIdentity found")


@pytest.mark.parametrize("claim", ["aud", "exp"])
def test_fulcio_refuses_a_token_that_is_not_for_it_or_not_any_more(made: Signed, claim: str) -> None:
    assert "error processing the identity token" in made.found.refused[claim]


def test_a_sigstore_that_is_handed_in_needs_no_service_of_ours(made: Signed) -> None:
    taken = made.found.handed_in["both"]
    assert isinstance(taken, Sigstore)
    assert taken.trusted_root == made.found.root
    assert json.loads(taken.signing_config)["rekorTlogUrls"][0]["url"] == "http://rekor:3000"
    assert (taken.services, taken.request_url, taken.issuer) == ({}, None, "")


def test_a_sigstore_to_verify_against_needs_its_root_alone(made: Signed) -> None:
    assert made.found.handed_in["root"] == Sigstore(trusted_root=made.found.root)


@pytest.mark.parametrize(
    ("given", "missing"), [("nothing", "trusted_root.json"), ("no config", "signing_config.json")]
)
def test_a_sigstore_that_lacks_a_file_is_refused(made: Signed, given: str, missing: str) -> None:
    assert f"TrustedRootInvalid: the sigstore directory has no {missing}" in str(made.found.handed_in[given])


def test_the_search_knows_all_keys_and_tokens(made: Signed) -> None:
    """Four keys of each of three Sigstores, a request's token, and what all identity tokens start with."""
    assert len(set(made.secrets)) == 3 * 4 + 2
    assert all(made.needles.within(secret.encode()) for secret in made.secrets)


def test_nothing_printed_held_a_secret(made: Signed) -> None:
    assert "start service" in made.printed
    assert made.needles.within(made.printed.encode()) == []


def test_no_command_line_held_a_secret(made: Signed) -> None:
    assert any(b"rekor-server" in argv for argv in made.watch.seen), "the watch saw nothing of the services"
    assert [argv for argv in made.watch.seen if made.needles.within(argv)] == []


def test_no_file_holds_a_secret(engine: Engine, made: Signed) -> None:
    files = files_since(engine.store, made.began)
    assert files
    assert made.needles.in_files(files + files_since(engine.temporary, made.began)) == []
