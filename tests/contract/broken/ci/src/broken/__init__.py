"""A module that cannot be imported."""

import no_such_package
from dagger import function, object_type


@object_type
class Broken:
    """Never gets that far."""

    @function
    def text(self) -> str:
        """Text."""
        return no_such_package.text
