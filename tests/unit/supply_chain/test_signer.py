"""Signing: every statement once; what an outage has kept from it is signed again, and nothing else."""

from collections.abc import Mapping
from typing import Any, cast

import anyio
import dagger
import pytest
from cryptography import x509

from supply_chain.errors import (
    InternalError,
    KeyRefused,
    SigningFailed,
    SigstoreUnavailable,
    SupplyChainError,
)
from supply_chain.images import Images
from supply_chain.models.identity import Claims
from supply_chain.models.place import Place, place_of
from supply_chain.models.verification import judged
from supply_chain.patience import Patience
from supply_chain.signer import KeySigner, own_policy, signed, signed_sums
from supply_chain.toolbox import script_text
from supply_chain.tools import cosign
from supply_chain.trust import Trust
from supply_chain.workbench import Answer
from unit.supply_chain.attesting import DIGEST, PUBLIC_KEY, bundles, certificate, facts, statements
from unit.supply_chain.clock import Time
from unit.supply_chain.engine import GOOD, Files, bad, directory, run_by, secret
from unit.supply_chain.identities import JOB
from unit.supply_chain.provenances import PLACE

IMAGES = Images.pinned()
SIGNER = KeySigner(secret("-----BEGIN PRIVATE-----"), secret("pass word"))
STATEMENTS = {"signature": b'{"a": 1}', "sbom": "{\u00fc }\n".encode(), "provenance": b"{}"}
REKOR_DOWN = (
    'Error: signing bundle: Post "http://rekor:3000/api/v2/log/entries": giving up after 4 attempts: '
    "unexpected response: 503 Service Unavailable"
)
WRONG_PASSWORD = "Error: reading key: decrypt: encrypted: decryption failed"


class Cosign:
    """Signs into bundles that tell which signature it was; fails as often as it is told to, by statement."""

    def __init__(self, **failures: list[str]) -> None:
        self.failures = failures
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], files: Files) -> Answer:
        if command[0] == "python3":
            return self._listed(command, files)
        self.commands.append(command)
        name = self.name(command)
        if self.failures.get(name):
            return bad(self.failures[name].pop(0))
        signed_file = files[command[command.index("--statement") + 1] if name != "blob" else command[-1]]
        bundle = command[command.index("--bundle") + 1]
        files[bundle] = f"signature {len(self.commands)} over {signed_file}"
        return GOOD

    def _listed(self, command: list[str], files: Files) -> Answer:
        if self.failures.get("listing"):
            return bad(self.failures["listing"].pop(0))
        _, script, how, folder, to = command
        assert (files[script], how) == (script_text("check_sums"), "write")
        files[to] = f"list of { {name: text for name, text in files.items() if name.startswith(folder)} }"
        return GOOD

    @property
    def names(self) -> list[str]:
        """What was to be signed, in order."""
        return [self.name(command) for command in self.commands]

    @staticmethod
    def name(command: list[str]) -> str:
        """What a command signs."""
        assert command[0] == cosign.PROGRAM
        if command[1] == "sign-blob":
            return "blob"
        assert command[1] == "attest-blob"
        return command[command.index("--statement") + 1].rpartition("/")[2].removesuffix(".json")


def made(
    tool: Cosign, monkeypatch: pytest.MonkeyPatch, patience: Patience | None = None
) -> Mapping[str, str]:
    run_by(tool, monkeypatch)
    bundles: Mapping[str, str] = anyio.run(
        signed, IMAGES, SIGNER, STATEMENTS, patience or Time().patience(600)
    )
    return bundles


def refused(
    tool: Cosign, monkeypatch: pytest.MonkeyPatch, patience: Patience | None = None
) -> SupplyChainError:
    with pytest.raises(SupplyChainError) as caught:
        made(tool, monkeypatch, patience)
    return caught.value


def test_every_statement_is_signed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    bundles = made(Cosign(), monkeypatch)
    assert list(bundles) == list(STATEMENTS)
    for name, statement in STATEMENTS.items():
        assert bundles[name].endswith(f"over {statement.decode()}")


def test_only_what_failed_is_signed_again_and_the_order_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    tool, time = Cosign(signature=[REKOR_DOWN], sbom=[REKOR_DOWN, REKOR_DOWN]), Time()
    bundles = made(tool, monkeypatch, time.patience(600))
    assert tool.names == [*STATEMENTS, "signature", "sbom", "sbom"]
    assert list(bundles) == list(STATEMENTS)
    assert bundles["provenance"] == "signature 3 over {}", "it was there after the first attempt"
    assert len(time.naps) == 2


