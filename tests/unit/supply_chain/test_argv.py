"""Command lines: what they ask for, and what none of them may ever say."""

import ast
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest

import supply_chain
from supply_chain.images import Images
from supply_chain.models.reference import Repository
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.registry import REHEARSAL, Registry
from supply_chain.tools import cosign, crane, docker_config, pip_audit, sigstore_servers, trivy
from unit.supply_chain.attesting import PUBLIC_KEY

SOURCE = Path(supply_chain.__file__).parent
DIGEST = "sha256:" + "0" * 64
IMAGE = f"ghcr.io/acme/app@{DIGEST}"
WHO = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main"
BY = "https://token.actions.githubusercontent.com"
SPDX = "https://spdx.dev/Document"
BY_IDENTITY = VerificationPolicy.parse("", {"identity": WHO, "issuer": BY})
WITH_KEY = VerificationPolicy.parse("", {"public_key": PUBLIC_KEY})

# Of cosign, crane, trivy, pip and curl: plain http, certificates that nobody checks, logs that nobody asks.
TRUSTING = re.compile(
    r"-{1,2}(?:insecure|allow-insecure|allow-http|private-infrastructure|skip-tls|no-check-certificate"
    r"|trusted-host|ignore-sct|ignore-tlog|tls-verify=false|check-claims=false|k$)"
)
WITHOUT_A_LOG = "--insecure-ignore-tlog=true"
"""The one exception: what a key has signed is in no log."""

ROOTS = {"authority": "/a", "stamps": "/b", "log": "/c", "certificate_log": "/d"}
COMMANDS: dict[Callable[..., Sequence[object]], list[Sequence[object]]] = {
    crane.push: [crane.push("/layout", IMAGE)],
    crane.digest: [crane.digest(IMAGE)],
    crane.manifest: [crane.manifest(IMAGE)],
    crane.config: [crane.config(IMAGE)],
    crane.pull: [crane.pull(IMAGE, "linux/amd64", "/layout"), crane.pull(IMAGE, "", "/layout")],
    crane.tags: [crane.tags("ghcr.io/acme/app")],
    crane.tag: [crane.tag(IMAGE, "1.0")],
    crane.looks: [*crane.looks(Repository.parse("ghcr.io/acme/app"), "1.0")],
    crane.descriptions: [*crane.descriptions(IMAGE)],
    crane.tagging: [*crane.tagging(Repository.parse("ghcr.io/acme/app"), IMAGE, ["1.0", "latest"])],
    crane.in_workbench: [*crane.in_workbench(crane.digest(IMAGE))],
    cosign.public_key: [cosign.public_key()],
    cosign.keyless: [cosign.keyless(private=True), cosign.keyless(private=False)],
    cosign.anchor_flags: [
        cosign.anchor_flags(policy, private=private)
        for policy in (BY_IDENTITY, WITH_KEY)
        for private in (True, False)
    ],
    cosign.verify: [cosign.verify(IMAGE, ())],
    cosign.verify_attestation: [cosign.verify_attestation(IMAGE, "spdxjson", ())],
    cosign.save: [cosign.save(IMAGE, "/layout")],
    cosign.download_bundles: [cosign.download_bundles(IMAGE)],
    cosign.attest_blob: [cosign.attest_blob("/statement.json", "/bundle.json", cosign.BY_KEY)],
    cosign.sign_blob: [cosign.sign_blob("/file", "/bundle.json", cosign.BY_KEY)],
    cosign.verify_blob: [cosign.verify_blob("/file", "/bundle.json", ())],
    cosign.verify_blob_attestation: [cosign.verify_blob_attestation("/bundle.json", DIGEST, SPDX, ())],
    trivy.download: [trivy.download("ghcr.io/x:2")],
    trivy.scan: [trivy.scan("/image", "/report")],
    trivy.convert: [trivy.convert("/trivy.json", output, "/report/out") for output in trivy.Format],
    pip_audit.install: [*pip_audit.install("/lock")],
    pip_audit.audit: [pip_audit.audit("/lock", advisories=asked) for asked in (True, False)],
    sigstore_servers.fulcio: [sigstore_servers.fulcio("/config", "/key", "/certificate")],
    sigstore_servers.rekor: [sigstore_servers.rekor("/key", "/storage")],
    sigstore_servers.timestamp: [sigstore_servers.timestamp("/key", "/chain")],
    sigstore_servers.ctlog: [sigstore_servers.ctlog("/key", "/roots", "/storage")],
    sigstore_servers.signing_config: [sigstore_servers.signing_config()],
    sigstore_servers.trusted_root: [sigstore_servers.trusted_root(**ROOTS)],
}
"""Every builder of a command line, or of a part of one, and what it builds."""


def builders() -> Iterator[Callable[..., Sequence[object]]]:
    """Public functions of the tools that return words."""
    for tool in (cosign, crane, docker_config, pip_audit, sigstore_servers, trivy):
        yield from _builders_in(tool)


def _builders_in(tool: ModuleType) -> Iterator[Callable[..., Sequence[object]]]:
    for name, function in inspect.getmembers(tool, inspect.isfunction):
        returned = inspect.signature(function).return_annotation
        own = function.__module__ == tool.__name__ and not name.startswith("_")
        if own and returned in {list[str], list[list[str]], Sequence[str]}:
            yield function


