r"""Path patterns as Trivy's ignore file takes them.

Grammar: https://github.com/bmatcuk/doublestar#patterns. `*` and `?` stay within a directory, `**` as a whole
part of a path is any number of directories, `[a-z]` and `[!a-z]` are classes, `{a,b}` are alternatives, `\`
takes the next character as it is.
"""

import functools
import re

_MOST_ALTERNATIVES = 100
_CLASS = re.compile(r"\[(?P<negated>[!^]|(?![!^]))(?P<members>(?:\\.|[^\\\]])+)\]", re.DOTALL)
_MEMBER = re.compile(r"(?P<low>\\.|.)-(?P<high>\\.|.)|(?P<one>\\.|.)", re.DOTALL)
_TOKEN = re.compile(
    rf"""
      (?P<below>/\*\*(?P<slash>/?)\Z)     # at the end: the directory itself, and all in it
    | (?P<directories>(?<![^/])\*\*/)
    | (?P<everything>(?<![^/])\*\*\Z)
    | (?P<star>\*\*?)
    | (?P<any>\?)
    | (?P<class>{_CLASS.pattern})
    | \\(?P<escaped>.)
    | (?P<literal>[^\\\[\]{{}}]|\])
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKS = {"directories": "(?:.*/)?", "everything": ".*", "star": "[^/]*", "any": "[^/]"}


class BadPattern(ValueError):
    """A pattern that does not follow the grammar."""


def matches(pattern: str, path: str) -> bool:
    """Whether the pattern covers the whole path; BadPattern when it is none."""
    return compiled(pattern).fullmatch(path) is not None


@functools.lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression; BadPattern when it follows no grammar."""
    expressions = [_expression(alternative) for alternative in _alternatives(pattern)]
    return re.compile("|".join(f"(?:{expression})" for expression in expressions), re.DOTALL)


def _alternatives(pattern: str) -> list[str]:
    """The pattern without braces: one for each choice of alternatives."""
    pending, done = [pattern], []
    while pending:
        head, choices, tail = _first_braces(pending.pop())
        if not choices:
            done.append(head)
        pending += [head + choice + tail for choice in choices]
        if len(pending) + len(done) > _MOST_ALTERNATIVES:
            raise BadPattern(f"it stands for more than {_MOST_ALTERNATIVES} patterns")
    return done


def _first_braces(pattern: str) -> tuple[str, list[str], str]:
    """What stands before the first braces, the choices between them, and what follows."""
    position = 0
    while position < len(pattern):
        if pattern[position] == "{":
            return pattern[:position], *_choices(pattern, position + 1)
        whole = _CLASS.match(pattern, position)
        position = whole.end() if whole else position + (2 if pattern[position] == "\\" else 1)
    return pattern, [], ""


def _choices(pattern: str, start: int) -> tuple[list[str], str]:
    """Alternatives from `start` up to the brace that closes them, and what follows it."""
    depth, choices, begun, position = 0, [], start, start
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            position += 1
        elif char == "{":
            depth += 1
        elif char == "," and not depth:
            choices.append(pattern[begun:position])
            begun = position + 1
        elif char == "}":
            if not depth:
                return [*choices, pattern[begun:position]], pattern[position + 1 :]
            depth -= 1
        position += 1
    raise BadPattern("a '{' is not closed")


def _expression(pattern: str) -> str:
    """One pattern without braces as a regular expression."""
    parts, position = [], 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if not token:
            raise BadPattern(f"{pattern[position]!r} is not closed or closes nothing")
        parts.append(_part(token))
        position = token.end()
    return "".join(parts)


def _part(token: re.Match[str]) -> str:
    if token["below"]:
        return r"(?:/(?:.*/)?|(?<=.))" if token["slash"] else r"(?:/.*|(?<=.))"
    if token["class"]:
        return _class(token)
    mark = _MARKS.get(token.lastgroup or "")
    return mark or re.escape(token["escaped"] or token["literal"])


def _class(token: re.Match[str]) -> str:
    """A class of characters; a range that runs backwards is no range."""
    members = []
    for member in _MEMBER.finditer(token["members"]):
        if member["one"]:
            members.append(re.escape(member["one"][-1]))
            continue
        low, high = member["low"][-1], member["high"][-1]
        if low > high:
            raise BadPattern(f"the range {low}-{high} runs backwards")
        members.append(f"{re.escape(low)}-{re.escape(high)}")
    return f"[{'^' if token['negated'] else ''}{''.join(members)}]"
