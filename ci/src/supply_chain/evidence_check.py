"""Whether an evidence folder holds, judged by a caller's own anchors and without any network.

Nothing in the folder is trusted for what it says of itself: first the list of its files must be signed by
whom the policy trusts, then every file must be the one that is listed, and then the bundles in it are judged
as those of a registry are. So a folder that agrees with itself, and was made by somebody else, fails.
"""

import json

import dagger

from supply_chain import sums
from supply_chain.errors import EvidenceChanged, EvidenceInvalid, EvidenceUnsigned
from supply_chain.evidence import check_image, outcome_in
from supply_chain.faults import failing_as
from supply_chain.images import Images
from supply_chain.models.evidence_files import SUMS, SUMS_BUNDLE
from supply_chain.models.image_layout import Index
from supply_chain.tools import cosign
from supply_chain.trust import Trust
from supply_chain.verifier import Proven, judged_bundles
from supply_chain.workbench import answers, workbench

_MOST_NAMED = 10


async def checked(images: Images, trust: Trust, folder: dagger.Directory) -> Proven:
    """What the folder proves of its image; a named error where it does not hold."""
    await _check_files(images, trust, folder)
    outcome = await outcome_in(folder)
    with failing_as(EvidenceInvalid, "the evidence has no image and bundles"):
        index = Index.parse(await folder.file("layout/index.json").contents())
        directory = folder.directory("bundles")
        bundles = [await directory.file(name).contents() for name in await directory.entries()]
    await check_image(folder, outcome)
    return await judged_bundles(images, trust, index.image.digest, bundles)


async def _check_files(images: Images, trust: Trust, folder: dagger.Directory) -> None:
    """EvidenceUnsigned or EvidenceChanged unless every file is as the signer listed it."""
    there = await folder.entries()
    for name in (SUMS, SUMS_BUNDLE):
        if name not in there:
            raise EvidenceUnsigned(f"the evidence has no {name}")
    container = sums.with_evidence(trust.equip(workbench(images)), folder)
    verifying = cosign.verify_blob(sums.within(SUMS), sums.within(SUMS_BUNDLE), trust.flags)
    commands = [[cosign.PROGRAM, *verifying], sums.checking()]
    signature, files = await answers(container, commands)
    if signature.code:
        bundle = await folder.file(SUMS_BUNDLE).contents()
        raise cosign.verification_refusal(f"{SUMS} cannot be verified", signature.stderr, bundle.encode())
    if files.code:
        raise EvidenceInvalid(f"{SUMS} cannot be read", why=files.stderr)
    differences = [f"{name} is {how}" for how, names in json.loads(files.stdout).items() for name in names]
    if differences:
        more = f" and {len(differences) - _MOST_NAMED} more" if len(differences) > _MOST_NAMED else ""
        raise EvidenceChanged("the evidence was changed", why=", ".join(differences[:_MOST_NAMED]) + more)
