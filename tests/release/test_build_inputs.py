"""What a build is given: secrets that stay secret, arguments, and another value for each run."""

import time
from pathlib import Path

import pytest

from .canary import Needles, canary, files_since
from .harness import Engine

SECRET = canary("secret of the build")
DOCKERFILE = """\
ARG PYTHON_IMAGE
FROM ${PYTHON_IMAGE}
ARG GREETING
ARG VERSION
LABEL greeting=${GREETING} version=${VERSION}
RUN --mount=type=secret,id=token,required=true wc -c < /run/secrets/token > /length
RUN echo "said ${GREETING}" > /said
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source whose build needs a secret."""
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    return tmp_path


def built(engine: Engine, source: Path, version: str, *what: str) -> str:
    given = (
        *("with-build-secret", "--name", "token", "--value", "env://BUILD_TOKEN"),
        *("with-build-arg", "--name", "GREETING", "--value", "hello"),
    )
    command = ("--source", str(source), *given, "build", "--version", version, *what)
    return engine.call(*command, env={"BUILD_TOKEN": SECRET}).expect(0).stdout.strip()


@pytest.mark.alone  # files that somebody else writes or removes meanwhile cannot be read
def test_a_secret_reaches_its_step_and_nothing_else(engine: Engine, source: Path) -> None:
    began = time.time()
    assert built(engine, source, "1.0.0", "file", "--path", "/length", "contents") == str(len(SECRET))
    assert built(engine, source, "1.0.0", "file", "--path", "/said", "contents") == "said hello"
    assert Needles.of(SECRET).in_files(files_since(engine.store, began)) == []


@pytest.mark.parametrize("version", ["1.0.1", "1.0.2"])
def test_a_build_with_another_version_is_another_build(engine: Engine, source: Path, version: str) -> None:
    """Podman's builder would give it the labels of the first."""
    assert built(engine, source, version, "label", "--name", "version") == version
    assert built(engine, source, version, "label", "--name", "greeting") == "hello"
