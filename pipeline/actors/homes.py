"""The country of an actor whose words name none: weighed over every country that the article brings up.

Evidence is each country word of the text (names, demonyms, capitals, cities, parties and agencies that the
actor table knows); the ranking is `pipeline.actors.salience` under the task ``country``.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from models.labels import NO_NATION
from pipeline.actors.entities import Entity
from pipeline.actors.link_features import country_links, nation_links
from pipeline.actors.phrases import is_capital, token_spans
from pipeline.actors.reading import Choice, Reading
from pipeline.actors.salience import best_of, score
from pipeline.actors.words import BODY_PEOPLE, STATE_TITLES, US_TITLES, WORLD_WIDE

# How many countries are weighed for one actor, and how much of a long article is searched for country words.
_WEIGHED = 12
_SCANNED = 60_000
# From which log probability a country that the text does not name is weighed too: one in ten.
_LIKELY = -2.3


@dataclass(frozen=True, slots=True)
class Trace:
    """A country word at ``start`` of the text. ``subject``: a mention that opens its clause."""

    start: int
    sentence: int
    paragraph: int
    code: str
    subject: bool
    quoted: bool


@dataclass(slots=True)
class Homes:
    """The countries of an article: every trace in text order, and what headline and dateline say."""

    traces: list[Trace] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    dateline: str | None = None
    headline: tuple[str, ...] = ()
    # Country words per sentence and per paragraph, in order.
    by_sentence: dict[int, list[Trace]] = field(default_factory=dict)
    by_paragraph: dict[int, list[Trace]] = field(default_factory=dict)
    by_code: dict[str, list[Trace]] = field(default_factory=dict)

    def before(self, start: int) -> int:
        """How many traces stand before an offset."""
        return bisect_left(self.starts, start)


def read_homes(reading: Reading) -> Homes:
    """Collect the country words of an article, once names are resolved."""
    article = reading.article
    homes = Homes(dateline=dateline_country(reading))
    found = [
        one.word.code
        for one in reading.countries.scan([word for _, word in token_spans(article.title or "")])
    ]
    homes.headline = tuple(dict.fromkeys(found))
    subjects = {place.start: place for place in reading.places}
    places = [place.start for place in reading.places]
    quotes = [span.start for span in reading.quoted]
    sentence_starts = [statement.start for statement in article.statements]
    spans = token_spans(article.text[:_SCANNED])
    words = [word for _, word in spans]
    hits = [(spans[one.first][0], one.word.code) for one in reading.countries.scan(words)]
    american: list[tuple[int, str]] = []
    for start, word in spans:
        if word.lower() in US_TITLES and word.endswith("."):
            american.append((start, "USA"))
        elif word[:1].isupper() and word not in reading.countries.longest:
            row = reading.actors.by_name.get(word)
            if row is not None and row.country and row.kind != "person" and not row.common:
                hits.append((start, row.country))
    if american and (not hits or any(code == "USA" for _, code in hits)):
        hits += american
    if homes.dateline is not None:
        hits.append((0, homes.dateline))
    covered = {start for start, _ in hits}
    for index, found_resolution in enumerate(reading.resolutions):
        entity = found_resolution.entity if found_resolution else None
        if entity is not None and entity.country_known and entity.country and places[index] not in covered:
            hits.append((places[index], entity.country))
    for start, code in sorted(set(hits)):
        sentence = max(0, _last_at(sentence_starts, start))
        quote = _last_at(quotes, start)
        place = subjects.get(start) or subjects.get(start - 4)
        trace = Trace(
            start=start,
            sentence=sentence,
            paragraph=article.statements[sentence].paragraph if article.statements else 0,
            code=code,
            subject=place is not None and place.subject,
            quoted=quote >= 0 and reading.quoted[quote].end > start,
        )
        homes.traces.append(trace)
        homes.counts[code] += 1
        homes.by_sentence.setdefault(trace.sentence, []).append(trace)
        homes.by_paragraph.setdefault(trace.paragraph, []).append(trace)
        homes.by_code.setdefault(code, []).append(trace)
    homes.starts = [trace.start for trace in homes.traces]
    return homes


def _last_at(starts: list[int], at: int) -> int:
    position = bisect_left(starts, at + 1) - 1
    return position


def context_country(reading: Reading, index: int, entity: Entity | None = None) -> tuple[str | None, float]:
    """The country that an actor without one most likely belongs to, seen from one of its mentions; None for none."""
    candidates = _weighed(reading, index, entity)
    if reading.trace is not None:
        reading.trace.append(Choice("country", index, candidates))
    return best_of("country", candidates)


# How many sentences that mention an actor are asked for its country.
_ASKED = 3


def settle_country(reading: Reading, entity: Entity) -> None:
    """Guess an actor's country again, now that the whole text is read: by several of its mentions together."""
    if entity.country_known or entity.members or entity.kind == "author" or not entity.places:
        return
    owner = entity.same_state_as
    if owner is not None and owner.country is not None:
        entity.country = owner.country
        return
    first: dict[int, int] = {}
    for place in entity.places:
        first.setdefault(place.sentence, place.mention)
    totals: dict[str | None, float] = {}
    for mention in list(first.values())[:_ASKED]:
        candidates = _weighed(reading, mention, entity)
        if reading.trace is not None:
            reading.trace.append(Choice("country", mention, candidates))
        scored = {code: score("country", features) for code, features in candidates}
        least = min(scored.values())
        earlier = min(totals.values(), default=0.0)
        totals = {
            code: totals.get(code, earlier) + scored.get(code, least)
            for code in dict.fromkeys((*totals, *scored))
        }
    entity.country = max(totals, key=totals.__getitem__)


