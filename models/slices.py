"""Slices of pair labels: where in the language a model errs."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from models.pairs import AUTHOR_INDEX, Spans, StanceWindow

_PRONOUNS = frozenset(
    "i me my mine we us our ours you your he him his she her hers it its they them their theirs who whose".split()
)
_NEGATION = re.compile(
    r"\b(?:no|not|never|neither|nor|none|nobody|without|refus\w+|den(?:y|ies|ied))\b|n['’]t\b", re.I
)
_QUOTES = re.compile(r"[“\"][^”\"]*[”\"]")
_NEAR, _FAR = 40, 120


@dataclass(frozen=True, slots=True)
class PairContext:
    """One pair of a window. Spans are character offsets into the window's text; ``holder`` is None for the author."""

    window: StanceWindow
    holder: Spans | None
    target: Spans

    def inside(self, spans: Spans) -> Spans:
        """The mentions in the statement itself."""
        start, end = self.window.statement
        return tuple(span for span in spans if span[0] < end and start < span[1])

    @property
    def holder_text(self) -> str:
        """The holder's last mention, in the statement where it has one there."""
        return "(the article)" if self.holder is None else self._text(self.holder)

    @property
    def target_text(self) -> str:
        """As `holder_text`, of the target."""
        return self._text(self.target)

    def _text(self, spans: Spans) -> str:
        shown = self.inside(spans) or spans
        return self.window.text[slice(*shown[-1])] if shown else "(outside the window)"


def pair_context(window: StanceWindow, pair: tuple[int, int]) -> PairContext:
    holder, target = pair
    return PairContext(
        window, None if holder == AUTHOR_INDEX else window.actors[holder], window.actors[target]
    )


def _holder(pair: PairContext) -> str:
    if pair.holder is None:
        return "author"
    if pair.inside(pair.holder):
        return "in the statement"
    return "in the context" if pair.holder else "outside the window"


def _target(pair: PairContext) -> str:
    return "in the statement" if pair.inside(pair.target) else "in the context"


def _form(pair: PairContext) -> str:
    text = pair.window.text
    mentions = pair.inside(pair.target) or pair.target
    pronoun = all(text[start:end].lower() in _PRONOUNS for start, end in mentions)
    return "pronoun" if pronoun else "name or noun"


def _distance(pair: PairContext) -> str:
    holders, targets = pair.inside(pair.holder or ()), pair.inside(pair.target)
    if not holders or not targets:
        return "not both in the statement"
    gap = min(max(h[0] - t[1], t[0] - h[1], 0) for h in holders for t in targets)
    if gap <= _NEAR:
        return f"up to {_NEAR} characters"
    return f"up to {_FAR} characters" if gap <= _FAR else f"over {_FAR} characters"


def _quoted(pair: PairContext) -> str:
    start, end = pair.window.statement
    quotes = [(start + m.start(), start + m.end()) for m in _QUOTES.finditer(pair.window.text[start:end])]
    if not quotes:
        return "no quotation"
    within = any(left < s and e < right for s, e in pair.inside(pair.target) for left, right in quotes)
    return "target quoted" if within else "beside a quotation"


def _negated(pair: PairContext) -> str:
    start, end = pair.window.statement
    return "negation" if _NEGATION.search(pair.window.text[start:end]) else "no negation"


def _actors(pair: PairContext) -> str:
    count = sum(bool(pair.inside(spans)) for spans in pair.window.actors)
    return "up to 2 actors" if count <= 2 else "3 to 4 actors" if count <= 4 else "5 actors or more"


SLICES: dict[str, Callable[[PairContext], str]] = {
    "holder": _holder,
    "target": _target,
    "target's form": _form,
    "distance": _distance,
    "quotation": _quoted,
    "negation": _negated,
    "actors": _actors,
}
