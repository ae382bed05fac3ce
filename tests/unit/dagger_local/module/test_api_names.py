"""Names are converted as Dagger converts them."""

import pytest

from dagger_local.module.naming import cli_name, enum_member, field_name, namespaced, object_name


@pytest.mark.parametrize(
    ("name", "kebab"),
    [
        ("withExec", "with-exec"),
        ("side_by_side", "side-by-side"),
        ("asTarball", "as-tarball"),
        ("dockerConfig", "docker-config"),
        ("DockerConfig", "docker-config"),
        ("docker-config", "docker-config"),
        ("sha256", "sha-256"),
        ("JSONData", "json-data"),
        ("runID", "run-id"),
        ("a", "a"),
    ],
)
def test_cli_names(name: str, kebab: str) -> None:
    assert cli_name(name) == kebab


@pytest.mark.parametrize(
    ("name", "camel"),
    [
        ("side_by_side", "sideBySide"),
        ("supply-chain", "supplyChain"),
        ("a_file", "aFile"),
        ("sha256_sum", "sha256Sum"),
        ("already", "already"),
        ("sbom", "sbom"),
        ("db", "db"),
    ],
)
def test_field_names(name: str, camel: str) -> None:
    assert field_name(name) == camel


@pytest.mark.parametrize(
    ("name", "pascal"), [("supply-chain", "SupplyChain"), ("contract", "Contract"), ("my_mod", "MyMod")]
)
def test_object_names(name: str, pascal: str) -> None:
    assert object_name(name) == pascal


@pytest.mark.parametrize(
    ("name", "module", "full"),
    [
        ("Contract", "contract", "Contract"),
        ("Thing", "contract", "ContractThing"),
        ("ContractThing", "contract", "ContractThing"),
        ("Contractor", "contract", "ContractContractor"),
        ("Scan", "supply-chain", "SupplyChainScan"),
    ],
)
def test_types_carry_the_modules_name_once(name: str, module: str, full: str) -> None:
    assert namespaced(name, module) == full


@pytest.mark.parametrize(
    ("name", "member"), [("LOW", "LOW"), ("V1_2", "V1_2"), ("low", "LOW"), ("veryLow", "VERY_LOW")]
)
def test_enum_members(name: str, member: str) -> None:
    assert enum_member(name) == member
