"""The files of an image that holds a single program: what programs expect of a system, and no more."""

from standins.layer import Member, directory, text

NONROOT = 65532  # the unprivileged user of distroless images

_PASSWD = f"""
root:x:0:0:root:/root:/sbin/nologin
nonroot:x:{NONROOT}:{NONROOT}:nonroot:/home/nonroot:/sbin/nologin
"""
_GROUP = f"root:x:0:\nnonroot:x:{NONROOT}:\n"


def skeleton() -> list[Member]:
    """Users, /tmp, homes, and an empty CA bundle for the host's to be mounted over."""
    return [
        directory("tmp", 0o1777),
        directory("root", 0o700),
        directory("home/nonroot", 0o700, NONROOT),
        text("etc/passwd", _PASSWD),
        text("etc/group", _GROUP),
        text("etc/ssl/certs/ca-certificates.crt", ""),
    ]
