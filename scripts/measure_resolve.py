"""Accuracy of the resolve stage on annotated articles, with the annotated mentions and speakers given.

    python scripts/measure_resolve.py articles.jsonl … [--errors 40] [--fit]

A mention counts as right where the actors that it got map to its annotated keys; an actor is mapped to the
key that most of its mentions in the article carry (a name counts three times: it says who is meant), one
key an actor and one actor a key, largest overlap first. Countries of a mention compare as sets.
``--fit`` refits `pipeline/actors/salience_weights.py`.
"""

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path

from models.articles import AUTHOR_KEY, LabelledArticle, read_articles
from pipeline.actors.reading import Choice, Reading
from pipeline.actors.resolver import resolve
from pipeline.actors.speakers import Voice
from pipeline.gold import attributed_article
from pipeline.matching import actor_keys
from pipeline.stages.resolve import TableResolver

# A ranking, entity → key, the annotated keys of its mention and the country of the first of them.
Labelled = tuple[Choice, dict[int, str], tuple[str, ...], str | None]

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
    parser.add_argument("--fit", action="store_true", help="refit the salience weights on these files")
    arguments = parser.parse_args()
    stage = TableResolver(TableResolver.Options())
    stage.setup()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    errors: list[str] = []
    choices: list[Labelled] = []
    spent = 0.0
    articles = [article for path in arguments.files for article in read_articles(path)]
    for article in articles:
        started = time.perf_counter()
        reading = stage.read(attributed_article(article))
        reading.trace = [] if arguments.fit else None
        voices = resolve(reading)
        spent += time.perf_counter() - started
        mapped = key_map(article, reading)
        mentions = [mention for sentence in article.sentences for mention in sentence.mentions]
        for choice in reading.trace or []:
            keys = mentions[choice.mention].keys
            choices.append((choice, mapped, keys, article.countries[keys[0]]))
        _count(article, reading, mapped, right, total, errors, arguments.kind)
        _count_speakers(article, voices, right, total)
    if arguments.fit:
        fit(choices)
        return
    for name in sorted(total):
        print(f"{name:24}{right[name]:6} of {total[name]:6}  {100 * right[name] / total[name]:5.1f}")
    print(f"{1000 * spent / max(1, len(articles)):.2f} ms an article")
    step = max(1, len(errors) // arguments.errors) if arguments.errors else 0
    for line in errors[::step] if step else []:
        print(line)


def _count(
    article: LabelledArticle,
    reading: Reading,
    mapped: dict[int, str],
    right: Counter[str],
    total: Counter[str],
    errors: list[str],
    kind: str | None,
) -> None:
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
            total[name] += 1
            right[name] += good
        for name in ("country", f"country {label}"):
            total[name] += 1
            right[name] += good_country
        wrong = not good_country if kind == "country" else not good
        if wrong and kind in (None, label, "country"):
            text = article.text
            found = reading.resolutions[index]
            errors.append(
                f"{article.id} [{label}] {'ACTOR ' if not good else ''}{'COUNTRY' if not good_country else ''} "
                f"…{text[max(0, mention.start - 110) : mention.start]}[[{text[mention.start : mention.end]}]]"
                f"{text[mention.end : mention.end + 50]}…\n      want {mention.keys} {wanted_countries} got "
                f"{[(m.name, m.kind, m.country, mapped.get(m.index)) for m in members]} "
                f"by {found.part if found else None}"
            )


def _count_speakers(
    article: LabelledArticle, voices: list[list[Voice]], right: Counter[str], total: Counter[str]
) -> None:
    for sentence, heard in zip(article.sentences, voices, strict=True):
        wanted = {article.countries[key] for key in sentence.speakers if key != AUTHOR_KEY}
        if wanted:
            total["speaker country"] += 1
            right["speaker country"] += {voice.entity.country for voice in heard} == wanted


def fit(choices: list[Labelled]) -> None:
    """Weights of each task by logistic regression on the differences of right and wrong candidates' features."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    pairs: dict[str, list[tuple[dict[str, float], int]]] = defaultdict(list)
    seen: Counter[str] = Counter()
    for choice, mapped, keys, country in choices:
        good: list[dict[str, float]] = []
        bad: list[dict[str, float]] = []
        for entity, features in choice.candidates:
            if choice.task == "country":
                hit = entity == country
            elif choice.task == "pair":
                hit = {mapped.get(member.index) for member in entity} == set(keys)
            else:
                got = {mapped.get(member.index) for member in (entity.members or (entity,))}
                hit = got == set(keys)
            (good if hit else bad).append(features)
        if not good or not bad:
            continue
        seen[choice.task] += 1
        for first in good[:1]:
            for other in bad[:8]:
                difference = {
                    name: first.get(name, 0.0) - other.get(name, 0.0) for name in {**first, **other}
                }
                pairs[choice.task].append((difference, 1))
                pairs[choice.task].append(({name: -value for name, value in difference.items()}, 0))
    lines = [
        '"""Weights of `pipeline.actors.salience`, by task. Written by ``scripts/measure_resolve.py --fit``."""',
        "",
        "WEIGHTS: dict[str, dict[str, float]] = {",
    ]
    for task in sorted(pairs):
        vectors = DictVectorizer(sort=True)
        rows = vectors.fit_transform([features for features, _ in pairs[task]])
        labels = [label for _, label in pairs[task]]
        model = LogisticRegression(C=0.1, fit_intercept=False, max_iter=500).fit(rows, labels)
        lines.append(f'    "{task}": {{')
        for name, weight in zip(vectors.get_feature_names_out(), model.coef_[0], strict=True):
            if abs(weight) >= 0.005:
                lines.append(f'        "{name}": {weight:.2f},')
        lines.append("    },")
        print(f"{task}: {seen[task]} choices, {len(labels)} pairs")
    lines.append("}")
    WEIGHTS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
