"""Days grouped so that a chart has a couple of dozen points, whether a corpus spans a week or a century."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "quarter", "year"]

_MOST_PERIODS = 26

# Unit → the first day of the period that a day is in, finest first.
_STARTS: dict[Unit, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(min(day.weekday(), day.toordinal() - 1)),
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


@dataclass(frozen=True, slots=True)
class Periods:
    """``starts``: first days of the periods that have articles, in order. Weeks start on Monday."""

    unit: Unit
    starts: tuple[date, ...]

    def index(self, day: date | None) -> int:
        """Which period a day is in; -1 for None."""
        return -1 if day is None else self.starts.index(_STARTS[self.unit](day))


def periods_of(days: Iterable[date]) -> Periods:
    """The finest unit with at most 26 periods; years where even those are more."""
    known = list(days)
    by_unit = {unit: sorted({start(day) for day in known}) for unit, start in _STARTS.items()}
    fitting: list[Unit] = [unit for unit, starts in by_unit.items() if len(starts) <= _MOST_PERIODS]
    unit = fitting[0] if fitting else "year"
    return Periods(unit, tuple(by_unit[unit]))
