"""The words that attribute: which verbs make a sentence somebody's statement, in all their forms.

Three classes of verbs, by the annotation guide's definition of a speaker. Verbs of *speech* report content
(say, tell, warn). Verbs of *judgement* are acts done in words, which the guide counts as attributing too
(condemn, praise, accuse). Verbs of *attitude* (think, want, agree) attribute only where what they
attribute can be seen: a clause, or words in quotation marks. The list decides who is the speaker, never
what the stance is.
"""

from typing import Literal

Force = Literal["speech", "judgement", "attitude"]


def word_set(words: str) -> frozenset[str]:
    """The words of a text, for tables that are written as one."""
    return frozenset(words.split())


_SPEECH = word_set(
    """
    acknowledge add affirm allege announce argue assert assure blog blurt boast brand call caution
    certify chant characterise characterize cite clarify comment complain concede confide confirm
    contend convey counter cry decree demur deny describe detail disclose divulge dub elaborate
    emphasise emphasize estimate exclaim explain express grumble hint indicate inform insinuate
    insist interject intimate joke label lament murmur muse mutter note notify observe opine outline
    postulate preach predict proclaim promise pronounce prophesy propound quip quote reaffirm reason
    recite reckon recommend recount reiterate rejoin relate remark remind repeat reply report
    respond retell retort rhapsodise say scoff sigh signal snap sneer sniff specify state stipulate
    stress suggest summarise summarize tell term theorise theorize thunder tweet underline
    underscore venture voice vow warn whisper
    """
)

_JUDGEMENT = word_set(
    """
    acclaim accuse admonish advise advocate assail attribute bash beg belittle bemoan berate blame
    blast bless castigate caution celebrate censure chastise chide commend compare complain
    compliment condemn congratulate counsel credit criticise criticize decry defend demand denounce
    deplore deride disavow disdain dismiss disown disparage dispute echo encourage endorse excoriate
    exhort extol fault hail implore impugn lambast lambaste lampoon laud liken lionise malign mock
    pan pillory praise rebuff rebut refute reject renounce reprimand reproach repudiate request
    revile ridicule rue salute savage scold skewer slam slander spurn taunt thank tout upbraid urge
    vilify welcome
    """
)

_ATTITUDE = word_set(
    """
    accept admire admit agree answer apologise apologize applaud ask attack attest back begin
    believe charge claim conclude consider continue declare decline disagree discuss doubt expect
    favor favour fear feel find forecast guess highlight hold honor honour hope intend know learn
    maintain mention object offer oppose order plan plead pledge pray prefer press profess propose
    protest question read rebuke recall recognise recognize recommend refuse regard regret respect
    reveal see seek sense shout speculate support suspect swear talk testify think threaten
    understand view want wish wonder worry write
    """
)

# Verbs that attribute only with one of these words right after them ("ruled out", "paid tribute").
_PHRASAL = {
    "brush": "aside off",
    "rule": "out",
    "shoot": "back",
    "hit": "back out",
    "lash": "out",
    "point": "out",
    "play": "down",
    "pay": "tribute",
    "make": "clear plain",
    "take": "issue aim exception",
    "cast": "doubt",
    "speak": "of about out highly warmly",
    "single": "out",
    "pour": "scorn cold",
    "fire": "back",
    "push": "back",
    "spell": "out",
    "sum": "up",
    "wave": "away aside",
    "shrug": "off",
    "lay": "blame",
    "raise": "doubts objections",
    "draw": "parallels",
    "appeal": "to for",
    "let": "it",
}

