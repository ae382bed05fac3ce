"""A release to a real registry with a real key, and the ways in which a registry refuses."""

from .canary import KEY_PASSWORD
from .cosign_by_hand import Cosign, by_key
from .harness import Engine
from .private_registry import free_port
from .rehearsing import PROVENANCE_TYPE, SIGNATURE_TYPE, SPDX_TYPE, statement_of
from .releasing import REVISION, VERSION, Caller, Release

REGISTRY_FAILED = 13


def test_release_passes_and_is_not_called_a_rehearsal(release: Release) -> None:
    release.verdict.expect(0, f"# Release of {VERSION}: passed")
    assert release.evidence.outcome.mode == "release"
    assert "rehearsal" not in release.verdict.stdout.lower()


def test_tags_are_there_when_all_is_verified_the_version_last(caller: Caller, release: Release) -> None:
    outcome = release.evidence.outcome
    assert outcome.tags == (f"sha-{REVISION[:7]}", "latest", VERSION)
    assert outcome.digest
    assert {*outcome.tags, outcome.digest.replace(":", "-")} <= set(caller.registry.tags())
    order = [step.name for step in outcome.steps]
    others = order.index(f"tag sha-{REVISION[:7]} and latest")
    assert order.index("verify") < others < order.index(f"tag {VERSION}")


def test_one_digest_from_layout_to_registry(caller: Caller, release: Release) -> None:
    digest = release.evidence.image_digest()
    assert release.evidence.outcome.digest == digest
    assert digest in release.verdict.stdout
    assert caller.registry.digest(VERSION) == digest
    assert caller.registry.digest(digest) == digest


def test_signature_sbom_and_provenance_are_attached_once(release: Release) -> None:
    attached = sorted(statement_of(bundle)["predicateType"] for bundle in release.attached)
    assert attached == sorted([SIGNATURE_TYPE, SPDX_TYPE, PROVENANCE_TYPE])


def test_callers_own_key_signed(caller: Caller, cosign: Cosign, release: Release) -> None:
    trusting = by_key(caller.public_key)
    for done in cosign.verify_all(release.evidence.path / "layout", trusting).values():
        done.expect(0)
    cosign.verify_sums(release.evidence.path, trusting).expect(0, "Verified OK")


def test_the_report_is_of_a_release_and_what_it_says_to_type_holds(cosign: Cosign, release: Release) -> None:
    evidence = release.evidence
    in_folder = [
        command for command in evidence.commands if not command.endswith(str(evidence.outcome.image))
    ]
    assert (len(in_folder), len(evidence.commands)) == (5, 8)
    for command in in_folder:
        cosign.typed(command, evidence.path).expect(0)
    assert "<title>[STAND-IN IMAGES] Release of " in evidence.report


def test_version_that_exists_is_refused_and_does_not_move(
    caller: Caller, engine: Engine, release: Release
) -> None:
    before = caller.registry.content()
    done = caller.release(engine, *caller.flags())
    done.expect(REGISTRY_FAILED, "VersionExists", VERSION, release.evidence.image_digest(), "what to do")
    assert caller.registry.content() == before


def test_no_login_is_refused(caller: Caller, engine: Engine) -> None:
    caller.release(engine, *caller.flags("2.0.0"), login=()).expect(
        REGISTRY_FAILED, "RegistryDenied", "what to do"
    )


def test_wrong_password_is_refused(caller: Caller, engine: Engine) -> None:
    wrong = caller.login_with("RELEASE_KEY_PASSWORD")
    done = caller.release(engine, *caller.flags("2.0.0"), login=wrong)
    done.expect(REGISTRY_FAILED, "RegistryDenied", "with-registry-login")
    assert KEY_PASSWORD not in done.said


def test_registry_where_nobody_listens(caller: Caller, engine: Engine) -> None:
    nowhere = f"{caller.registry.address}:{free_port()}/team/inventory"
    done = caller.release(engine, *caller.flags("2.0.0", repository=nowhere))
    done.expect(REGISTRY_FAILED, "RegistryUnreachable", nowhere, "what to do")


def test_sample_database_is_refused_for_a_real_repository(caller: Caller, engine: Engine) -> None:
    """Even where it is asked for."""
    flags = [str(engine.sample) if flag == str(caller.db) else flag for flag in caller.flags("2.0.0")]
    caller.release(engine, *flags, "--allow-sample-db").expect(2, "SampleRefused", "what to do")
