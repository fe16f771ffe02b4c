"""The tables of actors and countries, and the analysis of names and nominals."""

from pathlib import Path

import pytest

from pipeline.actors.countries import CountryTable, load_countries
from pipeline.actors.keys import fold, slug
from pipeline.actors.names import clean_name, is_pronoun
from pipeline.actors.phrases import analyse, singular, split_name, title_tail, tokens
from pipeline.actors.tables import ActorTable, load_actors
from pipeline.errors import ConfigError
from pipeline.paths import config_path

UN_MEMBERS = (
    "AFG ALB DZA AND AGO ATG ARG ARM AUS AUT AZE BHS BHR BGD BRB BLR BEL BLZ BEN BTN BOL BIH BWA BRA BRN BGR BFA BDI "
    "CPV KHM CMR CAN CAF TCD CHL CHN COL COM COG COD CRI CIV HRV CUB CYP CZE PRK DNK DJI DMA DOM ECU EGY SLV GNQ ERI "
    "EST SWZ ETH FJI FIN FRA GAB GMB GEO DEU GHA GRC GRD GTM GIN GNB GUY HTI HND HUN ISL IND IDN IRN IRQ IRL ISR ITA "
    "JAM JPN JOR KAZ KEN KIR KWT KGZ LAO LVA LBN LSO LBR LBY LIE LTU LUX MDG MWI MYS MDV MLI MLT MHL MRT MUS MEX FSM "
    "MCO MNG MNE MAR MOZ MMR NAM NRU NPL NLD NZL NIC NER NGA MKD NOR OMN PAK PLW PAN PNG PRY PER PHL POL PRT QAT KOR "
    "MDA ROU RUS RWA KNA LCA VCT WSM SMR STP SAU SEN SRB SYC SLE SGP SVK SVN SLB SOM ZAF SSD ESP LKA SDN SUR SWE CHE "
    "SYR TJK THA TLS TGO TON TTO TUN TUR TKM TUV UGA UKR ARE GBR TZA USA URY UZB VUT VEN VNM YEM ZMB ZWE"
).split()


@pytest.fixture(scope="module")
def countries() -> CountryTable:
    return load_countries(config_path("countries.yaml"))


@pytest.fixture(scope="module")
def actors() -> ActorTable:
    return load_actors(config_path("actors.yaml"))


def test_every_un_member_has_name_demonym_and_capital(countries: CountryTable) -> None:
    assert len(UN_MEMBERS) == 193
    for code in UN_MEMBERS:
        found = countries.find(countries.names[code])
        assert found is not None and found.code == code, code
        assert countries.words[countries.demonyms[code]].kind in ("demonym", "name"), code
        assert countries.capitals.get(code), code


@pytest.mark.parametrize(
    ("phrase", "code", "kind"),
    [
        ("U.S.", "USA", "name"),
        ("the United States", "USA", "name"),
        ("Britain", "GBR", "name"),
        ("Burma", "MMR", "name"),
        ("Côte d’Ivoire", "CIV", "name"),
        ("Czechia", "CZE", "name"),
        ("Kosovo", "XKX", "name"),
        ("Dutch", "NLD", "demonym"),
        ("the French", "FRA", "demonym"),
        ("Congolese", "COD", "demonym"),
        ("American", "USA", "demonym"),
        ("Indian", "IND", "demonym"),
        ("Russians", "RUS", "people"),
        ("North Koreans", "PRK", "people"),
        ("Spaniards", "ESP", "people"),
        ("Beijing", "CHN", "capital"),
        ("Reykjavík", "ISL", "capital"),
        ("Washington", "USA", "capital"),
        ("Istanbul", "TUR", "city"),
    ],
)
def test_country_words(countries: CountryTable, phrase: str, code: str, kind: str) -> None:
    found = countries.find(phrase)
    assert found is not None
    assert (found.code, found.kind) == (code, kind)


@pytest.mark.parametrize(
    ("city", "code"), [("Vigo", "ESP"), ("Fray Bentos", "URY"), ("Sfax", "TUN"), ("Jenin", "PSE")]
)
def test_towns_of_the_news(countries: CountryTable, city: str, code: str) -> None:
    found = countries.find(city)
    assert found is not None and (found.code, found.kind) == (code, "city")


def test_us_in_lower_case_is_no_country(countries: CountryTable) -> None:
    assert countries.find("us") is None
    assert is_pronoun("us") and not is_pronoun("US") and not is_pronoun("WHO") and is_pronoun("I")


def test_scan_finds_the_longest_country_word(countries: CountryTable) -> None:
    words = tokens("South Korean and Papua New Guinean envoys left New Delhi")
    assert [one.word.code for one in countries.scan(words)] == ["KOR", "PNG", "IND"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("The North Korean leader wrote to the North Koreans", ["PRK", "PRK"]),
        ("the North said that the North Atlantic and the North East are calm", ["PRK"]),
        ("Leila De Lima flew from Lima", ["PER"]),
        ("its American-led allies", ["USA"]),
    ],
)
def test_scan_takes_no_part_of_a_longer_name(countries: CountryTable, text: str, codes: list[str]) -> None:
    assert [one.word.code for one in countries.scan(tokens(text))] == codes


