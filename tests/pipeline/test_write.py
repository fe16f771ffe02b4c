import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fake_runs import append, scored, write_run
from fake_stages import stance_record
from labelled_runs import mention

from pipeline.errors import InputError
from pipeline.io import write
from pipeline.io.read import Reject
from pipeline.io.schema import ARTICLES, ATTRIBUTIONS, STANCES, STATEMENTS
from pipeline.io.write import RunWriter
from pipeline.records import (
    Actor,
    LinkedAttribution,
    ResolvedStatement,
    ScoredArticle,
    Span,
    Speaker,
    grow,
)
from pipeline.report.files import REPORT_FILES

# What the design promises to those who read the files.
ARTICLE_COLUMNS = "article_id title source published_at url".split()
STATEMENT_COLUMNS = "article_id statement_id start end text kind cue_start cue_end speakers mentions".split()
SPEAKER_FIELDS = ["id", "name", "kind", "country", "how", "start", "end", "confidence"]
MENTION_FIELDS = ["id", "start", "end"]
ATTRIBUTION_COLUMNS = """
    article_id statement_id attribution inside source_start source_end source_text cue_start cue_end cue_text
    content score speakers
""".split()
STANCE_COLUMNS = """
    article_id statement_id holder_id holder_name holder_kind holder_country holder_start holder_end
    target_id target_name target_kind target_country target_start target_end stance p_support p_neutral
    p_oppose sentiment p_positive p_sentiment_neutral p_negative model
""".split()


def quoted_article() -> ScoredArticle:
    """One direct statement with a cue, a named speaker and a holder inside the statement."""
    speaker = Speaker(Actor("xi", "Xi Jinping", "person", "CHN"), "name", Span(14, 16), 0.98765)
    article = scored("q", '"We stand by," Xi said.')
    statement = grow(
        ResolvedStatement, article.statements[0], kind="direct", cue=Span(17, 21), speakers=(speaker,)
    )
    record = stance_record("q-0", "Xi", "support", "Putin")
    both = mention(article.text, Span(14, 16), speaker.actor, record.target)
    said = LinkedAttribution(Span(15, 17), Span(18, 22), (Span(1, 12),), None, 0.87654, (speaker,))
    return grow(
        ScoredArticle,
        article,
        statements=(statement,),
        mentions=(both,),
        attributions=(said,),
        stances=(record,),
    )


def written(folder: Path, table_format: str = "parquet", count: int = 1, **options: bool) -> Path:
    with RunWriter(folder, table_format, **options) as writer:
        for number in range(count):
            append(writer, scored(f"a{number}", "Xi backs Putin\nPutin rejects Nato"))
        writer.reject(Reject("in.jsonl:2", "text is empty", None))
        writer.commit({"counts": {}})
    return folder


def test_columns_are_those_of_the_design() -> None:
    assert ARTICLES.schema.names == ARTICLE_COLUMNS
    assert STATEMENTS.schema.names == STATEMENT_COLUMNS
    assert ATTRIBUTIONS.schema.names == ATTRIBUTION_COLUMNS
    assert STANCES.schema.names == STANCE_COLUMNS
    for name, fields in (("speakers", SPEAKER_FIELDS), ("mentions", MENTION_FIELDS)):
        one = STATEMENTS.schema.field(name).type.value_type
        assert [one.field(index).name for index in range(one.num_fields)] == fields


