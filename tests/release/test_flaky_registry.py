"""A registry that is down for a while is waited for; one that stays down ends the run with its name."""

from collections.abc import Iterator

import pytest

from .behind_proxy import Site, site
from .cosign_by_hand import Cosign
from .harness import Engine
from .private_registry import PrivateRegistry
from .proxy import RESET, TOO_MANY, UNAVAILABLE, Outage
from .releasing import Caller

PASSED, OUTAGE = 0, 17


@pytest.fixture(scope="module")
def flaky(
    engine: Engine,
    registry: PrivateRegistry,
    caller: Caller,
    cosign: Cosign,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The registry that wants a login and has no referrers API, behind a proxy."""
    with site(engine, registry, caller, cosign, tmp_path_factory.mktemp("flaky")) as made:
        yield made


@pytest.fixture(autouse=True)
def _healed(flaky: Site) -> Iterator[None]:
    yield
    flaky.proxy.heal()


def test_outages_at_each_stage_are_waited_for(flaky: Site) -> None:
    """At the push, when something is attached, and at the tag; longer than the tools try by themselves."""
    flaky.proxy.outages = [
        Outage(r"POST .*/blobs/uploads/", UNAVAILABLE, 20),
        Outage(r"PUT .*/manifests/sha256-", RESET, 2),
        Outage(r"PUT .*/manifests/4\.0\.0$", TOO_MANY, 20),
    ]
    service = f"registry {flaky.proxy.host} is down or overloaded; attempt 2 in "
    ran, verdict, _ = flaky.candidate("4.0.0", flaky.image("flaky"), patience=300)
    told = [line for line in ran.stderr.splitlines() if service in line]
    assert any("could not be pushed" in line for line in told), ran.said
    assert any("could not be tagged" in line for line in told), ran.said
    assert all("s of patience left" in line for line in told)
    verdict.expect(PASSED, "# Release of 4.0.0: passed")
    assert [bool(outage.began) for outage in flaky.proxy.outages] == [True] * 3
    assert "4.0.0" in flaky.public_tags()
    assert flaky.lacking() == []


def test_a_registry_that_stays_down_is_named_and_nothing_is_public(flaky: Site) -> None:
    before = flaky.public_tags()
    flaky.proxy.outages = [Outage(r"POST .*/blobs/uploads/", UNAVAILABLE, 600)]
    _, verdict, evidence = flaky.candidate("4.1.0", flaky.image("down"), patience=6)
    service = f"registry {flaky.proxy.host}"
    verdict.expect(OUTAGE, "RegistryUnavailable", service, "tried ", "--patience")
    assert flaky.public_tags() == before
    assert {"trivy.json", "sbom.spdx.json", "trivy.sarif"} <= evidence.names
    assert evidence.outcome.status == "outage"
    seconds = {step.name: step.seconds for step in evidence.outcome.steps}
    assert 6 <= seconds["push"] <= 30
