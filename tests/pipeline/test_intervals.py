import pytest

from pipeline.intervals import net_interval, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe (1998), Two-sided confidence intervals for the single proportion, Table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_net_interval_is_the_adjusted_wald_interval_of_agresti_and_min() -> None:
    # By hand: 12.5, 4.5 of 32: net 0.25, half-width 1.959964 * sqrt(17 - 32 / 16) / 32.
    assert net_interval(12, 4, 30) == pytest.approx((0.0127841, 0.4872159), abs=1e-6)


def test_intervals_mirror_narrow_and_stay_in_range() -> None:
    low, high = net_interval(3, 9, 20)
    assert net_interval(9, 3, 20) == pytest.approx((-high, -low))
    wide, narrow = net_interval(3, 1, 6), net_interval(300, 100, 600)
    assert narrow[1] - narrow[0] < (wide[1] - wide[0]) / 5
    assert net_interval(2, 0, 2)[1] == 1.0
    assert (wilson(0, 0), net_interval(0, 0, 0)) == ((0.0, 1.0), (-1.0, 1.0))
