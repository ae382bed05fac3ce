"""The comparison as a picture: SVG that stands alone and loads nothing."""

from pathlib import Path
from xml.etree.ElementTree import Element

import pygal

from bench import verdicts
from bench.models import CONTAINERS, HOST, MODULE, Results

_COLOURS = ("#0b6e4f", "#c44900", "#6c757d")


def draw(results: Results, target: Path) -> None:
    """Writes the picture: median seconds of each side, with the middle half of its runs."""
    rows = [row for row in results.rows if row.unit == "s"]
    style = pygal.style.Style(
        colors=_COLOURS, background="white", plot_background="white", font_family="sans-serif"
    )
    chart = pygal.Bar(
        js=(), style=style, width=1200, height=560, x_label_rotation=20, legend_at_bottom=True,
        title="Seconds: medians, with the middle half of the runs", print_values=False,
    )  # fmt: skip
    chart.x_labels = [row.name for row in rows]
    for side in (MODULE, CONTAINERS, HOST):
        name = side if side != CONTAINERS else f"{CONTAINERS} (of boot: an empty module)"
        chart.add(name, [_bar(row.values.get(row.baseline if side == CONTAINERS else side)) for row in rows])
    chart.add_xml_filter(_without_script)
    target.write_bytes(chart.render())


def _without_script(root: Element) -> Element:
    """The picture without the settings that pygal leaves there for its own script."""
    for parent in list(root.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return root


def _bar(values: tuple[float, ...] | None) -> dict[str, object] | None:
    if not values:
        return None
    low, middle, high = verdicts.quartiles(values)
    return {"value": round(middle, 2), "ci": {"low": round(low, 2), "high": round(high, 2)}}
