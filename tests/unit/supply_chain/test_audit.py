"""What an audit says: findings, clean, or nothing at all, which is never clean."""

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from supply_chain.errors import (
    AdvisoriesInvalid,
    AdvisoriesUnavailable,
    AuditFailed,
    InternalError,
    LockInvalid,
)
from supply_chain.models.audit import Answer, Audit
from supply_chain.models.lock import Lock
from supply_chain.tools import pip_audit

HASH = f"--hash=sha256:{'0' * 64}"
Said = Callable[[str], str]


def lock(*packages: str, path: str = "requirements.lock") -> Lock:
    return Lock(path=path, packages=frozenset(packages))


def answer(*dependencies: dict[str, Any], **fields: Any) -> Answer:
    """What the script prints when pip-audit wrote a report."""
    report = json.dumps({"dependencies": dependencies, "fixes": []})
    return Answer(exit_code=0, report=report, **fields)


def package(name: str, version: str = "1.0", *ids: str) -> dict[str, Any]:
    vulns = [{"id": one, "fix_versions": ["2.0"], "aliases": []} for one in ids]
    return {"name": name, "version": version, "vulns": vulns}


def test_findings_name_package_version_ids_and_fix(said: Said) -> None:
    audit = Audit.of([(lock("ecdsa", "flask", "h11", "idna"), Answer.parse(said("audit-findings.json")))])
    assert audit.sample
    assert audit.packages == 4
    with pytest.raises(
        AuditFailed, match=r"3 known .*in 4 packages.*by a sample of advisories \(39\)"
    ) as caught:
        audit.check()
    assert caught.value.why.splitlines() == [
        "ecdsa 0.18.0: CVE-2024-23342 (GHSA-wj6h-64fc-37mp), no fix yet, in requirements.lock",
        "flask 2.3.1: CVE-2023-30861 (GHSA-m2qf-hxjv-5gpq), fixed in 2.2.5, 2.3.2, in requirements.lock",
        "idna 3.6: CVE-2024-3651 (GHSA-jjg7-2v4v-x38h), fixed in 3.7, in requirements.lock",
    ]


def test_skipped_packages_are_not_clean_though_pip_audit_ends_with_0(said: Said) -> None:
    answer = Answer.parse(said("audit-skipped.json"))
    assert answer.exit_code == 0
    with pytest.raises(AdvisoriesUnavailable, match="PyPI could not look up 4 of 4 packages") as caught:
        Audit.of([(lock(), answer)])
    assert "flask: Dependency not found on PyPI" in caught.value.why
    assert "--advisories" in caught.value.advice


def test_one_skipped_package_among_clean_ones_is_enough() -> None:
    skipped = {"name": "ours", "skip_reason": "Dependency not found on PyPI and could not be audited"}
    with pytest.raises(AdvisoriesUnavailable, match="1 of 2 packages"):
        Audit.of([(lock(), answer(package("flask"), skipped))])


def test_a_service_out_of_reach_is_an_outage_that_names_it(said: Said) -> None:
    with pytest.raises(AdvisoriesUnavailable, match=r"PyPI did not answer for requirements\.lock") as caught:
        Audit.of([(lock(), Answer.parse(said("audit-unreachable.json")))])
    assert "Failed to resolve 'api.osv.dev'" in caught.value.why
    assert "Traceback" not in caught.value.why


