"""Other people's words on a page: one line, nothing invisible, no address but a web page's.

The template escapes every text. What is left is what escaping does not touch: characters that turn or hide
the ones around them, texts of any length, and addresses that a click would run.
"""

from urllib.parse import urlsplit

from supply_chain.models.markdown import plain

_LONGEST = 300
_MOST_LINES = 60


def line(text: str, longest: int = _LONGEST) -> str:
    """The text in one visible line, cut where it is very long."""
    shown = plain(text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def lines(text: str) -> tuple[str, ...]:
    """The text's lines, the first of them where there are many."""
    found = [line(one) for one in text.splitlines() if plain(one)]
    left = len(found) - _MOST_LINES
    return tuple([*found[:_MOST_LINES], f"and {left} more lines"] if left > 0 else found)


def web(address: str) -> str:
    """The address where it is that of a web page; empty for every other, such as one that runs a script."""
    if plain(address) != address or {" ", "\\"} & set(address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and host else ""


def short(digest: str) -> str:
    """A digest or commit as people compare it at a glance; the whole of it stands elsewhere on the page."""
    name, colon, value = digest.rpartition(":")
    return f"{name}{colon}{value[:12]}…" if len(value) > 12 else digest  # noqa: PLR2004 - as docker shows it


def counted(number: int, what: str) -> str:
    """A number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def duration(seconds: float) -> str:
    """Seconds as people read them."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:.1f} s"
