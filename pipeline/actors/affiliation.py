"""Titles and countries that the text around a mention gives its actor: "Kenya's trade minister, Josphat Lelei"."""

import re

from pipeline.actors.entities import Entity
from pipeline.actors.names import note_titles
from pipeline.actors.phrases import is_capital, is_generic, title_tail, tokens
from pipeline.actors.pronouns import third_person
from pipeline.actors.reading import Reading
from pipeline.actors.words import (
    ADDRESS,
    FIRMS,
    HOME_PREPOSITIONS,
    ORGANISATION_WORDS,
    PREPOSITIONS,
    TITLES,
    US_TITLES,
)

# "of the Farmers' Union", ", who leads the dockers": the body comes right after.
_LEADS = re.compile(
    r"(?: of| from| with|,? who (?:leads|heads|runs|chairs|represents|speaks for|led|founded|edits))"
    r"(?: the| its| his| her)? ?(?:x|[A-Z])"
)
_AGE = re.compile(r"^, \d{1,3}(?=, )")
# Relations that run across borders.
_ACROSS = frozenset("counterpart colleague opponent rival foe opposite".split())
# Titles of those who are mostly away from home.
_ABROAD = frozenset(
    "ambassador envoy consul attache attaché secretary negotiator mediator commissioner".split()
)
_SEATS = frozenset("based listed headquartered owned registered born".split())
# Between a possessor and the name it introduces stand a few words of title, no clause.
_LONGEST_TITLE = 14
_VERBS = frozenset(
    "said says told is was were are has had have will would urged met warned asked that who which and but called "
    "accused praised thanked after before while".split()
)
_TOWARD = frozenset("to with against from by between".split())
_RELATIONS = frozenset(
    "counterpart colleague opponent rival predecessor successor lawyer attorney ally friend foe guest opposite".split()
)


def read_surroundings(reading: Reading, index: int, entity: Entity) -> None:
    """Learn an actor's titles, country and body from the words just before and after one of its mentions."""
    if entity.members or entity.kind in ("country", "author"):
        return
    _from_left(reading, index, entity)
    _from_right(reading, index, entity)


def _set_country(entity: Entity, code: str | None) -> None:
    if code and not entity.country_known:
        entity.country, entity.country_known = code, True


def _join(entity: Entity, owner: Entity) -> None:
    """Make an actor one of its owner's: the owner's country, and the body itself if it is one."""
    if owner is entity or owner.members:
        return
    if owner.country_known:
        _set_country(entity, owner.country)
    elif entity.same_state_as is None:
        entity.same_state_as = owner
    if (
        entity.is_person
        and owner.kind in ("organisation", "government", "group")
        and entity.affiliation is None
    ):
        entity.affiliation = owner


