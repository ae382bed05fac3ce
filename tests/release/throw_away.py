"""Signing against throw-away Sigstores, once and watched: what the tests of them look at.

The module's own code runs in this process, on a session of the embedded engine.
"""

import io
import json
import time
from collections.abc import Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import dagger
import pytest
from dagger import dag

from supply_chain import throw_away_sigstore as module
from supply_chain.errors import TrustedRootInvalid
from supply_chain.images import Images
from supply_chain.keys import KeyPair, ed25519_pair, p256_key
from supply_chain.layout import built
from supply_chain.patience import Patience
from supply_chain.registry import REHEARSAL
from supply_chain.scripts.issuer import TOKEN_PATH, Issuer
from supply_chain.sigstore import Sigstore
from supply_chain.throw_away_registry import throw_away_registry
from supply_chain.throw_away_sigstore import throw_away_sigstore
from supply_chain.toolbox import fresh, tool
from supply_chain.tools import cosign

from .canary import Needles, Watch
from .harness import Done, Engine
from .sessions import images_of, in_session

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORKFLOW = "acme/inventory/.github/workflows/release.yml@refs/heads/main"
CLAIMS = {
    "repository": "acme/inventory",
    "repository_id": "1001",
    "repository_owner": "acme",
    "repository_owner_id": "42",
    "repository_visibility": "public",
    "ref": "refs/heads/main",
    "ref_type": "branch",
    "sha": COMMIT,
    "workflow": "release",
    "workflow_ref": WORKFLOW,
    "workflow_sha": COMMIT,
    "job_workflow_ref": WORKFLOW,
    "job_workflow_sha": COMMIT,
    "event_name": "push",
    "runner_environment": "self-hosted",
    "run_id": "7",
    "run_attempt": "1",
}
"""Of a workflow's run, by GitHub's names."""

IDENTITY = r"^https://rehearsal\.example/acme/inventory/\.github/workflows/release\.yml@refs/heads/main$"
SUBJECT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
STATEMENT = json.dumps(
    {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "nothing", "digest": {"sha256": SUBJECT}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"of": "no importance"},
    }
)
BUNDLE = "/bundle.json"
SIGNING = ("--yes", "--signing-config", cosign.SIGNING_CONFIG, "--trusted-root", cosign.TRUSTED_ROOT)


@dataclass(frozen=True)
class Found:
    """What came of it.

    Attributes:
        bundle: A statement, signed keyless.
        root: The trusted root of the Sigstore that it was signed against.
        other_root: That of another one.
        image: What `cosign verify` answered of a signed image, by what it was asked for.
        refused: What cosign said where a token was not to be accepted, by the claim that was wrong.
        handed_in: What became of directories that describe a Sigstore: it, or why not.
    """

    bundle: str
    root: str
    other_root: str
    image: Mapping[str, Done]
    refused: Mapping[str, str]
    handed_in: Mapping[str, Sigstore | str]


@dataclass(frozen=True)
class Signed:
    """What came of it, and what was seen meanwhile.

    Attributes:
        found: What came of it.
        secrets: What must turn up nowhere.
        printed: All that the engine printed, the services' logs included.
        watch: Command lines of all processes.
        began: When, as Unix time.
    """

    found: Found
    secrets: tuple[str, ...]
    printed: str
    watch: Watch
    began: float

    @property
    def needles(self) -> Needles:
        """The secrets as they are looked for."""
        return Needles.of(*self.secrets)


def signed(engine: Engine) -> Signed:
    """A statement and an image signed against one throw-away Sigstore, and what two others refused."""
    began = time.time()
    images = images_of(engine)
    printed = io.StringIO()
    with Watch.running() as watch, pytest.MonkeyPatch.context() as patch, redirect_stderr(printed):
        noted = _noted(patch)
        found = in_session(engine, lambda _: _signed(images, noted))
    return Signed(found, tuple(noted), printed.getvalue(), watch, began)


def _noted(patch: pytest.MonkeyPatch) -> list[str]:
    """Every private key that is made from now on, and what identity tokens start with."""
    _, answer = Issuer("", {}, "").answer(TOKEN_PATH, "bearer ")
    noted = [str(answer["value"]).partition(".")[0]]

    def p256() -> str:
        noted.append(p256_key())
        return noted[-1]

    def ed25519() -> KeyPair:
        pair = ed25519_pair()
        noted.append(pair.private)
        return pair

    patch.setattr(module, "p256_key", p256)
    patch.setattr(module, "ed25519_pair", ed25519)
    return noted


