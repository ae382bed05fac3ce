"""The signer without a key: as whom it will sign, told before anything is built."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import anyio
import dagger
import pytest

from supply_chain.errors import (
    IdentityExpired,
    IdentityIssuer,
    IdentityUnavailable,
    IdentityUnknown,
    SourceMismatch,
    Trouble,
)
from supply_chain.images import Images
from supply_chain.keyless import KeylessSigner, Named, keyless
from supply_chain.models.identity import Claims
from supply_chain.models.place import Place
from supply_chain.patience import Patience
from supply_chain.sigstore import Sigstore
from supply_chain.tools import cosign
from unit.supply_chain.clock import Time
from unit.supply_chain.engine import Container, bad, content
from unit.supply_chain.identities import COMMIT, ISSUER, WORKFLOW
from unit.supply_chain.identities import JOB as A_JOB
from unit.supply_chain.identities import PERSON as A_PERSON

IMAGES = Images.pinned()
JOB = {name: value for name, value in A_JOB.items() if name != "exp"}
PERSON = {name: value for name, value in A_PERSON.items() if name != "exp"}
PRIVATE = Sigstore(trusted_root="root", signing_config="config")
MAIL = "me@acme.example"


@dataclass
class Bearer:
    """An identity whose token says what it is told to, unless the CI is down."""

    said: Mapping[str, Any]
    outages: int = 0
    services: list[Mapping[str, dagger.Service]] = field(default_factory=list)

    async def claims(self, images: Images, services: Mapping[str, dagger.Service]) -> Claims:
        """What the token says now."""
        assert images is IMAGES
        self.services.append(services)
        if len(self.services) <= self.outages:
            raise IdentityUnavailable("down", trouble=Trouble("identity provider"))
        now = int(time.time())
        return Claims.model_validate({"exp": now + 300, **self.said, "nbf": now})

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the token."""
        return container.with_env_variable("TOKEN", "here")


def signer(
    said: Mapping[str, Any] = JOB,
    sigstore: Sigstore = PRIVATE,
    patience: Patience | None = None,
    **how: Any,
) -> KeylessSigner:
    """The signer of somebody with such a token."""

    async def main() -> KeylessSigner:
        return await keyless(IMAGES, Bearer(said), sigstore, patience or Patience(), **how)

    return anyio.run(main)


def test_a_job_signs_as_the_workflow_that_it_is_written_in() -> None:
    made = signer()
    assert (made.subject, made.issuer) == (f"https://github.com/{WORKFLOW}", ISSUER)
    assert made.place.run.endswith("/actions/runs/4711/attempts/2")


def test_a_person_signs_as_an_address() -> None:
    made = signer({**PERSON, "email": MAIL})
    assert (made.subject, made.issuer) == (MAIL, PERSON["iss"])
    assert made.place == Place(issuer=str(PERSON["iss"]))


def test_the_caller_knows_better_what_the_certificate_will_say() -> None:
    """A token of Sigstore's own login names its issuer, and the certificate the one behind it."""
    named = Named(subject="https://gitlab.com/acme/x//.gitlab-ci.yml@refs/heads/main")
    assert signer(PERSON, named=named).subject == named.subject
    assert signer(named=Named(subject="x")).subject == "x"


def test_who_cannot_be_told_is_asked_for() -> None:
    with pytest.raises(IdentityUnknown, match="with-identity --subject") as caught:
        signer(PERSON)
    assert str(PERSON["iss"]) in caught.value.why
    assert caught.value.exit_code == 2


def test_only_the_issuer_that_is_named_will_do() -> None:
    assert signer(named=Named(issuer=ISSUER)).issuer == ISSUER
    with pytest.raises(IdentityIssuer):
        signer(named=Named(issuer="https://gitlab.com"))


def test_a_token_that_cannot_sign_ends_it_early() -> None:
    with pytest.raises(IdentityExpired):
        signer({**JOB, "exp": int(time.time()) - 3600})


def test_a_token_of_a_run_for_another_commit_is_refused() -> None:
    assert signer(revision=COMMIT[:7]).place.commit == COMMIT
    with pytest.raises(SourceMismatch):
        signer(revision="0" * 40)


def test_an_outage_of_the_ci_is_waited_for() -> None:
    bearer, clock = Bearer(JOB, outages=1), Time()

    async def main() -> KeylessSigner:
        return await keyless(IMAGES, bearer, PRIVATE, clock.patience(600))

    assert anyio.run(main).issuer == ISSUER
    assert (len(bearer.services), len(clock.naps)) == (2, 1)


def test_a_rehearsal_is_no_place_of_githubs() -> None:
    made = signer({**JOB, "iss": "http://issuer:8080"}, throw_away=True)
    assert made.subject == f"https://rehearsal.example/{WORKFLOW}"
    assert made.place.builder_id == "urn:supply-chain:builder:rehearsal"


def test_what_verifies_it_is_this_identity_by_this_sigstore_and_nothing_else() -> None:
    for rehearsal in (True, False):
        made = signer()
        trust = anyio.run(_trust, made, rehearsal)
        assert trust.trusted_root == "root"
        assert (trust.policy.identity, trust.policy.issuer) == (made.subject, made.issuer)
        assert (trust.policy.identity_regexp, trust.policy.public_key) == (None, None)
        assert trust.policy.builders == (made.place.builder_id,)
        assert trust.policy.allow_rehearsal is rehearsal


async def _trust(made: KeylessSigner, rehearsal: bool) -> Any:
    return await made.trust(IMAGES, rehearsal=rehearsal)


def test_it_signs_at_the_sigstore_that_is_given_with_the_identity_that_is() -> None:
    made = signer()
    assert made.kind == "keyless"
    assert made.flags == cosign.keyless(private=True)
    equipped = made.equip(cast("dagger.Container", Container(lambda *_: bad("nobody is asked"))))
    assert content(equipped) == {cosign.TRUSTED_ROOT: "root", cosign.SIGNING_CONFIG: "config"}
    assert vars(equipped)["variables"] == {"TOKEN": "here"}


def test_the_public_sigstore_needs_no_files() -> None:
    made = signer(sigstore=Sigstore.public())
    assert made.flags == ()
    assert content(made.equip(cast("dagger.Container", Container(lambda *_: bad("nobody is asked"))))) == {}
