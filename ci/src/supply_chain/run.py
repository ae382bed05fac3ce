"""One pass through the pipeline, as its steps share it."""

from dataclasses import dataclass

from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.plan import Plan
from supply_chain.registry import Registry
from supply_chain.signer import Signer
from supply_chain.trust import Trust


@dataclass(frozen=True)
class Run:
    """What is to be done, what was learned so far, and whom it is done with."""

    plan: Plan
    ledger: Ledger
    registry: Registry
    signer: Signer
    trust: Trust
    """What verifies that signer, and no other."""
    existing: str = ""
    """The digest of the version where it existed when the run began; empty where it was free."""

    @property
    def images(self) -> Images:
        """The images in use."""
        return self.plan.project.images
