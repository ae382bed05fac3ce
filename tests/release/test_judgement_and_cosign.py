"""The judgement beside stock cosign: statements changed before a trusted key signs them, really signed.

What we accept, cosign must accept as well. The other way round it need not: that is why there is a judgement.
"""

import json
import os
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soak import examples
from supply_chain.errors import VerificationFailed
from supply_chain.models.place import Place
from supply_chain.models.verification import Verification, judged
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.tools import cosign as commands
from unit.supply_chain.attesting import DIGEST, statements
from unit.supply_chain.mutations import MUTATIONS, Said, changed

from .cosign_by_hand import Cosign

pytestmark = pytest.mark.soak

PASSWORD = "of no importance"
TYPES = {
    "signature": "https://sigstore.dev/cosign/sign/v1",
    "sbom": "https://spdx.dev/Document",
    "provenance": "https://slsa.dev/provenance/v1",
}
OTHER = f"sha256:{'0' * 64}"
VALUES = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.sampled_from([DIGEST, [], {}])
)
SAMPLE = settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Keyholder:
    """Somebody whom the policy trusts, with stock cosign at hand."""

    cosign: Cosign
    folder: Path

    @property
    def policy(self) -> VerificationPolicy:
        """Trusts his key."""
        return VerificationPolicy.parse("", {"public_key": (self.folder / "cosign.pub").read_text()})

    def signed(self, statement: dict[str, Any]) -> Path | None:
        """The bundle of a statement; None where cosign does not sign such a thing."""
        written, bundle = self.folder / "statement.json", self.folder / f"{os.urandom(8).hex()}.sigstore.json"
        written.write_text(json.dumps(statement))
        flags = ("--key", str(self.folder / "cosign.key"), *self._files("signing_config", "trusted_root"))
        done = self.cosign.run(*commands.attest_blob(str(written), str(bundle), flags), password=PASSWORD)
        assert (done.exit_code == 0) == bundle.exists(), done.said
        return bundle if bundle.exists() else None

    def accepts(self, bundle: Path, kind: str, digest: str = DIGEST) -> bool:
        """Whether stock cosign accepts the bundle as a statement of this kind on the image."""
        key = ("--key", str(self.folder / "cosign.pub"), "--insecure-ignore-tlog=true")
        flags = (*key, *self._files("trusted_root"))
        return (
            self.cosign.run(*commands.verify_blob_attestation(str(bundle), digest, kind, flags)).exit_code
            == 0
        )

    def _files(self, *names: str) -> tuple[str, ...]:
        """Flags that name configurations without any service."""
        flags = {"signing_config": "--signing-config", "trusted_root": "--trusted-root"}
        return tuple(word for name in names for word in (flags[name], str(self.folder / f"{name}.json")))


@pytest.fixture(scope="module")
def holder(cosign: Cosign, tmp_path_factory: pytest.TempPathFactory) -> Keyholder:
    folder = tmp_path_factory.mktemp("key")
    cosign.make_key(folder, PASSWORD)
    for path, text in commands.NO_SERVICES.items():
        (folder / Path(path).name).write_text(text)
    return Keyholder(cosign, folder)


@pytest.fixture(scope="module")
def genuine(holder: Keyholder) -> dict[str, Path]:
    """What the key's holder signs when he releases from his own machine, by what it is."""
    made = {name: holder.signed(statement) for name, statement in statements(Place()).items()}
    return {name: bundle for name, bundle in made.items() if bundle}


def judge(holder: Keyholder, bundles: dict[str, Path]) -> Verification | str:
    """What is proven, or the name of the reason why nothing is."""
    try:
        return judged(DIGEST, [bundle.read_bytes() for bundle in bundles.values()], holder.policy)
    except VerificationFailed as error:
        return error.name


def compare(holder: Keyholder, genuine: dict[str, Path], said: Said) -> Verification | str | None:
    """The judgement over statements that are signed now, which is never milder than cosign's."""
    was = statements(Place())
    bundles = {name: genuine[name] if said[name] == was[name] else holder.signed(said[name]) for name in said}
    made = {name: bundle for name, bundle in bundles.items() if bundle}
    if len(made) < len(bundles):
        return None
    proven = judge(holder, made)
    if isinstance(proven, Verification):
        assert all(holder.accepts(bundle, TYPES[name]) for name, bundle in made.items()), said
    return proven


def test_both_accept_what_is_genuine(holder: Keyholder, genuine: dict[str, Path]) -> None:
    assert isinstance(judge(holder, genuine), Verification)
    assert all(holder.accepts(bundle, TYPES[name]) for name, bundle in genuine.items())


def test_both_refuse_another_image(holder: Keyholder, genuine: dict[str, Path]) -> None:
    for name, bundle in genuine.items():
        assert not holder.accepts(bundle, TYPES[name], OTHER)
        with pytest.raises(VerificationFailed):
            judged(OTHER, [bundle.read_bytes()], holder.policy)


def test_neither_takes_one_statement_for_another(holder: Keyholder, genuine: dict[str, Path]) -> None:
    for name, bundle in genuine.items():
        assert [kind for kind in TYPES if holder.accepts(bundle, TYPES[kind])] == [name]


@pytest.mark.parametrize(
    "name",
    [
        *("signature of another image", "SBOM of another image", "provenance of another image"),
        *("a second subject", "almost a signature", "an old signature", "an old provenance"),
        *("an SBOM that is none", "another builder", "another build type", "an unknown parameter"),
        "a level that is not its own",
    ],
)
def test_what_is_wrong_has_its_name_by_key_too(
    holder: Keyholder, genuine: dict[str, Path], name: str
) -> None:
    kind, mutate = MUTATIONS[name]
    said = statements(Place())
    mutate(said)
    assert compare(holder, genuine, said) == kind.__name__


@SAMPLE
@given(data=st.data())
def test_we_never_accept_what_cosign_refuses(
    holder: Keyholder, genuine: dict[str, Path], data: st.DataObject
) -> None:
    said = deepcopy(statements(Place()))
    which = data.draw(st.sampled_from(sorted(said)))
    said[which] = changed(data.draw, said[which], VALUES)
    compare(holder, genuine, said)
