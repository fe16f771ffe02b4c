"""`stancewire actors`: tables of users checked, names looked up."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipeline.cli import app


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["actors", *map(str, arguments)])


def table(folder: Path, *rows: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text("actors:\n" + "".join(f"  - {{{row}}}\n" for row in rows), encoding="utf-8")
    return path


def test_check_tells_what_rows_replace(tmp_path: Path) -> None:
    mine = table(
        tmp_path,
        "id: harbour-union, name: Harbour Union, kind: organisation, country: NLD",
        "id: hu-jintao, name: Hu Jintao, kind: person, country: CHN",
        "id: xi-shan, name: Xi Shan, kind: person, country: CHM, aliases: [Xi]",
    )
    result = invoke("check", mine)
    assert result.exit_code == 0, result.output
    told = " ".join(result.stdout.split())
    assert "3 rows, all well formed" in told
    assert "hu-jintao: replaces Hu Jintao" in told
    assert "'Xi' no longer means Xi Jinping (xi-jinping)" in told
    assert "has the country 'CHM'" in told
    assert "harbour-union" not in told


def test_check_names_the_row_that_is_wrong(tmp_path: Path) -> None:
    result = invoke("check", table(tmp_path, "id: Harbour Union, name: Harbour Union, kind: organisation"))
    assert result.exit_code == 1
    assert "actors row 1" in result.stderr and "harbour-union" in result.stderr


@pytest.mark.parametrize(("day", "holder"), [("2015-06-01", "barack-obama"), ("2025-06-01", "donald-trump")])
def test_find_tells_who_held_an_office(day: str, holder: str) -> None:
    result = invoke("find", "U.S. president", "--on", day)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{holder}:")


def test_find_knows_names_parts_of_names_and_places(tmp_path: Path) -> None:
    assert invoke("find", "Xi").stdout.startswith("xi-jinping:")
    assert "vladimir-putin:" in invoke("find", "vladimir p").stdout
    assert "capital of Kenya (KEN)" in invoke("find", "Nairobi").stdout
    mine = table(tmp_path, "id: harbour-union, name: Harbour Union, kind: organisation, aliases: [the HWU]")
    assert invoke("find", "the HWU", "--table", mine).stdout.startswith("harbour-union: Harbour Union")


def test_find_of_nobody_is_status_1() -> None:
    result = invoke("find", "Zzyzx Quux")
    assert result.exit_code == 1
    assert "stages.resolve.tables" in result.stderr
