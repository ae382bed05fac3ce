"""What a reader must know before believing the rest of an outcome."""

from supply_chain.models.outcome import Mode
from supply_chain.plan import Plan

_REHEARSAL = "a rehearsal: its registry is thrown away with the run, and nothing public is touched"
_THROW_AWAY_KEY = (
    "its key was made for this run: a signature by it shows that signing works, and vouches for nothing"
)
_SAMPLE = "the vulnerability database is a sample: what it does not list was not looked for"
_SAMPLE_ADVISORIES = "the advisories are a sample: what they do not list was not audited for"
_DIRTY = "the source is not what was committed: files were changed or are new"


def notices(plan: Plan) -> tuple[str, ...]:
    """What is to be said of a run before it starts."""
    request, images = plan.request, plan.project.images
    said = [_REHEARSAL] if plan.mode is Mode.REHEARSAL else []
    said += [_THROW_AWAY_KEY] if not request.key else []
    said += [_SAMPLE] if plan.db and plan.db.record.sample else []
    said += [_SAMPLE_ADVISORIES] if plan.sample_advisories else []
    said += [_DIRTY] if plan.commit.dirty else []
    said += plan.policy.exceptions.notices
    if images.stand_ins:
        said.append(f"stand-ins run in place of the official images: {', '.join(images.stand_ins)}")
    return tuple(said)
