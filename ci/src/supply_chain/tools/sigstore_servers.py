"""Command lines of the servers a Sigstore consists of, and of cosign describing them to its clients.

Tried with Fulcio 1.8.8, Rekor (tiles) 2.3.0, timestamp-authority 2.1.3 and TesseraCT 0.1.1. They speak plain
http and read their keys from files: for rehearsals only. Sources: `serve --help` of each, and
https://github.com/sigstore/fulcio/blob/main/docs/setup.md.
"""

import json
from collections.abc import Mapping

from supply_chain.models.place import REHEARSAL_URL

FULCIO_PORT, REKOR_PORT, TIMESTAMP_PORT, CTLOG_PORT = 8080, 3000, 3004, 6962
FULCIO, REKOR, TIMESTAMP, CTLOG = "fulcio", "rekor", "timestamp", "ctlog"
"""Host names. Rekor's is also the origin of its checkpoints, which cosign wants to be the host of its URL."""

_STAMPS = f"http://{TIMESTAMP}:{TIMESTAMP_PORT}/api/v1/timestamp"
_URLS = {
    FULCIO: f"http://{FULCIO}:{FULCIO_PORT}",
    REKOR: f"http://{REKOR}:{REKOR_PORT}",
    CTLOG: f"http://{CTLOG}:{CTLOG_PORT}",
}
# The keys are new in every run; an early date lets clocks differ and keeps the signing config the same.
_SINCE = "2026-01-01T00:00:00Z"
_WORKFLOW = "github-workflow"
# Fulcio's own configuration for GitHub (config/identity/config.yaml of its repository), by its names in JSON.
_EXTENSIONS = {
    "GithubWorkflowTrigger": "event_name",
    "GithubWorkflowSHA": "sha",
    "GithubWorkflowName": "workflow",
    "GithubWorkflowRepository": "repository",
    "GithubWorkflowRef": "ref",
    "BuildSignerURI": "{{ .url }}/{{ .job_workflow_ref }}",
    "BuildSignerDigest": "job_workflow_sha",
    "RunnerEnvironment": "runner_environment",
    "SourceRepositoryURI": "{{ .url }}/{{ .repository }}",
    "SourceRepositoryDigest": "sha",
    "SourceRepositoryRef": "ref",
    "SourceRepositoryIdentifier": "repository_id",
    "SourceRepositoryOwnerURI": "{{ .url }}/{{ .repository_owner }}",
    "SourceRepositoryOwnerIdentifier": "repository_owner_id",
    "BuildConfigURI": "{{ .url }}/{{ .workflow_ref }}",
    "BuildConfigDigest": "workflow_sha",
    "BuildTrigger": "event_name",
    "RunInvocationURI": "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}",
    "SourceRepositoryVisibilityAtSigning": "repository_visibility",
    "DeploymentEnvironment": "environment",
}


def fulcio_config(issuer: str) -> str:
    """Fulcio's configuration: it certifies this issuer's workflows as it does GitHub's, under another URL."""
    trusted = {"IssuerURL": issuer, "ClientID": "sigstore", "Type": "ci-provider", "CIProvider": _WORKFLOW}
    workflow = {
        "DefaultTemplateValues": {"url": REHEARSAL_URL, "environment": ""},
        "ExtensionTemplates": _EXTENSIONS,
        "SubjectAlternativeNameTemplate": "{{ .url }}/{{ .job_workflow_ref }}",
    }
    return json.dumps({"OIDCIssuers": {issuer: trusted}, "CIIssuerMetadata": {_WORKFLOW: workflow}})


def fulcio(config: str, key: str, certificate: str) -> list[str]:
    """Certify identities with the key, and log every certificate; after the image's entrypoint."""
    authority = (
        "--ca", "fileca", "--fileca-key", key, "--fileca-cert", certificate,
        # It insists on a password, and asks nobody for it where the key has none.
        "--fileca-key-passwd", "none", "--fileca-watch=false",
    )  # fmt: skip
    where = ("--port", str(FULCIO_PORT), "--ct-log-url", _URLS[CTLOG])
    return ["serve", "--config-path", config, *authority, *where]


def rekor(key: str, storage: str) -> list[str]:
    """Log signatures, signing checkpoints with the key; the whole command, as the image has no entrypoint."""
    where = ("--hostname", REKOR, "--http-address", "0.0.0.0", "--http-port", str(REKOR_PORT))  # noqa: S104 - its container
    soon = ("--checkpoint-interval", "100ms", "--batch-max-age", "10ms")
    return ["rekor-server", "serve", *where, "--storage-dir", storage, "--signer-filepath", key, *soon]


def timestamp(key: str, chain: str) -> list[str]:
    """Stamp with the key; after the image's entrypoint."""
    signer = ("--timestamp-signer", "file", "--file-signer-key-path", key, "--certificate-chain-path", chain)
    where = ("--host", "0.0.0.0", "--port", str(TIMESTAMP_PORT))  # noqa: S104 - its container
    return ["serve", *where, *signer, "--disable-ntp-monitoring"]


def ctlog(key: str, roots: str, storage: str) -> list[str]:
    """Log the certificates of these roots, signing with the key; after the image's entrypoint."""
    return [
        "--http_endpoint", f"0.0.0.0:{CTLOG_PORT}", "--origin", CTLOG, "--storage_dir", storage,
        "--private_key", key, "--roots_pem_file", roots, "--ext_key_usages", "CodeSigning",
        # Its promise to log is what Fulcio wants; nobody here waits for the log itself.
        "--enable_publication_awaiter=false", "--batch_max_age", "10ms",
    ]  # fmt: skip


def signing_config() -> list[str]:
    """Print where cosign signs."""
    return [
        "signing-config", "create",
        "--fulcio", _spec(_service(_URLS[FULCIO], 1)),
        "--rekor", _spec(_service(_URLS[REKOR], 2)), "--rekor-config", "ANY",
        "--tsa", _spec(_service(_STAMPS, 1)), "--tsa-config", "ANY",
    ]  # fmt: skip


def trusted_root(*, authority: str, stamps: str, log: str, certificate_log: str) -> list[str]:
    """Print what cosign trusts.

    Args:
        authority: File of Fulcio's certificate.
        stamps: File of the timestamp authority's chain.
        log: File of Rekor's public key.
        certificate_log: File of the certificate log's public key.
    """
    rekor = {"url": _URLS[REKOR], "public-key": log, "start-time": _SINCE, "origin": REKOR}
    return [
        "trusted-root", "create",
        "--fulcio", _spec({"url": _URLS[FULCIO], "certificate-chain": authority}),
        "--rekor", _spec(rekor),
        "--tsa", _spec({"url": _STAMPS, "certificate-chain": stamps}),
        "--ctfe", _spec({"url": _URLS[CTLOG], "public-key": certificate_log, "start-time": _SINCE}),
    ]  # fmt: skip


def _service(url: str, version: int) -> dict[str, str]:
    return {"url": url, "api-version": str(version), "start-time": _SINCE, "operator": "rehearsal"}


def _spec(facts: Mapping[str, str]) -> str:
    """Facts as cosign takes them in one argument."""
    return ",".join(f"{name}={value}" for name, value in facts.items())
