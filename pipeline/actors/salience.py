"""Which of the actors mentioned so far a word means: candidates scored by where and how they were mentioned.

A linear ranking in the manner of Lappin and Leass (1994, "An algorithm for pronominal anaphora resolution"),
with weights fitted by a conditional logit on the project's annotated training articles
(`scripts/measure_resolve.py --fit`) rather than set by hand. What a coreference model says is weighed beside
the rules' score, by weights fitted on articles that the model was not trained on (``--fit-links``).
"""

from collections.abc import Iterable
from typing import TypeVar

from pipeline.actors.entities import Entity, Place
from pipeline.actors.link_weights import LINK_WEIGHTS
from pipeline.actors.salience_weights import WEIGHTS

Features = dict[str, float]
T = TypeVar("T")


def score(task: str, features: Features) -> float:
    """The score of a candidate, by rules alone or, where a model has spoken (``linked``), by both together."""
    rules = rules_score(task, features)
    if "linked" not in features:
        return rules
    return LINK_WEIGHTS[task]["rules"] * rules + _weighed(LINK_WEIGHTS[task], features)


def rules_score(task: str, features: Features) -> float:
    """What the rules alone say of a candidate."""
    return _weighed(WEIGHTS[task], features)


def _weighed(weights: dict[str, float], features: Features) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def best_of(task: str, scored: Iterable[tuple[T, Features]]) -> tuple[T | None, float]:
    """The candidate of the highest score and its lead over the runner-up; the earlier one wins a tie."""
    chosen: T | None = None
    top = runner_up = float("-inf")
    for candidate, features in scored:
        value = score(task, features)
        if value > top:
            chosen, runner_up, top = candidate, top, value
        elif value > runner_up:
            runner_up = value
    return chosen, top - runner_up


def place_features(entity: Entity, place: Place, rank: int, same_clause: bool) -> Features:
    """What an entity's last mention says about its being meant at ``place``. ``rank``: 0 for the latest one."""
    last = entity.places[-1]
    distance = place.sentence - last.sentence
    features: Features = {f"distance {min(distance, 4)}": 1.0, f"rank {min(rank, 4)}": 1.0}
    if last.subject:
        features["subject"] = 1.0
        if place.subject and distance == 1:
            features["parallel subject"] = 1.0
    if last.lead:
        features["lead"] = 1.0
        if distance == 0:
            features["lead of this sentence"] = 1.0
        elif distance == 1:
            features["lead of the sentence before"] = 1.0
    if last.source:
        features["source"] = 1.0
        if distance == 0:
            features["source of this sentence"] = 1.0
        elif distance == 1:
            features["source of the sentence before"] = 1.0
        if place.source and distance > 0:
            # Who spoke goes on speaking: "Xi praised Russia in a call with Putin. He said …".
            features["speaks on"] = 1.0
    if last.quoted != place.quoted:
        features["quoted alone" if last.quoted else "outside the quotation"] = 1.0
    elif last.quoted:
        features["both quoted"] = 1.0
    if last.owner:
        features["owner"] = 1.0
    if distance == 0 and same_clause:
        features["object of its own subject" if not place.owner else "own possessive"] = 1.0
    if place.paragraph != last.paragraph:
        features["paragraph before"] = 1.0
    if place.lead and last.lead:
        features["both lead"] = 1.0
    count = len(entity.places)
    features["mentions"] = min(count, 6) / 6
    if entity.named:
        features["named"] = 1.0
    return features
