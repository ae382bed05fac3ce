"""One scan of one layout, and everything that is made from it without looking at the image again."""

import json
from contextlib import suppress
from dataclasses import dataclass

import dagger
from dagger import dag

from supply_chain.errors import ScannerFailed
from supply_chain.faults import tool_failing_as
from supply_chain.images import Images
from supply_chain.layout import Layout
from supply_chain.models import findings, sarif
from supply_chain.models.spdx import Document
from supply_chain.models.trivy_report import Report, named
from supply_chain.toolbox import script, script_args, text_file, tool
from supply_chain.tools import trivy
from supply_chain.tools.output import last_words
from supply_chain.vulnerability_db import VulnerabilityDb

_LAYOUT = "/image"
_REPORT = "/report/trivy.json"
_PROGRAMS = "/programs"
_COMMANDS = "/run/supply-chain/commands.json"
_FILES = {
    trivy.Format.SARIF: "trivy.sarif",
    trivy.Format.SPDX: "sbom.spdx.json",
}


@dataclass(frozen=True)
class Conversions:
    """What a report is converted to."""

    sarif: dagger.File
    sbom: dagger.File
    notice: str
    """What code scanning will not show of the SARIF; empty where it shows all."""


async def scanned(layout: Layout, db: VulnerabilityDb, trivy_image: str, *, built_here: bool) -> str:
    """Trivy's report on the layout, as JSON.

    No nonce: image, database, tool and flags decide a scan, and all are part of this step. A failure is not
    kept.

    Args:
        layout: The image.
        db: The database.
        trivy_image: Trivy.
        built_here: Whether the engine has made the image. Then what Trivy found in a layer is kept for the
            next image with that layer. Trivy knows a layer by the digest that an image's config states, and
            in an image that was given, that may be the digest of another layer.
    """
    if built_here:
        with suppress(ScannerFailed):  # also for what was kept: then it is not asked
            return await _report(_with_analyses(tool(trivy_image), trivy_image), layout, db)
    return await _report(tool(trivy_image), layout, db)


def _with_analyses(container: dagger.Container, trivy_image: str) -> dagger.Container:
    """Trivy with what this very Trivy has found in layers before; one at a time has that."""
    analyses = dag.cache_volume(f"trivy-analyses-{trivy_image.rpartition(':')[2]}")
    return container.with_mounted_cache(trivy.CACHE, analyses, sharing=dagger.CacheSharingMode.LOCKED)


async def _report(container: dagger.Container, layout: Layout, db: VulnerabilityDb) -> str:
    scan = (
        container.with_mounted_directory(trivy.DATABASE, db.directory.directory("db"))
        .with_mounted_directory(_LAYOUT, layout.directory)
        .with_directory("/report", dag.directory())
        .with_exec(trivy.scan(_LAYOUT, _REPORT), use_entrypoint=True)
    )
    with tool_failing_as(
        lambda words: ScannerFailed("Trivy could not scan the image", why=last_words(words))
    ):
        return await scan.file(_REPORT).contents()


def report_file(document: str, reference: str, *, in_repository: bool) -> dagger.File:
    """trivy.json under the image's own name."""
    return text_file("trivy.json", named(document, reference, in_repository=in_repository))


def findings_file(report: Report) -> dagger.File:
    """All findings as tables."""
    return text_file("findings.txt", findings.table(report))


async def converted(report: dagger.File, output: trivy.Format, trivy_image: str) -> dagger.File:
    """The report in another format, as Trivy writes it."""
    to = f"/report/{_FILES[output]}"
    convert = (
        tool(trivy_image).with_mounted_file("/trivy.json", report).with_directory("/report", dag.directory())
    )
    command = trivy.convert("/trivy.json", output, to)
    with tool_failing_as(lambda words: ScannerFailed(f"no {output} from the report", why=last_words(words))):
        return await convert.with_exec(command, use_entrypoint=True).file(to).sync()


async def for_code_scanning(made: dagger.File) -> tuple[dagger.File, str]:
    """SARIF within GitHub's limits, and what code scanning will not show of it."""
    document = await made.contents()
    fitted = sarif.fitted(document)
    file = made if fitted.text == document else text_file(_FILES[trivy.Format.SARIF], fitted.text)
    return file, fitted.notice


async def conversions(report: dagger.File, images: Images) -> Conversions:
    """SARIF and SPDX, made side by side in one container.

    It is not Trivy's, whose image can run one command. No nonce, as for a scan: a failure is not kept.
    """
    program = dag.container().from_(images.trivy.reference).file(trivy.PROGRAM)
    commands = [
        [f"{_PROGRAMS}/trivy", *trivy.convert("/trivy.json", output, f"/report/{name}")]
        for output, name in _FILES.items()
    ]
    convert = (
        script(images.python, "run_all")
        .with_mounted_directory(_PROGRAMS, dag.directory().with_file("trivy", program))
        .with_mounted_file("/trivy.json", report)
        .with_directory("/report", dag.directory())
        .with_new_file(_COMMANDS, json.dumps(commands))
        .with_exec(script_args(_COMMANDS, "trivy convert"))
    )
    with tool_failing_as(
        lambda words: ScannerFailed("no SARIF and SPDX from the report", why=last_words(words))
    ):
        made = await convert.directory("/report").sync()
    scanning, notice = await for_code_scanning(made.file(_FILES[trivy.Format.SARIF]))
    return Conversions(scanning, made.file(_FILES[trivy.Format.SPDX]), notice)


async def check_sbom(sbom: dagger.File, report: Report, reference: str) -> None:
    """ScannerFailed unless the SBOM describes this image and everything the report lists."""
    Document.parse(await sbom.contents()).check(reference, report.package_names)
