import re

import pytest
from pydantic import ValidationError

from models.labels import MentionKind, SpanLabel
from pipeline.records import AttributedArticle, Mention, ReadArticle, Span, Statement, TaggedSpan
from pipeline.stages.attribute import Options, SpanAttributor

PRONOUNS = {"he", "she", "they", "it", "we", "his", "her", "their", "its", "i"}


def read(text: str, tagged: tuple[TaggedSpan, ...] = ()) -> ReadArticle:
    """An article from marked text: ``[X]`` is a mention, ``/`` ends a statement, an empty line a
    paragraph."""
    plain = ""
    mentions: list[Mention] = []
    statements: list[Statement] = []
    paragraphs: list[Span] = []
    for number, block in enumerate(text.split("\n\n")):
        plain += "\n\n" if number else ""
        began = len(plain)
        for place, piece in enumerate(block.split(" / ")):
            plain += " " if place else ""
            start = len(plain)
            for chunk in re.split(r"(\[[^\]]*\])", piece):
                inner = chunk[1:-1] if chunk.startswith("[") else chunk
                if chunk.startswith("["):
                    end = len(plain) + len(inner)
                    mentions.append(Mention(len(plain), end, inner, kind_of(inner), 0.9))
                plain += inner
            statements.append(Statement(start, len(plain), f"a:{len(statements)}", plain[start:], number))
        paragraphs.append(Span(began, len(plain)))
    return ReadArticle(
        id="a",
        text=plain,
        clean_text=plain,
        paragraphs=tuple(paragraphs),
        dropped=(),
        statements=tuple(statements),
        mentions=tuple(mentions),
        tagged=tagged,
    )


def kind_of(surface: str) -> MentionKind:
    if surface.lower() in PRONOUNS:
        return "pronoun"
    if surface in ("Chadian", "Norwegian"):
        return "nationality"
    return "name" if surface[0].isupper() else "nominal"


def attribute(text: str, tagged: tuple[TaggedSpan, ...] = (), **options) -> AttributedArticle:
    stage = SpanAttributor(Options(**options))
    stage.setup()
    (article,) = stage.process([read(text, tagged)])
    return article


def tag(article: ReadArticle, label: SpanLabel, surface: str, score: float = 0.9) -> TaggedSpan:
    start = article.text.index(surface)
    return TaggedSpan(start, start + len(surface), label, score)