def test_known_actors(actors: ActorTable) -> None:
    assert actors.find("the Kremlin").how == "metonym"  # type: ignore[union-attr]
    assert actors.find("Zelenskyy").id == "volodymyr-zelensky"  # type: ignore[union-attr]
    assert actors.find("WHO").country == "UN"  # type: ignore[union-attr]
    assert actors.find("who") is None
    assert all(row.country for row in actors.rows.values() if row.kind == "government")


def test_no_two_shipped_actors_share_a_name(actors: ActorTable) -> None:
    names: dict[str, str] = {}
    for row in actors.rows.values():
        for name in (row.name, *row.aliases):
            assert names.setdefault(name, row.id) == row.id, name


def test_users_rows_come_on_top_and_replace(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(
        "actors:\n"
        "  - {id: kremlin, name: Kremlin, kind: government, country: RUS}\n"
        "  - {id: velmora-bank, name: Velmora Bank, kind: organisation, country: PRT, aliases: [Velmora]}\n"
    )
    table = load_actors(config_path("actors.yaml"), [own])
    assert table.find("Velmora").country == "PRT"  # type: ignore[union-attr]
    # The replaced row's names are gone with it.
    assert table.rows["kremlin"].how == "name" and table.rows["kremlin"].aliases == ()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{id: Bad Id, name: X, kind: person}", "bad-id"),
        ("{id: x, name: X, kind: wizard}", "actors row 1 (x): kind"),
        ("{id: x, name: X, kind: person, country: france}", "alpha-3"),
        ("{id: x, name: X, kind: person, colour: red}", "known keys: id, name"),
        (
            "{id: x, name: X, kind: person, offices: [{title: king, from: 2001-01-01, to: 2000-01-01}]}",
            "lies before",
        ),
        ("{id: x, name: X, kind: group}\n  - {id: x, name: Y, kind: group}", "stands in row 1 already"),
    ],
)
def test_a_wrong_row_is_named_with_its_remedy(tmp_path: Path, row: str, told: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"actors:\n  - {row}\n")
    with pytest.raises(ConfigError) as caught:
        load_actors(path)
    assert told in str(caught.value)
    assert "wrong.yaml" in str(caught.value)


def test_unreadable_tables(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_actors(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("actors: [")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_actors(broken)
    broken.write_text("people: []")
    with pytest.raises(ConfigError, match="unknown key 'people'"):
        load_actors(broken)
    with pytest.raises(ConfigError, match=r"configs/nowhere\.yaml: not found"):
        config_path("nowhere.yaml")


def test_phrase_of_a_nominal(countries: CountryTable) -> None:
    phrase = analyse("Cuba's two deputy foreign ministers", countries)
    assert (phrase.possessor, phrase.head, phrase.country, phrase.plural) == (
        "Cuba",
        "ministers",
        "CUB",
        True,
    )
    phrase = analyse("the foreign ministry in Managua", countries)
    assert (phrase.head, phrase.modifiers, phrase.country) == ("ministry", ("foreign",), "NIC")
    phrase = analyse("the Chinese ambassador to Japan", countries)
    assert (phrase.head, phrase.country) == ("ambassador", "CHN")
    phrase = analyse("people briefed on the talks", countries)
    assert (phrase.head, phrase.plural) == ("people", True)
    assert analyse("both leaders", countries).count == 2
    assert analyse("", countries).head == ""


def test_titles_come_off_names(countries: CountryTable) -> None:
    assert split_name(tokens("Chinese Foreign Minister Wang Yi"), countries) == (
        ["foreign", "minister"],
        ["Wang", "Yi"],
        "CHN",
    )
    assert split_name(tokens("Sen. Ada Brook"), countries)[1] == ["Ada", "Brook"]
    assert split_name(tokens("General Motors"), countries)[1] == ["General", "Motors"]
    assert title_tail(tokens("told reporters that Foreign Minister")) == ["foreign", "minister"]
    assert title_tail(tokens("he met the")) == []


def test_small_forms() -> None:
    assert clean_name("Putin’s") == "Putin"
    assert clean_name("the “") == clean_name("the ’") == "the"
    assert singular("ministries") == "ministry" and singular("police") == "police"
    assert slug("Recep Tayyip Erdoğan") == "recep-tayyip-erdogan" and slug("王毅") == "王毅"
    assert fold("Łukasz Çelik") == "lukasz celik"


def test_offices_that_not_every_state_has(countries: CountryTable) -> None:
    assert countries.has_office("prime minister", "GBR") and not countries.has_office("prime minister", "USA")
    assert countries.has_office("emir", "QAT") and not countries.has_office("emir", "FRA")
    assert countries.has_office("striker", "FRA")
