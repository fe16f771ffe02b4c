"""The charts of the page, as Vega-Lite specifications that wait for rows.

The page fills the data set ``rows`` and fills it again when the reader filters. Colours are variables of the
page's style sheet, so that the charts follow it in dark mode and in print.
"""

from typing import Any

import altair as alt

from pipeline.report.periods import Unit

SUPPORT, OPPOSE, NEUTRAL = "var(--support)", "var(--oppose)", "var(--neutral)"
_INK, _MUTED, _LINE, _PAPER = "var(--ink)", "var(--muted)", "var(--line)", "var(--paper)"
_FONT = "system-ui, sans-serif"

_DATES: dict[Unit, str] = {
    "day": "%-d %b",
    "week": "%-d %b",
    "month": "%b %Y",
    "quarter": "%b %Y",
    "year": "%Y",
}

_SIGN = alt.Color("sign:N", scale=alt.Scale(domain=[1, 0, -1], range=[SUPPORT, NEUTRAL, OPPOSE]), legend=None)
_NET = alt.Scale(domain=[-1, 1])
_ROWS = alt.NamedData("rows")
# "+0" is no number.
_SIGNED = "datum.value > 0 ? '+' + datum.label : datum.label"


def charts(unit: Unit) -> dict[str, dict[str, Any]]:
    """Name → specification. What a row holds is told at each chart below."""
    return {
        "time": _finished(_time(unit)),
        "targets": _finished(_targets()),
        "outlets": _finished(_outlets()),
        "network": _finished(_network()),
    }


def _finished(chart: alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    axis = {
        "labelColor": _MUTED,
        "titleColor": _MUTED,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "gridColor": _LINE,
        "labelFont": _FONT,
        "titleFont": _FONT,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
    return (
        chart.configure(background="transparent", font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .to_dict()
    )


def _time(unit: Unit) -> alt.LayerChart | alt.FacetChart:
    """A pair over time. Rows: time (ms), net, low, high, sign, told (for the tooltip)."""
    base = alt.Chart(_ROWS).encode(
        x=alt.X(
            "time:T",
            scale=alt.Scale(type="utc"),
            axis=alt.Axis(format=_DATES[unit], title=None, grid=False, tickCount=4, labelOverlap=True),
        )
    )
    net = alt.Y(
        "net:Q", scale=_NET, axis=alt.Axis(title=None, values=[-1, 0, 1], format="d", labelExpr=_SIGNED)
    )
    band = base.mark_area(color=_MUTED, opacity=0.16, interpolate="monotone").encode(
        y=alt.Y("low:Q", scale=_NET, title=None), y2="high:Q"
    )
    bars = base.mark_rule(color=_MUTED, opacity=0.35).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    line = base.mark_line(color=_MUTED, strokeWidth=1.5, interpolate="monotone").encode(y=net)
    points = base.mark_point(filled=True, size=60, opacity=1).encode(y=net, color=_SIGN, tooltip="told:N")
    return alt.layer(band, bars, line, points).properties(width="container", height=110)


def _targets() -> alt.LayerChart | alt.FacetChart:
    """Who is supported and opposed. Rows: name, side, count (opposing ones negative), rank, told, key."""
    bars = (
        alt.Chart(_ROWS)
        .mark_bar(cursor="pointer", height=alt.RelativeBandSize(0.72))
        .encode(
            x=alt.X(
                "count:Q",
                axis=alt.Axis(
                    title="← opposing · supporting →",
                    format="d",
                    tickMinStep=1,
                    tickCount=6,
                    labelExpr="abs(datum.value)",
                ),
            ),
            y=_by_rank(),
            color=alt.Color(
                "side:N", scale=alt.Scale(domain=["support", "oppose"], range=[SUPPORT, OPPOSE]), legend=None
            ),
            tooltip="told:N",
        )
    )
    zero = alt.Chart(_ROWS).mark_rule(color=_INK).encode(x=alt.datum(0))
    return alt.layer(bars, zero).properties(width="container", height=alt.Step(24))


def _outlets() -> alt.LayerChart | alt.FacetChart:
    """Net stance by outlet. Rows: name, net, low, high, sign, rank, told."""
    base = alt.Chart(_ROWS).encode(y=_by_rank(), tooltip="told:N")
    net = alt.X(
        "net:Q",
        scale=_NET,
        axis=alt.Axis(
            title="net stance, with 95 % interval",
            values=[-1, -0.5, 0, 0.5, 1],
            format="~f",
            labelExpr=_SIGNED,
        ),
    )
    zero = alt.Chart(_ROWS).mark_rule(color=_INK).encode(x=alt.datum(0))
    bars = base.mark_rule(color=_MUTED, strokeWidth=2).encode(x=alt.X("low:Q", scale=_NET), x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=net, color=_SIGN)
    return alt.layer(zero, bars, points).properties(width="container", height=alt.Step(24))


def _by_rank() -> alt.Y:
    return alt.Y(
        "name:N",
        sort=alt.SortField("rank"),
        axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=190),
    )


def _network() -> alt.LayerChart | alt.FacetChart:
    """Rows of two kinds, in pixels of the chart. Edge: x, y, x2, y2, sign, width, faint (its opacity), told,
    index, and its head's place hx, hy, angle and size head. Node: x, y, size, name, told, top (of its label).
    """
    width, height = 760, 520
    x, y = alt.Scale(domain=[0, width], nice=False), alt.Scale(domain=[height, 0], nice=False)
    base = alt.Chart(_ROWS).encode(
        x=alt.X("x:Q", scale=x, axis=None), y=alt.Y("y:Q", scale=y, axis=None), tooltip="told:N"
    )
    opacity = alt.Opacity("faint:Q", scale=None)
    edges = (
        base.transform_filter("datum.kind == 'edge'")
        .mark_rule(cursor="pointer")
        .encode(
            x2="x2:Q",
            y2="y2:Q",
            color=_SIGN,
            opacity=opacity,
            strokeWidth=alt.StrokeWidth("width:Q", scale=None),
        )
    )
    heads = (
        base.transform_filter("datum.kind == 'edge'")
        .mark_point(shape="triangle", filled=True, cursor="pointer")
        .encode(
            x=alt.X("hx:Q", scale=x, axis=None),
            y=alt.Y("hy:Q", scale=y, axis=None),
            angle=alt.Angle("angle:Q", scale=None),
            size=alt.Size("head:Q", scale=None),
            color=_SIGN,
            opacity=opacity,
        )
    )
    nodes = (
        base.transform_filter("datum.kind == 'node'")
        .mark_point(shape="circle", filled=True, color=_INK, opacity=1, stroke=_PAPER, strokeWidth=2)
        .encode(size=alt.Size("size:Q", scale=None))
    )
    labels = (
        base.transform_filter("datum.kind == 'node'")
        .mark_text(color=_INK, baseline="bottom", fontSize=12)
        .encode(y=alt.Y("top:Q", scale=y, axis=None), text="name:N")
    )
    return alt.layer(edges, heads, nodes, labels).properties(width=width, height=height)
