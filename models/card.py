"""The model card: what a training run used and reached, in Markdown, from the record that it left."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.plots import write_reliability

RECORD = "training.json"
CARD = "README.md"
RELIABILITY = "reliability.svg"

_TASKS = {
    "reader": "tags sources, cues and contents of attributions, and mentions of actors, in English news",
    "coreference": "says of the mentions in a text of English news which stand for one actor, which actors a "
    "collective stands for, which actors belong to one country, and to which",
    "stance": "gives the stance (support, neutral, oppose) of each actor toward every other one in a statement "
    "of English news, and how the statement puts each target (positive, neutral, negative)",
}
_LIMITS = {
    "reader": "Trained on US news of 2015–2016 and on short world-news texts. Attributions whose content runs "
    "over several paragraphs, transcripts and social media are weak spots. Mentions of groups without a name "
    "are found less surely than names.",
    "coreference": "Trained on short texts, mentions given: long articles are compared over the nearest mentions "
    "only. Which two of several states a collective means is its weakest spot. A country is read off the "
    "text and what the base knows of names and cities; it is no fact about a person. The annotation was made with a large "
    "language model as annotator.",
    "stance": "A stance is what a statement says, not what an actor thinks. Support is recognised less surely "
    "than opposition, and irony, hypotheticals and stances that span sentences are often missed. The "
    "annotation was made with a large language model as annotator.",
}


def write_card(folder: Path, record: Mapping[str, Any]) -> None:
    """Leaves a training run's record, and the card and diagram made of it, beside the weights."""
    (folder / RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / CARD).write_text(render(record), encoding="utf-8")
    if record.get("temperatures"):
        write_reliability(folder / RELIABILITY, record["validation"])


def render(record: Mapping[str, Any]) -> str:
    """The card of one record, as `models.run_record.training_record` makes it."""
    config, task = record["config"], record["task"]
    settings = {key: value for key, value in config.items() if key not in ("train", "valid", "gates", "out")}
    start = config.get("start")
    origin = f"Trained on from the checkpoint `{start}`." if start else f"Base: `{config['base']}`."
    lines = [
        f"# Stancewire {task} checkpoint",
        "",
        f"This model {_TASKS[task]}. {origin} Weights: float16 safetensors, sha256 `{record['digest']}`.",
        "",
        "## Training data",
        "",
        "| labels | rows | left out, text in validation | weight | licence |",
        "|---|---|---|---|---|",
        *(
            f"| {source['name']} | {record['rows'][source['name']]:,} | {record['leaked'][source['name']]:,} "
            f"| {source['weight']} | {source['licence']} |"
            for source in config["train"]
        ),
        "",
        *_earlier(record.get("earlier", ())),
        "## Validation",
        "",
        "These files chose the epoch that was kept, so their figures flatter a little. No text of theirs is in "
        "the training data.",
        "",
        *(line for name, report in record["validation"].items() for line in _validation(name, report)),
        *_calibration(record),
        *_gates(record.get("gates", ())),
        "## Settings",
        "",
        "| key | value |",
        "|---|---|",
        *(f"| {key} | {value} |" for key, value in settings.items()),
        "",
        f"Trained in {record['seconds']:,} s on {record['device']} with torch {record['torch']}.",
        "",
        "## Limits",
        "",
        _LIMITS[task],
        "",
        "## Licence",
        "",
        "What training added is under the MIT licence, as the code is. What comes from the base keeps the base's: the "
        "Apache License 2.0 (`LICENSE-APACHE` beside the shipped checkpoints) for all-MiniLM-L6-v2 and "
        "all-mpnet-base-v2. The training texts are not part of the checkpoint.",
        "",
    ]
    return "\n".join(lines)


def _earlier(trainings: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the weights that training began with had been trained on, where they were a checkpoint's."""
    if not trainings:
        return []
    return [
        "The weights that this training began with had been trained on, oldest first:",
        "",
        "| checkpoint | task | labels | rows |",
        "|---|---|---|---|",
        *(
            f"| `{training['digest'][:8]}` | {training['task']} | {name} | {rows:,} |"
            for training in trainings
            for name, rows in training["rows"].items()
        ),
        "",
    ]


def _gates(gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the gates compared, where there was a checkpoint before this one."""
    judged = [gate for gate in gates if gate["old"] is not None]
    if not judged:
        return []
    return [
        "## Beside the checkpoint before it",
        "",
        "Macro F1, or of a reader mean F1, on the files of the gates. The interval (95%) is of the difference, "
        "by paired bootstrap over articles; a pair is fixed where it went from wrong to right.",
        "",
        "| labels | before | this one | difference | interval | pairs | fixed | broken | gate |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_gate_row(gate) for gate in judged),
        "",
    ]


def _gate_row(gate: Mapping[str, Any]) -> str:
    cells = [gate["gate"], *(f"{100 * gate[key]:.1f}" for key in ("old", "new"))]
    cells.append(f"{100 * (gate['new'] - gate['old']):+.1f}")
    comparison = gate["comparison"]
    if comparison:
        interval = comparison["difference"]["interval"]
        cells.append(f"{100 * interval['low']:+.1f} to {100 * interval['high']:+.1f}")
        cells += [f"{comparison[key]:,}" for key in ("pairs", "fixed", "broken")]
    else:
        cells += ["", "", "", ""]
    return "| " + " | ".join([*cells, "passed" if gate["passed"] else "failed"]) + " |"


def _calibration(record: Mapping[str, Any]) -> list[str]:
    """The reliability diagram, where the heads of the record have temperatures."""
    temperatures = record.get("temperatures")
    if not temperatures:
        return []
    fitted = ", ".join(f"{head} {value}" for head, value in temperatures.items())
    return [
        "## Calibration",
        "",
        f"Temperatures fitted on the validation files: {fitted}. How often the likeliest class was right, by "
        "the probability it was given:",
        "",
        f"![Reliability diagram]({RELIABILITY})",
        "",
    ]


def _validation(name: str, report: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for head in report.get("heads", ()):
        baselines = ", ".join(f"{key} {100 * value:.1f}" for key, value in head["baselines"].items())
        lines += [
            f"**{name}, {head['head']}**: macro F1 {100 * head['macro_f1']:.1f}, accuracy "
            f"{100 * head['accuracy']:.1f} (baselines, macro F1: {baselines}; expected calibration error "
            f"{100 * head['calibration']['ece']:.1f}%)",
            "",
            "| class | precision | recall | F1 | items |",
            "|---|---|---|---|---|",
            *(_row(scores["label"], scores) for scores in head["classes"]),
            "",
        ]
    for key, says, column in (("spans", "exact spans", "span"), ("links", "links of given mentions", "link")):
        if key in report:
            lines += [
                f"**{name}**, {says}",
                "",
                f"| {column} | precision | recall | F1 | items |",
                "|---|---|---|---|---|",
                *(_row(label, scores) for label, scores in report[key].items()),
                "",
            ]
    return lines


def _row(label: str, scores: Mapping[str, Any]) -> str:
    shares = " | ".join(f"{100 * scores[key]:.1f}" for key in ("precision", "recall", "f1"))
    return f"| {label} | {shares} | {scores['support']:,} |"