def _from_left(reading: Reading, index: int, entity: Entity) -> None:
    gap = reading.gap_before(index)
    words = tokens(gap)
    if not words:
        previous = reading.previous_in_sentence(index)
        if previous is not None and entity.kind != "person":
            owner = reading.entity(previous)
            if (
                owner is not None
                and owner.is_state
                and reading.places[previous].end + 1 >= reading.places[index].start
            ):
                _join(entity, owner)
        return
    tail = title_tail(words)
    lower = [word.lower() for word in words]
    if tail and entity.kind in ("person", "unknown"):
        note_titles(entity, [word for word in tail if word != "the"])
        for word in tail:
            _set_country(entity, reading.countries.only_state_with(word))
        if any(word in US_TITLES and word.endswith(".") for word in tail):
            _guess_american(reading, entity)
    # "Tunisia's ambassador to Rome, Selma Ghorbel": whom an envoy is sent to is not whose he is.
    own = [one for one in reading.countries.scan(words) if not one.first or lower[one.first - 1] != "to"]
    previous = reading.previous_in_sentence(index)
    if entity.kind in ("organisation", "unknown", "person") and lower[-1] in FIRMS and _is_firm(entity):
        # "the Finnish security company Lumisade", "the Chilean carrier Andesur"
        entity.kind = "organisation"
        entity.heads.add(lower[-1])
        if own and _is_title_run(lower[own[-1].last :]):
            _set_country(entity, own[-1].word.code)
    seated = _seat(reading, words[-4:]) or _seat(reading, tokens(reading.text(index))[:1])
    if seated is not None:
        if words[-1].endswith("-listed"):
            entity.kind = "organisation"
        _set_country(entity, seated)
    introduced = bool(tail) or (lower[-1] == "," and own and len(words) - own[-1].last <= 6)
    if (
        own
        and introduced
        and len(words) - own[-1].first <= _LONGEST_TITLE
        and _is_title_run(lower[own[-1].last :])
    ):
        _set_country(entity, own[-1].word.code)
        return
    if own and tail and lower[0] == "in" and not any(word in _ABROAD for word in tail):
        # "In Lima, Senator Rosa Quispe": who is at home there, as envoys are not.
        opener = own[0]
        rest = lower[opener.last :]
        if opener.first == 1 and rest[0] == "," and _is_title_run(rest[1:]):
            _set_country(entity, opener.word.code)
            return
    owned = _unmarked_owner(reading, index, lower)
    if owned is not None:
        if owned is not entity and not any(word in _ACROSS for word in lower):
            if owned.is_person:
                entity.same_state_as = entity.same_state_as or owned
            else:
                _join(entity, owned)
        return
    if previous is None or len(words) > _LONGEST_TITLE:
        return
    owner = reading.entity(previous)
    if owner is None or owner is entity:
        return
    owns = lower[0] in ("'s", "’s", "'", "’") or reading.places[previous].owner
    adjective = reading.text(previous)[:1].isupper() and gap[:1] == " " and is_adjacent_title(lower, words)
    titled = any(word in TITLES or word in ADDRESS for word in lower)
    plain = _is_title_run(lower)
    if owns and not plain and entity.kind != "person":
        plain = len(words) <= 4 and not any(word in _VERBS or word in (",", '"') for word in lower)
    toward = next((at for at, word in enumerate(lower) if word in _TOWARD), 0)
    if entity.is_person and toward and not any(word in TITLES for word in lower[:toward]):
        # "Jakarta's thanks to Prime Minister Moses Kaupa" is no "ambassador to".
        return
    if lower in (["'s"], ["’s"]) and owner.is_state and entity.is_person:
        _set_country(entity, owner.country)
        return
    if not plain:
        return
    found = reading.resolutions[previous]
    if any(word in _RELATIONS for word in lower) and not (found and found.how == "demonym"):
        if owns and not any(word in _ACROSS for word in lower) and entity.same_state_as is None:
            entity.same_state_as = owner
        return
    if owner.is_person:
        # "his spokesman, X": of the same state; "her lawyer" is nobody's minister.
        if owns and titled:
            _set_country(entity, owner.country if owner.country_known else None)
            entity.same_state_as = entity.same_state_as or owner
        return
    demonym = found is not None and found.how == "demonym"
    # "Peru fined Helvanta": a country's name reaches on to a body over words for bodies alone.
    adjective = adjective and (
        demonym
        or titled
        or all(is_capital(word) or is_generic(word) or word.lower() in FIRMS for word in words)
    )
    titled = titled or bool(demonym and lower[-1] == ",")
    if (entity.kind == "person" and titled and (owns or adjective)) or (
        entity.kind != "person" and (owns or adjective)
    ):
        _join(entity, owner)


def _is_firm(entity: Entity) -> bool:
    """Whether nothing speaks against a name's being a firm's: no office, no pronoun, one word or a body's name."""
    return entity.kind != "person" or (len(entity.tokens) == 1 and not entity.heads and not entity.pronouns)


def _seat(reading: Reading, words: list[str]) -> str | None:
    """Where a hyphenated adjective says that a body or person sits: "Toronto-listed", "Geneva-based"."""
    for word in reversed(words):
        place, hyphen, seat = word.rpartition("-")
        if hyphen and seat in _SEATS:
            found = reading.countries.find(place)
            return found.code if found else None
    return None


def _unmarked_owner(reading: Reading, index: int, lower: list[str]) -> Entity | None:
    """Who "its" means in "Its general secretary, Onalenna Phiri" where the reader marked no mention there."""
    if (
        lower[0] not in ("its", "his", "her", "their")
        or len(lower) > _LONGEST_TITLE
        or not _is_title_run(lower)
    ):
        return None
    if not any(word in TITLES for word in lower) and lower[-1] != ",":
        return None
    owner, _ = third_person(reading, index, lower[0])
    return owner