def test_an_outage_that_lasts_names_statement_and_service(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(Cosign(sbom=[REKOR_DOWN] * 1000), monkeypatch, Time().patience(60))
    assert (type(error), error.exit_code) == (SigstoreUnavailable, 17)
    assert error.what.startswith("sbom could not be signed: Rekor")


def test_what_does_not_pass_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Cosign(signature=[WRONG_PASSWORD], sbom=[WRONG_PASSWORD], provenance=[WRONG_PASSWORD])
    error = refused(tool, monkeypatch)
    assert type(error) is KeyRefused
    assert error.what == "signature could not be signed"
    assert len(tool.commands) == len(STATEMENTS)


def test_what_nobody_has_seen_yet_is_a_failed_signing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(refused(Cosign(sbom=["Error: odd"]), monkeypatch)) is SigningFailed


def test_secrets_are_in_the_environment_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Files] = []
    tool = Cosign()

    def program(command: list[str], files: Files) -> Answer:
        seen.append(dict(files))
        return tool(command, files)

    engine = run_by(program, monkeypatch)
    anyio.run(signed, IMAGES, SIGNER, STATEMENTS, Time().patience(0))
    for text in ("-----BEGIN PRIVATE-----", "pass word"):
        assert not [files for files in seen if text in " ".join(files.values())]
        assert text not in str(tool.commands)
    equipped = SIGNER.equip(cast("dagger.Container", engine.container()))
    assert vars(equipped)["variables"] == {
        "COSIGN_PRIVATE_KEY": "-----BEGIN PRIVATE-----",
        "COSIGN_PASSWORD": "pass word",
    }


def test_a_key_signs_without_any_service(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Cosign()
    made(tool, monkeypatch)
    for command in tool.commands:
        assert tuple(command[2 : 2 + len(cosign.BY_KEY)]) == cosign.BY_KEY


def test_a_folder_is_listed_and_signed_and_an_outage_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tool, time = Cosign(blob=[REKOR_DOWN]), Time()
    run_by(tool, monkeypatch)

    async def main() -> list[str]:
        made = await signed_sums(IMAGES, SIGNER, directory({"a": "x"}), time.patience(600))
        return [await file.contents() for file in made]

    listed = "list of {'/evidence/a': 'x'}"
    assert anyio.run(main) == [listed, f"signature 2 over {listed}"]
    assert tool.names == ["blob", "blob"]


def test_what_cannot_be_listed_is_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Cosign(listing=["Traceback: no such folder"])
    run_by(tool, monkeypatch)
    with pytest.raises(InternalError, match="no such folder"):
        anyio.run(signed_sums, IMAGES, SIGNER, directory({}), Time().patience(0))
    assert tool.names == []


def test_a_key_is_tried_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    run_by(lambda _command, _files: Answer(code=0, stdout=PUBLIC_KEY, stderr=""), monkeypatch)
    trust = anyio.run(_trust)
    assert (trust.policy.public_key, trust.trusted_root) == (PUBLIC_KEY, "")
    run_by(lambda _command, _files: bad(WRONG_PASSWORD), monkeypatch)
    with pytest.raises(KeyRefused, match="the private key cannot be used"):
        anyio.run(_trust)


async def _trust() -> Trust:
    return await SIGNER.trust(IMAGES, rehearsal=False)


@pytest.mark.parametrize(
    "claims",
    [
        JOB,
        JOB | {"runner_environment": "self-hosted"},
        JOB | {"job_workflow_ref": "acme/ci/.github/workflows/release.yml@refs/tags/v1"},
    ],
    ids=["GitHub's machine", "another machine", "a reusable workflow"],
)
@pytest.mark.parametrize("rehearsal", [True, False])
def test_what_a_run_signs_passes_its_own_policy(claims: dict[str, Any], rehearsal: bool) -> None:
    here = place_of(Claims.model_validate(claims), rehearsal=rehearsal)
    policy = own_policy({"identity": here.workflow, "issuer": here.issuer}, here, rehearsal=rehearsal)
    told = facts(here, build_config=f"{here.repository}/.github/workflows/release.yml@{here.ref}")
    der = certificate(told, names=(x509.UniformResourceIdentifier(here.workflow),))
    assert judged(DIGEST, bundles(statements(here), der), policy).builder == here.builder_id


def test_what_a_key_signs_passes_its_own_policy() -> None:
    policy = own_policy({"public_key": PUBLIC_KEY}, Place(), rehearsal=False)
    assert judged(DIGEST, bundles(statements(Place()), b""), policy).builder == Place().builder_id


def test_a_run_lets_only_its_own_place_pass_and_a_rehearsal_only_in_one() -> None:
    anchor = {"identity": PLACE.workflow, "issuer": PLACE.issuer}
    for rehearsal in (True, False):
        policy = own_policy(anchor, PLACE, rehearsal=rehearsal)
        assert policy.builders == (PLACE.builder_id,)
        assert policy.repository == PLACE.repository
        assert not policy.allows_builder(Place().builder_id)
        assert policy.allow_rehearsal is rehearsal
    assert SIGNER.place == Place(), "nobody vouches for where a key is used"
    assert SIGNER.kind == "key"