def _weighed(
    reading: Reading, index: int, entity: Entity | None
) -> list[tuple[str | None, dict[str, float]]]:
    """The countries that may be an actor's, None among them, with what speaks for each."""
    homes = reading.homes
    place = reading.places[index]
    before = homes.before(place.start)
    order: dict[str, None] = {}
    for trace in reversed(homes.traces[max(0, before - 30) : before]):
        order.setdefault(trace.code)
    for code, _ in homes.counts.most_common(6):
        order.setdefault(code)
    for trace in homes.traces[before : before + 3]:
        order.setdefault(trace.code)
    order.update(
        dict.fromkeys(code for code in (*homes.headline, homes.dateline) if code and code not in order)
    )
    nations = nation_links(reading, index, entity)
    order.update(
        dict.fromkeys(code for code, value in nations.items() if value > _LIKELY and code != NO_NATION)
    )
    company = _company(reading, index)
    order.update(dict.fromkeys(code for code in company.values() if code and code not in order))
    states = [code for code in order if code in reading.countries.names]
    if states and (entity is None or not entity.heads & BODY_PEOPLE):
        # A minister, a mayor or a crowd is some state's, however often the article names a body.
        order = dict.fromkeys(states)
    codes = list(order)[: _WEIGHED + 3]
    total = sum(homes.counts.values()) or 1
    top = homes.counts.most_common(1)[0][0] if homes.counts else None
    earlier = homes.traces[max(0, before - 8) : before]
    nearest = earlier[-1].code if earlier else None
    subject = next((one.code for one in reversed(earlier) if one.subject and not one.quoted), None)
    outside = next((one.code for one in reversed(earlier) if not one.quoted), None)
    following = homes.traces[before] if before < len(homes.traces) else None
    here = homes.by_sentence.get(place.sentence, [])
    previous = homes.by_sentence.get(place.sentence - 1, [])
    paragraph = homes.by_paragraph.get(place.paragraph, [])
    named_offices = _offices(entity)
    official = entity is not None and bool(entity.heads & STATE_TITLES)
    taken = _office_taken(reading, entity) if official and entity is not None else frozenset()
    role = _role(entity, official)
    # Where the model links nothing it tells nations all the same: "linked" goes with these.
    linked = country_links(reading, index)
    untaught = min(nations.values(), default=0.0)
    candidates: list[tuple[str | None, dict[str, float]]] = []
    for code in codes:
        features: dict[str, float] = {"share": homes.counts[code] / total}
        if linked:
            features |= {
                "link": linked.get(code, 0.0),
                "link missing": float(code not in linked),
                f"link, {role}": linked.get(code, 0.0),
            }
        if nations:
            told = nations.get(code, untaught)
            features |= {
                "linked": 1.0,
                "nation link": told,
                f"nation link, {role}": told,
                "nation link unheard of": float(code not in homes.counts),
            }
        flags = {
            "most often": code == top,
            "dateline": code == homes.dateline,
            "headline": code in homes.headline,
            "headline first": bool(homes.headline) and code == homes.headline[0],
            "first in the text": bool(homes.traces) and code == homes.traces[0].code,
            "nearest before": code == nearest,
            "nearest subject before": code == subject,
            "nearest outside quotations": code == outside,
            "before in this sentence": any(one.code == code and one.start < place.start for one in here),
            "after in this sentence": any(one.code == code and one.start > place.start for one in here),
            "subject of this sentence": any(one.code == code and one.subject for one in here),
            "in the sentence before": any(one.code == code for one in previous),
            "subject of the sentence before": any(one.code == code and one.subject for one in previous),
            "opens the paragraph": bool(paragraph) and paragraph[0].code == code,
            "in this paragraph": any(one.code == code for one in paragraph),
            "next": following is not None and following.code == code,
            "a body": code not in reading.countries.names,
            "body or group": code not in reading.countries.names
            and entity is not None
            and not entity.is_person,
        }
        features |= {name: 1.0 for name, holds in flags.items() if holds}
        flags |= {name: entity_code == code for name, entity_code in company.items()}
        features |= {name: 1.0 for name, entity_code in company.items() if entity_code == code}
        if any(not reading.countries.has_office(office, code) for office in named_offices):
            features["no such office there"] = 1.0
        features |= {f"{role}, {name}": 1.0 for name, holds in flags.items() if holds}
        features[f"{role}, share"] = features["share"]
        if entity is not None and code in taken:
            features["office taken"] = 1.0
        candidates.append((code, features))
    none: dict[str, float] = {"none": 1.0}
    if linked:
        most = max(linked.values())
        none |= {"none, linked": 1.0, "none, link": most}
        none[f"none, link, {role}"] = most
    if nations:
        none |= {"linked": 1.0, "none, nation link": nations[NO_NATION]}
        none[f"none, nation link, {role}"] = nations[NO_NATION]
    if entity is not None:
        if entity.is_person or entity.named:
            none["none, named or a person"] = 1.0
        if entity.plural:
            none["none, plural"] = 1.0
        if entity.heads & WORLD_WIDE:
            none["none, world-wide"] = 1.0
        none[f"none, {role}"] = 1.0
        if not entity.named:
            # "Donors", "the international community": some nouns belong to no state, and training tells which.
            none |= {f"none, {word}": 1.0 for word in sorted(entity.heads)}
            none |= {f"none, {word} …": 1.0 for word in sorted(entity.modifiers)}
    if len(codes) > 3:
        none["none, many countries"] = 1.0
    none["none, share of the first"] = homes.counts.most_common(1)[0][1] / total if homes.counts else 0.0
    candidates.append((None, none))
    return candidates


