"""What all models share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

SHA256 = r"sha256:[0-9a-f]{64}"

Digest = Annotated[str, StringConstraints(pattern=rf"^{SHA256}$")]
"""An OCI digest, `sha256:` and 64 hexadecimal digits."""


class Model(BaseModel):
    """Immutable; ignores what it does not know, because other tools' formats grow."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class OwnModel(Model):
    """A format that we author: an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def first_problem(error: ValidationError) -> str:
    """Pydantic's first complaint as `place: complaint`."""
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    complaint = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {complaint}" if place else complaint