def sources(article: AttributedArticle, number: int = 0) -> list[str]:
    return [article.text[span.start : span.end] for span in article.statements[number].sources]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("[Okello] said that the bridge would open in May.", ["Okello"]),
        ("The bridge will open in May, [Okello] said.", ["Okello"]),
        ("The bridge will open in May, said [Okello].", ["Okello"]),
        ("“The bridge will open in May,” said [Okello], a mason.", ["Okello"]),
        ("“The bridge,” [he] added, “will open in May.”", ["he"]),
        ("[Okello]: The bridge must open", ["Okello"]),
        ("The bridge will open in May, according to [Okello].", ["Okello"]),
        (
            "[Okello] declared that they are “neighbours for good” and named the [U.S.]-[Norway] deal.",
            ["Okello"],
        ),
        ("According to [Okello], the bridge will open in May.", ["Okello"]),
        ("“The bridge will open in May.” — [Okello]", ["Okello"]),
        ("Foreign Minister [Ama Okello], who flew in on Sunday, said the bridge was late.", ["Ama Okello"]),
        ("[Chad]'s foreign minister, [Ama Okello], said the bridge was late.", ["Ama Okello"]),
        ("[Chadian] Foreign Minister [Ama Okello] later told reporters that it was late.", ["Ama Okello"]),
        ("[Chad] and [Norway] said they would pay.", ["Chad and Norway"]),
        (
            "[Both leaders] underscored [their] ties, while [Norway] accused [Chad] of delay.",
            ["Both leaders", "Norway"],
        ),
        ("[Okello] denied the report and accused [Norway] of theft.", ["Okello"]),
        ("[Norway] said the bridge was safe; [Chad] said it was not.", ["Norway", "Chad"]),
        ("[Okello] said that [Norway] had accused [Chad] of theft.", ["Okello"]),
        ("[Norway] accused [Chad] of theft, [Okello] said.", ["Okello"]),
        ("[The Tribune] reported that [Okello] had accused [Norway] of theft.", ["The Tribune", "Okello"]),
        ("[The Tribune] quoted [Okello] as saying that the bridge was late.", ["The Tribune", "Okello"]),
        ("[The Tribune] reported [Okello]’s comments on the bridge.", ["The Tribune", "Okello"]),
        ("[The Tribune] reported [his] angry remarks on the bridge.", ["The Tribune", "his"]),
        ("[Norway], according to [two diplomats], accused [Chad] of theft.", ["two diplomats", "Norway"]),
        ("[Okello] left the hall, saying that the bridge was late.", ["Okello"]),
        ("[Norway] was accused of theft by [Okello].", ["Okello"]),
        ("The plan was dismissed as “fiction” by [Okello].", ["Okello"]),
        ("In a letter, [Okello], [her] voice firm, condemned the delay.", ["Okello"]),
        ("[Officers] who attended [the dinner] confirmed that it was late.", ["Officers"]),
        ("[The mayor], who was shown round [Oslo] that week, said it was late.", ["The mayor"]),
        ("[The masons], whose roof [Dahl] mended, said it was late.", ["The masons"]),
        ("[Norway] Secretary of State [Ama Okello] left, saying it was late.", ["Ama Okello"]),
        ("The bridge is late, says [No 10].", ["No 10"]),
        ("The bridge, [masons on both banks] agreed, was late.", ["masons on both banks"]),
        ("[Okello] had warm words for [Norway].", ["Okello"]),
        ("[Norway] paid for a bridge that [Chad] says is late.", ["Chad"]),
        ("[Okello] said it paid for a bridge that [Chad] says is late.", ["Okello", "Chad"]),
        ("“[We] wait for the bridge,” [Ama Okello], a mason from Oslo, wrote.", ["Ama Okello"]),
        ("[Okello] has warm words for [Norway]: “They paid for every bolt in it.”", ["Okello"]),
    ],
)
def test_a_cue_gives_its_sources(text, speakers):
    article = attribute(text)
    statement = article.statements[0]
    assert sources(article) == speakers
    assert statement.attribution == "cued"
    assert statement.cue is not None
    assert 0 < statement.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "[Chad] continues to support [Norway].",
        "[Okello] sells “reform” to [the villages].",
        "[Okello] was accused of theft.",
        "It was reported that the bridge was late.",
        "[Okello] declined to comment.",
        "[Norway] did not say when [it] would pay.",
        "Neither [side] has said when the bridge will open.",
        "[I] say this because the bridge is mine.",
        "What does [Okello] say?",
        "[Okello] received calls and reports about the bridge.",
        "The bridge that [both countries] promised is late.",
        "[Okello] wrote music and [Dahl] applauded.",
        "The bridge fell.",
    ],
)
def test_the_article_speaks_where_nobody_is_cited(text):
    statement = attribute(text).statements[0]
    assert (statement.kind, statement.attribution, statement.sources, statement.cue) == (
        "narration",
        "author",
        (),
        None,
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“The bridge will open in May,” [Okello] said.", "direct"),
        ("“The bridge,” [he] added, “will open in early May.”", "direct"),
        ("[Okello] said: “The bridge will open in May.”", "direct"),
        ("[Okello] said the bridge was “an insult to every child in town”.", "mixed"),
        ("“The bridge will open in May,” [Okello] said, and [Norway] called [him] a liar.", "mixed"),
        ("[Okello] said the bridge was “late” again.", "indirect"),
        ("[Okello] said the bridge was late.", "indirect"),
    ],
)
def test_kinds(text, kind):
    assert attribute(text).statements[0].kind == kind


def test_half_of_a_tagged_content_makes_a_short_quotation_substantive():
    text = "[The Kremlin] characterised the call as “warm and friendly”."
    content = tag(read(text), "content", "as “warm and friendly”")
    assert attribute(text, (content,)).statements[0].kind == "mixed"
    assert attribute(text).statements[0].kind == "indirect"


def test_a_quotation_that_runs_on_belongs_to_the_speaker_before():
    article = attribute(
        "“[We] waited,” [Okello] said. / “[We] waited for years.\n\n“Nobody came.”\n\nThe bridge fell."
    )
    assert [s.attribution for s in article.statements] == ["cued", "carried", "carried", "author"]
    assert [sources(article, n) for n in (1, 2)] == [["Okello"], ["Okello"]]
    assert [s.kind for s in article.statements] == ["direct", "direct", "direct", "narration"]
    confidences = [s.confidence for s in article.statements[:3]]
    assert confidences == sorted(confidences, reverse=True)
    assert len(set(confidences)) == 3
    assert article.statements[1].cue is None


def test_sentences_before_the_cue_of_the_same_quotation_are_carried_to_it():
    article = attribute(
        "[Norway] said it paid. / “[We] waited. / Nobody came. / It was cold,” [Okello] said."
    )
    assert [sources(article, n) for n in range(4)] == [["Norway"], ["Okello"], ["Okello"], ["Okello"]]
    assert [s.attribution for s in article.statements] == ["cued", "carried", "carried", "cued"]


