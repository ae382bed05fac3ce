"""Two releases at once to a slow registry without a referrers API, where all attachments share one tag.

Every writer reads that tag and writes it whole; here each takes its time in between, so that two writers lose
what one of them attached. However it goes, no tag may name an image that lacks anything, and whoever runs
again must end well.
"""

from pathlib import Path

import pytest

from soak import SOAKING

from .behind_proxy import Site
from .campaign import Campaign
from .harness import Done

PASSED, INTERNAL_ERROR = 0, 70
ROUNDS = 100 if SOAKING else 1
SLOW = {".": 0.05, r"PUT .*/manifests/sha256-": 1.0}

Release = tuple[str, Path]
"""A version and the image that is released under it."""


@pytest.mark.soak
def test_two_releases_at_once(place: Site) -> None:
    """Two versions of one image, which both attach to; and two builds of one commit, under one version."""
    campaign = Campaign.of("two releases at once")
    for number in range(ROUNDS):
        one, other = place.image(f"image {number}"), place.image(f"other image {number}")
        same_image = ((f"6.{number}.0", one), (f"6.{number}.1", one))
        same_version = ((f"7.{number}.0", one), (f"7.{number}.0", other))
        campaign.round(str(number), _round(place, *(same_version if number % 2 else same_image)))
    campaign.end(place.lacking(anew=True))


def _round(place: Site, *releases: Release) -> list[str]:
    """What is wrong after both were made at once, and after both were run again."""
    place.proxy.delays = SLOW
    running = [place.begin(*release) for release in releases]
    first = [run.wait() for run in running]
    found = [_told("a run", done) for done in first if done.exit_code == INTERNAL_ERROR]
    found += place.lacking()
    place.proxy.heal()
    for release in releases:
        again = place.begin(*release).wait()
        found += [_told("run again, it", again)] if again.exit_code != PASSED else []
    found += [f"no tag {version}" for version, _ in releases if version not in place.public_tags()]
    return found + place.lacking()


def _told(who: str, done: Done) -> str:
    return f"{who} ended with {done.exit_code}\n{done.said}"
