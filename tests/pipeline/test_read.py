import datetime
import decimal
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import InputError
from pipeline.ids import content_id
from pipeline.io.folders import open_folder
from pipeline.io.inputs import find_input
from pipeline.io.read import ArticleReader, Reject, Row, Start, article_from
from pipeline.records import Article


def items(source: Path | str) -> list[Row | Reject]:
    """What an input gives; whatever it is, reading on from any row gives the rest."""
    reader = ArticleReader(find_input(source))
    reads = list(reader.rows())
    for index in range(0, len(reads), max(1, len(reads) // 8)):
        assert list(reader.rows(reads[index].after)) == reads[index + 1 :], reads[index].item.place
    return [read.item for read in reads]


def articles(source: Path) -> list[Article]:
    read = items(source)
    assert all(isinstance(item, Row) for item in read), read
    return [item.article for item in read]


def only_reject(source: Path) -> Reject:
    rejects = [item for item in items(source) if isinstance(item, Reject)]
    assert len(rejects) == 1, rejects
    return rejects[0]


def jsonl(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_jsonl_row_gives_every_field_and_ignores_others(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "text": "Rain fell.",
        "title": "Rain",
        "source": "Post",
        "published_at": "2026-01-02",
        "url": "u",
    }
    path = jsonl(tmp_path / "in.jsonl", {**row, "author": ["x"]})
    assert articles(path) == [Article(**row)]


def test_bom_crlf_and_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"id": "a", "text": "One."}\r\n\r\n{"id": "b", "text": "Two.\\r\\nThree."}\r\n'
    )
    assert [(one.id, one.text) for one in articles(path)] == [("a", "One."), ("b", "Two.\r\nThree.")]


def test_missing_id_comes_from_all_content(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "in.jsonl", {"text": "One.", "source": "Post"}, {"text": "One.", "source": "Times"}
    )
    first, second = articles(path)
    assert first.id == content_id("One.", "", "Post", "", "")
    assert first.id != second.id


@pytest.mark.parametrize(
    ("given", "expected"), [(7, "7"), (7.0, "7"), ("007", "007"), (2.5, "2.5"), (10**20, str(10**20))]
)
def test_numeric_ids_become_strings(tmp_path: Path, given: object, expected: str) -> None:
    assert articles(jsonl(tmp_path / "in.jsonl", {"id": given, "text": "One."}))[0].id == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "b", "text": ', "not valid JSON"),
        ('["a", "b"]', "the line holds a list; one JSON object a line is needed"),
        ('{"id": "b", "body": "One."}', "no field 'text'; the row has: id, body"),
        ('{"id": "b", "text": null}', "text is missing"),
        ('{"id": "b", "text": NaN}', "text is missing"),
        ('{"id": "b", "text": 12}', "text is a number, not a string"),
        ('{"id": "b", "text": {"en": "One."}}', "text is an object, not a string"),
        ('{"id": "b", "text": " \\n\\t"}', "text is empty"),
        ('{"id": "b", "text": "half \\ud83d"}', "text holds half a character (\\ud83d alone)"),
        ('{"id": true, "text": "One."}', "id is true or false, not a string"),
        ('{"id": "b", "text": "One.", "title": ["x"]}', "title is a list, not a string"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_bad_line_is_rejected_with_place_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    path = jsonl(tmp_path / "in.jsonl", {"id": "a", "text": "One."}, line, {"id": "z", "text": "Last."})
    reject = only_reject(path)
    assert reject.place == "in.jsonl:2"
    assert reason in reject.reason
    assert [item.article.id for item in items(path) if isinstance(item, Row)] == ["a", "z"]


def test_reject_keeps_the_id_where_it_is_known(tmp_path: Path) -> None:
    assert only_reject(jsonl(tmp_path / "in.jsonl", {"id": 5, "text": ""})).id == "5"
    assert only_reject(jsonl(tmp_path / "in.jsonl", {"text": ""})).id is None


def test_bad_utf8_costs_one_row_in_jsonl_and_csv(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "caf\xe9"}\n{"text": "tea"}\n')
    (tmp_path / "b.csv").write_bytes(b"id,text\n1,fine\n2,caf\xe9\n3,fine too\n")
    (tmp_path / "c.txt").write_bytes(b"fine\ncaf\xe9\n")
    read = items(tmp_path)
    rejects = [item for item in read if isinstance(item, Reject)]
    assert [reject.place for reject in rejects] == ["a.jsonl:1", "b.csv:3", "c.txt"]
    assert all("not valid UTF-8 (byte 0xe9)" in reject.reason for reject in rejects)
    assert "line 2" in rejects[2].reason
    assert [item.article.text for item in read if isinstance(item, Row)] == ["tea", "fine", "fine too"]


def test_csv_quoting_line_breaks_and_huge_fields(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    huge = "word " * 100_000
    path.write_text(
        f'id,text,extra\n1,"He said ""no"",\ntwice",x\n\n2,{huge},y\n3,,z\n', encoding="utf-8-sig"
    )
    read = items(path)
    assert [item.place for item in read] == ["in.csv:2", "in.csv:5", "in.csv:6"]
    assert read[0].article.text == 'He said "no",\ntwice'
    assert read[1].article.text == huge
    assert read[2].reason == "text is empty"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_of_spreadsheets_with_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"id{delimiter}text\n1{delimiter}One, two, three.\n", encoding="utf-8")
    assert articles(path)[0].text == "One, two, three."


def test_csv_row_that_does_not_fit_its_header_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,One, two\n2\n3,Three\n", encoding="utf-8")
    first, second, third = items(path)
    assert "3 fields where the header has 2" in first.reason
    assert "1 fields where the header has 2" in second.reason
    assert third.article.id == "3"


def test_csv_quote_that_never_closes_names_the_lines_lost(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('id,text\n1,One\n2,"Two\n3,Three\n', encoding="utf-8")
    first, second = items(path)
    assert first.article.id == "1"
    assert second.place == "in.csv:3"
    assert "lines 3 to 4 were not read" in second.reason


def test_parquet_dates_numbers_and_nulls(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    zone = datetime.UTC
    table = pa.table(
        {
            "text": pa.array(["One.", None, "Three.", "Four."], pa.large_string()),
            "id": [1, 2, None, 4],
            "published_at": pa.array(
                [datetime.datetime(2026, 1, 2, 3, 4, tzinfo=zone), None, None, None],
                pa.timestamp("ns", "UTC"),
            ),
            "source": pa.array(["Post"] * 4).dictionary_encode(),
            "url": [datetime.date(2026, 1, 2)] * 4,
            "title": [decimal.Decimal("1.50")] * 4,
        }
    )
    pq.write_table(table, path)
    first, second, third, _ = items(path)
    assert first.article == Article(
        id="1",
        text="One.",
        title="1.50",
        source="Post",
        published_at="2026-01-02T03:04:00+00:00",
        url="2026-01-02",
    )
    assert second == Reject("in.parquet:2", "text is missing", "2")
    assert third.article.id == content_id("Three.", "1.50", "Post", "", "2026-01-02")


def test_parquet_with_bad_bytes_in_one_cell_loses_one_row(tmp_path: Path) -> None:
    bad = pa.array([b"fine", b"caf\xe9", b"fine too"]).view(pa.string())
    pq.write_table(pa.table({"text": bad, "id": ["a", "b", "c"]}), tmp_path / "in.parquet")
    reject = only_reject(tmp_path / "in.parquet")
    assert (reject.place, reject.id) == ("in.parquet:2", "b")
    assert "text is not valid UTF-8" in reject.reason


def test_parquet_is_streamed_over_batches_in_order(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [f"Text {n}." for n in range(1000)]}), tmp_path / "in.parquet")
    read = items(tmp_path / "in.parquet")
    assert [item.place for item in read] == [f"in.parquet:{n}" for n in range(1, 1001)]


def test_damaged_parquet_keeps_the_rows_before_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    texts = pa.table({"text": [f"Text {n}." for n in range(2000)]})
    pq.write_table(texts, path, row_group_size=1000, use_dictionary=False, compression="gzip")
    offset = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[offset : offset + 400] = bytes(400)
    path.write_bytes(data)
    read = items(path)
    assert isinstance(read[-1], Reject)
    assert "damaged from this row on" in read[-1].reason
    assert len(read) > 500


def test_txt_is_one_article_named_after_its_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.one.txt").write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\r\n")
    (tmp_path / "deep" / "a.txt").write_text("Three.", encoding="utf-8")
    assert [(one.id, one.text) for one in articles(tmp_path)] == [
        ("b.one", "One.\nTwo.\n"),
        ("deep/a", "Three."),
    ]
    assert articles(tmp_path / "deep" / "a.txt")[0].id == "a"


def test_folder_goes_on_past_files_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nonsense")
    (tmp_path / "b.csv").write_text("headline,body\nx,y\n", encoding="utf-8")
    (tmp_path / "c.docx").write_bytes(b"PK")
    (tmp_path / "d.csv").write_text("text,text\nx,y\n", encoding="utf-8")
    (tmp_path / "e.jsonl").write_text('{"text": "One."}\n', encoding="utf-16")
    (tmp_path / "f.txt").write_text("Read.", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("Not read.", encoding="utf-8")
    read = items(tmp_path)
    reasons = {item.place: item.reason for item in read if isinstance(item, Reject)}
    assert [item.article.text for item in read if isinstance(item, Row)] == ["Read."]
    assert "not a readable Parquet file" in reasons["a.parquet"]
    assert "no column 'text' (its columns are: headline, body); rename" in reasons["b.csv"]
    assert ".docx is not read; use .jsonl" in reasons["c.docx"]
    assert "column 'text' occurs 2 times" in reasons["d.csv"]
    assert "UTF-16; save it as UTF-8" in reasons["e.jsonl"]
    assert len(reasons) == 5


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.csv", b"headline,body\nx,y\n", "no column 'text' (its columns are: headline, body)"),
        ("in.csv", b"", "no column 'text' (it is empty)"),
        ("in.parquet", b"nonsense", "not a readable Parquet file"),
        ("in.docx", b"PK", ".docx is not read; use .jsonl"),
    ],
)
def test_single_file_that_is_unreadable_is_an_error(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        items(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_input_without_anything_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        find_input(tmp_path / "absent")
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="no file of a known type in this folder"):
        find_input(tmp_path)


def test_run_folder_within_the_input_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "statements.jsonl").write_text('{"text": "Old."}\n', encoding="utf-8")
    (tmp_path / "a.txt").write_text("New.", encoding="utf-8")
    assert list(find_input(tmp_path, leave_out=open_folder(tmp_path / "run")).files) == ["a.txt"]


