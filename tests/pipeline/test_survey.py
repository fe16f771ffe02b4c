from datetime import date
from pathlib import Path

from fake_runs import scored, write_run

from pipeline.io.results import open_run
from pipeline.survey import day_of, survey

STORY = "Xi backs Putin\nPutin rejects Nato\nRain fell on the city and on the fields around it"


def test_a_reprinted_story_counts_once(tmp_path: Path) -> None:
    articles = [
        scored("agency", STORY, source="Wire", published_at="2026-01-02T08:00:00Z"),
        scored("reprint", STORY, source="Post", published_at="2026-01-03"),
        scored("own", "Xi rejects Putin\nSnow fell instead", source="Post", published_at="yesterday"),
    ]
    found = survey(open_run(write_run(tmp_path / "run", articles)).articles())
    assert found.copies == {"reprint": "agency"}
    assert (found.articles, found.statements, found.attributed) == (3, 5, 0)
    assert found.stances == {"support": 1, "oppose": 2}
    assert found.outlets == {"Wire": 1, "Post": 2}
    assert found.days == {date(2026, 1, 2): 1, None: 1}
    countries = found.levels["countries"].counts
    assert (countries["CHN", "RUS"].support, countries["CHN", "RUS"].oppose) == (1, 1)
    assert countries["CHN", "RUS"].articles == countries[None, None].articles == 2
    assert found.levels["actors"].actors["xi@CHN"].name == "Xi"


def test_days_are_read_from_dates_times_and_mail_headers() -> None:
    assert day_of("2026-02-11T23:30:00Z") == day_of("2026-02-11") == day_of(" 20260211 ") == date(2026, 2, 11)
    assert day_of("Wed, 11 Feb 2026 09:30:00 +0100") == date(2026, 2, 11)
    assert [day_of(other) for other in (None, "", "last week", "2026-02-31")] == [None] * 4
