"""Weights of what the coreference model says, by task. Written by ``scripts/measure_resolve.py --fit-links``.

They were fitted beside the smaller model, all but the rules' say in countries: that is three quarters of what was
fitted, for the larger model knows more. Countries right of 3,000 on the validation and held-out articles, as the same
script counts: 2,766 → 2,775 with the larger one (13 more on validation, 4 fewer on held-out), 2,730 → 2,727 with the
smaller.
"""

LINK_WEIGHTS: dict[str, dict[str, float]] = {
    "body": {
        "link": 0.82,
        "rules": 0.95,
    },
    "country": {
        "link": 0.18,
        "link missing": -0.19,
        "link, somebody": 0.07,
        "link, unknown": 0.17,
        "nation link": 0.17,
        "nation link unheard of": -0.32,
        "nation link, body": 0.08,
        "nation link, name": 0.14,
        "nation link, unknown": -0.11,
        "none, link": 0.12,
        "none, link, group": 0.08,
        "none, link, name": -0.06,
        "none, link, official": -0.07,
        "none, link, person": -0.24,
        "none, link, somebody": 0.25,
        "none, link, unknown": 0.17,
        "none, linked": 0.79,
        "none, nation link": 0.52,
        "none, nation link, body": 0.06,
        "none, nation link, group": 0.21,
        "none, nation link, name": 0.20,
        "none, nation link, official": 0.19,
        "none, nation link, person": -0.07,
        "none, nation link, somebody": 0.14,
        "none, nation link, unknown": -0.22,
        "rules": 0.45,
    },
    "pair": {
        "link members": 0.33,
        "rules": 0.91,
    },
    "person": {
        "link": 0.34,
        "rules": 0.62,
    },
    "plural": {
        "link": 0.46,
        "link members": 0.29,
        "link set": 0.08,
        "link several": 0.44,
        "rules": 0.38,
    },
    "thing": {
        "link": 0.34,
        "rules": 0.59,
    },
    "title": {
        "link": 0.46,
        "rules": 0.31,
    },
}
