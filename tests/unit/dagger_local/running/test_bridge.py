"""A bridge keeps its address while ports come and go; like the engine itself, this needs root."""

import subprocess
import sys

import pytest

from dagger_local.running import bridge

# In a network namespace of its own, so that the machine's bridge is left alone.
SCRIPT = """
import subprocess
from pathlib import Path
from dagger_local.running import bridge

def ip(*words):
    subprocess.run(["ip", "link", *words], check=True)

ip("add", "podman0", "type", "bridge")
ip("add", "high", "address", "aa:00:00:00:00:02", "type", "veth", "peer", "high-peer")
ip("set", "high", "master", "podman0")
if KEEP:
    bridge.keep_address()
ip("add", "low", "address", "02:00:00:00:00:01", "type", "veth", "peer", "low-peer")
ip("set", "low", "master", "podman0")
print(Path("/sys/class/net/podman0/address").read_text().strip())
"""


@pytest.mark.parametrize(("keep", "address"), [(True, "aa:00:00:00:00:02"), (False, "02:00:00:00:00:01")])
def test_the_address_stays_when_a_lower_one_joins(keep: bool, address: str) -> None:
    program = ["unshare", "--net", "--mount", "sh", "-c", 'mount -t sysfs sysfs /sys && exec "$@"', "sh"]
    argv = [*program, sys.executable, "-c", SCRIPT.replace("KEEP", str(keep))]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == address


def test_without_a_bridge_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_NAMES", ("no-such-bridge",))
    bridge.keep_address()
