"""Every function takes an image however it is given; what is none is refused by name."""

import json
from pathlib import Path

import pytest

from .harness import Engine
from .oci_images import archive
from .private_registry import PrivateRegistry
from .releasing import VERSION, Caller, Release

USAGE, REGISTRY_FAILED = 2, 13
FILES = {"hello": "not a program"}


def test_an_archive_keeps_its_digest(engine: Engine, tmp_path: Path) -> None:
    tarball = archive(tmp_path / "image.tar", FILES)
    report = tmp_path / "report.json"
    command = ("scan", "--tarball", str(tarball), *engine.database, "report", "export", "--path", str(report))
    engine.call(*command).expect(0)
    assert json.loads(report.read_bytes())["ArtifactName"].startswith("image@sha256:")


def test_a_reference_is_scanned_byte_for_byte(
    caller: Caller, engine: Engine, release: Release, tmp_path: Path
) -> None:
    """By its tag, which is looked up once; the report names the digest."""
    tagged, report = f"{caller.registry.repository}:{VERSION}", tmp_path / "report.json"
    command = ("scan", "--reference", tagged, *engine.database, "report", "export", "--path", str(report))
    engine.call(*caller.login, *command, env=caller.secrets).expect(0)
    named = json.loads(report.read_bytes())["ArtifactName"]
    assert named == f"{caller.registry.repository}@{release.evidence.image_digest()}"


def test_a_container_is_scanned(engine: Engine) -> None:
    done = engine.call("scan", "--image", engine.python_image, *engine.database, "gate")
    done.expect(0, "packages were looked at")


def test_a_reference_that_does_not_exist(caller: Caller, engine: Engine, release: Release) -> None:  # noqa: ARG001 - the repository is there
    missing = f"{caller.registry.repository}:0.0.1"
    done = engine.call(
        *caller.login, "scan", "--reference", missing, *engine.database, "table", env=caller.secrets
    )
    done.expect(REGISTRY_FAILED, "ImageMissing", missing, "what to do")


@pytest.mark.parametrize(
    ("content", "why"), [(b"<html>not found</html>" * 100, "no tar archive"), (b"", "no index.json")]
)
def test_a_tarball_that_is_no_image(engine: Engine, tmp_path: Path, content: bytes, why: str) -> None:
    tarball = tmp_path / "image.tar"
    tarball.write_bytes(content or bytes(10240))
    done = engine.call("scan", "--tarball", str(tarball), *engine.database, "table")
    done.expect(USAGE, "ImageInvalid", why, "type=oci")


def test_an_image_of_another_platform(engine: Engine, tmp_path: Path) -> None:
    tarball = archive(tmp_path / "image.tar", FILES, architecture="arm64")
    command = ("--platform", "linux/amd64", "scan", "--tarball", str(tarball), *engine.database, "table")
    engine.call(*command).expect(USAGE, "PlatformMismatch", "linux/arm64", "--platform")


def test_a_tag_that_moved_while_it_was_scanned(
    caller: Caller, engine: Engine, release: Release, registry: PrivateRegistry
) -> None:
    """Somebody lets the tag name another image as soon as ours has been pulled."""
    registry.let("moving", release.evidence.image_digest())
    command = (
        *caller.login,
        "scan",
        "--reference",
        f"{registry.repository}:moving",
        *engine.database,
        "table",
    )
    running = engine.begin("call", *engine.module_flags, *command, env=caller.secrets)
    running.wait_until_it_says("crane pull")
    registry.let_another_have("moving")
    running.wait().expect(REGISTRY_FAILED, "TagMoved", "moving", "what to do")
