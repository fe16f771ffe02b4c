"""Runs whose input and output lie in an object store: a real S3 server on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_stages import fake_values
from moto.server import ThreadedMotoServer
from pyarrow import fs

from pipeline.config import ScoreConfig
from pipeline.errors import InputError, StancewireError
from pipeline.io.folders import open_folder
from pipeline.io.inputs import find_input
from pipeline.io.read import ArticleReader, Start
from pipeline.io.results import open_run
from pipeline.run import Choices, score_run
from pipeline.status import run_status

NAMES = ["articles.parquet", "attributions.parquet", "rejects.jsonl", "stances.parquet", "statements.parquet"]
SETTINGS = ScoreConfig.model_validate(fake_values(resolve={"fails_on": "storm"}) | {"batch_articles": 1})


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """HOST:PORT of an S3 server that accepts any key."""
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"{host}:{port}"
    started.stop()


@pytest.fixture
def query(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return f"?endpoint_override={server}&scheme=http&region=us-east-1&allow_bucket_creation=true"


@pytest.fixture
def bucket(query: str, tmp_path: Path) -> str:
    """A bucket with news/a.jsonl, news/deep/b.jsonl and news/c.txt, and the same files in a folder."""
    texts = ("Xi backs Putin", "the storm", "Putin rejects Nato", "Xi meets Putin")
    lines = [json.dumps({"id": f"a{number}", "text": text}) + "\n" for number, text in enumerate(texts)]
    files = {
        "a.jsonl": lines[0] + lines[1],
        "deep/b.jsonl": lines[2] + lines[3] + lines[0],
        "c.txt": "Rain fell",
    }
    name = tmp_path.name.replace("_", "-")[-40:].strip("-").lower()
    filesystem, path = fs.FileSystem.from_uri(f"s3://{name}/{query}")
    filesystem.create_dir(path.rstrip("/"))
    news = open_folder(f"s3://{name}/news{query}")
    for file, content in files.items():
        news.write(file, content.encode())
        (tmp_path / "news" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "news" / file).write_text(content, encoding="utf-8")
    return f"s3://{name}"


def test_run_from_and_to_a_bucket_has_the_bytes_of_a_local_one(
    tmp_path: Path, bucket: str, query: str
) -> None:
    score_run(tmp_path / "news", tmp_path / "run", SETTINGS)
    out = f"{bucket}/runs/one{query}"
    result = score_run(f"{bucket}/news{query}", out, SETTINGS, Choices(shard_size=2))
    remote = open_folder(out)
    assert list(remote.files(deep=True)) == sorted([*NAMES, "run.json"])
    for name in NAMES:
        assert remote.read(name) == (tmp_path / "run" / name).read_bytes()
    assert result.files[0] == f"{bucket}/runs/one/articles.parquet"
    assert run_status(out).finished
    assert [article.id for article in open_run(out).articles()] == ["a0", "c", "a2", "a3"]
    assert "endpoint_override" not in remote.read("run.json").decode()


def test_partitioned_run_in_a_bucket(tmp_path: Path, bucket: str, query: str) -> None:
    out = f"{bucket}/runs/parts{query}"
    score_run(f"{bucket}/news{query}", out, SETTINGS, Choices(partition_by=["source"]))
    (name,) = open_folder(out).files("articles.parquet", deep=True)
    assert name == "articles.parquet/source=__HIVE_DEFAULT_PARTITION__/part-0.parquet"
    assert [article.source for article in open_run(out).articles()] == [None] * 4


def test_stopped_run_in_a_bucket_goes_on(tmp_path: Path, bucket: str, query: str) -> None:
    source, out = f"{bucket}/news{query}", f"{bucket}/runs/two{query}"
    score_run(tmp_path / "news", tmp_path / "run", SETTINGS)

    def stop(phase: str, articles: int, rejects: int, done: float) -> None:
        if phase == "scoring" and articles == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_run(source, out, SETTINGS, Choices(shard_size=2), stop)
    status = run_status(out)
    assert (status.finished, status.shards, status.shards_done, status.working) == (False, 3, 1, None)
    with pytest.raises(InputError, match="holds a run that was stopped"):
        score_run(source, out, SETTINGS)
    score_run(source, out, SETTINGS, Choices(resume=True))
    for name in NAMES:
        assert open_folder(out).read(name) == (tmp_path / "run" / name).read_bytes()


def test_pattern_and_single_object(bucket: str, query: str) -> None:
    assert list(find_input(f"{bucket}/news/**/*.jsonl{query}").files) == ["a.jsonl", "deep/b.jsonl"]
    assert list(find_input(f"{bucket}/news/?.txt{query}").files) == ["c.txt"]
    assert find_input(f"{bucket}/news/c.txt{query}").alone
    with pytest.raises(InputError, match="/absent: no such file or folder"):
        find_input(f"{bucket}/absent{query}")


def test_failed_upload_leaves_no_object(bucket: str, query: str) -> None:
    folder = open_folder(f"{bucket}/news{query}")
    with pytest.raises(ValueError), folder.writing("half.txt") as file:
        file.write(b"half")
        raise ValueError
    assert not folder.exists("half.txt")


def test_bucket_that_does_not_exist_is_a_clear_error(tmp_path: Path, bucket: str, query: str) -> None:
    with pytest.raises(InputError, match=r"^s3://no-such-bucket/in: no such file or folder"):
        find_input(f"s3://no-such-bucket/in{query}")
    with pytest.raises(
        StancewireError, match=r"^s3://no-such-bucket/run: the run cannot be written: "
    ) as caught:
        score_run(tmp_path / "news", f"s3://no-such-bucket/run{query.replace('true', 'false')}", SETTINGS)
    assert "endpoint_override" not in str(caught.value)


def test_parquet_in_a_bucket_is_read_from_any_row(bucket: str, query: str, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"text": [f"Text {n}." for n in range(60)]}), tmp_path / "t.parquet", row_group_size=20
    )
    open_folder(f"{bucket}/news{query}").write("t.parquet", (tmp_path / "t.parquet").read_bytes())
    rows = ArticleReader(find_input(f"{bucket}/news/t.parquet{query}")).rows(Start(0, 0, 45))
    assert [read.item.place for read in rows] == [f"t.parquet:{n}" for n in range(46, 61)]
