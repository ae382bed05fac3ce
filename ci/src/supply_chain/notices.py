"""What a reader must know before believing the rest of an outcome."""

from supply_chain.images import stand_ins
from supply_chain.models.mode import Mode
from supply_chain.plan import Plan

_REHEARSAL = "a rehearsal: its registry is thrown away with the run, and nothing public is touched"
_THROW_AWAY_SIGSTORE = (
    "its identity and its Sigstore were made for this run: a signature by it shows that signing works, and "
    "vouches for nothing"
)
_SAMPLE = "the vulnerability database is a sample: what it does not list was not looked for"
_SAMPLE_ADVISORIES = "the advisories are a sample: what they do not list was not audited for"
_DIRTY = "the source is not what was committed: files were changed or are new"


def notices(plan: Plan) -> tuple[str, ...]:
    """What is to be said of a run before it starts."""
    request = plan.request
    said = [_REHEARSAL] if plan.mode is Mode.REHEARSAL else []
    said += [_THROW_AWAY_SIGSTORE] if request.signing.is_throw_away else []
    said += [_SAMPLE] if plan.db and plan.db.record.sample else []
    said += [_SAMPLE_ADVISORIES] if plan.sample_advisories else []
    said += [_DIRTY] if plan.commit.dirty else []
    said += plan.policy.exceptions.notices
    if standing_in := stand_ins(plan.images):
        said.append(f"stand-ins run in place of the official images: {', '.join(standing_in)}")
    return tuple(said)
