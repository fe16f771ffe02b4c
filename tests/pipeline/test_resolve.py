"""Resolution: mentions to actors with countries, statements and attributions to speakers, on sentences invented for it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from models.labels import MentionKind
from pipeline.errors import ConfigError
from pipeline.records import (
    AUTHOR,
    AttributedArticle,
    AttributedStatement,
    Dropped,
    LinkedAttribution,
    Mention,
    ResolvedArticle,
    ResolvedMention,
    Span,
)
from pipeline.stages.resolve import TableResolver


def article(marked: str, carried: tuple[int, ...] = (), published_at: str | None = None) -> AttributedArticle:
    """An article from marked text: a line a statement, an empty line a new paragraph, [[mention]], {{source}}.

    A mention may name its kind: [[they|pronoun]]; without one it is a name. ``carried``: statements
    whose source is the one of the statement before.
    """
    text = ""
    mentions: list[Mention] = []
    statements: list[AttributedStatement] = []
    paragraph = 0
    paragraphs: list[Span] = []
    for line in marked.strip().split("\n"):
        if not line.strip():
            if not text.endswith("\n"):
                paragraph += 1
                text += "\n\n"
            continue
        if text and not text.endswith("\n"):
            text += " "
        start = len(text)
        sources: list[Span] = []
        opened: dict[str, int] = {}
        kinds: dict[int, MentionKind] = {}
        for piece in re.split(r"(\[\[|\]\]|\{\{|\}\})", line.strip()):
            if piece in ("[[", "{{"):
                opened[piece] = len(text)
            elif piece == "]]":
                at = opened["[["]
                mentions.append(Mention(at, len(text), text[at:], kinds.get(at, "name"), 0.9))
            elif piece == "}}":
                sources.append(Span(opened["{{"], len(text)))
            else:
                words, bar, kind = piece.partition("|")
                if bar:
                    kinds[len(text)] = kind  # type: ignore[assignment]
                text += words
        if len(statements) in carried:
            sources = list(statements[-1].sources)
        statements.append(
            AttributedStatement(
                start=start,
                end=len(text),
                id=f"s{len(statements)}",
                text=text[start:],
                paragraph=paragraph,
                kind="indirect" if sources else "narration",
                cue=None,
                sources=tuple(sources),
                attribution="carried" if len(statements) in carried else "cued" if sources else "author",
                confidence=1.0,
            )
        )
        if len(paragraphs) <= paragraph:
            paragraphs.append(Span(start, len(text)))
        paragraphs[paragraph] = Span(paragraphs[paragraph].start, len(text))
    return AttributedArticle(
        id="a",
        text=text,
        published_at=published_at,
        clean_text=text,
        paragraphs=tuple(paragraphs),
        dropped=(),
        statements=tuple(statements),
        mentions=tuple(mentions),
        tagged=(),
    )


@pytest.fixture(scope="module")
def resolver() -> TableResolver:
    stage = TableResolver(TableResolver.Options(checkpoint=None))
    stage.setup()
    return stage


def resolve(resolver: TableResolver, marked: str, **given: object) -> ResolvedArticle:
    return resolver.process([article(marked, **given)])[0]  # type: ignore[arg-type]


def find(resolved: ResolvedArticle, text: str, nth: int = 0) -> ResolvedMention:
    return [mention for mention in resolved.mentions if mention.text == text][nth]


def ids(mention: ResolvedMention) -> set[str]:
    return {actor.id for actor in mention.actors}


CALL = """
[[Chinese|nationality]] leader {{[[Xi Jinping]]}} told [[Vladimir Putin]] that [[China]] and [[Russia]] were friends.
{{[[Xi]]}} said [[the two nations|collective]] stay put and [[Washington]] should note [[their|pronoun]] patience.
{{[[He|pronoun]]}} added that nobody would divide them.

