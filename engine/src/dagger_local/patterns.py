"""Include, exclude and ignore lists: .gitignore-style patterns, as Dagger's `@ignorePatterns` documents."""

from collections.abc import Sequence

import pathspec

from dagger_local.tree import Keep


def keeper(exclude: Sequence[str] = (), include: Sequence[str] = ()) -> Keep | None:
    """Says which paths stay; None where everything does."""
    if not exclude and not include:
        return None
    out = pathspec.GitIgnoreSpec.from_lines(exclude)
    only = pathspec.GitIgnoreSpec.from_lines(include)

    def keep(name: str, is_dir: bool) -> bool:
        path = name + "/" if is_dir else name
        if out.match_file(path):
            return False
        # An included file makes its own folders.
        return not include or (not is_dir and only.match_file(path))

    return keep
