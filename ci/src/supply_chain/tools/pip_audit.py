"""pip-audit's command lines: install it in the toolbox, audit one lock file.

Source: https://github.com/pypa/pip-audit, version as pinned in locks/pip-audit.in.
"""

LOCK = "locks/pip-audit.lock"
"""What is installed, by hash; package data of this module."""

PYTHON = "/opt/pip-audit/bin/python"
"""The interpreter of pip-audit's environment."""

RESUMING = ("PIP_RESUME_RETRIES", "5")
"""A variable by which pip takes up downloads that break off; older ones than 25.1 do not know it."""

_SECONDS = "15"


def install(lock: str) -> list[list[str]]:
    """Make the environment, then install the lock file's packages in it: no build, nothing without a hash."""
    return [
        ["python3", "-m", "venv", "/opt/pip-audit"],
        [
            *(PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary=:all:"),
            *("--no-cache-dir", "--disable-pip-version-check", "--progress-bar=off", "--requirement", lock),
        ],
    ]


def audit(lock: str, *, advisories: bool) -> list[str]:
    """Look every package of the lock file up, as JSON.

    Nothing is installed or resolved: what is locked by hash is taken as it is. PyPI is asked by default, not
    OSV: PyPI says of a package it does not know that it does not, OSV answers as for one without advisories.
    With `advisories` it is an OSV service on this machine, named by PIP_AUDIT_OSV_URL.
    """
    return [
        *(PYTHON, "-m", "pip_audit", "--requirement", lock, "--disable-pip", "--require-hashes"),
        *("--vulnerability-service", "osv" if advisories else "pypi", "--timeout", _SECONDS),
        *("--format", "json", "--aliases", "on", "--desc", "off", "--progress-spinner", "off"),
        *("--cache-dir", "/tmp/pip-audit"),  # noqa: S108 - in the tool's own container
    ]
