"""What registries say when they refuse, and which error it becomes; crane and cosign pass their words on.

Whether a failure passes by itself is decided in models/transient.py. Error codes:
https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes.
"""

import re

from supply_chain.errors import (
    ImageMissing,
    Outage,
    PlatformMismatch,
    RegistryDenied,
    RegistryFailed,
    RegistryUnavailable,
    RegistryUnreachable,
    SigstoreUnavailable,
    SupplyChainError,
    Trouble,
)
from supply_chain.models.transient import Service, final_words, trouble
from supply_chain.tools.output import last_words

_DENIED = re.compile(
    r"\bUNAUTHORIZED\b|\bDENIED\b|\b401 Unauthorized|\b403 Forbidden|authentication required"
)
_UNAUTHENTICATED = re.compile(r"\bUNAUTHORIZED\b|\b401 Unauthorized|authentication required")
_UNREACHABLE = re.compile(r"x509: |tls: |server gave HTTP response to HTTPS client")
_NO_PLATFORM = re.compile(r"no child with platform")
_ABSENT = re.compile(r"\bMANIFEST_UNKNOWN\b|\bNAME_UNKNOWN\b|\bNOT_FOUND\b|\b404 Not Found")


def is_absent(words: str) -> bool:
    """Whether the registry answered that it does not have the image."""
    return bool(_ABSENT.search(words)) and not _DENIED.search(words)


def is_forbidden(words: str) -> bool:
    """Whether the registry knows who asks, and will not say whether it has the image."""
    return bool(_DENIED.search(words)) and not _UNAUTHENTICATED.search(words)


def known_refusal(
    what: str, words: str, *, host: str = "", known: bool = False
) -> RegistryFailed | Outage | None:
    """The error for a refused login, an unreachable registry or an outage; None when the words tell of none.

    Args:
        what: What failed.
        words: The tool's.
        host: The registry's, for words that name nobody.
        known: Whether the service has answered before in this run: then silence is an outage, which passes,
            and no mistake in its address.
    """
    if _DENIED.search(words):
        return RegistryDenied(what, why=last_words(words))
    found = trouble(words, f"{Service.REGISTRY} {host}".strip())
    if found and not found.service.startswith(Service.REGISTRY):
        passes = known or not found.silent
        return SigstoreUnavailable(_down(what, found), last_words(words), trouble=found if passes else None)
    if found and (known or not found.silent):
        return RegistryUnavailable(_down(what, found), last_words(words), trouble=found)
    if found or _UNREACHABLE.search(final_words(words)):
        return RegistryUnreachable(what, why=last_words(words))
    return None


def refusal(what: str, words: str, *, host: str = "", known: bool = False) -> SupplyChainError:
    """The error for a failed registry command; `host` and `known` as above."""
    if _NO_PLATFORM.search(words):
        return PlatformMismatch(what, why=last_words(words))
    if is_absent(words):
        return ImageMissing(what, why=last_words(words))
    return known_refusal(what, words, host=host, known=known) or RegistryFailed(what, why=last_words(words))


def _down(what: str, found: Trouble) -> str:
    return f"{what}: {found.service} is down or overloaded"
