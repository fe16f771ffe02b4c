"""Agreement against the examples that its authors published."""

import pytest

from models.annotators import annotator_agreement, krippendorff_alpha

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, examples A to C; a dot is no label.
BINARY = ("0100000010", "1110010000")
NOMINAL = ("aabbdcccedda", "babbbccceddd")
MISSING = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def units(rows: tuple[str, ...]) -> list[str]:
    return ["".join(labels).replace(".", "") for labels in zip(*rows, strict=True)]


@pytest.mark.parametrize(("rows", "alpha"), [(BINARY, 0.095), (NOMINAL, 0.692), (MISSING, 0.743)])
def test_alpha_of_published_examples(rows: tuple[str, ...], alpha: float) -> None:
    assert krippendorff_alpha(units(rows)) == pytest.approx(alpha, abs=5e-4)


def test_alpha_is_undefined_without_two_labels_or_with_one_class() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a"], ["b"]]) is None
    assert krippendorff_alpha([["a", "a"], ["a", "a"]]) is None


def test_kappa_of_each_two_annotators_over_what_both_labelled() -> None:
    # Cohen (1960): 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give κ = 0.4.
    counts = {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}
    items = [
        {"anna": first, "ben": second} for (first, second), count in counts.items() for _ in range(count)
    ]
    found = annotator_agreement([*items, {"anna": "y"}, {"cleo": "n", "ben": "n"}])
    assert [(pair.first, pair.second, pair.items) for pair in found.kappas] == [
        ("anna", "ben", 50),
        ("ben", "cleo", 1),
    ]
    assert found.kappas[0].kappa == pytest.approx(0.4)
    # One class only: nothing to agree on beyond chance.
    assert found.kappas[1].kappa is None
    assert found.items == 51