{{[[The Kremlin]]}} called the talk warm.
{{[[Both leaders|collective]]}} thanked [[each other|collective]].
"""


def test_a_mention_that_the_reader_cut_wrongly_becomes_an_actor(resolver: TableResolver) -> None:
    (mention,) = resolver.process([article("Critics of [[the “|nominal]]wall” spoke.")])[0].mentions
    assert [actor.name for actor in mention.actors] == ["the"]


def test_the_reference_call(resolver: TableResolver) -> None:
    got = resolve(resolver, CALL)
    assert ids(find(got, "Xi")) == {"xi-jinping"} == ids(find(got, "He"))
    assert ids(find(got, "Chinese")) == {"china"} and find(got, "Chinese").how == "demonym"
    assert ids(find(got, "the two nations")) == {"china", "russia"} == ids(find(got, "their"))
    assert ids(find(got, "Both leaders")) == {"xi-jinping", "vladimir-putin"}
    assert find(got, "Both leaders").how == "collective"
    washington = find(got, "Washington").actors[0]
    assert (washington.id, washington.kind, washington.country) == ("united-states", "country", "USA")
    kremlin = find(got, "The Kremlin").actors[0]
    assert (kremlin.kind, kremlin.country, find(got, "The Kremlin").how) == ("government", "RUS", "metonym")
    speakers = [[speaker.actor.id for speaker in statement.speakers] for statement in got.statements]
    assert speakers == [
        ["xi-jinping"],
        ["xi-jinping"],
        ["xi-jinping"],
        ["kremlin"],
        ["xi-jinping", "vladimir-putin"],
    ]
    assert got.statements[2].speakers[0].how == "pronoun"


def test_attributions_tell_whom_their_source_means(resolver: TableResolver) -> None:
    """An attribution inside another one's content has a speaker of its own, which no statement tells."""
    told = article(
        """
        {{[[Xi Jinping]]}} said that [[Vladimir Putin]] had told [[him|pronoun]] of rain.
        {{[[He|pronoun]]}} added: "[[I|pronoun]] told [[him|pronoun]] so."
        """
    )

    def span(words: str, after: str) -> Span:
        start = told.text.index(words, told.text.index(after))
        return Span(start, start + len(words))

    sources = [Span(0, 10), span("Vladimir Putin", "that"), None, span("I", "added")]
    attributions = tuple(
        LinkedAttribution(source, Span(11, 15), (), None if number == 0 else 0, 0.5)
        for number, source in enumerate(sources)
    )
    got = resolver.process([replace(told, attributions=attributions)])[0]
    speakers = [[one.actor.id for one in attribution.speakers] for attribution in got.attributions]
    assert speakers == [["xi-jinping"], ["vladimir-putin"], [], ["xi-jinping"]]
    assert got.attributions[1].speakers[0].span == sources[1]
    assert 0.2 < got.attributions[1].speakers[0].confidence <= 0.5
    assert [one.actor.id for one in got.statements[0].speakers] == ["xi-jinping"]


def test_titles_and_appositions_give_country(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Latvia]] closed a border post on Monday.
        [[Kenya]]'s cabinet secretary for trade, {{[[Amos Kiprono]]}}, objected.
        [[Portuguese|nationality]] Foreign Minister {{[[Rita Salgueiro]]}} agreed.
        {{[[Ana Ruiz]]}}, the [[Cuban|nationality]] envoy, did not.
        {{[[Oleg Brand]]}}, the mayor of Istanbul, was silent.
        """,
    )
    countries = {mention.text: mention.actors[0].country for mention in got.mentions}
    assert countries["Amos Kiprono"] == "KEN"
    assert countries["Rita Salgueiro"] == "PRT"
    assert countries["Ana Ruiz"] == "CUB"
    assert countries["Oleg Brand"] == "TUR"


def test_a_title_finds_its_bearer(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Polish|nationality]] President [[Witold Sarna]] met [[Norwegian|nationality]] Prime Minister [[Liv Aune]].
        [[The president|nominal]] gave [[the prime minister|nominal]] a map.
        [[The Norwegian prime minister|nominal]] thanked [[him|pronoun]].
        [[Sarna]] smiled.
        """,
    )
    assert (
        ids(find(got, "The president"))
        == {"witold-sarna"}
        == ids(find(got, "Sarna"))
        == ids(find(got, "him"))
    )
    assert ids(find(got, "the prime minister")) == {"liv-aune"}
    assert ids(find(got, "The Norwegian prime minister")) == {"liv-aune"}


