"""Only secrets that the wanted stage needs are asked for."""

import pytest

from supply_chain.models.dockerfile_secrets import mounted_secrets

TEXT = """\
FROM scratch AS packages
RUN --mount=type=secret,id=token,required=true npm ci
RUN --mount=type=cache,target=/cache --mount=type=secret,target=/run/secrets/netrc true

FROM packages AS test
RUN --mount=type=secret,id=coverage,required upload

FROM scratch
COPY --from=packages /a /b
RUN --mount=from=2,target=/x true

FROM scratch AS bare
"""


@pytest.mark.parametrize(
    ("target", "secrets"),
    [
        ("packages", {"token": True, "netrc": False}),
        ("test", {"token": True, "netrc": False, "coverage": True}),
        ("TEST", {"token": True, "netrc": False, "coverage": True}),
        ("2", {"token": True, "netrc": False}),
        ("bare", {}),
        ("", {}),
        ("0", {"token": True, "netrc": False}),
    ],
)
def test_a_stage_needs_its_own_and_those_of_its_sources(target: str, secrets: dict[str, bool]) -> None:
    assert mounted_secrets(TEXT, target) == secrets


def test_one_step_that_cannot_do_without_is_enough() -> None:
    text = "FROM a\nRUN --mount=type=secret,id=x true\nRUN --mount=type=secret,id=x,required=true true\n"
    assert mounted_secrets(text, "") == {"x": True}
    assert mounted_secrets("FROM a\nRUN --mount=type=secret,id=x,required=false true\n", "") == {"x": False}


def test_what_is_no_dockerfile_needs_none() -> None:
    assert mounted_secrets("", "") == {}