def test_reader_tells_how_far_it_is(tmp_path: Path) -> None:
    jsonl(tmp_path / "a.jsonl", {"text": "One."}, {"text": "Two."})
    jsonl(tmp_path / "b.jsonl", {"text": "Six."}, {"text": "Ten."})
    assert [read.done for read in ArticleReader(find_input(tmp_path)).rows()] == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["a.txt", "ab.txt"]),
        ("?.txt", ["a.txt"]),
        ("**/*.txt", ["a.txt", "ab.txt", "deep/er/c.txt", "deep/d.txt"]),
        ("deep/**", ["er/c.txt", "d.txt"]),
        ("deep/*/[!x].txt", ["er/c.txt"]),
        ("*/d.*", ["deep/d.txt"]),
    ],
)
def test_pattern_names_files(tmp_path: Path, pattern: str, names: list[str]) -> None:
    for name in ("a.txt", "ab.txt", "deep/d.txt", "deep/er/c.txt", "deep/er/.hidden.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("One.", encoding="utf-8")
    for where in (f"{tmp_path}/{pattern}", f"file://{tmp_path}/{pattern}"):
        assert sorted(find_input(where).files) == sorted(names)
    with pytest.raises(InputError, match=r"no file matches; quote the pattern"):
        find_input(f"{tmp_path}/*.csv")


def test_file_with_brackets_in_its_name_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("One.", encoding="utf-8")
    assert list(find_input(tmp_path / "a[1].txt").files) == ["a[1].txt"]


def test_unknown_url_is_an_error_without_its_secrets() -> None:
    with pytest.raises(InputError, match=r"^ftp://host/folder: cannot be opened") as caught:
        find_input("ftp://user:secret@host/folder?key=hidden")
    assert "a URL such as s3://bucket/folder" in str(caught.value)


def test_parquet_row_groups_before_the_start_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": [f"Text {n}." for n in range(40)]}), path, row_group_size=10)
    data = bytearray(path.read_bytes())
    data[4:60] = bytes(56)  # The first row group is no longer readable.
    path.write_bytes(data)
    rows = ArticleReader(find_input(path)).rows(Start(0, 0, 25))
    assert [read.item.place for read in rows] == [f"in.parquet:{n}" for n in range(26, 41)]


def test_article_from_a_mapping_says_what_is_wrong() -> None:
    assert article_from({"id": 3, "text": "One."}).id == "3"
    with pytest.raises(InputError, match="text is empty"):
        article_from({"text": ""})