def test_two_bearers_of_a_surname_stay_two(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        Senator [[Ada Brook]] accused her cousin, Mayor [[Ian Brook]].
        Mayor [[Brook]] laughed.
        Senator [[Brook]] did not.
        """,
    )
    assert ids(find(got, "Brook")) == {"ian-brook"}
    assert ids(find(got, "Brook", 1)) == {"ada-brook"}


def test_the_text_outranks_the_table(resolver: TableResolver) -> None:
    got = resolve(
        resolver, "[[Spanish|nationality]] poet [[Elena Putin]] read on Friday.\n[[Putin]] read well."
    )
    assert ids(find(got, "Putin")) == {"elena-putin"}
    assert find(got, "Putin").actors[0].country == "ESP"


def test_gender_comes_from_the_text_alone(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        Spokeswoman [[Kim Dorr]] met Mr. [[Robin Vale]] in Oslo.
        [[She|pronoun]] said [[he|pronoun]] had been late.
        """,
    )
    assert ids(find(got, "She")) == {"kim-dorr"}
    assert ids(find(got, "he")) == {"robin-vale"}


def test_first_persons_need_the_speaker(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        "[[We|pronoun]] told [[Athens]], and [[I|pronoun]] did," said {{[[Turkish|nationality]] Minister [[Selma Kaya]]}}.
        "[[Our|pronoun]] patience has ended."
        """,
        carried=(1,),
    )
    assert ids(find(got, "We")) == {"turkey"} == ids(find(got, "Our"))
    assert ids(find(got, "I")) == {"selma-kaya"}
    assert got.statements[0].speakers[0].actor.id == "selma-kaya"
    assert got.statements[1].speakers[0].how == "carried"


def test_i_in_narration_is_the_author(resolver: TableResolver) -> None:
    got = resolve(resolver, "[[I|pronoun]] have never liked [[the Élysée]].")
    assert find(got, "I").actors == (AUTHOR,)
    assert got.statements[0].speakers[0].actor == AUTHOR
    assert got.statements[0].speakers[0].span is None


def test_sources_without_a_mention_become_actors(resolver: TableResolver) -> None:
    got = resolve(resolver, "{{Chilean miners}} said [[Peru]] was to blame.")
    speaker = got.statements[0].speakers[0]
    assert (speaker.actor.name, speaker.actor.kind, speaker.actor.country) == (
        "Chilean miners",
        "group",
        "CHL",
    )
    assert speaker.how == "nominal"


def test_the_head_of_a_source_speaks(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        {{A spokesman for [[the Kremlin]]}} said it was late.
        {{[[Chinese|nationality]] Foreign Minister [[Wang Yi]]}} disagreed.
        {{[[The Chinese|nationality]]}} state news agency [[Xinhua]] said nothing.
        """,
    )
    assert [one.speakers[0].actor.id for one in got.statements] == ["kremlin", "wang-yi", "xinhua"]


