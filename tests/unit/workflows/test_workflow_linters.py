"""What the ecosystem's own linters say of the workflows, and of the bots' configuration."""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from unit.workflows.files import GITHUB, REPOSITORY, TEXTS, WORKFLOWS

_SCRIPTS = Path(sysconfig.get_path("scripts"))


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def lint(linter: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    """Without the linters of shell and Python that a machine may have: there is one command a step."""
    options = ("-config-file", GITHUB / "actionlint.yaml", "-shellcheck=", "-pyflakes=", "-no-color")
    return run(linter, *options, *files)


def audited(*files: Path) -> subprocess.CompletedProcess[str]:
    """Zizmor's strictest audits, of those that need no network."""
    return run(
        _SCRIPTS / "zizmor", "--offline", "--persona=pedantic", "--no-config", "--strict-collection",
        "--no-progress", "--format=json", *files,
    )  # fmt: skip


def checked(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files)


def test_actionlint_finds_nothing(linter: Path) -> None:
    done = lint(linter, *(path.relative_to(REPOSITORY) for path in WORKFLOWS.values()))
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_actionlint_looks_into_them(linter: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.yml"
    spoilt.write_text(TEXTS["ci.yml"].replace("${{ matrix.python }}", "${{ matrix.pythn }}"))
    done = lint(linter, spoilt)
    assert 'property "pythn" is not defined' in done.stdout
    assert done.returncode == 1


def test_what_actionlint_is_told_to_ignore_is_there(linter: Path, tmp_path: Path) -> None:
    """Once it knows these names, the exception must go."""
    alone = tmp_path / "release-image.yml"
    alone.write_text(TEXTS["release-image.yml"])
    found = re.findall(r'property "(\w+)" is not defined', lint(linter, alone).stdout)
    assert found == ["workflow_repository", "workflow_sha"]


def test_zizmor_finds_nothing() -> None:
    done = audited(GITHUB)
    assert json.loads(done.stdout) == []
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("completed") == len(WORKFLOWS)


def test_zizmor_is_told_to_ignore_nothing() -> None:
    """It is given no configuration, and finds no remark for it."""
    assert "zizmor:" not in "".join(TEXTS.values())


@pytest.mark.parametrize(
    ("was", "spoilt", "audit"),
    [
        ("persist-credentials: false", "fetch-tags: true", "artipacked"),
        ("write # to upload SARIF to code scanning", "write", "undocumented-permissions"),
        ("cat evidence/summary.md", "echo ${{ github.head_ref }}", "template-injection"),
        ("pull_request:", "pull_request_target:", "dangerous-triggers"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "unpinned-uses"),
    ],
)
def test_zizmor_looks_into_them(was: str, spoilt: str, audit: str, tmp_path: Path) -> None:
    file = tmp_path / "spoilt.yml"
    assert was in TEXTS["ci.yml"]
    file.write_text(TEXTS["ci.yml"].replace(was, spoilt))
    assert audit in {finding["ident"] for finding in json.loads(audited(file).stdout)}


def test_the_schema_of_workflows_holds() -> None:
    done = checked("vendor.github-workflows", *WORKFLOWS.values())
    assert done.returncode == 0, done.stdout


def test_the_schema_of_renovate_holds() -> None:
    done = checked("vendor.renovate", GITHUB / "renovate.json")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("schema", "file", "was", "spoilt"),
    [
        ("vendor.github-workflows", "workflows/ci.yml", "runs-on:", "runs-of:"),
        ("vendor.renovate", "renovate.json", '"strict"', '"lenient"'),
    ],
)
def test_a_schema_looks_into_them(schema: str, file: str, was: str, spoilt: str, tmp_path: Path) -> None:
    text = (GITHUB / file).read_text()
    assert was in text
    spoilt_file = tmp_path / Path(file).name
    spoilt_file.write_text(text.replace(was, spoilt))
    assert checked(schema, spoilt_file).returncode == 1
