"""A release that is killed at any change: no tag names what lacks anything, and the next run ends well.

Every step that others can see is a request to the registry. Of those that only read, one after each change is
as good as all: they find the same. So the registry's proxy kills: the request in
question and all later ones never arrive, and every process of the release gets SIGKILL. Containers outlive
that, as they do on a real machine, and go on trying.
"""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from soak import SOAKING

from .behind_proxy import Site
from .campaign import Campaign
from .harness import Running
from .proxy import Request

PASSED = 0
ANY = "."


@dataclass(frozen=True)
class Point:
    """Where a release is killed: at the request that is so many'th to match the pattern."""

    number: int
    pattern: str = ANY


# With one of two attached, and at the very last write, which is the version's tag.
SAMPLE = [Point(2, r"PUT .*/manifests/sha256-"), Point(1, r"PUT .*/manifests/5\.")]


@dataclass
class Killer:
    """Kills a release at a point; then nothing of it reaches the registry any more."""

    point: Point
    running: Running | None = None
    seen: int = 0
    killed: bool = False

    def __call__(self, request: Request) -> bool:
        """Whether this request must not arrive."""
        self.seen += request.matches(self.point.pattern)
        if not self.killed and self.running and self.seen >= self.point.number:
            self.killed = True
            self.running.kill_all()
        return self.killed


@pytest.mark.soak
def test_killed_at_any_request(place: Site) -> None:
    campaign = Campaign.of("killed at a request")
    for number, point in enumerate(_every_point(place) if SOAKING else SAMPLE):
        campaign.round(str(point), _round(place, f"5.{number}.0", point))
    campaign.end(place.lacking(anew=True))


def _every_point(place: Site) -> list[Point]:
    """The first request of a release that nobody kills, each that changes something, and each after one."""
    place.begin("4.999.0", place.image("counted")).wait().expect(PASSED)
    changes = [not request.matches("^(GET|HEAD) ") for request in place.proxy.requests]
    place.proxy.heal()
    return [
        Point(number)
        for number, (changed_before, changes_now) in enumerate(pairwise([True, *changes]), start=1)
        if changed_before or changes_now
    ]


def _round(place: Site, version: str, point: Point) -> list[str]:
    """What is wrong after a release was killed there, and after it was run again."""
    image = place.image(f"image of {version}")
    place.proxy.before = killer = Killer(point)
    killer.running = place.begin(version, image)
    done = killer.running.wait()
    over_before = point.pattern == ANY and done.exit_code == PASSED  # with fewer requests than were counted
    found = [] if killer.killed or over_before else [f"it was not killed\n{done.said}"]
    found += place.lacking()
    place.proxy.heal()
    again = place.begin(version, image).wait()
    if again.exit_code != PASSED:
        found.append(f"run again it ended with {again.exit_code}\n{again.said}")
    if version not in place.public_tags():
        found.append("run again it left no tag")
    return found + place.lacking()
