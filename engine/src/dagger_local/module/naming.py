"""Name conventions of Dagger's API and CLI, letter for letter those of the strcase library it uses."""

from functools import cache


def object_name(name: str) -> str:
    """`supply-chain` → `SupplyChain`."""
    return _camel(name, capital=True)


def field_name(name: str) -> str:
    """`side_by_side` → `sideBySide`."""
    return _camel(name, capital=False)


def namespaced(name: str, module: str, original: str = "") -> str:
    """A type's name in the schema: the module's name stands before it once.

    Args:
        name: As the module calls it.
        module: The module's name where it is loaded.
        original: What it calls itself, where that is another name.
    """
    own = object_name(name)
    rest = own.removeprefix(object_name(original or module))
    if rest != own and (not rest or rest[0].isupper()):
        return object_name(module + rest)
    return object_name(f"{module}_{own}")


def enum_member(name: str) -> str:
    """A conventional name stays; any other becomes SCREAMING_SNAKE."""
    conventional = name[:1].isupper() and all(
        c.isascii() and (c.isupper() or c.isdigit() or c == "_") for c in name
    )
    return name if conventional else _delimited(name, "_").upper()


def snake_name(name: str) -> str:
    """`SupplyChain` → `supply_chain`."""
    return _delimited(name, "_")


@cache
def cli_name(name: str) -> str:
    """`withExec` → `with-exec`."""
    return _delimited(name, "-")


def _camel(name: str, *, capital: bool) -> str:
    out, upper_next, previous_upper = "", capital, False
    for index, char in enumerate(name.strip()):
        was_upper = _kind(char) == "upper"
        if upper_next:
            char = char.upper()  # noqa: PLW2901 - the character as it is written
        elif index == 0 or (previous_upper and was_upper):
            char = char.lower()  # noqa: PLW2901
        previous_upper = was_upper
        if _kind(char) in ("upper", "lower"):
            out, upper_next = out + char, False
        elif _kind(char) == "digit":
            out, upper_next = out + char, True
        else:
            upper_next = char in "_ -."
    return out


def _delimited(name: str, delimiter: str) -> str:
    out, name = "", name.strip()
    for index, char in enumerate(name):
        kind, following = _kind(char), _kind(name[index + 1 : index + 2])
        if kind == "upper" and following == "lower" and _kind(name[index - 1 : index]) == "upper":
            out += delimiter  # an acronym ends before the last capital: JSONData is json-data
        out += delimiter if char in " _-." else char.lower()
        if (kind, following) in _BREAKS:
            out += delimiter
    return out


# Where a word ends between two characters. An upper case letter ends one only before a digit.
_BREAKS = {("lower", "upper"), ("lower", "digit"), ("digit", "upper"), ("digit", "lower"), ("upper", "digit")}


def _kind(char: str) -> str:
    if "a" <= char <= "z":
        return "lower"
    if "A" <= char <= "Z":
        return "upper"
    return "digit" if "0" <= char <= "9" else ""
