"""A registry that is down for a while is waited for; one that stays down ends the run with its name."""

from collections.abc import Iterator

import pytest

from .behind_proxy import Site
from .proxy import RESET, TOO_MANY, UNAVAILABLE, Outage
from .rehearsing import PROVENANCE_TYPE, SIGNATURE_TYPE, SPDX_TYPE

PASSED, OUTAGE = 0, 17
NEXT_PROCESS = r"GET /v2/$"
"""What tools ask before anything else, once a process; their own attempts go on after it."""


@pytest.fixture(autouse=True)
def _healed(place: Site) -> Iterator[None]:
    yield
    place.proxy.heal()


def test_outages_at_each_stage_are_waited_for(place: Site) -> None:
    """At the push, when something is attached, and at the tag; until another process tries than the first."""
    place.proxy.outages = [
        Outage(r"POST .*/blobs/uploads/", UNAVAILABLE, ends_at=NEXT_PROCESS),
        Outage(r"PUT .*/manifests/sha256-", RESET, 2),
        Outage(r"PUT .*/manifests/4\.0\.0$", TOO_MANY, ends_at=NEXT_PROCESS),
    ]
    service = f"registry {place.proxy.host} is down or overloaded; attempt 2 in "
    ran, verdict, evidence = place.candidate("4.0.0", place.image("flaky"), patience=300)
    told = [line for line in ran.stderr.splitlines() if service in line]
    assert any("could not be pushed" in line for line in told), ran.said
    assert any("could not be tagged" in line for line in told), ran.said
    assert all("s of patience left" in line for line in told)
    verdict.expect(PASSED, "# Release of 4.0.0: passed")
    assert [bool(outage.began) for outage in place.proxy.outages] == [True] * 3
    assert "4.0.0" in place.public_tags()
    assert place.lacking() == []
    attached = place.registry.referrers(evidence.image_digest())
    assert attached == sorted([SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE]), "what landed is not pushed again"


def test_a_registry_that_stays_down_is_named_and_nothing_is_public(place: Site) -> None:
    before = place.public_tags()
    place.proxy.outages = [Outage(r"POST .*/blobs/uploads/", UNAVAILABLE, 600)]
    _, verdict, evidence = place.candidate("4.1.0", place.image("down"), patience=6)
    service = f"registry {place.proxy.host}"
    verdict.expect(OUTAGE, "RegistryUnavailable", service, "tried ", "--patience")
    assert place.public_tags() == before
    assert {"trivy.json", "sbom.spdx.json", "trivy.sarif"} <= evidence.names
    assert evidence.outcome.status == "outage"
    seconds = {step.name: step.seconds for step in evidence.outcome.steps}
    assert 6 <= seconds["push"] <= 30
