"""The page as text: what it says, that it is bounded, and that nothing of an article can run in it."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fake_runs import scored, write_run
from test_cli import invoke

from pipeline.io.read import Reject
from pipeline.records import ScoredArticle, Span, StanceRecord, grow
from pipeline.report import page as page_module
from pipeline.report.page import _cut, _island, _safe_url, _units

SCRIPT = "<script>alert(1)</script>"
ENDING = "</script><img/src=x/onerror=alert(2)>"
STORY = "Xi backs Putin\nXi backs Putin\nXi backs Putin\nPutin rejects Nato\nPutin rejects Nato\nPutin rejects Nato"


class Elements(HTMLParser):
    """Every element of a document with its attributes, and the text of the last one of each id or tag."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(document)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.found[-1] if self.found else ("", {})
        key = attributes.get("id") or tag
        self.texts[key] = self.texts.get(key, "") + data


@pytest.fixture(autouse=True)
def small_library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundling Vega takes seconds; what the page does with it is for the tests in a browser."""
    monkeypatch.setattr(page_module.vl_convert, "javascript_bundle", lambda snippet: f"/* vega */{snippet}")


def hostile_run(folder: Path) -> Path:
    """Articles, actors, outlets and rejects whose every string is an attack on the page."""
    articles = [
        scored(
            "plain", STORY, title="Calm", source="Wire", published_at="2026-01-02", url="https://w.example/1"
        ),
        scored(
            SCRIPT,
            f"Xi rejects {ENDING}\nXi rejects Modi",
            title=SCRIPT,
            source=ENDING,
            url="javascript:alert(3)",
        ),
        scored("copy<b>", STORY, source=SCRIPT),
    ]
    return write_run(folder, articles, rejects=[Reject(ENDING, SCRIPT, "x", "read")])


@pytest.fixture
def document(tmp_path: Path) -> str:
    result = invoke("report", hostile_run(tmp_path / "run"))
    assert result.exit_code == 0, result.output
    return (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_only_the_pages_own_scripts_and_style_stand_in_it(document: str) -> None:
    elements = Elements(document)
    scripts = [attributes for tag, attributes in elements.found if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}, {}]
    assert not [
        tag for tag, _ in elements.found if tag in ("img", "iframe", "object", "embed", "base", "link")
    ]
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert not [
        value for _, attributes in elements.found for name, value in attributes.items()
        if name in ("src", "href", "action") and not (value or "").startswith("#")
    ]  # fmt: skip


def test_the_policy_names_the_hashes_of_scripts_and_style_and_allows_nothing_else(document: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', document)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.replace("&#39;", "'").split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    scripts = re.findall(r"<script>(.*?)</script>", document, re.DOTALL)
    assert rules["script-src"].split() == [hashed(one) for one in scripts]
    assert rules["style-src"].split() == [
        hashed(one) for one in re.findall(r"<style>(.*?)</style>", document, re.DOTALL)
    ]
    assert not re.search(r"unsafe|\*", policy)


def test_what_articles_say_is_shown_as_they_say_it(document: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in document
    assert "&lt;/script&gt;&lt;img/src=x/onerror=alert(2)&gt;" in document
    data = json.loads(Elements(document).texts["data"])
    assert [SCRIPT, SCRIPT, ENDING, "", "", -1] in [article[:6] for article in data["articles"]]
    assert f"Xi rejects {ENDING}" in [statement[1] for statement in data["statements"]]
    assert ENDING in [key[0] for key in data["keys"]["actors"]]


def test_the_script_has_no_way_to_make_markup_or_code_of_text() -> None:
    script = (Path(page_module.__file__).parent / "page.js").read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc"
        r"|\beval\b|Function\(|import\(|fetch\(|XMLHttpRequest|WebSocket|localStorage"
    )
    assert re.findall(forbidden, script) == []
    assert "ast: true" in script


def test_the_page_tells_the_run_in_words(document: str) -> None:
    text = re.sub(r"\s+", " ", document)
    assert "<h1>China backs Russia, Russia opposes NATO</h1>" in text
    assert "3 articles from 3 outlets, published on 2 January 2026 (1 without a date)." in text
    assert "One copy of another article is left out of all counts." in text
    assert "Of 8 stances, 100% take a side (95 % interval 29% to 100%): 3 support and 5 oppose." in text
    assert "China toward Russia (3 for, 0 against, of 3)" in text
    assert "1 row of the input could not be scored" in text
    assert "<td>copy&lt;b&gt;</td><td>plain</td>" in text


def test_a_run_without_anything_still_gives_a_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [scored("a", "Rain fell.")])
    assert invoke("report", folder, "--out", tmp_path / "out").exit_code == 0
    document = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<h1>Who says what about whom</h1>" in document
    assert "1 article, none of them dated." in document
    assert json.loads(Elements(document).texts["data"])["sentences"] == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "agreement.csv", "edges.csv", "network.graphml", "nodes.csv", "report.html",
    ]  # fmt: skip


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    folder = hostile_run(tmp_path / "run")
    for out in ("one", "two"):
        assert invoke("report", folder, "--out", tmp_path / out).exit_code == 0
    for name in ("report.html", "network.graphml", "edges.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_counts_in_the_page_are_those_of_the_run(document: str) -> None:
    data = json.loads(Elements(document).texts["data"])
    cells = data["levels"]["actors"]["cells"]
    rows = [cells[at : at + 10] for at in range(0, len(cells), 10)]
    whole = [row for row in rows if row[:2] == [-1, -1]]
    assert [sum(row[4 + label] for row in whole) for label in range(4)] == [3, 0, 5, 0]
    assert sum(row[8] for row in whole) == 2
    holder = [key[0] for key in data["keys"]["actors"]].index("Xi")
    assert sum(row[4] for row in rows if row[0] == holder and row[1] == -1) == 3


def test_json_cannot_leave_its_island() -> None:
    values = {"a": ENDING, "b": "<!-- <script> & \u2028"}
    text = _island(values)
    assert not {"<", ">", "&"} & set(text)
    assert json.loads(text) == values


def test_only_web_addresses_become_links() -> None:
    assert _safe_url("HTTPS://w.example/1") == "HTTPS://w.example/1"
    for url in (
        None,
        "",
        "javascript:alert(1)",
        " https://w.example",
        "data:text/html,x",
        "https://" + "a" * 700,
    ):
        assert _safe_url(url) == ""


def test_offsets_are_those_of_javascript_and_stay_in_the_text() -> None:
    text = "👍👍 Xi backs Putin"
    statement = Span(10, 10 + len(text))
    assert _units(Span(13, 15), statement, text) == (5, 7)
    assert _units(None, statement, text) == _units(Span(0, 4), statement, text) == (-1, -1)
    assert _units(Span(22, 27), statement, text[:8]) == (-1, -1)


def test_long_texts_are_cut() -> None:
    assert _cut("a" * 90, "name") == "a" * 90
    assert _cut("a" * 91, "name") == "a" * 89 + "…"


def test_marked_spans_of_a_statement_reach_the_page(tmp_path: Path) -> None:
    article = scored("a", "👍 Xi backs Putin")
    (stance,) = scored("a", "Xi backs Putin").stances
    record = grow(StanceRecord, stance, holder_span=Span(2, 4), target_span=Span(11, 16))
    folder = write_run(tmp_path / "run", [grow(ScoredArticle, article, stances=(record,))])
    assert invoke("report", folder).exit_code == 0
    data = json.loads(Elements((folder / "report.html").read_text("utf-8")).texts["data"])
    (row,) = data["sentences"]
    units = data["statements"][0][1].encode("utf-16-le")
    marked = [units[2 * start : 2 * end].decode("utf-16-le") for start, end in (row[5:7], row[7:9])]
    assert marked == ["Xi", "Putin"]
