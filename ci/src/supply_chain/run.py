"""One pass through the pipeline, as its steps share it."""

from dataclasses import dataclass

from supply_chain.images import Images
from supply_chain.ledger import Ledger
from supply_chain.plan import Plan
from supply_chain.registry import Registry


@dataclass(frozen=True)
class Run:
    """What is to be done, what was learned so far, and the registry it is done in."""

    plan: Plan
    ledger: Ledger
    registry: Registry

    @property
    def images(self) -> Images:
        """The images in use."""
        return self.plan.project.images