async def _signed(images: Images, noted: list[str]) -> Found:
    async with throw_away_sigstore(images, CLAIMS) as sigstore:
        assert sigstore.request_token
        noted.append(await sigstore.request_token.plaintext())
        bundle = await _attest_blob(images, sigstore).file(BUNDLE).contents()
        image = await _image(images, sigstore)
    refused = {}
    wrong: dict[str, str | int] = {"aud": "elsewhere", "exp": int(time.time()) - 60}
    for name, value in wrong.items():
        async with throw_away_sigstore(images, {**CLAIMS, name: value}) as other:
            refused[name] = await _refusal(_attest_blob(images, other))
    roots = (sigstore.trusted_root, other.trusted_root)
    return Found(bundle, *roots, image, refused, await _handed_in(sigstore))


def _client(container: dagger.Container, sigstore: Sigstore) -> dagger.Container:
    """A container of cosign that gets its identity where GitHub's jobs get theirs."""
    assert sigstore.request_url
    assert sigstore.request_token
    container = sigstore.equip(container)
    container = container.with_secret_variable("ACTIONS_ID_TOKEN_REQUEST_URL", sigstore.request_url)
    return container.with_secret_variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", sigstore.request_token)


def _attest_blob(images: Images, sigstore: Sigstore) -> dagger.Container:
    client = _client(fresh(tool(images.cosign.reference)), sigstore).with_new_file("/statement", STATEMENT)
    command = ["attest-blob", *SIGNING, "--statement", "/statement", "--bundle", BUNDLE]
    return client.with_exec(command, use_entrypoint=True)


async def _refusal(container: dagger.Container) -> str:
    with pytest.raises(dagger.ExecError) as refused:
        await container.sync()
    return refused.value.stderr


async def _handed_in(sigstore: Sigstore) -> dict[str, Sigstore | str]:
    """What becomes of directories with all of it, a part of it, and nothing, to sign or only to verify."""
    nothing = dag.directory()
    root = nothing.with_new_file("trusted_root.json", sigstore.trusted_root)
    both = root.with_new_file("signing_config.json", sigstore.signing_config)
    given = {
        "both": (both, True),
        "no config": (root, True),
        "nothing": (nothing, False),
        "root": (root, False),
    }
    became: dict[str, Sigstore | str] = {}
    for name, (directory, signing) in given.items():
        try:
            became[name] = await Sigstore.given(directory, signing=signing)
        except TrustedRootInvalid as error:
            became[name] = error.message
    return became


async def _image(images: Images, sigstore: Sigstore) -> dict[str, Done]:
    """An image signed in a registry, and verified there for several identities and issuers."""
    layout = await built(dag.container().with_new_file("/content", "x"), images.python, "linux/amd64")
    wanted = {
        "right": (IDENTITY, sigstore.issuer),
        "another identity": (IDENTITY.replace("acme", "other"), sigstore.issuer),
        "another issuer": (IDENTITY, "https://token.actions.githubusercontent.com"),
    }
    async with throw_away_registry(images, Patience.of(0)) as registry:
        reference, _ = await registry.push(layout, REHEARSAL)
        client = registry.client(images.cosign)
        command = ["sign", *SIGNING, "--allow-http-registry", reference]
        await _client(client, sigstore).with_exec(command, use_entrypoint=True).sync()
        return {
            name: await _verified(registry.client(images.cosign), sigstore, reference, *who)
            for name, who in wanted.items()
        }


async def _verified(
    client: dagger.Container, sigstore: Sigstore, reference: str, identity: str, issuer: str
) -> Done:
    command = ["verify", *trusting(identity, issuer, cosign.TRUSTED_ROOT), "--allow-http-registry", reference]
    done = sigstore.equip(client).with_exec(command, use_entrypoint=True, expect=dagger.ReturnType.ANY)
    return Done(await done.exit_code(), await done.stdout(), await done.stderr())


def trusting(identity: str, issuer: str, root: str | Path) -> list[str]:
    """Flags of cosign that verify an identity, given as a regular expression."""
    who = ["--certificate-identity-regexp", identity, "--certificate-oidc-issuer", issuer]
    return [*who, "--trusted-root", str(root)]
