"""Keys that do not fit, and what is no verdict of ours: each with its own exit code and advice."""

import json
from pathlib import Path

from .cosign_by_hand import Cosign
from .harness import Engine
from .rehearsing import Rehearsal
from .releasing import VERSION, Caller, Release

SIGNING_FAILED, VERIFICATION_FAILED, INTERNAL = 14, 15, 70


def test_a_key_with_another_password_is_refused_before_the_build(caller: Caller, engine: Engine) -> None:
    before = caller.registry.content()
    wrong = ("--key", "env://RELEASE_KEY", "--key-password", "env://RELEASE_REGISTRY_PASSWORD")
    flags = (*caller.flags("8.8.8")[: -len(wrong)], *wrong)
    done = caller.release(engine, *flags)
    done.expect(SIGNING_FAILED, "KeyRefused", "--key-password", "what to do")
    assert caller.registry.content() == before
    assert "build Dockerfile" not in done.stderr


def test_an_image_verifies_with_the_key_that_signed_it(
    caller: Caller, engine: Engine, release: Release
) -> None:
    reference = f"{caller.registry.repository}:{VERSION}"
    command = ("verify", "--reference", reference, "--public-key", str(caller.public_key))
    done = engine.call(*caller.login, *command, env=caller.secrets)
    done.expect(0, release.evidence.image_digest(), "https://spdx.dev/Document")


def test_an_image_does_not_verify_with_another_key(
    caller: Caller, cosign: Cosign, engine: Engine, release: Release, tmp_path: Path
) -> None:
    _, other = cosign.make_key(tmp_path, "of no importance")
    reference = f"{caller.registry.repository}@{release.evidence.image_digest()}"
    command = ("verify", "--reference", reference, "--public-key", str(other))
    done = engine.call(*caller.login, *command, env=caller.secrets)
    done.expect(VERIFICATION_FAILED, "SignatureInvalid", "do not use the image")


def test_an_error_that_nobody_knows_is_a_bug_of_ours(
    engine: Engine, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    failure = {"name": "Unheard", "what": "x", "why": "", "advice": "", "exit_code": 70}
    outcome = rehearsal.evidence.json("outcome.json") | {"status": "internal-error", "error": failure}
    (tmp_path / "outcome.json").write_text(json.dumps(outcome))
    engine.call("verdict", "--evidence", str(tmp_path)).expect(INTERNAL, "InternalError", "report it")
