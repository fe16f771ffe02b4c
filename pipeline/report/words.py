"""The findings of a run in words."""

from collections.abc import Callable

from pipeline.aggregate import MINIMUM, Counts, PairCounts
from pipeline.survey import Survey

Name = Callable[[str], str]


def headline(level: PairCounts, name: Name) -> str:
    """The pair that supports most and the one that opposes most, of those spoken of often enough."""
    pairs = [row for row in level.pairs() if row[2].decided >= MINIMUM]
    warm = max((row for row in pairs if row[2].net > 0), key=lambda row: row[2].support, default=None)
    cold = max((row for row in pairs if row[2].net < 0), key=lambda row: row[2].oppose, default=None)
    parts = []
    if warm:
        parts.append(f"{name(warm[0])} backs {name(warm[1])}")
    if cold:
        parts.append(f"{name(cold[0])} opposes {name(cold[1])}")
    return ", ".join(parts) if parts else "Who says what about whom"


def summary(survey: Survey, level: PairCounts, name: Name, rejects: int) -> list[str]:
    """A few sentences that say what the run holds and what stands out."""
    whole = survey.levels["actors"].counts.get((None, None), Counts())
    sentences = [_corpus(survey)]
    if survey.statements:
        sentences.append(
            f"They hold {_count(survey.statements, 'statement')}; "
            f"{survey.attributed / survey.statements:.0%} are attributed to somebody other than the article."
        )
    if whole.decided:
        low, high = whole.sided_interval
        sentences.append(
            f"Of {_count(whole.decided, 'stance')}, {whole.sided / whole.decided:.0%} take a side "
            f"(95 % interval {low:.0%} to {high:.0%}): "
            f"{whole.support:,} support and {whole.oppose:,} oppose."
        )
    often = [row for row in level.pairs() if row[2].decided >= MINIMUM and row[2].sided][:3]
    if often:
        told = [f"{name(one)} toward {name(other)} ({_sides(counts)})" for one, other, counts in often]
        sentences.append(f"Those who take sides most often: {'; '.join(told)}.")
    contested = [row for row in level.contested() if row[1].decided >= MINIMUM][:1]
    sentences += [
        f"The most contested target is {name(key)} ({_sides(counts)})." for key, counts in contested
    ]
    if rejects:
        sentences.append(f"{_count(rejects, 'row')} of the input could not be scored.")
    return sentences


def _corpus(survey: Survey) -> str:
    days = sorted(day for day in survey.days if day)
    told = sum(1 for outlet in survey.outlets if outlet)
    text = _count(survey.articles, "article")
    if told:
        text += f" from {_count(told, 'outlet')}"
    if days:
        first, last = (f"{day.day} {day:%B %Y}" for day in (days[0], days[-1]))
        text += f", published on {first}" if first == last else f", published from {first} to {last}"
    if undated := survey.days[None]:
        text += f" ({undated:,} without a date)" if days else ", none of them dated"
    text += "."
    if len(survey.copies) == 1:
        text += " One copy of another article is left out of all counts."
    elif survey.copies:
        text += f" {len(survey.copies):,} copies of other articles are left out of all counts."
    return text


def _count(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"


def _sides(counts: Counts) -> str:
    return f"{counts.support:,} for, {counts.oppose:,} against, of {counts.decided:,}"
