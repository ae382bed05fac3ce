"""What registries say when they refuse; crane and cosign pass their words on.

Error codes: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes.
"""

import re

from supply_chain.errors import (
    ImageMissing,
    PlatformMismatch,
    RegistryDenied,
    RegistryFailed,
    RegistryUnreachable,
    SupplyChainError,
)
from supply_chain.tools.output import last_words

_DENIED = re.compile(
    r"\bUNAUTHORIZED\b|\bDENIED\b|\b401 Unauthorized|\b403 Forbidden|authentication required"
)
_UNAUTHENTICATED = re.compile(r"\bUNAUTHORIZED\b|\b401 Unauthorized|authentication required")
_NOBODY_THERE = re.compile(
    r"no such host|connection refused|i/o timeout|network is unreachable|no route to host|server misbehaving"
)
_UNREACHABLE = re.compile(
    _NOBODY_THERE.pattern
    + r"|connection reset|x509: |tls: |server gave HTTP response to HTTPS client|proxyconnect|: EOF$",
    re.MULTILINE,
)
_NO_PLATFORM = re.compile(r"no child with platform")
_ABSENT = re.compile(r"\bMANIFEST_UNKNOWN\b|\bNAME_UNKNOWN\b|\bNOT_FOUND\b|\b404 Not Found")


def is_absent(words: str) -> bool:
    """Whether the registry answered that it does not have the image."""
    return bool(_ABSENT.search(words)) and not _DENIED.search(words)


def is_forbidden(words: str) -> bool:
    """Whether the registry knows who asks, and will not say whether it has the image."""
    return bool(_DENIED.search(words)) and not _UNAUTHENTICATED.search(words)


def is_nobody_there(words: str) -> bool:
    """Whether nothing answered at all, so that asking again at once is of no use."""
    return bool(_NOBODY_THERE.search(words))


def known_refusal(what: str, words: str) -> RegistryFailed | None:
    """The error for a refused login or an unreachable registry; None when the words tell of neither."""
    if _DENIED.search(words):
        return RegistryDenied(what, why=last_words(words))
    if _UNREACHABLE.search(words):
        return RegistryUnreachable(what, why=last_words(words))
    return None


def refusal(what: str, words: str) -> SupplyChainError:
    """The error for a failed registry command."""
    if _NO_PLATFORM.search(words):
        return PlatformMismatch(what, why=last_words(words))
    if is_absent(words):
        return ImageMissing(what, why=last_words(words))
    return known_refusal(what, words) or RegistryFailed(what, why=last_words(words))
