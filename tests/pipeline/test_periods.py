from datetime import date, timedelta

import pytest

from pipeline.report.periods import periods_of

FIRST = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("days", "unit", "count"),
    [(0, "day", 0), (1, "day", 1), (26, "day", 26), (27, "week", 5), (200, "month", 7),
     (1500, "quarter", 17), (9000, "year", 25)],
)  # fmt: skip
def test_the_finest_unit_that_fits_is_taken(days: int, unit: str, count: int) -> None:
    periods = periods_of(FIRST + timedelta(number) for number in range(days))
    assert (periods.unit, len(periods.starts)) == (unit, count)


def test_days_fall_into_their_periods() -> None:
    weeks = periods_of([FIRST + timedelta(number) for number in range(30)])
    assert weeks.starts[:2] == (date(2025, 12, 29), date(2026, 1, 5))
    assert [weeks.index(day) for day in (date(2026, 1, 4), date(2026, 1, 5), None)] == [0, 1, -1]
    quarters = periods_of(
        [FIRST, date(2026, 5, 7), *(FIRST + timedelta(31 * number) for number in range(40))]
    )
    assert quarters.starts[quarters.index(date(2026, 5, 7))] == date(2026, 4, 1)


def test_the_first_days_of_the_calendar_have_a_week() -> None:
    early = [date.min, *(FIRST + timedelta(number) for number in range(27))]
    assert periods_of(early).index(date.min) == 0
