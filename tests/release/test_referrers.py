"""A release to a registry with the referrers API: the same, and no tag beside those that people see."""

from pathlib import Path

from .behind_proxy import site
from .cosign_by_hand import Cosign
from .harness import Engine
from .referrers_registry import serving_referrers
from .releasing import REVISION, Caller

PASSED = 0


def test_a_release_is_attached_by_referrers(
    engine: Engine, caller: Caller, cosign: Cosign, tmp_path: Path
) -> None:
    with (
        serving_referrers(tmp_path) as registry,
        site(engine, registry, caller, cosign, tmp_path) as place,
    ):
        done = place.begin("1.0.0", place.image("referred")).wait()
        done.expect(PASSED, "# Release of 1.0.0: passed")
        assert place.registry.tags() == sorted(["1.0.0", "latest", f"sha-{REVISION[:7]}"])
        assert place.lacking() == []
        assert place.proxy.received("GET .*/referrers/sha256:")
