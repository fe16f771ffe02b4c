"""The query of the README, as it is printed there."""

import json
import re
from pathlib import Path

import duckdb
import pytest
from fake_stages import fake_values

from pipeline.config import ScoreConfig
from pipeline.io.results import open_run
from pipeline.run import Choices, score_run

README = Path(__file__).resolve().parents[2] / "README.md"
ROWS = (
    ("Xi backs Putin\nXi backs Putin\nPutin backs Xi", "A/B Post & Söhne=1", "2026-02-03"),
    ("Xi rejects Putin", "A/B Post & Söhne=1", "2026-02-27T10:00:00Z"),
    ("Xi rejects Nato", "Times", "2026-01-01"),
    ("Xi rejects Nato", "Times", "2025-12-31"),
    ("Xi rejects Nato", None, "2026-03-01"),
    ("Xi rejects Nato", "Times", None),
)


def test_query_of_the_readme_runs_over_a_partitioned_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (query,) = re.findall(r"<!-- tested: duckdb -->\n```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    rows = [{"text": text, "source": source, "published_at": date} for text, source, date in ROWS]
    (tmp_path / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    config = ScoreConfig.model_validate(fake_values())
    score_run("articles.jsonl", "runs/mine", config, Choices(partition_by=["month", "source"]))
    assert duckdb.sql(query).fetchall() == [
        ("2026-02", "A/B Post & Söhne=1", "CHN", "RUS", 2, 1),
        ("2026-01", "Times", "CHN", "NATO", 0, 1),
        ("2026-03", None, "CHN", "NATO", 0, 1),
        ("2026-02", "A/B Post & Söhne=1", "RUS", "CHN", 1, 0),
    ]
    articles = list(open_run("runs/mine").articles())
    post = "A/B Post & Söhne=1"
    assert [article.source for article in articles] == ["Times", "Times", post, post, None, "Times"]
