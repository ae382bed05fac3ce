"""Secrets: kept in this process, read when a command needs them, hidden from all that is printed."""

import hashlib
import os
import secrets as tokens
import subprocess
from pathlib import Path

from dagger_local.errors import EngineError
from dagger_local.values import Value

_TELLING = 12  # shorter lines of a long secret give nothing away and occur by chance


class Secrets:
    """Texts of secrets by key. Keys are made of names and references, never of the texts."""

    def __init__(self, work_dir: Path) -> None:
        self._work_dir = work_dir
        self._texts: dict[str, str] = {}
        self._uris: dict[str, str] = {}
        self._salt = tokens.token_bytes(16)

    def set(self, name: str, plaintext: str) -> Value:
        """A secret from its text. Another text under the same name is another secret of this session."""
        tag = hashlib.blake2b(plaintext.encode(), key=self._salt, digest_size=8).hexdigest()
        value = Value("Secret", "Query.setSecret", {"name": name, "tag": tag})
        self._texts[value.key] = plaintext
        return value

    def refer(self, uri: str) -> Value:
        """A secret by reference; it is looked up when it is first used."""
        value = Value("Secret", "Query.secret", {"name": uri})
        self._uris[value.key] = uri
        return value

    def text(self, key: str) -> str:
        """The secret itself.

        Raises:
            EngineError: The reference leads nowhere; the message is Dagger's.
        """
        if key not in self._texts:
            self._texts[key] = self._look_up(self._uris[key])
        return self._texts[key]

    def _look_up(self, uri: str) -> str:
        scheme, found, rest = uri.partition("://")
        if not found:
            scheme, rest = "env", uri.removeprefix("env:")
        if scheme == "env":
            if rest not in os.environ:
                raise EngineError(f'secret env var not found: "{rest[:3]}..."')
            return os.environ[rest]
        if scheme == "file":
            try:
                return os.fsdecode((self._work_dir / Path(rest).expanduser()).read_bytes())
            except OSError as error:
                why = (error.strerror or "").lower()
                raise EngineError(f'failed to read secret file "{rest}": open {rest}: {why}') from None
        if scheme == "cmd":
            done = subprocess.run(["sh", "-c", rest], cwd=self._work_dir, capture_output=True, check=False)  # noqa: S607
            if done.returncode:
                raise EngineError(f"failed to run secret command: exit status {done.returncode}")
            return os.fsdecode(done.stdout)
        raise EngineError(f'unsupported secret provider: "{scheme}"')

    def scrub(self, text: str) -> str:
        """The text with every secret in it as `***`; of a secret of many lines, every line of some length."""
        forms = {form for secret in self._texts.values() for form in (secret, secret.strip())}
        lines = {line for form in forms for line in form.splitlines() if len(line) >= _TELLING}
        for form in sorted((forms | lines) - {""}, key=len, reverse=True):
            text = text.replace(form, "***")
        return text
