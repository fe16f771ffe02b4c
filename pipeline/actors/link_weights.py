"""Weights of what the coreference model says, by task. Written by ``scripts/measure_resolve.py --fit-links``."""

LINK_WEIGHTS: dict[str, dict[str, float]] = {
    "body": {
        "link": 0.57,
        "rules": 0.46,
    },
    "country": {
        "link": 0.40,
        "link missing": -0.54,
        "link, group": 0.07,
        "link, official": -0.06,
        "link, person": -0.08,
        "link, somebody": 0.09,
        "link, unknown": 0.33,
        "none, link": -0.14,
        "none, link, body": 0.07,
        "none, link, group": 0.08,
        "none, link, official": -0.21,
        "none, link, person": -0.11,
        "none, link, somebody": 0.14,
        "none, link, unknown": -0.11,
        "none, linked": 0.15,
        "rules": 0.67,
    },
    "pair": {
        "link members": 0.43,
        "rules": 0.88,
    },
    "person": {
        "link": 0.39,
        "rules": 0.63,
    },
    "plural": {
        "link": 0.47,
        "link members": 0.18,
        "link set": -0.06,
        "link several": 0.79,
        "rules": 0.31,
    },
    "thing": {
        "link": 0.52,
        "rules": 0.39,
    },
    "title": {
        "link": 0.28,
        "rules": 0.33,
    },
}