def test_nominals_of_bodies_find_them_again(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[The Farmers' Union of Ghana]] struck on Monday and [[ASEAN]] watched.
        [[The union|nominal]] wants more pay, and [[the bloc|nominal]] none of it.
        [[Ghana]] is calm; [[the country|nominal]] has seen worse.
        """,
    )
    assert ids(find(got, "The union")) == ids(find(got, "The Farmers' Union of Ghana"))
    assert find(got, "The union").actors[0].country == "GHA"
    assert ids(find(got, "the bloc")) == {"asean"}
    assert ids(find(got, "the country")) == {"ghana"}


def test_owned_nominals_are_named_by_their_owner(resolver: TableResolver) -> None:
    got = resolve(resolver, "[[Hungary]] objected on Monday, and [[its prime minister|nominal]] left.")
    actor = find(got, "its prime minister").actors[0]
    assert (actor.name, actor.country) == ("Hungarian prime minister", "HUN")


def test_officials_of_two_countries(resolver: TableResolver) -> None:
    got = resolve(resolver, "[[Thai and Lao officials|collective]] met in Rome.")
    assert {actor.country for actor in find(got, "Thai and Lao officials").actors} == {"THA", "LAO"}


def test_words_of_other_countries_count_only_there(resolver: TableResolver) -> None:
    american = resolve(resolver, "[[Congress]] defied the U.S. president.")
    assert find(american, "Congress").actors[0].country == "USA"
    peruvian = resolve(resolver, "Peru waits: [[Congress]] votes in Lima today, and [[Peru]] with it.")
    assert find(peruvian, "Congress").actors[0].country == "PER"


def test_brussels(resolver: TableResolver) -> None:
    assert ids(find(resolve(resolver, "[[Brussels]] fined [[Italy]]."), "Brussels")) == {"european-union"}
    got = resolve(resolver, "[[Belgium]] has a cabinet at last, and [[Brussels]] a budget.")
    assert ids(find(got, "Brussels")) == {"belgium"}


def test_an_office_in_a_dated_article(resolver: TableResolver) -> None:
    text = "[[The French president|nominal]] flew to Rabat."
    dated = resolve(resolver, text, published_at="2019-05-02T10:00:00Z")
    assert ids(find(dated, "The French president")) == {"emmanuel-macron"}
    undated = find(resolve(resolver, text), "The French president").actors[0]
    assert (undated.id, undated.country) == ("french-president", "FRA")


def test_wrong_kinds_and_cut_abbreviations_are_read_by_their_words(resolver: TableResolver) -> None:
    got = resolve(
        resolver, "[[Serbia|nominal]] thanked the [[U|nominal]].S. envoy, and [[it|nominal]] smiled."
    )
    assert ids(find(got, "Serbia")) == {"serbia"} == ids(find(got, "it"))
    assert ids(find(got, "U")) == {"united-states"}


def test_dateline_country_fills_in(resolver: TableResolver) -> None:
    got = resolve(resolver, "NAIROBI, March 3 - [[Police|nominal]] fired at [[students|nominal]] on Sunday.")
    assert find(got, "Police").actors[0].country == "KEN"


def test_a_dateline_that_was_cut_off_needs_no_capitals(resolver: TableResolver) -> None:
    text = "Ha Noi, Nov. 11 (VNA) - [[Police|nominal]] fired at [[students|nominal]] on Sunday."
    whole = article(text)
    cut = replace(whole, dropped=(Dropped(0, 24, "dateline"),))
    assert resolver.process([cut])[0].mentions[0].actors[0].country == "VNM"


def test_ids_of_different_actors_differ(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        "[[Three soldiers|nominal]] fled [[Mali]].\n[[Three soldiers|nominal]] fled [[Niger]].",
    )
    first, second = find(got, "Three soldiers"), find(got, "Three soldiers", 1)
    assert ids(first) and ids(second) and ids(first) != ids(second)


@pytest.mark.parametrize(
    "text", ["[[.]]", "[['s]]", '[["]] [[they|pronoun]]', "[[the|nominal]]", "{{—}} said", "[[王毅]] 说"]
)
def test_odd_input_is_no_error(resolver: TableResolver, text: str) -> None:
    got = resolve(resolver, text)
    assert len(got.mentions) == text.count("[[")
    assert all(statement.speakers for statement in got.statements)


def test_nothing_at_all(resolver: TableResolver) -> None:
    empty = AttributedArticle(
        id="e",
        text="Xi",
        clean_text="Xi",
        paragraphs=(),
        dropped=(),
        statements=(),
        mentions=(Mention(0, 2, "Xi", "name", 1.0),),
        tagged=(),
    )
    assert ids(resolver.process([empty])[0].mentions[0]) == {"xi-jinping"}


def test_same_article_same_result_whatever_its_neighbours(resolver: TableResolver) -> None:
    one, other = article(CALL), article("[[Xi Larsen]] of [[Norway]] met [[Putin]].")
    assert resolver.process([one])[0] == resolver.process([other, one])[1]


def test_long_articles_stay_linear(resolver: TableResolver) -> None:
    block = CALL.replace("Xi Jinping", "Ole{n} Dahl{n}").replace("Vladimir Putin", "Per{n} Moe{n}")
    got = resolve(resolver, "\n".join(block.replace("{n}", "abcdefghij"[n % 10] * 2) for n in range(60)))
    assert len(got.statements) == 300


def test_own_tables(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "actors: [{id: zorlan, name: Zorlan Pact, kind: organisation, country: ZORLAN, nouns: [pact]}]"
    )
    stage = TableResolver(TableResolver.Options(tables=(path,)))
    stage.setup()
    got = stage.process([article("[[The Zorlan Pact]] met.\n[[The pact|nominal]] rests.")])[0]
    assert ids(find(got, "The pact")) == {"zorlan"}
    with pytest.raises(ConfigError, match="cannot be read"):
        TableResolver(TableResolver.Options(tables=(tmp_path / "no.yaml",))).setup()


def test_a_wrong_row_of_own_tables_is_named_at_setup(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "actors:\n"
        "  - {id: zorlan, name: Zorlan Pact, kind: organisation}\n"
        "  - {id: drell, name: Drell, kind: person, country: Drellia}\n"
    )
    with pytest.raises(ConfigError) as caught:
        TableResolver(TableResolver.Options(tables=(path,))).setup()
    assert "own.yaml: actors row 2 (drell): country" in str(caught.value)
    assert "alpha-3" in str(caught.value)


def test_officials_of_a_country(resolver: TableResolver) -> None:
    got = resolve(resolver, "{{[[Chinese officials|nominal]]}} met [[Peru]]'s delegation on Monday.")
    actor = find(got, "Chinese officials").actors[0]
    assert (actor.kind, actor.country) == ("group", "CHN")
    assert got.statements[0].speakers[0].actor == actor


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("[[Peru]] thanked the Finnish security company [[Ruskola]].", "Ruskola", "FIN"),
        ("[[Peru]] fined Toronto-listed [[Marbeck Ridge]].", "Marbeck Ridge", "CAN"),
        ("[[Peru]] fined [[Helvanta]], the Aarhus drug maker, on Monday.", "Helvanta", "DNK"),
        ("[[Peru]] warned [[Glimto]], the Stockholm video app, on Monday.", "Glimto", "SWE"),
    ],
)
def test_a_firm_belongs_where_its_words_say(
    resolver: TableResolver, text: str, name: str, country: str
) -> None:
    actor = find(resolve(resolver, text), name).actors[0]
    assert (actor.kind, actor.country) == ("organisation", country)


def test_who_is_at_home_in_the_place_a_sentence_opens_with(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Honduras]] recalled its envoy.
        In Ottawa, Senator [[Dale Marsh]] called that rash.
        In Ottawa, Ambassador [[Inés Lanza]] packed.
        [[Lanza]], the Honduran ambassador, left on Monday.
        """,
    )
    assert find(got, "Dale Marsh").actors[0].country == "CAN"
    # An envoy is at home elsewhere; the text says where, if later.
    assert find(got, "Inés Lanza").actors[0].country == "HND"


def test_a_verb_between_ties_no_body_to_a_country(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Peru]] fined [[the Helvanta Group]].
        [[The Helvanta Group]], a Danish drug maker, paid.
        """,
    )
    assert find(got, "the Helvanta Group").actors[0].country == "DNK"


def test_one_of_a_people_is_no_country(resolver: TableResolver) -> None:
    got = resolve(resolver, "[[A Briton held in Iraq|nominal]] asked [[Iraq]] for mercy.")
    actor = find(got, "A Briton held in Iraq").actors[0]
    assert actor.country == "GBR" and actor.kind != "country"


def names(mention: ResolvedMention) -> set[str]:
    return {actor.name for actor in mention.actors}


def test_a_call_with_one_side_unnamed(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        {{[[Xi]]}} declared that [[the two nations|collective]] are 'good neighbors that cannot be moved away'.
        {{[[He|pronoun]]}} stated that the relationship will proceed smoothly.
        {{[[The Kremlin]]}} characterized the call as 'warm and friendly'.
        {{[[Both leaders|collective]]}} underscored [[their|pronoun]] ties.
        """,
    )
    assert ids(find(got, "the two nations")) == {"china", "russia"}
    assert ids(find(got, "He")) == {"xi-jinping"}
    # The other leader is not named: his state stands for him.
    assert ids(find(got, "Both leaders")) == {"xi-jinping", "russia"} == ids(find(got, "their"))


