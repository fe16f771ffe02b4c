"""Weights of what the coreference model says, by task. Written by ``scripts/measure_resolve.py --fit-links``."""

LINK_WEIGHTS: dict[str, dict[str, float]] = {
    "body": {
        "link": 0.66,
        "rules": 0.35,
    },
    "country": {
        "link": 0.29,
        "link missing": 0.08,
        "link, body": 0.06,
        "link, person": -0.07,
        "link, unknown": 0.24,
        "nation link": 0.12,
        "nation link unheard of": -0.24,
        "nation link, name": 0.09,
        "nation link, person": 0.11,
        "nation link, unknown": -0.06,
        "none, link, body": 0.09,
        "none, link, group": 0.21,
        "none, link, person": -0.16,
        "none, link, somebody": 0.39,
        "none, link, unknown": -0.59,
        "none, linked": 0.82,
        "none, nation link": 0.54,
        "none, nation link, body": 0.08,
        "none, nation link, official": 0.06,
        "none, nation link, somebody": 0.22,
        "none, nation link, unknown": 0.15,
        "rules": 0.70,
    },
    "pair": {
        "link members": 0.26,
        "rules": 0.92,
    },
    "person": {
        "link": 0.32,
        "rules": 0.67,
    },
    "plural": {
        "link": 0.52,
        "link members": 0.29,
        "link set": 0.14,
        "link several": 0.30,
        "rules": 0.33,
    },
    "thing": {
        "link": 0.34,
        "rules": 0.59,
    },
    "title": {
        "link": 0.06,
        "rules": 1.19,
    },
}
