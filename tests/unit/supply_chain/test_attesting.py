"""What was signed before is used again for the same version in the same repository only."""

import pytest

from supply_chain.attesting import is_of
from supply_chain.run import Run
from unit.supply_chain.attesting import bundles, statements
from unit.supply_chain.test_provenance import run

GENUINE = dict(zip(statements(), bundles(statements()), strict=True))


@pytest.mark.parametrize(
    ("a_run", "same"),
    [
        (run(version="1.2.3", repository="ghcr.io/acme/inventory"), True),
        (run(version="1.2.3", repository="ghcr.io/acme/mirror"), False),
    ],
)
def test_a_provenance_is_of_a_release_that_it_names(a_run: Run, same: bool) -> None:
    assert is_of(a_run, GENUINE["provenance"]) is same


@pytest.mark.parametrize("name", ["signature", "sbom"])
def test_nothing_but_a_provenance_names_a_release(name: str) -> None:
    assert not is_of(run(), GENUINE[name])
