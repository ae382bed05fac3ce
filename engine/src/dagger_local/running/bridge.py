"""The bridge that Podman puts containers' networks on."""

import contextlib
import fcntl
import socket
import struct

_NAMES = ("podman0", "cni-podman0")  # of Podman's default network, by netavark and by CNI
_GET_ADDRESS, _SET_ADDRESS = 0x8927, 0x8924  # SIOCGIFHWADDR, SIOCSIFHWADDR (netdevice(7))


def keep_address() -> None:
    """Has the bridge keep the link address that it has now.

    A bridge whose address nobody has set takes the lowest of its ports' addresses. When that port goes, with
    a container of any other session, those that still run send to an address that is nobody's any more, until
    they forget it: half a minute. Podman 4.3 sets none.
    """
    for name in _NAMES:
        request = struct.pack("16s24x", name.encode())
        with contextlib.suppress(OSError), socket.socket() as asking:  # no such bridge
            fcntl.ioctl(asking, _SET_ADDRESS, fcntl.ioctl(asking, _GET_ADDRESS, request))