def is_adjacent_title(lower: list[str], words: list[str]) -> bool:
    """Whether the words right after a demonym run on as its noun phrase ("Chinese Foreign Minister")."""
    return bool(lower) and lower[0] not in PREPOSITIONS and lower[0] not in _VERBS and lower[0] != ","


def _is_title_run(lower: list[str]) -> bool:
    """Whether words are a title without a verb; a comma may close it."""
    return (
        len(lower) <= _LONGEST_TITLE and not any(word in _VERBS for word in lower) and "," not in lower[:-1]
    )


def _guess_american(reading: Reading, entity: Entity) -> None:
    """Senators and governors without a country are American unless the text speaks of no America at all."""
    if not entity.country_known and ("USA" in reading.spoken or not reading.spoken):
        _set_country(entity, "USA")


def _from_right(reading: Reading, index: int, entity: Entity) -> None:
    """An apposition after a name: ", Kenya's cabinet secretary for trade," or ", the premier of Ontario,"."""
    if entity.kind not in ("person", "unknown", "organisation"):
        return
    rest = reading.rest_of_sentence(index, 140)
    if rest.startswith((" of ", " from ")) and entity.kind == "person":
        words = tokens(rest[:60])
        found = next((one for one in reading.countries.scan(words) if one.first <= 2), None)
        if found is not None:
            _set_country(entity, found.word.code)
            return
    if entity.is_person and _LEADS.match(rest) and index + 1 < len(reading.places):
        owner = reading.entity(index + 1)
        if owner is not None and not owner.is_person and _LEADS.fullmatch(reading.gap_after(index) + "x"):
            _join(entity, owner)
            return
    if not rest.startswith((", ", " (")):
        return
    # An age may stand between: "Tomás Arrieta, 58, a Costa Rican judge,".
    words = tokens(_AGE.sub("", rest, count=1)[1:])
    if words and words[0] == "(":
        words = words[1:]
    run: list[str] = []
    for word in words:
        if word.lower() in _VERBS or word in (",", ")", ";", '"', "“", "”", "—"):
            break
        run.append(word)
    else:
        # Without an end mark it is no apposition, unless the sentence stops there.
        if not rest.rstrip().endswith((".", "!", "?", "”", '"')):
            return
    lower = [word.lower() for word in run]
    titles = [word for word in lower if word in TITLES]
    if entity.kind == "organisation" or (
        entity.kind == "unknown" and run and not titles and _heads_body(lower)
    ):
        if entity.kind == "unknown" and lower[0] in ("a", "an", "the"):
            entity.kind = "organisation"
        if not run or lower[0] not in ("a", "an", "the"):
            return
        entity.heads.update(word for word in lower[:6] if word in ORGANISATION_WORDS)
        found = next(iter(reading.countries.scan(run[:8])), None)
        if found is not None:
            _set_country(entity, found.word.code)
        return
    if (
        not titles
        or not run
        or lower[0] in ("and", "who", "whose", "where", "when", "with", "in", "on", "at")
    ):
        return
    before_preposition = []
    for word in lower:
        if word in PREPOSITIONS:
            break
        before_preposition.append(word)
    if not any(word in TITLES for word in before_preposition):
        return
    if any(word in _RELATIONS for word in before_preposition):
        return
    note_titles(entity, [word for word in before_preposition if word in TITLES])
    entity.modifiers.update(before_preposition)
    for found in reading.countries.scan(run):
        opener = next((lower[i] for i in range(found.first - 1, -1, -1) if lower[i] in PREPOSITIONS), "")
        if opener in ("", *HOME_PREPOSITIONS):
            _set_country(entity, found.word.code)
            return
    # A body named inside the apposition: "the head of the Farmers' Union".
    end = reading.places[index].end + 2 + len(rest[1 : rest.find(run[-1]) + len(run[-1])]) if run else 0
    for following in range(index + 1, min(index + 3, len(reading.places))):
        if reading.places[following].start >= end:
            break
        owner = reading.entity(following)
        if owner is not None and not owner.is_person and owner is not entity:
            _join(entity, owner)
            return


def _heads_body(lower: list[str]) -> bool:
    """Whether an apposition's noun is one for a body: "the Stuttgart truck maker"."""
    for at, word in enumerate(lower):
        if word in PREPOSITIONS and at:
            return lower[at - 1] in ORGANISATION_WORDS or lower[at - 1] in FIRMS
    return bool(lower) and (lower[-1] in ORGANISATION_WORDS or lower[-1] in FIRMS)