def words() -> Iterator[tuple[str, str]]:
    """Every word of every command line, with the builder that says it."""
    for builder, commands in COMMANDS.items():
        for word in itertools.chain.from_iterable(commands):
            yield builder.__name__, str(word)


def test_every_builder_is_looked_at() -> None:
    """One that is not among those above would escape these tests."""
    assert set(builders()) == set(COMMANDS)


def test_every_tool_is_looked_at() -> None:
    """A module of tools that builds commands, and is not searched above, would escape as well."""
    running = {
        path.stem
        for path in (SOURCE / "tools").glob("*.py")
        if re.search(r"-> (?:list|Sequence)\[", path.read_text())
    }
    assert running == {tool.__name__.rpartition(".")[2] for tool in map(inspect.getmodule, COMMANDS) if tool}


def test_no_command_trusts_plain_http_an_unknown_registry_or_a_missing_log() -> None:
    loose = {(builder, word) for builder, word in words() if TRUSTING.match(word)}
    assert loose == {("anchor_flags", WITHOUT_A_LOG)}


def test_only_a_key_is_trusted_without_a_log() -> None:
    flags = cosign.anchor_flags(WITH_KEY, private=True)
    assert flags == cosign.anchor_flags(WITH_KEY, private=False)
    assert WITHOUT_A_LOG in flags
    assert flags[:2] == ("--key", cosign.key_file(PUBLIC_KEY))
    for private in (True, False):
        assert not [
            word for word in cosign.anchor_flags(BY_IDENTITY, private=private) if TRUSTING.match(word)
        ]


def test_no_switch_that_trusts_too_much_is_written_anywhere_else() -> None:
    """Not in a tool's flags that somebody puts together by hand, nor in a script."""
    places = [
        (path.name, node.value)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TRUSTING.match(node.value)
    ]
    assert places == [("cosign.py", WITHOUT_A_LOG)]


def test_a_rehearsal_needs_no_switch_because_its_registry_is_on_this_machine_by_name() -> None:
    """Of themselves crane and cosign talk plain http to hosts under .localhost (pkg/name/registry.go)."""
    host = REHEARSAL.registry.partition(":")[0]
    assert host.endswith(".localhost")


def test_only_a_throw_away_registry_makes_a_rehearsal() -> None:
    assert not Registry(images=Images.pinned()).rehearsal


def test_no_command_carries_a_secret() -> None:
    """Key and password are named by variable; nothing takes a user name, password or token."""
    for _, word in words():
        assert "PRIVATE KEY" not in word
        assert word.partition("=")[0] not in {"--registry-password", "--registry-token", "--identity-token"}
    assert f"env://{cosign.KEY_VARIABLE}" in cosign.public_key()


def test_push_names_the_folder_and_the_digest() -> None:
    assert crane.push("/layout", IMAGE) == ["push", "/layout", IMAGE]


def test_signing_by_key_needs_no_service_and_no_prompt() -> None:
    for command in (*COMMANDS[cosign.attest_blob], *COMMANDS[cosign.sign_blob]):
        assert "--yes" in command
        for flag, path in (
            ("--signing-config", cosign.SIGNING_CONFIG),
            ("--trusted-root", cosign.TRUSTED_ROOT),
        ):
            assert command[command.index(flag) + 1] == path
            assert path in cosign.NO_SERVICES


def test_a_statement_is_signed_whole_and_a_bundle_is_checked_by_its_images_digest() -> None:
    [signed], [checked] = COMMANDS[cosign.attest_blob], COMMANDS[cosign.verify_blob_attestation]
    assert signed[signed.index("--statement") + 1] == "/statement.json"
    assert not {"--predicate", "--hash"} & set(signed)
    assert checked[checked.index("--digest") + 1] == "0" * 64
    assert checked[checked.index("--digestAlg") + 1] == "sha256"
    assert checked[checked.index("--type") + 1] == SPDX


def test_every_verification_has_the_anchor() -> None:
    anchor = ("--certificate-identity", WHO)
    for command in (
        cosign.verify(IMAGE, anchor),
        cosign.verify_attestation(IMAGE, "spdxjson", anchor),
        cosign.verify_blob("/file", "/bundle.json", anchor),
        cosign.verify_blob_attestation("/bundle.json", DIGEST, SPDX, anchor),
    ):
        assert tuple(command[1:3]) == anchor


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({"identity": WHO, "issuer": BY}, ("--certificate-identity", WHO, "--certificate-oidc-issuer", BY)),
        (
            {"identity_regexp": f"^{WHO}$", "issuer_regexp": f"^{BY}$"},
            ("--certificate-identity-regexp", f"^{WHO}$", "--certificate-oidc-issuer-regexp", f"^{BY}$"),
        ),
    ],
)
def test_cosign_trusts_whom_the_policy_trusts(said: dict[str, str], flags: tuple[str, ...]) -> None:
    policy = VerificationPolicy.parse("", said)
    root = ("--trusted-root", cosign.TRUSTED_ROOT)
    assert cosign.anchor_flags(policy, private=False) == flags
    assert cosign.anchor_flags(policy, private=True) == (*flags, *root)


def test_the_public_sigstore_needs_no_flags_to_sign() -> None:
    assert cosign.keyless(private=False) == ()
    assert cosign.SIGNING_CONFIG in cosign.keyless(private=True)


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