@pytest.mark.parametrize(
    ("exit_code", "stderr", "kind"),
    [
        (None, "no end within 300 s", AdvisoriesUnavailable),
        (1, "Traceback:\npip_audit._service.interface.ServiceError", AdvisoriesUnavailable),
        (
            1,
            "ERROR:pip_audit._cli:Tip: your network may be blocking this service.",
            AdvisoriesUnavailable,
        ),
        (1, "ERROR:pip_audit._cli:package a has duplicate requirements: a==2", LockInvalid),
        (1, "Traceback:\npackaging.version.InvalidVersion: Invalid version: '3.x'", LockInvalid),
        (1, "MemoryError", InternalError),
        (0, "", InternalError),
    ],
)
def test_without_a_report_nothing_was_audited(
    exit_code: int | None, stderr: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        Audit.of([(lock(), Answer(exit_code=exit_code, stderr=stderr))])


@pytest.mark.parametrize("document", ["", "[]", '{"sample": 3}'])
def test_a_script_that_printed_something_else_is_a_bug(document: str) -> None:
    with pytest.raises(InternalError):
        Answer.parse(document)


def test_advisories_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(AdvisoriesInvalid, match="no advisory"):
        Audit.of([(lock(), Answer(refused="there is no advisory on a Python package"))])


def test_several_lock_files_are_one_audit_and_equal_versions_one_finding() -> None:
    audit = Audit.of(
        [
            (lock("flask", "idna", path="a.lock"), answer(package("flask", "1.0", "CVE-1"), package("idna"))),
            (lock("flask", path="b.lock"), answer(package("flask", "1.0", "CVE-1"))),
            (lock("flask", path="c.lock"), answer(package("flask", "2.0"))),
        ]
    )
    assert audit.packages == 3
    (found,) = audit.vulnerabilities
    assert (found.version, found.locks) == ("1.0", ("a.lock", "b.lock"))
    assert audit.headline == "1 known vulnerabilities in 3 packages of a.lock, b.lock, c.lock, by PyPI"


def test_what_other_platforms_need_is_told() -> None:
    audit = Audit.of([(lock("colorama", "flask-sqlalchemy"), answer(package("flask_sqlalchemy")))])
    audit.check()
    assert audit.left_out == ("colorama",)
    assert audit.headline.endswith("by PyPI, 1 are for other platforms")


def test_a_long_list_is_cut_and_counted() -> None:
    with pytest.raises(AuditFailed) as caught:
        Audit.of(
            [(lock(), answer(*(package(f"p{number:02}", "1", "CVE-1") for number in range(25))))]
        ).check()
    assert caught.value.why.splitlines()[-1] == "and 5 more"


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        ("", set()),
        (
            f"# a comment\n-i https://index\n--only-binary=:all:\nFlask_SQL.Alchemy==1.0 {HASH}\n",
            {"flask-sql-alchemy"},
        ),
        (
            f"coverage[toml]==7.1 ; python_version < '3.12' \\\n    {HASH} \\\n    {HASH}\n    # via us\n",
            {"coverage"},
        ),
        (f"a==1!2.0.post1+x {HASH}  # why\r\nb == 2 {HASH}\r\n", {"a", "b"}),
    ],
)
def test_lock_files_that_can_be_audited(text: str, packages: set[str]) -> None:
    assert Lock.parse("a.lock", text).packages == packages


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("flask==3.0\n", "line 1: flask==3.0"),
        (f"a==1 {HASH}\n\nflask>=3.0 {HASH}\n", "line 3: flask>=3.0"),
        (f"flask==3.* {HASH}\n", "line 1: flask==3.*"),
        (f"flask {HASH}\n", "line 1: flask"),
        ("-r other.txt\n", "line 1: -r other.txt"),
        ("-e .\n", "line 1: -e ."),
        (f"flask @ https://x/flask.whl {HASH}\n", "line 1: flask @ https://x/flask.whl"),
        ("[[package]]\nname = 'uv'\n", "line 1: [[package]]"),
        (f"a==1 \\\n  ; sys_platform == 'x' \\\n {HASH}\nb==1 \\\n", "line 4: b==1"),
    ],
)
def test_other_lines_are_refused_by_number(text: str, why: str) -> None:
    with pytest.raises(LockInvalid, match=r"a\.lock cannot be audited") as caught:
        Lock.parse("a.lock", text)
    assert caught.value.why == why


def test_the_auditor_ships_with_the_module_locked_by_hash() -> None:
    shipped = files("supply_chain") / pip_audit.LOCK
    locked = Lock.parse("pip-audit.lock", shipped.read_text())
    assert {"pip-audit", "packaging", "pip"} <= locked.packages
    wanted = (files("supply_chain") / "locks/pip-audit.in").read_text().splitlines()[-1]
    assert f"{wanted} \\" in shipped.read_text().splitlines()


def test_nothing_is_installed_without_a_hash_or_built() -> None:
    environment, install = pip_audit.install("/lock")
    assert environment[:3] == ["python3", "-m", "venv"]
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:"} <= set(install)
    assert install[-2:] == ["--requirement", "/lock"]


@pytest.mark.parametrize(("advisories", "service"), [(False, "pypi"), (True, "osv")])
def test_an_audit_resolves_and_ignores_nothing(advisories: bool, service: str) -> None:
    command = pip_audit.audit("/locks/a.lock", advisories=advisories)
    assert command[command.index("--vulnerability-service") + 1] == service
    assert {"--disable-pip", "--require-hashes"} <= set(command)
    assert not {"--ignore-vuln", "--dry-run", "--fix", "--skip-editable"} & set(command)
