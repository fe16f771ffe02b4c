from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fake_runs import scored, write_run
from labelled_runs import Three, told

from models.pairs import PairLabel
from pipeline.errors import InputError
from pipeline.io.results import Run, open_run
from pipeline.labelling.choices import Strategy
from pipeline.labelling.items import Item
from pipeline.labelling.sample import (
    Candidates,
    Limits,
    by_centrality,
    candidates,
    divergence,
    sample,
    stance_model,
    uncertainty,
    within_limits,
)

NAMES = "Xi Putin Nato Beijing Kyiv Oslo Lima Rabat".split()
WIDE = Limits(article=99, actor=99)


def doubt(share: float) -> Three:
    """Support and oppose as close as ``share`` (1: equal), neutral unlikely."""
    return (0.45 + 0.4 * (1 - share), 0.1, 0.45 - 0.4 * (1 - share))


def run_of(folder: Path, articles: int = 6, shift: float = 0.0) -> Run:
    """Four rows an article; the later the article and row, the more doubtful."""
    total = 4 * articles
    made = [
        told(
            f"a{number}",
            *(
                (
                    f"N{number}{row} backs {NAMES[(number + row) % 8]}",
                    doubt((4 * number + row + shift) % total / total),
                )
                for row in range(4)
            ),
        )
        for number in range(articles)
    ]
    return open_run(write_run(folder, made))


def embed(pairs: Sequence[PairLabel]) -> np.ndarray:
    """A row's article and its place in it, as the name of its holder has them."""
    places = [pair.text[slice(*pair.statement)] for pair in pairs]
    return np.array([[ord(text[1]) - 47, ord(text[2]) - 47, 1] for text in places], dtype=float)


def refuse(pairs: Sequence[PairLabel]) -> np.ndarray:
    raise AssertionError("no embedding is needed here")


def ids(items: Sequence[Item]) -> list[str]:
    return [item.pair.id for item in items]


def picked(run: Run, n: int, strategy: Strategy, seed: int = 1, limits: Limits = WIDE, **more) -> list[Item]:
    return sample(run, n, strategy, seed=seed, limits=limits, embed=more.pop("embed", embed), **more)


def test_uncertainty_is_the_lack_of_a_margin() -> None:
    given = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0.2, 0.5, 0.3]])
    assert uncertainty(given) == pytest.approx([0, 1, 0.8])


def test_divergence_runs_from_equal_to_opposite() -> None:
    first = np.array([[0.2, 0.3, 0.5], [1, 0, 0], [0.5, 0.5, 0], [1, 0, 0]])
    second = np.array([[0.2, 0.3, 0.5], [0, 0, 1], [0.5, 0, 0.5], [np.nan] * 3])
    assert divergence(first, second) == pytest.approx([0, 1, 0.5, np.nan], nan_ok=True)


def test_limits_pass_over_full_articles_and_actors() -> None:
    rows = Candidates(
        articles=np.array([0, 0, 0, 1, 1, 2]),
        holders=np.array([0, 1, 2, 0, 3, 4]),
        targets=np.array([5, 6, 7, 8, 9, 0]),
        scores=np.zeros(6),
    )
    assert within_limits(rows, range(6), 9, Limits(2, 9)) == [0, 1, 3, 4, 5]
    assert within_limits(rows, range(6), 9, Limits(9, 1)) == [0, 1, 2, 4]
    assert within_limits(rows, range(6), 2, Limits(9, 9)) == [0, 1]


def test_each_cluster_gives_one_row_before_any_gives_two() -> None:
    features = np.array([[0.0, 1.0], [0.2, 1.0], [-0.3, 1.0], [1.0, 0.0], [1.0, 0.1]])
    order = by_centrality(features, np.ones(5), 2, seed=0)
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert {index > 2 for index in order[:2]} == {False, True}
    assert order[0] == 0


def test_the_most_doubtful_rows_come_first(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run")
    items = picked(run, 24, "uncertainty")
    likeliest = [item.probability for item in items]
    assert likeliest == sorted(likeliest)
    assert len(items) == 24


@pytest.mark.parametrize("strategy", ["uncertainty", "disagreement", "diverse", "random"])
def test_a_seed_decides(tmp_path: Path, strategy: Strategy) -> None:
    run = run_of(tmp_path / "run")
    first = picked(run, 5, strategy)
    assert first == picked(run, 5, strategy)
    assert len(first) == 5
    if strategy in ("diverse", "random"):
        assert ids(first) != ids(picked(run, 5, strategy, seed=2))


def test_chance_needs_no_model_and_clusters_do(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run")
    assert len(picked(run, 5, "random", embed=refuse)) == 5
    with pytest.raises(AssertionError, match="no embedding"):
        picked(run, 5, "diverse", embed=refuse)


def test_a_sample_keeps_within_its_limits(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run")
    items = picked(run, 20, "uncertainty", limits=Limits(article=2, actor=1))
    assert max(Counter(item.pair.article for item in items).values()) == 2
    assert max(Counter(name for item in items for name in (item.holder, item.target)).values()) == 1


def test_two_runs_are_compared_row_by_row(tmp_path: Path) -> None:
    run = run_of(tmp_path / "one")
    other = run_of(tmp_path / "other", articles=5, shift=0)
    scores = candidates(run, "disagreement", other=other).scores
    # The other run lacks the last article, and scales its doubts by five articles, not by six.
    assert np.isnan(scores).tolist() == [False] * 20 + [True] * 4
    assert scores[0] == pytest.approx(0, abs=1e-6)
    assert scores[19] > scores[3] > 0
    same = candidates(run, "disagreement", other=run_of(tmp_path / "same")).scores
    assert same == pytest.approx(0, abs=1e-6)
    assert len(picked(run, 30, "disagreement", other=other)) == 20


def test_without_another_run_a_stance_is_compared_with_its_sentiment(tmp_path: Path) -> None:
    # The fakes' sentiment is neutral: a neutral stance agrees with it more than a sided one.
    made = [told("a", ("Xi backs Putin", (0.1, 0.8, 0.1)), ("Putin backs Xi", (0.9, 0.05, 0.05)))]
    scores = candidates(open_run(write_run(tmp_path, made)), "disagreement").scores
    assert scores[0] < 0.02 < 0.3 < scores[1]


def test_rows_with_a_label_are_left_out(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run")
    known = set(ids(picked(run, 10, "random")))
    rest = ids(picked(run, 24, "random", labelled=known))
    assert len(rest) == 14
    assert not known & set(rest)
    with pytest.raises(InputError, match="no row is left to label"):
        picked(run, 1, "random", labelled={*known, *rest})


def test_a_syndicated_statement_is_labelled_once(tmp_path: Path) -> None:
    made = [told(id_, ("Xi backs Putin", doubt(0.5))) for id_ in ("a", "b", "c")]
    made.append(told("d", ("Putin backs Xi", doubt(0.1))))
    items = picked(open_run(write_run(tmp_path, made)), 9, "uncertainty")
    assert [(item.holder, item.target) for item in items] == [("Xi", "Putin"), ("Putin", "Xi")]


def test_a_run_without_stances_is_an_error(tmp_path: Path) -> None:
    run = open_run(write_run(tmp_path, [scored("a", "Rain fell")]))
    with pytest.raises(InputError, match="has no stances"):
        picked(run, 1, "random")


def test_the_checkpoint_is_read_off_the_rows(tmp_path: Path) -> None:
    assert stance_model(run_of(tmp_path / "run")) == "stance@01234567"
