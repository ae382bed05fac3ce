"""What a failing tool said, cut to what helps."""

_LINES = 12
_WIDTH = 400
_PREFIX = "Error: "
_NOISE = ("WARNING:", "error during command execution:")
_RETRIED = ("HEAD request failed, falling back on GET", " retrying ")


def last_words(text: str) -> str:
    """The last lines of a tool's output, without blank and repeated ones, warnings and retried attempts."""
    lines: list[str] = []
    for line in (line.rstrip().removeprefix(_PREFIX) for line in text.splitlines()):
        if line and line not in lines and not _is_noise(line):
            lines.append(line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…")
    return "\n".join(lines[-_LINES:])


def _is_noise(line: str) -> bool:
    return line.startswith(_NOISE) or any(sign in line for sign in _RETRIED)