def test_each_other_takes_up_the_collective_of_its_sentence(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Japan]] and [[Brazil]] kept out of it, and [[Kenya]] met [[Peru]].
        [[The two neighbours|collective]] distrust [[each other|collective]], and [[neither|collective]] spoke.
        """,
    )
    assert ids(find(got, "each other")) == ids(find(got, "The two neighbours")) == ids(find(got, "neither"))


def test_parts_of_an_enumeration(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Russia]], [[China]], [[Algeria]] and [[Pakistan]] abstained.
        [[The first two|collective]] complained, [[the last two|collective]] did not.
        """,
    )
    assert ids(find(got, "The first two")) == {"russia", "china"}
    assert ids(find(got, "the last two")) == {"algeria", "pakistan"}


@pytest.mark.parametrize(
    ("written", "name", "country"),
    [
        ("John F. Kerry", "John Kerry", "USA"),
        ("Microsoft Corp.", "Microsoft", "USA"),
        ("Diageo PLC", "Diageo", "GBR"),
        ("Sen. John F. Kerry", "John Kerry", "USA"),
        ("All Muslims", "Muslims", None),
        ("Trump Corp.", "Trump Corp.", "BRA"),
        ("Christian Co", "Christian Co", "USA"),
    ],
)
def test_known_names_with_more_to_them(
    resolver: TableResolver, written: str, name: str, country: str | None
) -> None:
    (actor,) = find(
        resolve(resolver, f"[[Brazil]] told [[America]] that [[{written}]] would hear of it."), written
    ).actors
    assert (actor.name, actor.country) == (name, country)