def test_parquet_and_jsonl_hold_the_same_rows(tmp_path: Path) -> None:
    articles = [scored("a", "Xi backs Putin\nPutin rejects Nato"), quoted_article()]
    write_run(tmp_path / "p", articles)
    write_run(tmp_path / "j", articles, "jsonl")
    for table in ("articles", "statements", "attributions", "stances"):
        lines = (tmp_path / "j" / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        assert rows and pq.read_table(tmp_path / "p" / f"{table}.parquet").to_pylist() == rows


def test_rows_carry_spans_countries_and_rounded_probabilities() -> None:
    article = quoted_article()
    (statement,) = STATEMENTS.dicts(article, "m")
    assert (statement["kind"], statement["cue_start"], statement["cue_end"]) == ("direct", 17, 21)
    assert statement["speakers"] == [
        {
            "id": "xi",
            "name": "Xi Jinping",
            "kind": "person",
            "country": "CHN",
            "how": "name",
            "start": 14,
            "end": 16,
            "confidence": 0.9877,
        }
    ]
    assert statement["mentions"] == [
        {"id": "xi", "start": 14, "end": 16},
        {"id": "putin", "start": 14, "end": 16},
    ]
    (attribution,) = ATTRIBUTIONS.dicts(article, "m")
    assert (attribution["source_text"], attribution["score"]) == ("Xi", 0.8765)
    assert attribution["speakers"] == statement["speakers"]
    (stance,) = STANCES.dicts(article, "m")
    assert (stance["holder_start"], stance["target_start"], stance["target_end"]) == (None, 0, 5)
    assert (stance["p_support"], stance["p_neutral"], stance["p_oppose"]) == (0.9, 0.05, 0.05)
    assert (stance["p_positive"], stance["p_sentiment_neutral"], stance["p_negative"]) == (
        0.1235,
        0.7531,
        0.1235,
    )
    assert (stance["holder_country"], stance["target_country"], stance["model"]) == ("CHN", "RUS", "m")


def test_every_article_is_a_row_with_what_its_input_told() -> None:
    told = {"title": "Calm", "source": "Post", "published_at": "2026-01-02", "url": "https://post.example/1"}
    assert ARTICLES.dicts(scored("a", "Rain fell.", **told), "m") == [{"article_id": "a", **told}]
    assert ARTICLES.dicts(scored("b", "Rain fell."), "m") == [
        {"article_id": "b", "title": None, "source": None, "published_at": None, "url": None}
    ]


def test_narration_has_the_author_as_its_one_speaker() -> None:
    (row,) = STATEMENTS.dicts(scored("a", "Rain fell."), "m")
    assert [speaker["id"] for speaker in row["speakers"]] == ["author"]
    assert row["cue_start"] is None


def test_parquet_bytes_repeat_in_row_groups_of_fixed_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "_ROW_GROUP", 5)
    first, second = written(tmp_path / "a", count=6), written(tmp_path / "b", count=6)
    assert (first / "stances.parquet").read_bytes() == (second / "stances.parquet").read_bytes()
    metadata = pq.ParquetFile(first / "stances.parquet").metadata
    assert [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)] == [5, 5, 2]


def test_empty_run_has_tables_with_columns(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run") as writer:
        writer.commit({})
    assert pq.read_table(tmp_path / "run" / "stances.parquet").schema.names == STANCE_COLUMNS
    assert (tmp_path / "run" / "rejects.jsonl").read_text(encoding="utf-8") == ""


def test_rejects_and_marker_are_json(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    reject = json.loads((folder / "rejects.jsonl").read_text(encoding="utf-8"))
    assert reject == {"place": "in.jsonl:2", "reason": "text is empty", "id": None, "stage": None}
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == {"counts": {}}
    assert sorted(path.name for path in folder.iterdir()) == [
        "articles.parquet",
        "attributions.parquet",
        "rejects.jsonl",
        "run.json",
        "stances.parquet",
        "statements.parquet",
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interrupted_run_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), RunWriter(tmp_path / "run") as writer:
        append(writer, scored("a", "Xi backs Putin"))
        raise error
    assert not (tmp_path / "run").exists()


def test_interrupted_overwrite_keeps_the_earlier_run(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(KeyboardInterrupt), RunWriter(folder, overwrite=True) as writer:
        append(writer, scored("b", "Putin rejects Xi"))
        raise KeyboardInterrupt
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_finished_run_is_refused_and_replaced_whole_when_asked(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds a finished run already; .* --overwrite"):
        RunWriter(folder)
    written(folder, "jsonl", overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "articles.jsonl",
        "attributions.jsonl",
        "notes.txt",
        "rejects.jsonl",
        "run.json",
        "stances.jsonl",
        "statements.jsonl",
    ]


def test_the_report_of_a_run_goes_with_it(tmp_path: Path) -> None:
    """And with nothing but a finished run: elsewhere files of these names are the user's."""
    tmp_path.joinpath("mine").mkdir()
    for folder, kept in ((written(tmp_path / "run"), False), (tmp_path / "mine", True)):
        for name in REPORT_FILES:
            (folder / name).write_text("of the run before", encoding="utf-8")
        written(folder, overwrite=True)
        assert [(folder / name).exists() for name in REPORT_FILES] == [kept] * 5


def test_other_files_of_the_same_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "stances.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds stances\.jsonl already"):
        RunWriter(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        RunWriter(tmp_path / "stances.jsonl")
