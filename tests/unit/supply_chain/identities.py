"""Claims and tokens that tests ask for."""

import base64
import json
from typing import Any

ISSUER = "https://token.actions.githubusercontent.com"
COMMIT = "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"
WORKFLOW = "acme/inventory/.github/workflows/release.yml@refs/tags/v1.2.3"
STARTED = 1_795_000_000

# What GitHub's documentation shows, as far as it is read: https://docs.github.com/en/actions/reference/security/oidc.
JOB: dict[str, Any] = {
    "jti": "e0c5bcd8-4bb6-4a3d-9f5f-7c2f5c3d1a11",
    "iss": ISSUER,
    "sub": "repo:acme/inventory:ref:refs/tags/v1.2.3",
    "aud": "sigstore",
    "iat": STARTED,
    "nbf": STARTED - 600,
    "exp": STARTED + 300,
    "repository": "acme/inventory",
    "repository_owner": "acme",
    "ref": "refs/tags/v1.2.3",
    "sha": COMMIT,
    "workflow": "release",
    "workflow_ref": WORKFLOW,
    "workflow_sha": COMMIT,
    "job_workflow_ref": WORKFLOW,
    "job_workflow_sha": COMMIT,
    "event_name": "push",
    "run_id": "4711",
    "run_attempt": "2",
    "runner_environment": "github-hosted",
}
PERSON = {"iss": "https://oauth2.sigstore.dev/auth", "sub": "me", "aud": "sigstore", "exp": STARTED + 60}
"""A person's token, which names no job."""


def part(content: bytes) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def token(claims: Any, signature: bytes = b"never to be shown") -> str:
    """A token with these claims and a signature that nobody made."""
    return ".".join([part(b'{"alg":"RS256"}'), part(json.dumps(claims).encode()), part(signature)])
