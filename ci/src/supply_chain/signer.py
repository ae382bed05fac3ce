"""Who signs: an interface, and the signer that holds a key. Bundles are made first, attached afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import dagger
from dagger import dag

from supply_chain import sums
from supply_chain.errors import InternalError, SupplyChainError
from supply_chain.faults import tool_failing_as
from supply_chain.images import Images
from supply_chain.models.evidence_files import SUMS, SUMS_BUNDLE
from supply_chain.models.place import Place
from supply_chain.models.verification_policy import VerificationPolicy
from supply_chain.patience import Patience, again
from supply_chain.toolbox import fresh, tool, with_files
from supply_chain.tools import cosign
from supply_chain.tools.output import last_words
from supply_chain.trust import Trust
from supply_chain.workbench import UNTIL_FAILURE, Answer, each, run, workbench

_STATEMENTS = "/statements"
_BUNDLES = "/bundles"
_AT_ONCE = 4  # a log answers once it has published: waiting costs nothing
_SUMS = f"{_BUNDLES}/{SUMS}"
_SUMS_BUNDLE = f"{_BUNDLES}/{SUMS_BUNDLE}"


class Signer(Protocol):
    """Makes signatures."""

    @property
    def kind(self) -> str:
        """`key` or `keyless`."""

    @property
    def place(self) -> Place:
        """Where it signs, as far as somebody vouches for it."""

    @property
    def flags(self) -> Sequence[str]:
        """Flags of cosign that sign as this signer."""

    def equip(self, container: dagger.Container) -> dagger.Container:
        """The container with the secrets, files and services those flags need."""

    async def trust(self, images: Images, *, rehearsal: bool) -> Trust:
        """What verifies what this signer signs here, and nothing else; fails early when it cannot be used."""


@dataclass(frozen=True)
class KeySigner:
    """Signs with a cosign private key, without any Sigstore service."""

    key: dagger.Secret
    password: dagger.Secret

    @property
    def kind(self) -> str:
        """It is a key."""
        return "key"

    @property
    def place(self) -> Place:
        """Nobody vouches for where a key is used."""
        return Place()

    @property
    def flags(self) -> Sequence[str]:
        """Sign with the key in the environment."""
        return cosign.BY_KEY

    def equip(self, container: dagger.Container) -> dagger.Container:
        """Key and password as variables, and configurations without services."""
        container = container.with_secret_variable(cosign.KEY_VARIABLE, self.key)
        container = container.with_secret_variable(cosign.PASSWORD_VARIABLE, self.password)
        return with_files(container, cosign.NO_SERVICES)

    async def trust(self, images: Images, *, rehearsal: bool) -> Trust:
        """The key's public half; KeyRefused when key and password do not fit."""
        with tool_failing_as(lambda words: cosign.signing_refusal("the private key cannot be used", words)):
            client = self.equip(fresh(tool(images.cosign.reference)))
            pem = await client.with_exec(cosign.public_key(), use_entrypoint=True).stdout()
        return Trust(own_policy({"public_key": pem}, self.place, rehearsal=rehearsal))


def own_policy(anchor: Mapping[str, str], place: Place, *, rehearsal: bool) -> VerificationPolicy:
    """What a run lets pass of its own: this anchor, and the place that it runs at.

    The repository is part of it: a reusable workflow has one name, whoever calls it.
    """
    own = {
        "builders": (place.builder_id,),
        "repository": place.repository or None,
        "allow_rehearsal": rehearsal,
        "allow_empty_sbom": True,
    }
    return VerificationPolicy.parse("", {**anchor, **own})


async def signed(
    images: Images, signer: Signer, statements: Mapping[str, bytes], patience: Patience
) -> dict[str, str]:
    """A bundle for every statement, by the same names; what is signed once is not signed again."""
    bundles: dict[str, str] = {}

    async def attempt() -> None:
        missing = {name: statement for name, statement in statements.items() if name not in bundles}
        container = signer.equip(workbench(images)).with_directory(_BUNDLES, dag.directory())
        container = container.with_mounted_directory(_STATEMENTS, await _directory(missing))
        commands = [_attest(name, signer) for name in missing]
        said, left = await run(container, [each(commands)], at_once=_AT_ONCE)
        for name, answer in zip(missing, said, strict=True):
            if answer.code == 0:
                bundles[name] = await left.file(_bundle(name)).contents()
        _check(said, missing)

    await again(f"signing {', '.join(statements)}", attempt, patience)
    return {name: bundles[name] for name in statements}


async def signed_sums(
    images: Images, signer: Signer, folder: dagger.Directory, patience: Patience
) -> tuple[dagger.File, dagger.File]:
    """The digests of all files in a folder, as a list, and a bundle over that list."""
    signing = [cosign.PROGRAM, *cosign.sign_blob(_SUMS, _SUMS_BUNDLE, signer.flags)]

    async def attempt() -> tuple[dagger.File, dagger.File]:
        container = signer.equip(workbench(images)).with_directory(_BUNDLES, dag.directory())
        container = sums.with_evidence(container, folder)
        commands = [sums.writing(_SUMS), signing]
        (listed, *said), left = await run(container, [each(commands)], at_once=UNTIL_FAILURE)
        if listed.code:
            raise InternalError("the evidence could not be listed", why=last_words(listed.stderr))
        _check(said, ["the evidence"])
        return await left.file(_SUMS).sync(), await left.file(_SUMS_BUNDLE).sync()

    return await again("signing the evidence", attempt, patience)


def _attest(name: str, signer: Signer) -> list[str]:
    return [cosign.PROGRAM, *cosign.attest_blob(_statement(name), _bundle(name), signer.flags)]


def _bundle(name: str) -> str:
    return f"{_BUNDLES}/{name}.sigstore.json"


async def _directory(statements: Mapping[str, bytes]) -> dagger.Directory:
    """The statements as files: in an engine once, however many are read of what is made of them."""
    directory = dag.directory()
    for name, statement in statements.items():
        directory = directory.with_new_file(f"{name}.json", statement.decode())
    return await directory.sync()


def _statement(name: str) -> str:
    return f"{_STATEMENTS}/{name}.json"


def _check(said: Sequence[Answer], names: Sequence[str] | Mapping[str, bytes]) -> None:
    """The first command's refusal, if one was refused."""
    for name, answer in zip(names, said, strict=True):
        if answer.code:
            raise _refusal(name, answer)


def _refusal(name: str, answer: Answer) -> SupplyChainError:
    return cosign.signing_refusal(f"{name} could not be signed", answer.stderr)
