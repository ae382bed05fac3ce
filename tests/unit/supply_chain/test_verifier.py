"""What is attached to an image: everybody's; what counts: what cosign vouches for, to the byte."""

import json
from collections.abc import Sequence

import anyio
import pytest
from cryptography import x509

from supply_chain.errors import IdentityMismatch, RegistryUnavailable, SbomMissing, SupplyChainError
from supply_chain.images import Images
from supply_chain.registry import Registry
from supply_chain.verifier import Proven, bundles_on, judged_bundles, verified
from unit.supply_chain.attesting import DIGEST, bundles, certificate, statements
from unit.supply_chain.clock import Time
from unit.supply_chain.cosigning import BY_IDENTITY, IMAGE, Cosign, Stock
from unit.supply_chain.engine import Program, run_by

STRANGER = certificate(names=(x509.UniformResourceIdentifier("https://stranger.example/x"),))
OURS = [one.decode() for one in bundles(statements())]
THEIRS = [one.decode() for one in bundles(statements(), STRANGER)]
BUSY = "Error: GET https://ghcr.io/v2/x: unexpected status code 503 Service Unavailable"
NO_SBOM = "Error: none of the attestations matched the predicate type: spdxjson, found: x"


def judged(made: Sequence[str], program: Program, monkeypatch: pytest.MonkeyPatch) -> Proven:
    run_by(program, monkeypatch)
    return anyio.run(judged_bundles, Images.pinned(), BY_IDENTITY, DIGEST, made)


def seen(stock: Stock, monkeypatch: pytest.MonkeyPatch, seconds: float = 600) -> Proven:
    run_by(stock, monkeypatch)
    registry = Registry(images=Images.pinned(), patience=Time().patience(seconds))
    return anyio.run(verified, registry, BY_IDENTITY, IMAGE)


def refused(stock: Stock, monkeypatch: pytest.MonkeyPatch, seconds: float = 600) -> SupplyChainError:
    with pytest.raises(SupplyChainError) as caught:
        seen(stock, monkeypatch, seconds)
    return caught.value


def test_only_what_cosign_vouches_for_counts_and_is_kept_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spaced = [json.dumps(json.loads(one), indent=1) for one in OURS]
    proven = judged([*THEIRS, *spaced], Cosign(), monkeypatch)
    assert proven.bundles == tuple(spaced)
    assert proven.verification.signatures == 1


def test_what_states_nothing_is_not_even_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Cosign()
    proven = judged(["{}", "no JSON", '{"messageSignature": {}}', *OURS], tool, monkeypatch)
    assert (tool.asked, proven.bundles) == (3, tuple(OURS))


def test_where_none_can_be_believed_the_first_refusal_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(IdentityMismatch, match=f"no bundle about {DIGEST} can be verified"):
        judged(THEIRS, Cosign(), monkeypatch)


def test_stock_cosign_is_asked_for_signature_sbom_and_provenance(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(OURS)
    assert seen(stock, monkeypatch).bundles == tuple(OURS)
    assert stock.asked == [
        ("verify", ""),
        ("verify-attestation", "spdxjson"),
        ("verify-attestation", "slsaprovenance1"),
        ("download", ""),
    ]


def test_what_stock_cosign_refuses_is_refused_whatever_the_bundles_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = refused(Stock(OURS, spdxjson=[NO_SBOM]), monkeypatch)
    assert (type(error), error.what) == (SbomMissing, f"{IMAGE} cannot be verified")


def test_an_outage_of_the_registry_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked in ("verify", "slsaprovenance1"):
        assert seen(Stock(OURS, **{asked: [BUSY]}), monkeypatch).bundles == tuple(OURS)
    error = refused(Stock(OURS, verify=[BUSY] * 1000), monkeypatch)
    assert (type(error), error.exit_code) == (RegistryUnavailable, 17)


def test_everything_that_is_attached_is_listed_whoever_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for attached in ([*OURS, *THEIRS], []):
        run_by(Stock(attached), monkeypatch)
        assert anyio.run(bundles_on, Registry(images=Images.pinned()), IMAGE) == attached
