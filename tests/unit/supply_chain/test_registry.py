"""What a registry is asked, and in which order: answered by a registry of tags."""

from collections.abc import Callable, Sequence

import anyio
import pytest

from supply_chain.errors import DigestMismatch, RegistryDenied, RegistryUnavailable, SupplyChainError
from supply_chain.images import Images
from supply_chain.layout import Layout
from supply_chain.models.image_layout import Descriptor
from supply_chain.models.reference import Repository
from supply_chain.patience import Patience
from supply_chain.registry import Registry
from supply_chain.tools import crane
from supply_chain.workbench import Answer
from unit.supply_chain.clock import Time
from unit.supply_chain.engine import GOOD, Files, bad, directory, run_by

HERE, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
REPOSITORY = Repository.parse("ghcr.io/acme/inventory")
BUSY = "Error: GET https://ghcr.io/v2/: unexpected status code 503 Service Unavailable"
DENIED = "Error: GET https://ghcr.io/v2/: DENIED: permission denied"
NOBODY = "Error: GET https://ghcr.io/v2/acme/inventory/tags/list: NAME_UNKNOWN: repository name not known"


class Tags:
    """crane on a registry; fails in these words, by what is asked, as often as there are any."""

    def __init__(self, there: dict[str, str], **failures: list[str]) -> None:
        self.there = dict(there)
        self.failures = failures
        self.asked: list[str] = []
        self.keeps = True

    def __call__(self, command: list[str], _files: Files) -> Answer:
        program, verb, reference, *more = command
        assert program == crane.PROGRAM
        tag = more[0] if more else reference.rpartition(":")[2]
        self.asked.append(f"{verb} {tag}" if verb != "ls" else verb)
        for name in (verb, tag):
            if self.failures.get(name):
                return bad(self.failures[name].pop(0))
        if verb == "ls":
            return Answer(code=0, stdout="\n".join(self.there), stderr="")
        if verb == "push":
            return Answer(code=0, stdout=f"{REPOSITORY}@{HERE}\n", stderr="")
        if "@" in reference and verb == "digest":
            return Answer(code=0, stdout=reference.rpartition("@")[2], stderr="")
        if verb == "tag":
            self.there |= {tag: HERE} if self.keeps else {}
            return GOOD
        return Answer(code=0, stdout=self.there[tag], stderr="") if tag in self.there else bad(NOBODY)


def tagged(tags: Tags, monkeypatch: pytest.MonkeyPatch, patience: Patience) -> list[str]:
    """The tags that were told to have moved."""
    moved: list[str] = []
    _tag(tags, monkeypatch, patience, moved.append)
    return moved


def _tag(
    tags: Tags, monkeypatch: pytest.MonkeyPatch, patience: Patience, moved: Callable[[str], None]
) -> None:
    run_by(tags, monkeypatch)
    registry = Registry(images=Images.pinned(), patience=patience)
    anyio.run(registry.tag, REPOSITORY, HERE, ["sha-1", "latest"], moved)


def pushed(tags: Tags, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[Answer]]:
    """What came of an image that was pushed, with a look at a tag after it."""
    run_by(tags, monkeypatch)
    target = Descriptor(digest=HERE, size=1, media_type="application/vnd.oci.image.manifest.v1+json")
    layout = Layout(directory({"index.json": "{}"}), HERE, "{}", target)
    looking = crane.in_workbench(crane.digest(f"{REPOSITORY}:1.0"))
    registry = Registry(images=Images.pinned(), patience=Time().patience(0))

    async def push() -> tuple[str, list[Answer]]:
        return await registry.push(layout, REPOSITORY, *looking)

    return anyio.run(push)


def taken(
    tags: Tags, monkeypatch: pytest.MonkeyPatch, seen: Sequence[Answer] = (), seconds: float = 0
) -> tuple[str, list[str]]:
    run_by(tags, monkeypatch)
    registry = Registry(images=Images.pinned(), patience=Time().patience(seconds))
    found: tuple[str, list[str]] = anyio.run(registry.taken, REPOSITORY, "1.0", seen)
    return found


