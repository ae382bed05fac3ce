"""Command lines: what reaches a real registry, and what never may."""

import ast
import hashlib
import itertools
from pathlib import Path

import pytest

import supply_chain
from supply_chain.images import Images
from supply_chain.registry import Registry
from supply_chain.signer import PublicKey
from supply_chain.tools import cosign, crane, docker_config, trivy

SOURCE = Path(supply_chain.__file__).parent
IMAGE = "ghcr.io/acme/app@sha256:" + "0" * 64
UNSAFE = ("--insecure", "--allow-insecure-registry", "--allow-http-registry")


def registry_commands(*, rehearsal: bool) -> list[list[str]]:
    """Every command that speaks to a registry."""
    return [
        crane.push("/layout", IMAGE, rehearsal=rehearsal),
        crane.digest(IMAGE, rehearsal=rehearsal),
        crane.pull(IMAGE, "linux/amd64", "/layout", rehearsal=rehearsal),
        crane.tags(IMAGE, rehearsal=rehearsal),
        crane.tag(IMAGE, "1.0", rehearsal=rehearsal),
        cosign.sign(IMAGE, cosign.BY_KEY, rehearsal=rehearsal),
        cosign.attest(IMAGE, "spdxjson", "/predicate", cosign.BY_KEY, rehearsal=rehearsal),
        cosign.verify(IMAGE, cosign.AGAINST_KEY, rehearsal=rehearsal),
        cosign.verify_attestation(IMAGE, "spdxjson", cosign.AGAINST_KEY, rehearsal=rehearsal),
        cosign.save(IMAGE, "/layout", rehearsal=rehearsal),
    ]


def test_every_registry_command_is_looked_at() -> None:
    """A builder that takes `rehearsal` and is not in the list above would escape these tests."""
    builders = [
        node.name
        for path in (SOURCE / "tools").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and "rehearsal" in {argument.arg for argument in node.args.kwonlyargs}
    ]
    assert len(builders) == len(registry_commands(rehearsal=False))


def test_no_command_for_a_real_target_trusts_plain_http_or_an_unknown_registry() -> None:
    for command in registry_commands(rehearsal=False):
        assert not [word for word in command if word.partition("=")[0] in UNSAFE], command


def test_a_rehearsal_speaks_plain_http_and_no_more() -> None:
    for command in registry_commands(rehearsal=True):
        assert sum(word.partition("=")[0] in UNSAFE for word in command) == 1, command
        assert "--allow-insecure-registry" not in command


def test_the_unsafe_switches_are_written_in_one_place_per_tool() -> None:
    places = [
        (path.name, node.value)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in UNSAFE
    ]
    assert sorted(places) == [("cosign.py", "--allow-http-registry"), ("crane.py", "--insecure")]


def test_only_a_throw_away_registry_makes_a_rehearsal() -> None:
    assert not Registry(images=Images.pinned()).rehearsal


def test_no_command_carries_a_secret() -> None:
    """Key and password are named by variable; nothing takes a user name, password or token."""
    every = itertools.chain(registry_commands(rehearsal=False), [cosign.public_key()])
    for word in itertools.chain.from_iterable(every):
        assert "PRIVATE KEY" not in word
        assert word.partition("=")[0] not in {"--registry-password", "--registry-token", "--identity-token"}
    assert f"env://{cosign.KEY_VARIABLE}" in cosign.public_key()


def test_push_names_the_folder_and_the_digest() -> None:
    assert crane.push("/layout", IMAGE, rehearsal=False) == ["push", "/layout", IMAGE]


def test_signing_needs_no_service_and_no_prompt() -> None:
    command = cosign.sign(IMAGE, cosign.BY_KEY, rehearsal=False)
    assert command[-1] == IMAGE
    assert "--yes" in command
    for flag, path in (("--signing-config", cosign.SIGNING_CONFIG), ("--trusted-root", cosign.TRUSTED_ROOT)):
        assert command[command.index(flag) + 1] == path
        assert path in cosign.NO_SERVICES


def test_a_public_key_is_named_by_its_digest() -> None:
    anchor = PublicKey("pem")
    assert anchor.flags == cosign.AGAINST_KEY
    assert anchor.name == f"key sha256:{hashlib.sha256(b'pem').hexdigest()}"


def test_a_scan_is_offline_whole_and_never_fails_on_findings() -> None:
    command = trivy.scan("/image", "/report/trivy.json")
    for flag in ("--skip-db-update", "--skip-java-db-update", "--offline-scan", "--list-all-pkgs"):
        assert flag in command
    assert command[command.index("--exit-code") + 1] == "0"
    assert command[command.index("--scanners") + 1] == "vuln"
    assert not {"--severity", "--ignore-unfixed", "--ignorefile"} & set(command)


def test_a_download_scans_nothing_and_asks_one_mirror() -> None:
    command = trivy.download("ghcr.io/x:2")
    assert "--download-db-only" in command
    assert command[command.index("--db-repository") + 1] == "ghcr.io/x:2"


@pytest.mark.parametrize("output", trivy.Format)
def test_a_conversion_drops_nothing(output: trivy.Format) -> None:
    command = trivy.convert("/trivy.json", output, "/report/out")
    assert command[-1] == "/trivy.json"
    assert command[command.index("--format") + 1] == output
    assert not {"--severity", "--exit-code", "--ignore-policy", "--ignorefile"} & set(command)


@pytest.mark.parametrize(
    ("said", "digest"),
    [
        (f"{IMAGE}\n", IMAGE.partition("@")[2]),
        (f"{IMAGE.partition('@')[2]}\n", IMAGE.partition("@")[2]),
        ("", ""),
        ("ghcr.io/acme/app:1.0\n", ""),
        (f"{IMAGE} and more\n", ""),
    ],
)
def test_cranes_digest_is_read_from_its_end(said: str, digest: str) -> None:
    assert crane.digest_in(said) == digest


@pytest.mark.parametrize(
    ("registry", "key"),
    [
        ("ghcr.io", "ghcr.io"),
        ("localhost:5000", "localhost:5000"),
        ("docker.io", "https://index.docker.io/v1/"),
    ],
)
def test_a_login_is_what_docker_writes(registry: str, key: str) -> None:
    assert docker_config.config({registry: ("me", "p:w")}) == (
        f'{{"auths": {{"{key}": {{"auth": "bWU6cDp3"}}}}}}'
    )


def test_any_number_of_logins_is_one_file() -> None:
    assert docker_config.config({"a.example": ("me", "x"), "b.example": ("you", "y")}) == (
        '{"auths": {"a.example": {"auth": "bWU6eA=="}, "b.example": {"auth": "eW91Onk="}}}'
    )