def test_a_quotation_without_a_cue_goes_to_whoever_follows_or_is_spoken_of_before():
    after = attribute("“[We] waited for years.” / [Okello] said this on the bridge.")
    assert sources(after) == ["Okello"]
    before = attribute("[Okello] laughed. / “[We] waited for years and years.”")
    assert (sources(before, 0), sources(before, 1)) == ([], ["Okello"])
    assert before.statements[1].confidence < after.statements[0].confidence
    nobody = attribute("The bridge fell.\n\n“[We] waited for years and years.”")
    assert nobody.statements[1].kind == "narration"


def test_a_turn_of_a_transcript_lasts_until_its_paragraph_ends():
    article = attribute("[OKELLO]: [We] waited. / Nobody came.\n\nThe bridge fell.")
    assert [sources(article, n) for n in range(3)] == [["OKELLO"], ["OKELLO"], []]


def test_indirect_speech_is_not_carried():
    article = attribute("[Okello] said the bridge was late. / The government would pay for it.")
    assert article.statements[1].attribution == "author"


def test_a_tagged_source_is_cut_down_to_its_head():
    text = "[Norwegian] Foreign Minister [Ingrid Dahl] of [the Red Party] said it was late."
    source = tag(read(text), "source", "Norwegian Foreign Minister Ingrid Dahl of the Red Party")
    assert sources(attribute(text, (source,))) == ["Ingrid Dahl"]


def test_a_tagged_source_counts_where_no_mention_was_found():
    text = "Engineers who built the first bridge said it was late."
    source = tag(read(text), "source", "Engineers who built the first bridge")
    assert sources(attribute(text, (source,))) == ["Engineers who built the first bridge"]
    assert sources(attribute(text)) == []
    poll = "The poll showed the mayor ahead, and the survey said so too."
    assert sources(attribute(poll, (tag(read(poll), "source", "the survey"),))) == []


def test_a_tagged_cue_that_is_no_listed_verb_needs_a_quotation_beside_it():
    text = "“[We] waited for a hundred years,” [Okello] deadpanned."
    spans = (tag(read(text), "source", "Okello"), tag(read(text), "cue", "deadpanned"))
    article = attribute(text, spans)
    assert sources(article) == ["Okello"]
    assert article.statements[0].confidence == pytest.approx(0.9)
    plain = "[Okello] opposes the bridge."
    assert (
        sources(attribute(plain, (tag(read(plain), "source", "Okello"), tag(read(plain), "cue", "opposes"))))
        == []
    )


def test_options_are_read():
    text = "[Okello] said the bridge was late."
    article = read(text)
    weak = (tag(article, "source", "Okello", 0.3), tag(article, "cue", "said", 0.3))
    assert sources(attribute(text, cue_list=False)) == []
    assert sources(attribute(text, weak, cue_list=False)) == []
    assert sources(attribute(text, weak, cue_list=False, minimum_score=0.2)) == ["Okello"]
    with pytest.raises(ValidationError):
        Options(minimum_score=2)
    with pytest.raises(ValidationError):
        Options(no_such_option=1)


def test_articles_do_not_depend_on_their_neighbours():
    stage = SpanAttributor(Options())
    one, two = read("[Okello] said it was late."), read("“Late,” [she] said.")
    assert stage.process([one, two]) == stage.process([one]) + stage.process([two])
    assert stage.process([]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "“",
        "”",
        "“ “ “",
        "said",
        ": “",
        "said said said",
        "— [X]",
        "according to",
        "“,” said",
        "[X]",
        "...",
        "quoted as by",
    ],
)
def test_odd_input_gives_narration_or_a_speaker_and_no_error(text):
    article = attribute(text)
    assert len(article.statements) == 1
    assert article.statements[0].text == article.text


def test_an_article_without_statements_or_with_tags_outside_them_is_fine():
    bare = read("[Okello] said it.")
    empty = ReadArticle(
        id="b",
        text="said",
        clean_text="said",
        paragraphs=(),
        dropped=(),
        statements=(),
        mentions=(),
        tagged=(),
    )
    stage = SpanAttributor(Options())
    assert stage.process([empty])[0].statements == ()
    far = TaggedSpan(900, 950, "source", 0.9)
    tagged = ReadArticle(
        **{f: getattr(bare, f) for f in ReadArticle.__dataclass_fields__} | {"tagged": (far,)}
    )
    assert sources(stage.process([tagged])[0]) == ["Okello"]


@pytest.mark.parametrize("joint", [" / ", " "])
def test_a_megabyte_comes_to_an_end(joint):
    # Anything but a linear pass would not.
    text = joint.join(["[Okello] said that “the bridge was late” and accused [Norway] of theft."] * 2000)
    article = read(text)
    (found,) = SpanAttributor(Options()).process([article])
    assert len(found.statements) == len(article.statements)
    assert sources(found)[0] == "Okello"
