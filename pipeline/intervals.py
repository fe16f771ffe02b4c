"""Confidence intervals of shares and of net stances, for samples of any size. All are at 95 %.

Wilson (1927), Probable inference, the law of succession, and statistical inference. Agresti and Min (2005),
Simple improved confidence intervals for comparing matched proportions.
"""

from math import sqrt

# The standard normal distribution leaves 2.5 % beyond it on either side.
Z = 1.959964

Interval = tuple[float, float]


def wilson(part: float, whole: float) -> Interval:
    """Where the share ``part / whole`` may lie, by Wilson's score interval; (0, 1) of nothing."""
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    scale = 1 + Z * Z / whole
    middle = (share + Z * Z / (2 * whole)) / scale
    half = Z / scale * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def net_interval(support: float, oppose: float, whole: float) -> Interval:
    """Where ``(support - oppose) / whole`` may lie, a difference of two shares of one sample; (-1, 1) of nothing.

    The adjusted Wald interval of Agresti and Min: half an observation is added to each cell of the table.
    """
    if whole <= 0:
        return -1.0, 1.0
    for_, against, all_ = support + 0.5, oppose + 0.5, whole + 2
    net = (for_ - against) / all_
    half = Z * sqrt(max(0.0, for_ + against - all_ * net * net)) / all_
    return max(-1.0, net - half), min(1.0, net + half)
