"""Speaker accuracy of the attribute stage on annotated articles, with gold sentence boundaries.

    python scripts/measure_attribute.py ../shared/data/stancewire/written_dev.jsonl --errors 20
    python scripts/measure_attribute.py FILE --reader models/artifacts/reader --mentions reader

A statement is right if its sources name the gold speakers and nobody else: every source overlaps a gold
mention of a speaker, and every speaker has such a mention; no source where the gold speaker is the author.
"""

import random
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from models.articles import AUTHOR_KEY, LabelledArticle, read_articles
from pipeline.config import stage_class, validated
from pipeline.gold import read_article, split_article
from pipeline.records import AttributedStatement, Span
from pipeline.stages.attribute import Options, SpanAttributor


def is_right(article: LabelledArticle, gold: tuple[str, ...], statement: AttributedStatement) -> bool:
    """Whether a statement's sources name the gold speakers; the author beside others is not asked for."""
    speakers = set(gold) - {AUTHOR_KEY}
    if not speakers or not statement.sources:
        return not speakers and not statement.sources
    mentions = [m for s in article.sentences for m in s.mentions]
    named = [[m for m in mentions if source.overlaps(Span(m.start, m.end))] for source in statement.sources]
    keys = {key for group in named for m in group for key in m.keys}
    return speakers <= keys and all(any(speakers & set(m.keys) for m in group) for group in named)


def main(
    files: list[Path],
    reader: Annotated[
        Path | None, typer.Option(help="reader checkpoint; without one no span is tagged")
    ] = None,
    mentions: Annotated[str, typer.Option(help="gold or reader")] = "gold",
    errors: Annotated[int, typer.Option(help="print that many errors, drawn with a fixed seed")] = 0,
    minimum_score: float = 0.4,
    cue_list: bool = True,
) -> None:
    stage = SpanAttributor(Options(minimum_score=minimum_score, cue_list=cue_list))
    model = None
    if reader:
        cls = stage_class("read", "model")
        model = cls(validated(cls.Options, {"checkpoint": str(reader)}, "stages.read"))
        model.setup()
    for path in files:
        articles = read_articles(path)
        read = [read_article(article) for article in articles]
        if model:
            found = model.process([split_article(article) for article in articles])
            read = [
                one if mentions == "reader" else read_article(article, one.tagged)
                for article, one in zip(articles, found, strict=True)
            ]
        counts: Counter[str] = Counter()
        wrong = []
        for article, result in zip(articles, stage.process(read), strict=True):
            for gold, statement in zip(article.sentences, result.statements, strict=True):
                said = set(gold.speakers) != {AUTHOR_KEY}
                right = is_right(article, gold.speakers, statement)
                counts["all"] += 1
                counts["right"] += right
                counts[f"{'said' if said else 'author'}→{'said' if statement.sources else 'author'}"] += 1
                counts["said right"] += right and said
                if not right:
                    got = [article.text[s.start : s.end] for s in statement.sources]
                    cue = statement.cue and article.text[statement.cue.start : statement.cue.end]
                    wrong.append(
                        f"[{article.id}] {statement.text}\n"
                        f"    gold {', '.join(gold.speakers)} | got {got} | {cue} {statement.attribution}"
                    )
        print(
            f"{path.name}: {counts['right']}/{counts['all']} = {counts['right'] / max(1, counts['all']):.3f}"
        )
        for cell in ("author→author", "author→said", "said→author", "said→said"):
            print(f"    {cell}: {counts[cell]}")
        print(f"    said→said with the right speakers: {counts['said right']}")
        random.Random(13).shuffle(wrong)
        for text in wrong[:errors]:
            print(text)


if __name__ == "__main__":
    typer.run(main)
