"""Plots of training and evaluation, as SVG files: drawn by Altair, rendered by vl-convert, without a browser."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt


def write_reliability(path: Path, validation: Mapping[str, Any]) -> None:
    """Accuracy over confidence of each file's stance head, from its calibration bins; the diagonal is ideal."""
    rows = [
        {"labels": name, "confidence": one["confidence"], "accuracy": one["accuracy"], "pairs": one["items"]}
        for name, report in validation.items()
        for head in report["heads"]
        if head["head"] == "stance"
        for one in head["calibration"]["bins"]
    ]
    scale = alt.Scale(domain=[0.3, 1])
    points = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("confidence:Q", scale=scale, title="probability of the likeliest stance"),
            y=alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1]), title="share that was right"),
            color=alt.Color("labels:N", title=None, legend=alt.Legend(orient="bottom")),
        )
    )
    ideal = (
        alt.Chart(alt.Data(values=[{"x": 0.3, "y": 0.3}, {"x": 1, "y": 1}]))
        .mark_line(strokeDash=[4, 4], color="gray")
        .encode(x="x:Q", y="y:Q")
    )
    (ideal + points).properties(width=360, height=260).save(str(path))


def write_curve(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """A learning curve: rows with ``labels`` (a count), ``file`` and ``macro_f1`` (0 to 1)."""
    (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_line(point=True)
        .encode(
            x=alt.X("labels:Q", title="labelled pairs"),
            y=alt.Y("macro_f1:Q", title="macro F1", scale=alt.Scale(zero=False), axis=alt.Axis(format="%")),
            color=alt.Color("file:N", title=None, legend=alt.Legend(orient="bottom")),
        )
        .properties(width=420, height=260)
        .save(str(path))
    )
