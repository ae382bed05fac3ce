#!/bin/sh
# Installs what is needed on this machine: a Python environment with pinned packages, and Podman; with python-only no
# Podman, with browser Chromium in its place.
# Quick when everything is there. Exit code 3: something is missing and cannot be installed from here.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
die() { printf 'setup: error: %s\n' "$*" >&2; exit 3; }

install_packages() { # what they are for, then their names
    purpose=$1; shift
    command -v apt-get >/dev/null 2>&1 ||
        die "$purpose missing, and this is no Debian or Ubuntu. Install it with your package manager ($*), then try again."
    [ "$(id -u)" = 0 ] ||
        die "$purpose missing, and installing it needs root. Run: sudo apt-get install $*"
    say "installing $*"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get install --yes --no-install-recommends "$@"; } 2>&1 |
        grep --line-buffered -E '^(Get:|Unpacking|Setting up|E:)' | cut -c 1-100 | sed -u 's/^/setup:   /' >&2 || true
    command -v "$PROGRAM" >/dev/null 2>&1 || die "apt-get could not install $*; its output is above."
}

python=
# SETUP_PYTHON names one by hand, as the workflow does that tries several.
for candidate in ${SETUP_PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
[ -n "$python" ] || die "${SETUP_PYTHON:-Python 3.11 or newer} is missing. Install it, then try again."

if ! [ .venv/.ready -nt requirements.lock ]; then
    say "making .venv with $("$python" --version) and the packages of requirements.lock"
    rm -rf .venv
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then PROGRAM=$python install_packages "Python's venv is" python3-venv; fi
    "$python" -m venv .venv
    # The lock is whole, so nothing is resolved: pip would look past it for what is named with an extra.
    PIP_RESUME_RETRIES=5 .venv/bin/python -m pip --disable-pip-version-check install --no-deps --require-hashes --requirement requirements.lock |
        awk '/^Collecting/ { n++; if (n % 10 == 0) { print "setup:   " n " packages"; fflush() } } /^Successfully/ { print "setup:   " n " packages installed" }' >&2
    { .venv/bin/python -c 'import dagger, graphql, pydantic, uvicorn' && .venv/bin/python -m pip --disable-pip-version-check check >&2; } ||
        die "the packages of requirements.lock did not install."
    # This checkout's own packages, importable without installing them.
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$PWD/engine" "$PWD/engine/src" "$PWD/ci/src" > "$packages/workspace.pth"
    touch .venv/.ready
fi

if [ "${1:-}" = browser ]; then
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
        PROGRAM=chromium install_packages "Chromium, in which tests look at the report, is" chromium fonts-liberation
elif [ "${1:-}" != python-only ]; then
    command -v podman >/dev/null 2>&1 || PROGRAM=podman install_packages "Podman is" podman netavark runc catatonit iptables
    command -v runc >/dev/null 2>&1 || command -v crun >/dev/null 2>&1 ||
        PROGRAM=runc install_packages "An OCI runtime is" runc
fi
