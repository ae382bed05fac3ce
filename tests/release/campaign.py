"""Long campaigns: a sample of them in `make test`, all of them in `make soak`, with counts at the end."""

from dataclasses import dataclass, field

from soak import SOAKING

_ALL: list["Campaign"] = []


@dataclass
class Campaign:
    """Rounds of one kind, and what went wrong in them.

    Attributes:
        name: What is tried, in a word or two.
        rounds: How many were made.
        lost: What went wrong, with the round it happened in.
    """

    name: str
    rounds: int = 0
    lost: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, name: str) -> "Campaign":
        """A campaign that the summary will count."""
        made = cls(name)
        _ALL.append(made)
        return made

    def round(self, named: str, found: list[str]) -> None:
        """Count a round and what was found wrong in it; outside a soak, that ends the campaign."""
        self.rounds += 1
        self.lost += [f"{self.name}, {named}: {one}" for one in found]
        if not SOAKING:
            self.check()

    def end(self, found: list[str]) -> None:
        """Fail with all that went wrong, what is found at the end included."""
        self.lost += [f"{self.name}, at the end: {one}" for one in found]
        self.check()

    def check(self) -> None:
        """Fail with all that went wrong, if anything did."""
        assert not self.lost, "\n".join(self.lost)


def counts() -> list[str]:
    """A line on each campaign."""
    return [f"soak: {one.name}: {one.rounds} rounds, {len(one.lost)} lost" for one in _ALL]
