"""Command lines of a rehearsal's Sigstore: what clients and servers must agree on."""

import json
from collections.abc import Sequence

import pytest

from supply_chain.tools import sigstore_servers as servers

ISSUER = "http://issuer:8080"


def after(command: Sequence[str], flag: str) -> str:
    return command[list(command).index(flag) + 1]


def facts(spec: str) -> dict[str, str]:
    """What cosign reads from one argument."""
    return dict(pair.split("=", 1) for pair in spec.split(","))


def trusted() -> list[str]:
    return servers.trusted_root(authority="/a", stamps="/s", log="/l", certificate_log="/c")


def test_an_identity_of_a_rehearsal_is_never_githubs() -> None:
    config = json.loads(servers.fulcio_config(ISSUER))
    assert list(config["OIDCIssuers"]) == [ISSUER]
    (workflow,) = config["CIIssuerMetadata"].values()
    assert workflow["DefaultTemplateValues"]["url"] == "https://rehearsal.example"
    assert workflow["SubjectAlternativeNameTemplate"] == "{{ .url }}/{{ .job_workflow_ref }}"
    assert "github.com" not in json.dumps(config)


def test_tokens_for_somebody_else_are_not_for_fulcio() -> None:
    (issuer,) = json.loads(servers.fulcio_config(ISSUER))["OIDCIssuers"].values()
    assert issuer["ClientID"] == "sigstore"
    assert issuer["IssuerURL"] == ISSUER


@pytest.mark.parametrize(
    ("flag", "host"), [("--fulcio", "fulcio"), ("--rekor", "rekor"), ("--tsa", "timestamp")]
)
def test_signers_and_verifiers_know_the_same_services(flag: str, host: str) -> None:
    signing, verifying = (facts(after(command, flag)) for command in (servers.signing_config(), trusted()))
    assert signing["url"] == verifying["url"]
    assert signing["url"].startswith(f"http://{host}:")


def test_rekor_signs_under_the_host_of_its_url() -> None:
    known = facts(after(trusted(), "--rekor"))
    assert after(servers.rekor("/k", "/d"), "--hostname") == known["origin"]
    assert known["url"] == f"http://{known['origin']}:{servers.REKOR_PORT}"


def test_the_log_of_signatures_is_of_the_second_kind() -> None:
    assert facts(after(servers.signing_config(), "--rekor"))["api-version"] == "2"


def test_fulcio_writes_to_the_log_whose_key_is_trusted() -> None:
    known = facts(after(trusted(), "--ctfe"))
    assert after(servers.fulcio("/f", "/k", "/c"), "--ct-log-url") == known["url"]
    assert known["public-key"] == "/c"
    assert after(servers.ctlog("/k", "/roots", "/d"), "--http_endpoint").endswith(f":{servers.CTLOG_PORT}")


def test_keys_are_named_by_their_files() -> None:
    commands = [
        servers.fulcio("/f", "/secret", "/c"),
        servers.rekor("/secret", "/d"),
        servers.timestamp("/secret", "/c"),
        servers.ctlog("/secret", "/r", "/d"),
    ]
    assert all("/secret" in command for command in commands)


def test_a_signing_config_is_the_same_in_every_run() -> None:
    assert servers.signing_config() == servers.signing_config()
    assert not [word for word in servers.signing_config() if "/run" in word]
