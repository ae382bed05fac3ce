"""What a failing tool said, cut to what helps."""

_LINES = 12
_WIDTH = 400


def last_words(text: str) -> str:
    """The last lines of a tool's output, without the blank ones and each of bounded length."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…" for line in lines[-_LINES:])