@pytest.mark.parametrize(
    ("mention", "members"),
    [
        ("Gaborone and Pretoria", {"Botswana", "South Africa"}),
        ("both Turkey and NATO", {"Turkey", "NATO"}),
        ("Britain, France and Germany", {"United Kingdom", "France", "Germany"}),
        ("Strand and Obregón", {"Amy Strand", "Luis Obregón"}),
        ("Bosnia and Herzegovina", {"Bosnia and Herzegovina"}),
        ("Marsh and Kline", {"Marsh and Kline"}),
        ("Brussels and Washington", {"European Union", "United States"}),
        ("President Trump and Putin", {"Donald Trump", "Vladimir Putin"}),
        ("Obregón and Roche", {"Luis Obregón", "Bastien Roche"}),
    ],
)
def test_a_mention_that_lists_known_names_means_each(
    resolver: TableResolver, mention: str, members: set[str]
) -> None:
    got = resolve(
        resolver,
        f"[[Amy Strand]] met [[Luis Obregón]], not [[Bastien Roche]]. She left [[{mention}|collective]].",
    )
    assert {actor.name for actor in find(got, mention).actors} == members


def test_names_that_follow_a_collective_are_its_members(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        "[[Two members of the board|collective]], [[Amy Strand]] and [[Luis Obregón]], left. [[Ida Voss]] stayed.",
    )
    assert names(find(got, "Two members of the board")) == {"Amy Strand", "Luis Obregón"}


def test_an_adjective_of_a_region_tells_which_states(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Spain]] wrote to [[Morocco]] on Monday, and [[Spain]] to [[Algeria]] on Tuesday.
        [[Spain]] values [[both Maghreb states|collective]].
        """,
    )
    assert ids(find(got, "both Maghreb states")) == {"morocco", "algeria"}


def test_whose_neighbours_they_are_is_none_of_them(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Mali]] closed its border, and [[Algeria]] did so too.
        [[Mauritania]] took no side between [[its neighbours|collective]].
        """,
    )
    assert ids(find(got, "its neighbours")) == {"mali", "algeria"}


