"""The loss of each stage, with stages that err in one known way each, and the command that prints it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fake_stages import write_config
from gold_articles import labelled, sentence
from typer.testing import CliRunner

from pipeline.chain import Chain
from pipeline.cli import app
from pipeline.commands.agreement_tables import print_ladder
from pipeline.errors import StancewireError
from pipeline.ladder import STEPS, ladder
from pipeline.records import (
    AUTHOR,
    Actor,
    Article,
    AttributedArticle,
    AttributedStatement,
    CleanArticle,
    Mention,
    ReadArticle,
    ResolvedArticle,
    ResolvedMention,
    ResolvedStatement,
    ScoredArticle,
    Span,
    Speaker,
    SplitArticle,
    StanceRecord,
    Statement,
    grow,
)
from pipeline.stages.base import StageOptions

COUNTRIES = {"Oslo": "NOR", "Lima": "PER", "Kenya": "KEN", "Peru": "PER", "Chad": "TCD"}
GOLD = [
    labelled(
        "a",
        {"oslo": "NOR", "peru": "PER", "kenya": "KEN", "chad": "TCD"},
        sentence("Oslo thanked Lima.", {"Oslo": "oslo", "Lima": "peru"}, stances=("oslo + peru",)),
        sentence("Kenya: shame on Peru.", {"Kenya": "kenya", "Peru": "peru"}, ("kenya",), ("kenya - peru",)),
        sentence("Chad thanked Oslo.", {"Chad": "chad", "Oslo": "oslo"}, stances=("chad + oslo",)),
        sentence("Peru thanked Kenya.", {"Peru": "peru", "Kenya": "kenya"}, stances=("peru + kenya",)),
    )
]


class Stage:
    consumes: ClassVar[type[Article]] = Article
    produces: ClassVar[type[Article]] = Article
    Options = StageOptions

    def setup(self) -> None:
        pass

    def process(self, batch: Sequence[Any]) -> list[Any]:
        return [self.one(article) for article in batch]

    def one(self, article: Any) -> Article:
        raise NotImplementedError


class Clean(Stage):
    produces = CleanArticle

    def one(self, article: Article) -> CleanArticle:
        whole = (Span(0, len(article.text)),)
        return grow(CleanArticle, article, clean_text=article.text, paragraphs=whole, dropped=())


class Split(Stage):
    """Cuts at full stops, and wrongly after "Peru thanked"."""

    consumes, produces = CleanArticle, SplitArticle

    def one(self, article: CleanArticle) -> SplitArticle:
        statements, start = [], 0
        for piece in article.text.replace("Peru thanked", "Peru thanked|").replace(".", ".|").split("|"):
            text = piece.strip()
            if text:
                start = article.text.index(text, start)
                number = str(len(statements))
                statements.append(Statement(start, start + len(text), id=number, text=text, paragraph=0))
        return grow(SplitArticle, article, statements=tuple(statements))


class Read(Stage):
    """Marks the names of countries, and passes over Lima."""

    consumes, produces = SplitArticle, ReadArticle

    def one(self, article: SplitArticle) -> ReadArticle:
        found = sorted(
            (at, name)
            for name in COUNTRIES.keys() - {"Lima"}
            for at in range(len(article.text))
            if article.text.startswith(name, at)
        )
        mentions = tuple(Mention(at, at + len(name), text=name, kind="name", score=1) for at, name in found)
        return grow(ReadArticle, article, mentions=mentions, tagged=())


class Attribute(Stage):
    """Hears nobody speak."""

    consumes, produces = ReadArticle, AttributedArticle

    def one(self, article: ReadArticle) -> AttributedArticle:
        unsaid: dict[str, Any] = {"cue": None, "sources": (), "attribution": "author", "confidence": 1.0}
        return grow(
            AttributedArticle,
            article,
            statements=tuple(
                grow(AttributedStatement, statement, kind="narration", **unsaid)
                for statement in article.statements
            ),
        )


class Resolve(Stage):
    """Looks names up, and takes Chad for an American."""

    consumes, produces = AttributedArticle, ResolvedArticle

    def one(self, article: AttributedArticle) -> ResolvedArticle:
        def actor(text: str) -> Actor:
            country = COUNTRIES[text]
            return Actor(country.lower(), text, "unknown", "USA" if text == "Chad" else country)

        def speakers(statement: AttributedStatement) -> tuple[Speaker, ...]:
            names = [article.text[source.start : source.end] for source in statement.sources]
            found = [actor(name) for name in names] or [AUTHOR]
            return tuple(Speaker(one, "name", None, 1.0) for one in found)

        return grow(
            ResolvedArticle,
            article,
            mentions=tuple(
                grow(ResolvedMention, mention, actors=(actor(mention.text),), how="name", confidence=1.0)
                for mention in article.mentions
            ),
            statements=tuple(
                grow(ResolvedStatement, statement, speakers=speakers(statement))
                for statement in article.statements
            ),
        )


class Score(Stage):
    """The first named thanks the second; whoever speaks of shame opposes the last named. Never wrong."""

    consumes, produces = ResolvedArticle, ScoredArticle

    def one(self, article: ResolvedArticle) -> ScoredArticle:
        rows = []
        for statement in article.statements:
            named = [m.actors[0] for m in article.mentions if statement.covers(Span(m.start, m.end))]
            if "thanked" in statement.text and len(named) == 2:
                rows.append(self.row(statement.id, named[0], "support", named[1]))
            if "shame" in statement.text:
                rows.append(self.row(statement.id, statement.speakers[0].actor, "oppose", named[-1]))
        return grow(ScoredArticle, article, stances=tuple(rows))

    @staticmethod
    def row(statement: str, holder: Actor, stance: Any, target: Actor) -> StanceRecord:
        sure = (1.0, 0.0, 0.0)
        return StanceRecord(statement, holder, None, target, None, stance, sure, "neutral", sure)


def chain(**other: Stage) -> Chain:
    stages: tuple[Any, ...] = (Clean(), Split(), Read(), Attribute(), Resolve(), Score())
    return Chain(dict(zip(STEPS, stages, strict=True)) | other)


def test_each_rung_shows_what_its_stage_loses() -> None:
    rungs = ladder(GOLD, chain(), batch=2)
    assert [rung.predicted[0] for rung in rungs] == ["stance", "resolve", "attribute", "read", "clean"]
    # Four pairs are wanted. Then Chad's is wrong, then Kenya's too, then Norway's is missing, then Peru's.
    f1 = [1.0, 3 / 4, 2 / 4, 2 / 7, 0.0]
    assert [rung.agreement.pairs.f1 for rung in rungs] == pytest.approx(f1)
    assert [rung.agreement.speakers for rung in rungs] == [1.0, 1.0, 0.75, 0.75, 0.75]
    assert [round(rung.agreement.mentions.recall * 8) for rung in rungs] == [8, 8, 8, 7, 7]
    assert [rung.agreement.statements.f1 == 1.0 for rung in rungs] == [True, True, True, True, False]
    # By single actor Chad is the one that is meant, whatever its country.
    assert [rung.agreement.actors.pairs.f1 for rung in rungs[:3]] == pytest.approx([1.0, 1.0, 3 / 4])
    changes = [rung.change["pairs"] for rung in rungs[1:]]
    assert [change.difference for change in changes] == pytest.approx([-1 / 4, -1 / 4, 2 / 7 - 2 / 4, -2 / 7])
    # One article, drawn again and again, is always itself.
    assert changes[0].interval.low == changes[0].interval.high == pytest.approx(-1 / 4)
    assert rungs[0].change == {}


def test_the_table_has_a_line_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    print_ladder(ladder(GOLD, chain(), batch=2))
    lines = [re.split(r"\s*│\s*", line.strip("│ ")) for line in capsys.readouterr().out.splitlines()]
    assert ["stance alone", *["100.0"] * 5, "", "", "100.0"] in lines
    assert [
        "+ resolve",
        "100.0",
        "66.7",
        "100.0",
        "86.3",
        "75.0",
        "-25.0",
        "-25.0 to -25.0",
        "100.0",
    ] in lines
    assert [line[0] for line in lines if line[0].startswith("+")] == [
        "+ resolve",
        "+ attribute",
        "+ read",
        "+ clean, split",
    ]


def test_the_attribute_stage_works_from_the_spans_that_the_reader_tagged() -> None:
    class Tag(Read):
        def one(self, article: SplitArticle) -> ReadArticle:
            tagged = (Span(len(article.text) - 1, len(article.text)),)
            return grow(ReadArticle, super().one(article), tagged=tagged)

    class Watch(Attribute):
        seen: ClassVar[list[tuple[int, int]]] = []

        def one(self, article: ReadArticle) -> AttributedArticle:
            self.seen.append((len(article.mentions), len(article.tagged)))
            return super().one(article)

    ladder(GOLD, chain(read=Tag(), attribute=Watch()), batch=2)
    # Annotated mentions beside the reader's spans first; then, twice, both the reader's.
    assert Watch.seen == [(8, 1), (7, 1), (7, 1)]


def test_a_stage_that_fails_is_named_with_its_articles() -> None:
    class Broken(Score):
        def one(self, article: ResolvedArticle) -> ScoredArticle:
            raise ValueError("no verb")

    with pytest.raises(
        StancewireError, match=r"stages\.stance: fails on articles 'a' to 'a': ValueError: no verb"
    ):
        ladder(GOLD, chain(stance=Broken()), batch=2)


@pytest.fixture
def gold_file(tmp_path: Path) -> Path:
    xi = {"text": "Xi backs Putin", "para": 0, "speakers": ["author"], "stances": [["xi", "+", "putin"]]}
    xi["mentions"] = [{"start": 0, "end": 2, "keys": ["xi"]}, {"start": 9, "end": 14, "keys": ["putin"]}]
    row = {"id": "a", "title": "-", "countries": {"xi": "CHN", "putin": "RUS"}, "sentences": [xi]}
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(row | {"id": id_}) + "\n" for id_ in "ab"), encoding="utf-8")
    return path


def evaluate(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["evaluate", "articles", *map(str, arguments)])


def test_the_command_runs_the_stages_of_a_config(tmp_path: Path, gold_file: Path) -> None:
    config, out = write_config(tmp_path / "score.yaml"), tmp_path / "out.json"
    result = evaluate("--gold", gold_file, "--config", config, "--json", out)
    assert result.exit_code == 0, result.output
    saved = json.loads(out.read_text("utf-8"))
    assert (saved["labels"], saved["pairs"]["f1"], saved["by_sign"]["support"]["support"]) == (
        "gold.jsonl",
        1.0,
        2,
    )
    assert {
        "statements",
        "mentions",
        "speakers",
        "article_pairs",
        "neutral",
        "macro_f1",
        "actors",
    } < saved.keys()
    # Stages that take more than an annotation holds leave the whole chain alone on the ladder.
    assert [rung["predicted"] for rung in saved["ladder"]] == [list(STEPS)]
    assert saved["ladder"][0]["agreement"]["pairs"] == saved["pairs"]
    assert saved["models"]["stance"] == {"fake": "0123456789abcdef" * 4}
    (line,) = [line for line in result.stdout.splitlines() if "everything" in line]
    assert "100.0" in line
    assert "Lines are missing" in result.stdout


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "gold.jsonl: holds no article"),
        ("{}", "gold.jsonl:1: ?: missing or malformed field 'countries'"),
    ],
)
def test_a_file_without_articles_is_told(tmp_path: Path, lines: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(lines, encoding="utf-8")
    result = evaluate("--gold", path, "--config", write_config(tmp_path / "score.yaml"))
    assert result.exit_code == 1
    assert message in result.stderr.replace("\n", " ")