def test_tags_move_in_order_and_each_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = Tags({})
    assert tagged(tags, monkeypatch, Time().patience(0)) == ["sha-1", "latest"]
    assert tags.asked == ["tag sha-1", "digest sha-1", "tag latest", "digest latest"]


def test_after_an_outage_only_what_has_not_moved_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = Tags({}, latest=[BUSY])
    assert tagged(tags, monkeypatch, Time().patience(600)) == ["sha-1", "latest"]
    assert tags.asked == ["tag sha-1", "digest sha-1", "tag latest", "tag latest", "digest latest"]


@pytest.mark.parametrize(
    ("words", "error"), [([DENIED], RegistryDenied), ([BUSY], RegistryUnavailable)], ids=["denied", "down"]
)
def test_none_moves_after_one_that_could_not(
    words: list[str], error: type[SupplyChainError], monkeypatch: pytest.MonkeyPatch
) -> None:
    tags, moved = Tags({}, latest=words), list[str]()
    with pytest.raises(error, match="latest could not be tagged") as caught:
        _tag(tags, monkeypatch, Time().patience(0), moved.append)
    assert moved == ["sha-1"]
    assert "tags that moved are in the outcome" in caught.value.advice


def test_a_tag_that_names_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tags, moved = Tags({"sha-1": OTHER}), list[str]()
    tags.keeps = False
    with pytest.raises(DigestMismatch, match="the tag sha-1"):
        _tag(tags, monkeypatch, Time().patience(0), moved.append)
    assert moved == []


def test_what_is_asked_after_a_push_is_answered_whatever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for tags, code, stdout in ((Tags({"1.0": OTHER}), 0, OTHER), (Tags({}, **{"1.0": [BUSY]}), 1, "")):
        image, [seen] = pushed(tags, monkeypatch)
        assert (image, seen.code, seen.stdout) == (f"{REPOSITORY}@{HERE}", code, stdout)
        assert [asked.partition(" ")[0] for asked in tags.asked] == ["push", "digest", "digest"]


def test_nothing_is_asked_after_a_push_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = Tags({}, push=[DENIED])
    with pytest.raises(RegistryDenied, match="could not be pushed"):
        pushed(tags, monkeypatch)
    assert len(tags.asked) == 1


@pytest.mark.parametrize(
    ("seen", "named"),
    [(Answer(code=0, stdout=f"{OTHER}\n", stderr=""), OTHER), (bad(NOBODY), ""), (bad(BUSY), HERE)],
    ids=["taken", "free", "asked again"],
)
def test_a_look_that_was_taken_elsewhere_counts_unless_it_failed(
    seen: Answer, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked_again(_registry: Registry, reference: str) -> str:
        assert reference == f"{REPOSITORY}:1.0"
        return HERE

    monkeypatch.setattr(Registry, "named", asked_again)
    registry = Registry(images=Images.pinned(), patience=Time().patience(0))
    assert anyio.run(registry.named_in, seen, f"{REPOSITORY}:1.0") == named


def test_what_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert taken(Tags({"1.0": OTHER, "latest": HERE}), monkeypatch) == (OTHER, ["1.0", "latest"])
    assert taken(Tags({"latest": HERE}), monkeypatch) == ("", ["latest"])
    assert taken(Tags({}, ls=[NOBODY]), monkeypatch) == ("", [])
    with pytest.raises(RegistryDenied, match="could not be listed"):
        taken(Tags({}, ls=[DENIED]), monkeypatch)


def test_what_was_seen_elsewhere_is_not_asked_again_unless_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Answer(code=0, stdout="1.0\nlatest\n", stderr="")
    for named, digest in ((Answer(code=0, stdout=OTHER, stderr=""), OTHER), (bad(NOBODY), "")):
        tags = Tags({})
        assert taken(tags, monkeypatch, [named, listed]) == (digest, ["1.0", "latest"])
        assert tags.asked == []
    tags = Tags({"2.0": HERE})
    assert taken(tags, monkeypatch, [bad(BUSY), listed], seconds=600) == ("", ["2.0"])
    with pytest.raises(RegistryDenied, match="could not be listed"):
        taken(tags, monkeypatch, [bad(NOBODY), bad(DENIED)], seconds=600)
