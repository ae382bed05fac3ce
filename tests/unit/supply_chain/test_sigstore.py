"""What a caller hands in as their Sigstore."""

import json

import pytest

from supply_chain.errors import TrustedRootInvalid
from supply_chain.sigstore import Sigstore, check_kind
from supply_chain.tools import cosign

ROOT, CONFIG = cosign.NO_SERVICES[cosign.TRUSTED_ROOT], cosign.NO_SERVICES[cosign.SIGNING_CONFIG]


def test_what_cosign_writes_is_taken() -> None:
    check_kind("trusted_root.json", ROOT)
    check_kind("signing_config.json", CONFIG)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("trusted_root.json", "", "trusted_root.json is not JSON"),
        ("trusted_root.json", "{", "trusted_root.json is not JSON"),
        ("trusted_root.json", "[]", "its mediaType is None"),
        ("trusted_root.json", "{}", "its mediaType is None"),
        ("trusted_root.json", json.dumps({"mediaType": 1}), "its mediaType is 1"),
        ("trusted_root.json", CONFIG, "trusted_root.json is something else"),
        ("signing_config.json", ROOT, "signing_config.json is something else"),
    ],
)
def test_anything_else_is_refused(name: str, text: str, said: str) -> None:
    with pytest.raises(TrustedRootInvalid, match=said):
        check_kind(name, text)


def test_the_public_one_needs_nothing_from_us() -> None:
    assert Sigstore.public() == Sigstore(trusted_root="", signing_config="", services={}, issuer="")
