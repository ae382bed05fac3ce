"""Makes the sample advisories on Python packages in OSV's format: a folder with a JSON file each.

For rehearsals of the audit where no advisory service answers. Format: https://ossf.github.io/osv-schema/.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from standins import sample_folder
from standins.sample_advisories import FOLDER, Advisory, AdvisoryError, AdvisorySet, PipPackage, load

_SCHEMA = "1.6.0"
_EVENTS = {">=": "introduced", "<": "fixed", "<=": "last_affected"}


def make(target: Path, source: Path = FOLDER) -> AdvisorySet:
    """Write the sample of a folder of advisory files, those on Python packages; all of it or nothing.

    Raises:
        AdvisoryError: the advisory files break a rule, or a range has no counterpart in OSV.
        TargetError: the target is not a sample made earlier, or cannot be written.
    """
    whole = load(source)
    ours = tuple(one for one in whole.advisories if any(_python(one)))
    sample = whole.model_copy(update={"advisories": ours})
    sample_folder.make(target, sample, _write)
    return sample


def document(advisory: Advisory) -> dict[str, Any]:
    """The advisory as OSV has it."""
    return {
        "schema_version": _SCHEMA,
        "id": advisory.id,
        "aliases": list(advisory.aliases),
        "published": _time(advisory.published),
        "modified": _time(advisory.modified),
        "summary": advisory.title,
        "details": advisory.description,
        "references": [{"type": "WEB", "url": url} for url in advisory.sources],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": package.package},
                # One range for all: pip-audit names the fixes of the first range only.
                "ranges": [
                    {
                        "type": "ECOSYSTEM",
                        "events": [event for text in package.vulnerable for event in events(text)],
                    }
                ],
            }
            for package in _python(advisory)
        ],
    }


def events(vulnerable: str) -> list[dict[str, str]]:
    """A version range such as ">=2.3.0, <2.3.2" as events; one without a beginning begins at 0."""
    found: dict[str, str] = {}
    for one in SpecifierSet(vulnerable):
        if one.operator not in _EVENTS:
            raise AdvisoryError(f"{vulnerable!r}: OSV has no event for {one.operator!r}; use >=, < or <=")
        found[_EVENTS[one.operator]] = one.version
    return [{"introduced": found.pop("introduced", "0")}, *({kind: end} for kind, end in found.items())]


def _write(folder: Path, sample: AdvisorySet) -> None:
    folder.mkdir()
    for advisory in sample.advisories:
        text = json.dumps(document(advisory), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{advisory.id}.json").write_text(text, encoding="utf-8")


def _python(advisory: Advisory) -> Iterator[PipPackage]:
    return (one for one in advisory.affected if isinstance(one, PipPackage))


def _time(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
