"""What the resolver makes of a coreference model's word."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from test_resolve import article

from models.labels import NO_NATION
from models.layers import COUNTRY, MEMBER, RELATIONS, SAME
from models.links import AHEAD, BACK, FAR, Links
from pipeline.actors.reading import Reading, open_reading
from pipeline.actors.resolver import resolve
from pipeline.records import AttributedArticle
from pipeline.stages.resolve import TableResolver

Told = Mapping[tuple[int, int], tuple[int, float]]


@pytest.fixture(scope="module")
def stage() -> TableResolver:
    stage = TableResolver(TableResolver.Options(checkpoint=None))
    stage.setup()
    return stage


CODES = (NO_NATION, "CZE", "RUS")


def links(count: int, told: Told, nations: Mapping[int, str]) -> Links:
    """(mention, other) → relation and its value; nothing else is linked. Mention → its nation, the likely one."""
    pairs = np.full((count, BACK + 1 + AHEAD, RELATIONS), FAR, dtype=np.float32)
    new = np.zeros(count, dtype=np.float32)
    for (mention, other), (relation, value) in told.items():
        pairs[mention, BACK + other - mention, relation] = value
        if relation == SAME:
            new[mention] = np.log1p(-np.exp(value))
    chances = np.full((count, 3), 1 / 3, dtype=np.float32)
    for mention, code in nations.items():
        chances[mention] = [0.96 if code == one else 0.02 for one in CODES]
    return Links(new, np.full(count, FAR, dtype=np.float32), pairs, np.log(chances), CODES)


def resolved(
    stage: TableResolver, given: AttributedArticle, told: Told, nations: Mapping[int, str] | None = None
) -> Reading:
    (reading,) = stage.readings([given])
    heard = links(len(given.mentions), told, nations or {})
    reading = open_reading(given, reading.actors, reading.countries, heard)
    resolve(reading)
    return reading


def test_a_nominal_is_whom_the_model_is_sure_of(stage: TableResolver) -> None:
    given = article("[[Acme Steel]] fired [[Rolf Braun]].\n[[The furnace builder|nominal]] gave no reason.")
    reading = resolved(stage, given, {(2, 0): (SAME, np.log(0.95))})
    assert reading.entity(2) is reading.entity(0)
    assert reading.resolutions[2].part == "link"  # type: ignore[union-attr]
    reading = resolved(stage, given, {})
    assert reading.entity(2) not in (reading.entity(0), reading.entity(1))


def test_a_pronoun_weighs_the_model_with_the_rules(stage: TableResolver) -> None:
    given = article("[[Rolf Braun]] met [[Otto Weiss]] in Bonn.\n[[He|pronoun]] left early.")
    for right, wrong in ((0, 1), (1, 0)):
        reading = resolved(
            stage, given, {(2, right): (SAME, np.log(0.98)), (2, wrong): (SAME, np.log(0.001))}
        )
        assert reading.entity(2) is reading.entity(right)


def test_a_person_gets_the_country_that_the_model_reads(stage: TableResolver) -> None:
    given = article("[[France]] and [[Peru]] signed it. [[Otto Weiss]] applauded.")
    for code, country in ((0, "FRA"), (1, "PER")):
        told = {(2, code): (COUNTRY, 8.0), (2, 1 - code): (COUNTRY, -8.0)}
        entity = resolved(stage, given, told).entity(2)
        assert entity is not None
        assert entity.country == country


def test_a_collective_means_those_whom_the_model_takes_for_its_members(stage: TableResolver) -> None:
    given = article("[[France]], [[Peru]] and [[Chad]] signed it. [[The two states|collective]] applauded.")
    for pair in ((0, 1), (0, 2), (1, 2)):
        told = {(3, other): (MEMBER, 8.0 if other in pair else -8.0) for other in range(3)}
        entity = resolved(stage, given, told).entity(3)
        assert entity is not None
        assert {member.country for member in entity.members} == {("FRA", "PER", "TCD")[at] for at in pair}


def test_a_second_person_whom_the_rules_do_not_know_is_whom_the_model_says(stage: TableResolver) -> None:
    given = article("[[Rolf Braun]] rose. [[You|pronoun]] left.")
    assert resolved(stage, given, {}).entity(1) is None
    reading = resolved(stage, given, {(1, 0): (SAME, np.log(0.5))})
    assert reading.entity(1) is reading.entity(0)


def test_without_a_checkpoint_no_model_is_asked_and_with_one_it_is_named(
    stage: TableResolver, coreference_folder: Path
) -> None:
    assert stage.checkpoints == {}
    assert stage.readings([article("[[Xi Jinping]] spoke.")])[0].links is None
    linked = TableResolver(TableResolver.Options(checkpoint=str(coreference_folder)))
    linked.setup()
    assert list(linked.checkpoints) == ["coreference"]
    (reading,) = linked.readings([article("[[Xi Jinping]] spoke to [[Putin]].")])
    assert reading.links is not None
    assert reading.links.pairs.shape == (2, BACK + 1 + AHEAD, RELATIONS)


def test_a_country_that_no_word_names_is_the_one_that_the_model_reads_off_the_name(
    stage: TableResolver,
) -> None:
    given = article("[[Jitka Novotná]] spoke in [[Moscow]].\n[[She|pronoun]] left early.")
    told = {(2, 0): (SAME, np.log(0.98))}
    reading = resolved(stage, given, told, {0: "CZE", 2: "CZE"})
    assert [reading.entity(index).country for index in range(3)] == ["CZE", "RUS", "CZE"]  # type: ignore[union-attr]
    reading = resolved(stage, given, told)
    assert reading.entity(0).country != "CZE"  # type: ignore[union-attr]
