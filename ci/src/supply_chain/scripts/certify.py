"""Make what others must know of a Sigstore's keys: `certify.py KEYS OUT`.

KEYS holds the private keys `fulcio`, `timestamp` and `ctlog` (PEM), which stay where they are. OUT gets
fulcio.pem, the root certificate; timestamp.pem, the timestamp authority's certificate and the root; and
ctlog.pem, the public key of the certificate log. Valid for a day: it is for rehearsals.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def certify(keys: Path, out: Path) -> None:
    """Write the certificates and the public key."""
    out.mkdir(parents=True, exist_ok=True)
    authority, root = str(keys / "fulcio"), out / "fulcio.pem"
    root.write_bytes(_certificate("ca", "root", keys / "fulcio"))
    stamps = _certificate("tsa", "timestamps", keys / "timestamp", "-CA", str(root), "-CAkey", authority)
    (out / "timestamp.pem").write_bytes(stamps + root.read_bytes())
    (out / "ctlog.pem").write_bytes(_openssl("pkey", "-pubout", "-in", str(keys / "ctlog")))


def _certificate(kind: str, name: str, key: Path, *signer: str) -> bytes:
    """A certificate for the key, which signs it itself unless there is another signer."""
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as config:
        config.write(_CONFIG)
        config.flush()
        request = ("req", "-x509", "-new", "-sha256", "-days", "1", "-config", config.name)
        subject = ("-extensions", kind, "-subj", f"/O=rehearsal.example/CN={name}", "-key", str(key))
        return _openssl(*request, *subject, *signer)


def _openssl(*args: str) -> bytes:
    return subprocess.run(["openssl", *args], capture_output=True, check=True).stdout  # noqa: S607


if __name__ == "__main__":
    certify(Path(sys.argv[1]), Path(sys.argv[2]))
