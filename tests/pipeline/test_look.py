import re
from dataclasses import replace
from pathlib import Path

import pytest
from fake_runs import scored, write_run
from test_cli import ESCAPE, invoke

from pipeline.commands.look import folder_for
from pipeline.errors import InputError
from pipeline.io.folders import open_folder
from pipeline.io.results import Run, open_run
from pipeline.records import Actor, ResolvedMention, Speaker

STORY = (
    "Xi backs Putin\nXi backs Putin\nXi backs Putin\nPutin rejects Nato\nRain fell on the fields around it"
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    articles = [
        scored("a", STORY, title=f"Calm {ESCAPE}", source="Wire", published_at="2026-01-02"),
        scored("b", STORY, source="Post"),
        scored("c", "Xi rejects Putin\nPutin meets Xi\n" + ESCAPE),
    ]
    return write_run(tmp_path / "run", articles)


def cells(output: str, word: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in output.splitlines() if word in line]


def test_top_prints_pairs_with_interval_and_counts_copies_once(run: Path) -> None:
    result = invoke("top", run)
    assert result.exit_code == 0, result.output
    assert cells(result.stdout, "CHN") == [
        ["CHN", "→ RUS", "+0.50", "-0.63 to +1.00", "3", "0", "1", "2"],
    ]
    assert "1 of 3 articles copy others and are left out." in result.stdout
    assert len(cells(invoke("top", run, "--min", 1).stdout, "→")) == 2
    assert len(cells(invoke("top", run, "--min", 1, "--n", 1).stdout, "→")) == 1


def test_top_by_actors_and_by_targets(run: Path) -> None:
    assert cells(invoke("top", run, "--by", "actors").stdout, "→")[0][:3] == [
        "Xi (CHN)",
        "→ Putin (RUS)",
        "+0.50",
    ]
    (target,) = cells(invoke("top", run, "--by", "targets").stdout, "RUS")
    assert target[:3] == ["Putin (RUS)", "+0.50", "-0.63 to +1.00"]


def test_show_prints_an_article_with_its_stances(run: Path) -> None:
    result = invoke("show", run, "a")
    assert result.exit_code == 0, result.output
    assert "Wire · 2026-01-02" in result.stdout
    assert "  4  (the article) (narration)\n     Putin rejects Nato\n" in result.stdout
    assert "     Putin (RUS) oppose 0.90 → Nato (NATO)\n" in result.stdout
    assert "     1 neutral\n" in invoke("show", run, "c").stdout


def test_show_colours_every_mention_of_who_speaks_and_takes_a_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    article = scored("m", "Xi backs Putin")
    (record,) = article.stances
    spoken = Speaker(Actor("wire", "Wire", "organisation", None), "name", None, 1.0)
    # One place stands for the speaker too: of two colours the holder's stays.
    places = [(0, 2, (spoken.actor, record.holder)), (3, 8, (spoken.actor,)), (9, 14, (record.target,))]
    mentions = tuple(
        ResolvedMention(start, end, article.text[start:end], "name", 1.0, actors, "name", 1.0)
        for start, end, actors in places
    )
    statement = replace(article.statements[0], speakers=(spoken,))
    run = write_run(tmp_path / "marked", [replace(article, mentions=mentions, statements=(statement,))])
    shown = invoke("show", run, "m").stdout
    assert "\x1b[1;36mXi\x1b[0m \x1b[33mbacks\x1b[0m \x1b[1;35mPutin\x1b[0m" in shown


def test_article_text_reaches_the_terminal_as_text_only(run: Path) -> None:
    for article in ("a", "c"):
        output = invoke("show", run, article).output
        assert "red]0;title" in output
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(output)


def test_what_is_not_there_is_an_error(run: Path, tmp_path: Path) -> None:
    result = invoke("show", run, "z")
    assert result.exit_code == 1
    assert "holds no article 'z'; the ids stand in articles.parquet" in result.stderr
    assert "Error: absent: no such folder" in invoke("top", "absent").stderr


def test_files_go_into_the_run_unless_a_folder_is_named(run: Path, tmp_path: Path) -> None:
    finished = open_run(run)
    assert folder_for(finished, None) == run
    assert folder_for(finished, None, "labelling") == run / "labelling"
    assert folder_for(finished, tmp_path) == tmp_path
    distant = Run(open_folder("s3://bucket/run?region=eu-west-1"), {}, "parquet")
    with pytest.raises(
        InputError, match=r"s3://bucket/run: is no folder of this machine; name one with --out"
    ):
        folder_for(distant, None)
