"""What a page is made from: documents of one image, and those that were listed."""

import hashlib
import json

import pytest

from supply_chain.errors import (
    DigestMismatch,
    EvidenceChanged,
    SbomInvalid,
    ScannerFailed,
    StatementInvalid,
    SupplyChainError,
)
from supply_chain.report.documents import (
    NAMES,
    PROVENANCE,
    SBOM,
    SCAN,
    Documents,
    check_listed,
    documents,
    readable,
)
from supply_chain.report.sbom import Sbom

from .pages import DIGEST, provenance, texts

GIVEN = texts()
OTHER = f"sha256:{'c' * 64}"


def sums(files: dict[str, str]) -> str:
    return "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in files.items())


def test_all_of_one_image_are_read() -> None:
    found = documents(GIVEN, DIGEST)
    assert found.scan
    assert found.sbom
    assert found.provenance
    assert found.unreadable == ()


def test_what_is_not_there_is_not_missed() -> None:
    assert documents({}, None) == Documents()


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_another_image_is_refused(name: str) -> None:
    other = {
        SCAN: GIVEN[SCAN].replace(DIGEST, OTHER),
        SBOM: GIVEN[SBOM].replace(DIGEST, OTHER),
        PROVENANCE: provenance(OTHER),
    }
    with pytest.raises(DigestMismatch, match=rf"{name} is of {OTHER}, outcome.json of {DIGEST}"):
        documents(GIVEN | {name: other[name]}, DIGEST)


@pytest.mark.parametrize(
    ("name", "error"), [(SCAN, ScannerFailed), (SBOM, SbomInvalid), (PROVENANCE, StatementInvalid)]
)
@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"name": 1}'])
def test_what_is_no_such_document_is_refused(name: str, error: type[SupplyChainError], text: str) -> None:
    with pytest.raises(error):
        documents({name: text}, DIGEST)


def test_a_run_that_failed_over_a_document_still_shows_the_others() -> None:
    found = readable(GIVEN | {SBOM: "{}"}, DIGEST)
    assert found.scan
    assert found.sbom is None
    assert found.provenance
    assert len(found.unreadable) == 1
    assert found.unreadable[0].startswith("sbom.spdx.json: the SBOM cannot be read (name: ")


def test_files_that_are_listed_pass() -> None:
    check_listed(GIVEN, sums(GIVEN | {"more": "x"}))


@pytest.mark.parametrize("changed", [{SCAN: GIVEN[SCAN] + " "}, {"outcome.json": "{}"}])
def test_a_file_that_is_changed_or_not_listed_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(EvidenceChanged, match=f"{next(iter(changed))} is not the file"):
        check_listed(GIVEN | changed, sums(GIVEN))


def licenses(expression: str, **extracted: str) -> tuple[str, ...]:
    document = {
        "name": "image",
        "packages": [{"name": "p", "licenseDeclared": expression}],
        "hasExtractedLicensingInfos": [{"licenseId": id_, "name": name} for id_, name in extracted.items()],
    }
    sbom = Sbom.parse(json.dumps(document))
    return sbom.licenses(sbom.packages[0])


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("MIT", ("MIT",)),
        ("NOASSERTION", ()),
        ("NONE", ()),
        ("MIT AND (Apache-2.0 OR BSD-2-Clause) AND MIT", ("MIT", "Apache-2.0", "BSD-2-Clause")),
        ("GPL-3.0-or-later WITH Bison-exception-2.2", ("GPL-3.0-or-later WITH Bison-exception-2.2",)),
        ("ORACLE AND ANDROID", ("ORACLE", "ANDROID")),
        ("LicenseRef-1 OR MIT", ("public domain", "MIT")),
    ],
)
def test_licences_of_an_expression(expression: str, names: tuple[str, ...]) -> None:
    assert licenses(expression, **{"LicenseRef-1": "public domain"}) == names


@pytest.mark.parametrize(
    ("package", "kind"),
    [
        ({"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/%40a/b@1"}]}, "npm"),
        ({"externalRefs": [{"referenceType": "purl", "referenceLocator": "javascript:x"}]}, "unknown"),
        ({"primaryPackagePurpose": "OPERATING-SYSTEM"}, "operating system"),
        ({}, "unknown"),
    ],
)
def test_kind_of_a_package(package: dict[str, object], kind: str) -> None:
    sbom = Sbom.parse(json.dumps({"name": "image", "packages": [{"name": "p"} | package]}))
    assert sbom.contents[0].kind == kind
