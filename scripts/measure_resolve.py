"""Accuracy of the resolve stage on annotated articles, with the annotated mentions and speakers given.

    python scripts/measure_resolve.py articles.jsonl … [--cross 5] [--faults] [--errors 40] [--fit | --fit-links]

A mention counts as right where the actors that it got map to its annotated keys; an actor is mapped to the
key that most of its mentions in the article carry (a name counts three times: it says who is meant), one
key an actor and one actor a key, largest overlap first. Countries of a mention compare as sets.
``--fit`` refits `pipeline/actors/salience_weights.py`, which knows no coreference model; ``--fit-links`` refits
`pipeline/actors/link_weights.py`, on articles that the model was not trained on. ``--cross`` measures each fold
of the articles with weights fitted on the others, as the shipped ones have seen their own training articles.
``--rules`` leaves the coreference model out, ``--checkpoint`` takes another. ``--faults`` counts what kinds of
errors there are.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from models.articles import AUTHOR_KEY, LabelledArticle, read_articles
from pipeline.actors.link_weights import LINK_WEIGHTS
from pipeline.actors.reading import Choice, Reading
from pipeline.actors.resolver import resolve
from pipeline.actors.salience import rules_score
from pipeline.actors.salience_weights import WEIGHTS
from pipeline.actors.speakers import Voice
from pipeline.gold import attributed_article
from pipeline.matching import actor_keys
from pipeline.stages.resolve import TableResolver

# A ranking, entity → key, the annotated keys of its mention and their countries.
Labelled = tuple[Choice, dict[int, str], tuple[str, ...], tuple[str | None, ...]]

WEIGHTS_FILE = Path(__file__).resolve().parent.parent / "pipeline" / "actors" / "salience_weights.py"


def key_map(article: LabelledArticle, reading: Reading) -> dict[int, str]:
    """Entity → annotated key, by the mentions that both stand for."""
    mentions = [mention for sentence in article.sentences for mention in sentence.mentions]
    entities = [(mention, reading.entity(index)) for index, mention in enumerate(mentions)]
    return actor_keys(
        article,
        (
            (mention, [(member.index, member.country) for member in entity.members or (entity,)])
            for mention, entity in entities
            if entity is not None
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument(
        "--errors", type=int, default=0, help="print this many errors, spread over the articles"
    )
    parser.add_argument("--kind", help="errors of this mention kind alone, or `country`")
    parser.add_argument("--cross", type=int, help="refit the weights for each of this many folds")
    parser.add_argument("--faults", action="store_true", help="count the errors by mention, part and fault")
    parser.add_argument("--fit", action="store_true", help="refit the salience weights on these files")
    parser.add_argument("--fit-links", action="store_true", help="refit the weights of the links")
    parser.add_argument("--rules", action="store_true", help="without the coreference model")
    parser.add_argument("--checkpoint", default="coreference", help="another coreference checkpoint")
    arguments = parser.parse_args()
    rules = arguments.rules or arguments.fit
    stage = TableResolver(TableResolver.Options(checkpoint=None if rules else arguments.checkpoint))
    stage.setup()
    articles = [article for path in arguments.files for article in read_articles(path)]
    if arguments.fit:
        write_weights(fit([choice for found in all_choices(stage, articles) for choice in found]))
        return
    if arguments.fit_links:
        write_link_weights(fit_links([choice for found in all_choices(stage, articles) for choice in found]))
        return
    folds = arguments.cross or 1
    weights, refit = (WEIGHTS, fit) if rules else (LINK_WEIGHTS, fit_links)
    labelled = list(all_choices(stage, articles)) if arguments.cross else []
    tally = Tally(kind=arguments.kind)
    shipped = dict(weights)
    for fold in range(folds):
        if arguments.cross:
            others = [one for number, one in enumerate(labelled) if number % folds != fold]
            weights.update(shipped | refit([choice for one in others for choice in one]))
        for article, reading in opened(stage, articles[fold::folds], tally):
            _measure(article, reading, tally)
    for name in sorted(tally.total):
        print(
            f"{name:24}{tally.right[name]:6} of {tally.total[name]:6}  {100 * tally.right[name] / tally.total[name]:5.1f}"
        )
    print(f"{1000 * tally.spent / max(1, len(articles)):.2f} ms an article")
    for fault, number in tally.faults.most_common() if arguments.faults else []:
        print(f"{number:5}  {fault}")
    step = max(1, len(tally.errors) // arguments.errors) if arguments.errors else 0
    for line in tally.errors[::step] if step else []:
        print(line)


@dataclass(slots=True)
class Tally:
    """What the articles measured so far came to; ``spent`` in seconds."""

    kind: str | None
    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    spent: float = 0.0


# Articles that the coreference model is asked about together.
_BATCH = 32


def opened(
    stage: TableResolver, articles: Sequence[LabelledArticle], tally: Tally | None = None
) -> Iterator[tuple[LabelledArticle, Reading]]:
    """Each article opened for resolution; ``tally`` counts the time that this took."""
    for first in range(0, len(articles), _BATCH):
        batch = articles[first : first + _BATCH]
        started = time.perf_counter()
        readings = stage.readings([attributed_article(article) for article in batch])
        if tally is not None:
            tally.spent += time.perf_counter() - started
        yield from zip(batch, readings, strict=True)


def all_choices(stage: TableResolver, articles: Sequence[LabelledArticle]) -> Iterator[list[Labelled]]:
    for article, reading in opened(stage, articles):
        yield choices_of(article, reading)


def choices_of(article: LabelledArticle, reading: Reading) -> list[Labelled]:
    """The rankings that the resolver makes in an article, with what is right."""
    reading.trace = []
    resolve(reading)
    mapped = key_map(article, reading)
    mentions = [mention for sentence in article.sentences for mention in sentence.mentions]
    return [
        (choice, mapped, keys, tuple(article.countries[key] for key in keys))
        for choice in reading.trace
        for keys in [mentions[choice.mention].keys]
    ]


def _measure(article: LabelledArticle, reading: Reading, tally: Tally) -> None:
    started = time.perf_counter()
    voices = resolve(reading).statements
    tally.spent += time.perf_counter() - started
    _count(article, reading, key_map(article, reading), tally)
    _count_speakers(article, voices, tally)


def _fault(reading: Reading, index: int, good: bool, known_before: bool, collective: bool) -> str:
    """What sort of error a mention is; ``known_before``: the text has mentioned its actor already."""
    entity = reading.entity(index)
    if entity is None:
        return "nobody"
    if good:
        members = entity.members or (entity,)
        known = all(member.country_known for member in members)
        return "right actor, country read wrong" if known else "right actor, country guessed wrong"
    if collective != bool(entity.members):
        return "one for several" if collective else "several for one"
    if not entity.places or entity.places[0].mention >= index:
        return "new actor for an old one" if known_before else "new actor, joined to others later"
    return "wrong old actor" if known_before else "old actor for a new one"


def _count(article: LabelledArticle, reading: Reading, mapped: dict[int, str], tally: Tally) -> None:
    seen: set[str] = set()
    mentions = [mention for sentence in article.sentences for mention in sentence.mentions]
    for index, mention in enumerate(mentions):
        entity = reading.entity(index)
        members = (entity.members or (entity,)) if entity else ()
        got = {mapped.get(member.index) for member in members}
        wanted = set(mention.keys)
        got_countries = {member.country for member in members}
        wanted_countries = {article.countries[key] for key in mention.keys}
        good = got == wanted
        good_country = got_countries == wanted_countries and bool(members)
        label = mention.kind if len(mention.keys) == 1 else "collective"
        for name in ("mention", f"mention {label}"):
            tally.total[name] += 1
            tally.right[name] += good
        for name in ("country", f"country {label}"):
            tally.total[name] += 1
            tally.right[name] += good_country
        found = reading.resolutions[index]
        if not (good and good_country):
            fault = _fault(reading, index, good, mention.keys[0] in seen, label == "collective")
            tally.faults[f"{label}, {found.part if found else 'no part'}: {fault}"] += 1
        seen.update(mention.keys)
        wrong = not good_country if tally.kind == "country" else not good
        if wrong and tally.kind in (None, label, "country"):
            text = article.text
            tally.errors.append(
                f"{article.id} [{label}] {'ACTOR ' if not good else ''}{'COUNTRY' if not good_country else ''} "
                f"…{text[max(0, mention.start - 110) : mention.start]}[[{text[mention.start : mention.end]}]]"
                f"{text[mention.end : mention.end + 50]}…\n      want {mention.keys} {wanted_countries} got "
                f"{[(m.name, m.kind, m.country, mapped.get(m.index)) for m in members]} "
                f"by {found.part if found else None}"
            )


def _count_speakers(article: LabelledArticle, voices: list[list[Voice]], tally: Tally) -> None:
    for sentence, said_by in zip(article.sentences, voices, strict=True):
        wanted = {article.countries[key] for key in sentence.speakers if key != AUTHOR_KEY}
        if wanted:
            tally.total["speaker country"] += 1
            tally.right["speaker country"] += {voice.entity.country for voice in said_by} == wanted


def fit(choices: list[Labelled]) -> dict[str, dict[str, float]]:
    """The weights of each task's features, by task: a conditional logit over each ranking's candidates.

    Where several candidates are right, their probabilities add up.
    """
    rankings: dict[str, list[tuple[list[dict[str, float]], list[bool]]]] = defaultdict(list)
    for choice in choices:
        hits = _hits(choice)
        if any(hits) and not all(hits):
            rankings[choice[0].task].append(([features for _, features in choice[0].candidates], hits))
    return {task: _weights(rankings[task]) for task in sorted(rankings)}


def fit_links(choices: list[Labelled]) -> dict[str, dict[str, float]]:
    """The weights of the links' features and of the rules' score beside them, by task, as `fit` finds them.

    A task that is too rare to learn from goes by the rules.
    """
    told = [
        (
            replace(
                choice, candidates=[(one, _link_row(choice.task, row)) for one, row in choice.candidates]
            ),
            mapped,
            keys,
            countries,
        )
        for choice, mapped, keys, countries in choices
    ]
    found = fit(told)
    return {
        task: found[task] if "rules" in found.get(task, {}) else {"rules": 1.0} for task in sorted(WEIGHTS)
    }


def _link_row(task: str, features: dict[str, float]) -> dict[str, float]:
    told = {name: value for name, value in features.items() if "link" in name and name != "linked"}
    return {"rules": rules_score(task, features)} | told


# Strength of the penalty on large weights; in how many rankings a feature must occur to have a weight at all
# (a word that two texts used once teaches nothing).
_PENALTY = 2.0
_SEEN = 4


def _weights(rankings: list[tuple[list[dict[str, float]], list[bool]]]) -> dict[str, float]:
    import numpy
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    seen = Counter(name for rows, _ in rankings for name in {name for row in rows for name in row})
    names = sorted(name for name, times in seen.items() if times >= _SEEN)
    columns = {name: number for number, name in enumerate(names)}
    rows = [row for candidates, _ in rankings for row in candidates]
    cells = [(number, name, value) for number, row in enumerate(rows) for name, value in row.items()]
    cells = [cell for cell in cells if cell[1] in columns]
    matrix = csr_matrix(
        (
            [value for _, _, value in cells],
            ([at for at, _, _ in cells], [columns[name] for _, name, _ in cells]),
        ),
        shape=(len(rows), len(names)),
    )
    transposed = matrix.T.tocsr()
    right = numpy.array([hit for _, hits in rankings for hit in hits])
    sizes = numpy.array([len(hits) for _, hits in rankings])
    first = numpy.concatenate([[0], numpy.cumsum(sizes)[:-1]])
    ranking = numpy.repeat(numpy.arange(len(sizes)), sizes)

    def loss(weights: numpy.ndarray) -> tuple[float, numpy.ndarray]:
        scores = matrix @ weights
        odds = numpy.exp(scores - numpy.maximum.reduceat(scores, first)[ranking])
        good = numpy.where(right, odds, 0.0)
        total, hit = numpy.add.reduceat(odds, first), numpy.add.reduceat(good, first)
        slope = transposed @ (odds / total[ranking] - good / hit[ranking])
        penalty = 0.5 * _PENALTY * float(weights @ weights)
        return float(numpy.log(total / hit).sum()) + penalty, slope + _PENALTY * weights

    found = minimize(loss, numpy.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    weights = zip(names, found, strict=True)
    return {name: round(float(weight), 2) for name, weight in weights if abs(weight) >= 0.05}


def _hits(labelled: Labelled) -> list[bool]:
    """Which candidates of a ranking are right; a pair whose countries alone are, where none is in full."""
    choice, mapped, keys, countries = labelled
    if choice.task == "country":
        return [code == countries[0] for code, _ in choice.candidates]
    members = [one if choice.task == "pair" else (one.members or (one,)) for one, _ in choice.candidates]
    exact = [{mapped.get(member.index) for member in those} == set(keys) for those in members]
    if choice.task != "pair" or any(exact) or len(keys) < 2:
        return exact
    return [{member.country for member in those} == set(countries) for those in members]


def write_weights(weights: dict[str, dict[str, float]]) -> None:
    """Write `pipeline/actors/salience_weights.py`."""
    says = "Weights of `pipeline.actors.salience`, by task. Written by ``scripts/measure_resolve.py --fit``."
    _write(WEIGHTS_FILE, says, "WEIGHTS", weights)


def write_link_weights(weights: dict[str, dict[str, float]]) -> None:
    """Write `pipeline/actors/link_weights.py`."""
    says = "Weights of what the coreference model says, by task. Written by ``scripts/measure_resolve.py --fit-links``."
    _write(WEIGHTS_FILE.with_name("link_weights.py"), says, "LINK_WEIGHTS", weights)


def _write(path: Path, says: str, name: str, weights: dict[str, dict[str, float]]) -> None:
    lines = [f'"""{says}"""', "", f"{name}: dict[str, dict[str, float]] = {{"]
    for task, row in weights.items():
        lines.append(f'    "{task}": {{')
        lines += [f'        "{feature}": {weight:.2f},' for feature, weight in row.items()]
        lines.append("    },")
    lines.append("}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
