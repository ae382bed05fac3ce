"""Counts lines: somebody else's module, which runs on dagger-local as on Dagger."""

from typing import Annotated

import dagger
from dagger import Doc, dag, function, object_type


@object_type
class Lines:
    """Counts lines of text in folders."""

    image: Annotated[str, Doc("image with sh, find and wc")] = "docker.io/library/debian:trixie-slim"

    @function
    async def count(
        self,
        source: Annotated[dagger.Directory, Doc("folder to look at")],
        suffix: Annotated[str, Doc("files that end so")] = ".txt",
    ) -> int:
        """How many lines all files with this suffix hold."""
        command = ["sh", "-c", 'find . -type f -name "*$SUFFIX" -exec cat {} + | wc -l']
        counted = (
            dag.container()
            .from_(self.image)
            .with_mounted_directory("/source", source)
            .with_workdir("/source")
            .with_env_variable("SUFFIX", suffix)
            .with_exec(command)
        )
        return int(await counted.stdout())