def _offices(entity: Entity | None) -> list[str]:
    """The offices of a person by which states differ: "prime minister", "senator"."""
    if entity is None or not entity.is_person:
        return []
    if {"former", "vice", "deputy"} & entity.modifiers:
        return []
    found = sorted(entity.heads)
    return [
        "prime minister" if head == "minister" and "prime" in entity.modifiers else head for head in found
    ]


def _company(reading: Reading, index: int) -> dict[str, str | None]:
    """The countries of the actors around a mention: the one before, who leads this sentence and the last, who speaks."""
    found: dict[str, str | None] = {}
    place = reading.places[index]
    at = index - 1
    lead = previous_lead = None
    while at >= 0 and reading.places[at].sentence >= place.sentence - 1:
        entity = reading.entity(at)
        if entity is not None and not entity.members:
            if at >= index - 2 and reading.places[at].sentence == place.sentence:
                found[f"of the actor {index - at} before"] = entity.country
            if reading.places[at].sentence == place.sentence:
                lead = entity.country
            else:
                previous_lead = entity.country
        at -= 1
    found["of the first actor here"] = lead
    found["of the first actor in the sentence before"] = previous_lead
    statement = reading.statement(index)
    if statement is not None and place.quoted:
        for source in statement.sources:
            other = bisect_left(reading.places, source.start, key=lambda one: one.start)
            entity = reading.entity(other) if other < len(reading.places) else None
            if entity is not None and other != index and not entity.members:
                found["of the speaker"] = entity.country
    return {name: code for name, code in found.items() if code is not None}


def _role(entity: Entity | None, official: bool) -> str:
    if official:
        return "official"
    if entity is None:
        return "unknown"
    if entity.is_person:
        return "person" if entity.named else "somebody"
    return "name" if entity.named else "group" if entity.plural else "body"


# Offices that a state fills once.
_SINGLE = frozenset(
    "president premier prime foreign king queen chancellor defence defense finance interior emir".split()
)


def _office_taken(reading: Reading, entity: Entity) -> frozenset[str]:
    """The countries whose like office somebody else of the article holds."""
    offices = (entity.heads | entity.modifiers) & _SINGLE
    if not offices or {"former", "vice", "deputy"} & entity.modifiers:
        return frozenset()
    return frozenset(
        other.country
        for other in reading.entities.all
        if other is not entity
        and other.is_person
        and other.country
        and other.country_known
        and (other.heads | other.modifiers) & offices
        and other.heads & entity.heads & STATE_TITLES
    )


def dateline_country(reading: Reading) -> str | None:
    """The country of the article's dateline: the place at its very start, in capitals or cut off as a dateline."""
    article = reading.article
    dropped = next((one for one in article.dropped if one.reason == "dateline"), None)
    head = article.text[dropped.start : dropped.end] if dropped else article.text[:60]
    words: list[str] = []
    for _, word in token_spans(head):
        if word in (",", "(", "-", "—", "–") and words:
            break
        if not (word.isupper() or (dropped and is_capital(word))) or len(word) < 2 or word in ("AP", "AFP"):
            break
        words.append(word)
    if not words or len(words) > 5:
        return None
    place = " ".join(
        word.title() if word.isupper() and word not in ("US", "UK") else word for word in words
    ).replace(" Es ", " es ")
    if place == "United Nations":
        return "UN"
    found = reading.countries.find(place)
    return found.code if found else None


def guess_country(reading: Reading, index: int, entity: Entity) -> None:
    """Give an actor without a country the one its context suggests; it stays a guess until the text says more."""
    if entity.country_known or entity.members or entity.kind == "author":
        return
    owner = entity.same_state_as
    if owner is not None and owner.country is not None:
        entity.country = owner.country
        return
    entity.country, _ = context_country(reading, index, entity)


def state_of(reading: Reading, entity: Entity) -> Entity | None:
    """The country actor of an actor's country."""
    return reading.country_entity(entity.country) if entity.country else None
