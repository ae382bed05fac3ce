"""The verifier is shown what it must refuse, and one that does not refuse it ends the run."""

from collections.abc import Sequence

import anyio
import pytest

from supply_chain import self_test, vouching
from supply_chain.errors import SupplyChainError, TrustedRootInvalid, VerifierFailed
from supply_chain.images import Images
from supply_chain.models.outcome import Rejection
from supply_chain.models.place import Place
from supply_chain.self_test import questions, self_tested
from supply_chain.trust import Trust
from supply_chain.verifier import Proven
from supply_chain.workbench import Answer, answers, workbench
from unit.supply_chain.attesting import DIGEST, bundles, statements
from unit.supply_chain.cosigning import BY_IDENTITY, BY_KEY, Cosign, accepting
from unit.supply_chain.engine import GOOD, Files, Program, bad, run_by
from unit.supply_chain.outcomes import verification

KEYLESS = [bundle.decode() for bundle in bundles(statements())]
KEYED = [bundle.decode() for bundle in bundles(statements(Place()), b"")]
FOUR = ["another image's digest", "another identity", "an SBOM attestation as the signature", "no provenance"]


def refusals(
    program: Program, trust: Trust, made: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Rejection]:
    run_by(program, monkeypatch)
    spoilt, proven = questions(trust, DIGEST), Proven(verification(DIGEST), tuple(made))
    asked = [vouching.Question(DIGEST, trust), *spoilt]
    bench = vouching.asking(workbench(Images.pinned()), asked, bundles=made)
    [said] = anyio.run(answers, bench, [vouching.ASKING])
    heard = vouching.heard(said)
    refused = self_tested(trust, proven, [heard.to(1), heard.to(2)])
    return {one.case: one for one in refused}


def test_each_of_four_cases_is_refused_by_the_name_of_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = refusals(Cosign(), BY_IDENTITY, KEYLESS, monkeypatch)
    assert list(refused) == FOUR
    assert [one.error for one in refused.values()] == [
        "DigestMismatch",
        "IdentityMismatch",
        "SignatureMissing",
        "ProvenanceMissing",
    ]
    assert all(one.what for one in refused.values())


def test_a_keys_verifier_is_shown_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = refusals(Cosign(), BY_KEY, KEYED, monkeypatch)
    assert list(refused) == FOUR
    assert refused["another identity"].error == "SignatureInvalid"


def test_a_strangers_key_lies_beside_ours() -> None:
    """All questions are put in one container."""
    ours, strangers = (question.trust.flags for question in questions(BY_KEY, DIGEST))
    assert ours[0] == strangers[0] == "--key"
    assert ours[1] != strangers[1]


def test_the_judgement_refuses_even_where_cosign_accepts_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keyless identities are read twice, by cosign and by us."""
    refused = refusals(accepting, BY_IDENTITY, KEYLESS, monkeypatch)
    assert [one.error for one in refused.values()] == [
        "DigestMismatch",
        "IdentityMismatch",
        "SignatureMissing",
        "ProvenanceMissing",
    ]


def test_a_cosign_that_accepts_any_key_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VerifierFailed, match="the verifier accepted another identity") as caught:
        refusals(accepting, BY_KEY, KEYED, monkeypatch)
    assert caught.value.exit_code == 70
    assert "do not trust what this version verified" in caught.value.message


@pytest.mark.parametrize(
    ("accepts", "case"),
    [("proven_by", "another image's digest"), ("judged", "an SBOM attestation as the signature")],
)
def test_a_verifier_that_accepts_is_our_bug(accepts: str, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, accepts, lambda *_: verification(DIGEST))
    with pytest.raises(VerifierFailed, match=f"the verifier accepted {case}"):
        refusals(Cosign(), BY_IDENTITY, KEYLESS, monkeypatch)


def test_a_verifier_that_is_not_there_has_refused_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails for another reason is no rejection: it would pass for a verifier that bites."""
    no_root = "Error: loading trusted root: no such file"
    tool = Cosign()

    def breaking(command: list[str], files: Files) -> Answer:
        return bad(no_root) if tool(command, files).code else GOOD

    with pytest.raises(SupplyChainError) as caught:
        refusals(breaking, BY_IDENTITY, KEYLESS, monkeypatch)
    assert type(caught.value) is TrustedRootInvalid


def test_a_verifier_that_was_not_asked_has_refused_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No bundle passes the first question, so that the others are not put."""
    with pytest.raises(VerifierFailed, match="was not asked"):
        refusals(Cosign(refuses=lambda _: "no"), BY_IDENTITY, KEYLESS, monkeypatch)
