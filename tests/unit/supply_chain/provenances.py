"""Provenance that tests ask for."""

from typing import Any

from supply_chain.models.build_type import ExternalParameters, InternalParameters, Source
from supply_chain.models.identity import Claims
from supply_chain.models.mode import Mode
from supply_chain.models.place import Place, place_of
from supply_chain.models.trivy_report import Severity
from unit.supply_chain.identities import JOB

PLACE = place_of(Claims.model_validate(JOB), rehearsal=False)


def external(place: Place = PLACE, **changed: Any) -> ExternalParameters:
    """What a caller decides who releases from a source."""
    known: dict[str, Any] = {
        "version": "1.2.3",
        "repository": "ghcr.io/acme/inventory",
        "revision": "",
        "source": Source(repository=place.repository, ref=place.ref),
        "input": "source",
        "reference": "",
        "platform": "",
        "dockerfile": "Dockerfile",
        "target": "runtime",
        "build_args": {"FLAVOUR": "plain"},
        "build_secrets": ("token",),
        "port": 8080,
        "health_path": "/healthz",
        "test_target": "test",
        "severities": (Severity.CRITICAL, Severity.HIGH),
        "block_unfixed": False,
        "exceptions": f"sha256:{'e' * 64}",
        "database": "downloaded",
        "allow_sample_db": False,
        "max_db_age_hours": 168,
        "advisories": "asked",
        "images": (),
    }
    return ExternalParameters(**known | changed)


def internal(place: Place = PLACE, **changed: Any) -> InternalParameters:
    """What a run in that place says of itself."""
    known: dict[str, Any] = {
        "mode": Mode.RELEASE,
        "dirty": False,
        "stand_ins": (),
        "sample_database": False,
        "sample_advisories": False,
        "build_level": place.build_level,
        "signer": "keyless",
        "place": place.kind,
        "workflow": place.workflow,
        "runner": place.runner,
        "issuer": place.issuer,
    }
    return InternalParameters(**known | changed)