_IRREGULAR = {
    "say": ("says", "said", "said", "saying"),
    "tell": ("tells", "told", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "think": ("thinks", "thought", "thought", "thinking"),
    "feel": ("feels", "felt", "felt", "feeling"),
    "see": ("sees", "saw", "seen", "seeing"),
    "seek": ("seeks", "sought", "sought", "seeking"),
    "know": ("knows", "knew", "known", "knowing"),
    "understand": ("understands", "understood", "understood", "understanding"),
    "find": ("finds", "found", "found", "finding"),
    "hold": ("holds", "held", "held", "holding"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "begin": ("begins", "began", "begun", "beginning"),
    "shoot": ("shoots", "shot", "shot", "shooting"),
    "hit": ("hits", "hit", "hit", "hitting"),
    "pay": ("pays", "paid", "paid", "paying"),
    "make": ("makes", "made", "made", "making"),
    "take": ("takes", "took", "taken", "taking"),
    "cast": ("casts", "cast", "cast", "casting"),
    "spell": ("spells", "spelled", "spelled", "spelling"),
    "lay": ("lays", "laid", "laid", "laying"),
    "draw": ("draws", "drew", "drawn", "drawing"),
    "let": ("lets", "let", "let", "letting"),
    "read": ("reads", "read", "read", "reading"),
}
# Verbs of more than one syllable whose stress doubles the last consonant, and short ones that do.
_DOUBLED = word_set("admit beg pan plan quip rebut slam snap sum")
_L_DOUBLED = word_set("counsel extol label signal")

Form = Literal["base", "present", "past", "participle", "gerund"]


def _forms(verb: str) -> dict[str, tuple[Form, ...]]:
    """Every written form of a verb with the grammatical forms that it may be."""
    if verb in _IRREGULAR:
        present, past, participle, gerund = _IRREGULAR[verb]
    else:
        if verb.endswith(("s", "sh", "ch", "x")):
            present = verb + "es"
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            present = verb[:-1] + "ies"
        else:
            present = verb + "s"
        if verb in _DOUBLED or verb in _L_DOUBLED:
            stem = verb + verb[-1]
        elif verb.endswith("e"):
            stem = verb[:-1]
        else:
            stem = verb
        past = verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeiou" else stem + "ed"
        participle, gerund = past, stem + "ing"
    forms: dict[str, tuple[Form, ...]] = {verb: ("base",), present: ("present",), gerund: ("gerund",)}
    forms[past] = ("past", "participle") if past == participle else ("past",)
    if participle != past:
        forms[participle] = ("participle",)
    if verb in _L_DOUBLED:
        forms |= {verb + "ed": ("past", "participle"), verb + "ing": ("gerund",)}
    if verb == "read":
        forms["read"] = ("base",)
    return forms


def _table() -> dict[str, tuple[str, Force, tuple[Form, ...]]]:
    table: dict[str, tuple[str, Force, tuple[Form, ...]]] = {}
    lists: tuple[tuple[Force, frozenset[str]], ...] = (
        ("attitude", _ATTITUDE),
        ("judgement", frozenset(_PHRASAL) | _JUDGEMENT),
        ("speech", _SPEECH),
    )
    # A verb on two lists has the stronger force, which comes last.
    for force, verbs in lists:
        for verb in sorted(verbs):
            for form, kinds in _forms(verb).items():
                table[form] = (verb, force, kinds)
    return table


# Verb → the words of which one must follow it.
PARTICLES = {verb: frozenset(words.split()) for verb, words in _PHRASAL.items()}

# Written form → (verb, force, what it may be grammatically).
CUE_VERBS = _table()

# Fixed expressions that attribute to the noun phrase after them.
SOURCE_AFTER = ("according to", "in the words of", "in the view of", "in the eyes of", "in the opinion of")

# Verbs whose plain and present forms are nouns as well: they need their subject right beside them.
NOUN_LIKE = word_set(
    """
    answer appeal attack blame boast brand call caution challenge charge claim comment counsel credit
    demand dispute doubt echo estimate fault fear guess hope joke label lament mention note order plan
    point praise press promise protest question quote regard remark repeat reply report reproach request
    rule salute signal state support term view voice vow welcome wish
    """
)

# Verbs by which one voice passes on another's: both are speakers, the outer one first.
RELAYING = frozenset(("report", "quote", "cite"))

# What is quoted without being anybody: a source with one of these at its head is not a speaker.
DOCUMENTS = word_set(
    """
    act analysis bill book books comments data document documents email emails evidence figures it law
    laws letter letters note numbers poll polling polls records remarks report reports
    result results rules search speech speeches studies study survey surveys that this
    what which who whom
    """
)

# A participle after one of these nouns tells what its writer says: "a report accusing the army".
TEXTS = word_set(
    """
    article communique communiqué editorial email interview letter memo message note petition post
    report resolution speech statement tweet
    """
)

# What a verb of attitude must be followed by to report content where the reader marked nothing.
CONTENT_STARTS = word_set("how if that what where whether which who why")

# Verbs whose passive names the speaker by an agent: "observations described by a court official".
NAMING = word_set("brand call characterise characterize describe dub label term")

# These may be answered in deeds: "responded by holding up a sandal".
ANSWERING = word_set("answer reply respond")
