"""Shows more of what Dagger does than `contract`, whose list of functions is part of its recordings."""

import enum
from typing import Annotated

import dagger
from dagger import DefaultPath, Ignore, check, dag, field, function, object_type


@dagger.enum_type
class Level(enum.Enum):
    """A level."""

    LOW = "LOW"
    HIGH = "HIGH"


@object_type
class Thing:
    """An object with state."""

    size: int = field(default=1)

    @function
    def grow(self, by: int = 1) -> "Thing":
        """A bigger thing."""
        return Thing(size=self.size + by)


@object_type
class More:
    """Shows more of what Dagger does."""

    image: str

    def _base(self) -> dagger.Container:
        return dag.container().from_(self.image)

    @function
    async def chosen(
        self,
        folder: Annotated[dagger.Directory, Ignore(["*.log"])],
        file: dagger.File,
        token: dagger.Secret,
        none: dagger.File | None = None,
        words: list[str] | None = None,
        count: int = 1,
        loud: bool = False,
        two_words: str = "",
        level: Level = Level.LOW,
    ) -> str:
        """What came for arguments that an .env file can choose."""
        hidden = len(await token.plaintext())
        found = await folder.glob("**/*"), await file.contents(), hidden, none
        return repr((*found, words, count, loud, two_words, level.name))

    @function
    async def here(self, folder: Annotated[dagger.Directory, DefaultPath("tree"), Ignore(["*.log"])]) -> str:
        """A directory that has a default path and can be chosen by an .env file."""
        return repr(await folder.glob("**/*"))

    @function
    async def unfiltered(self, folder: Annotated[dagger.Directory | None, Ignore(["*.log"])] = None) -> str:
        """An ignore list without a directory."""
        return repr(folder)

    @function
    def times(self, number: int = 1) -> str:
        """A number."""
        return str(number)

    @function
    def level(self, level: Level = Level.LOW) -> str:
        """A level."""
        return level.name

    @function
    def thing(self) -> Thing:
        """An object."""
        return Thing()

    @function
    def measure(self, thing: Thing) -> int:
        """An object's size."""
        return thing.size

    @function
    def measure_all(self, things: list[Thing]) -> list[int]:
        """The sizes of objects."""
        return [thing.size for thing in things]

    @function
    def higher(self, level: Level) -> Level:
        """The other level."""
        return Level.HIGH if level is Level.LOW else Level.LOW

    @function
    def handed(self, token: dagger.Secret) -> dagger.Secret:
        """The secret."""
        return token

    @function
    def both(self, first: dagger.Directory, second: list[dagger.File] | None = None, third: float = 1.5) -> list[Level]:
        """All levels."""
        return list(Level)

    @function
    @check
    async def passes(self) -> None:
        """A check that passes."""
        await self._base().sync()