def test_people_of_the_two_countries_are_people_of_each(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[India]] and [[Pakistan]] failed to agree on Wednesday.
        Talks between [[officials of the two countries|collective]] go on.
        """,
    )
    assert names(find(got, "officials of the two countries")) == {"Indian officials", "Pakistani officials"}


def test_a_firms_name_is_a_persons_only_as_a_surname(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        "[[Bastien Roche]] uses [[Google Maps]].\n[[Google]] thanked [[Roche]], and [[Novartis]] did not.",
    )
    assert names(find(got, "Google")) == {"Google"}
    assert names(find(got, "Roche")) == {"Bastien Roche"}


def test_two_who_share_something_in_one_sentence(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        "[[Ana Ruiz]] of Cuba shook hands with [[Tadeo Montoya]] of Peru before [[their|pronoun]] meeting in Rome.",
    )
    assert names(find(got, "their")) == {"Ana Ruiz", "Tadeo Montoya"}


def test_a_country_is_guessed_from_several_mentions_together(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Brazil]] praised the pact, and [[Bastien Roche]] did not.
        Farmers from all over [[France]] thanked [[Roche]].
        [[French|nationality]] unions blocked a motorway near Lyon and praised [[Roche]] too.
        """,
    )
    assert find(got, "Bastien Roche").actors[0].country == "FRA"


def test_no_state_has_a_minister_that_has_none(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Canada]] and [[Washington]] quarrel over timber; [[Washington]] has raised its levy.
        Prime Minister [[Ann Dell]] called the levy rash.
        """,
    )
    assert find(got, "Ann Dell").actors[0].country == "CAN"


def test_a_name_given_late_is_whom_the_text_described_before(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Canada]] lost a case on Friday against [[a Ghanaian nurse|nominal]] who had reported a clinic.
        [[The nurse|nominal]], [[Efua Mensah]], thanked the judge.
        [[A Danish builder|nominal]], [[Nordhavn]], paid the costs.
        """,
    )
    nurse = find(got, "Efua Mensah").actors[0]
    assert nurse.country == "GHA"
    assert ids(find(got, "a Ghanaian nurse")) == ids(find(got, "The nurse")) == {nurse.id}
    assert ids(find(got, "A Danish builder")) == ids(find(got, "Nordhavn"))
    assert find(got, "Nordhavn").actors[0].country == "DNK"


def test_whose_somebody_is_and_whom_he_is_sent_to(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Tunisia]]'s ambassador to Rome, {{[[Selma Ghorbel]]}}, spoke for [[Tunisia]].
        [[Samoa]] brought [[Jakarta]]'s thanks to Prime Minister [[Ioane Leota]] of [[Samoa]].
        {{[[Tomás Arrieta]]}}, 58, a Costa Rican judge, was silent.
        Pope {{[[Linus]]}} prayed in [[Turkey]].
        """,
    )
    countries = {mention.text: mention.actors[0].country for mention in got.mentions}
    assert countries["Selma Ghorbel"] == "TUN"
    assert countries["Ioane Leota"] == "WSM"
    assert countries["Tomás Arrieta"] == "CRI"
    assert countries["Linus"] == "VAT"


def test_a_resolution_tells_where_its_evidence_stands(resolver: TableResolver) -> None:
    got = resolve(
        resolver,
        """
        [[Ana Ruiz]] met [[Oleg Brand]] in Lisbon.
        [[She|pronoun]] praised [[Oleg Brand]].
        [[Both|collective]] left.
        """,
    )
    first, second, she, again, both = got.mentions
    assert first.evidence == second.evidence == ()
    assert she.evidence == (Span(first.start, first.end),)
    assert again.evidence == (Span(second.start, second.end),)
    assert both.evidence == (Span(she.start, she.end), Span(again.start, again.end))
