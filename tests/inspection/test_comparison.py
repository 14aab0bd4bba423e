"""Two networks on the same images: the counting against hand-worked numbers, all coins there are, SciPy, and books."""

import itertools
import math

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.inspection.analysis.intervals import paired_difference, wilson
from neural_network.inspection.comparison import (
    Contender,
    changed_images,
    check_alike,
    contest,
    figures_table,
    method,
    options_table,
)
from neural_network.inspection.comparison.statistics import compare, holm, mcnemar


def test_mcnemar_of_few_images_by_hand():
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 0) == mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(1, 3) == pytest.approx(2 * (1 + 4) / 16)
    assert mcnemar(4, 4) == 1  # twice the tail is more than 1


def test_mcnemar_counts_all_the_ways_in_which_coins_fall():
    for n in range(1, 11):
        heads = np.array([sum(coins) for coins in itertools.product((0, 1), repeat=n)])
        for gained in range(n + 1):
            uneven = np.abs(heads - n / 2) >= abs(gained - n / 2)
            assert mcnemar(gained, n - gained) == pytest.approx(uneven.mean()), (gained, n - gained)


def test_mcnemar_is_scipys_binomial_test_however_many_images():
    stats = pytest.importorskip("scipy.stats")
    for gained, lost in [(12, 30), (801, 70), (5000, 5100), (123_000, 122_000), (60_000, 0)]:
        expected = stats.binomtest(gained, gained + lost).pvalue
        assert mcnemar(gained, lost) == pytest.approx(expected, rel=1e-8), (gained, lost)


def test_the_interval_of_a_paired_difference_is_the_published_one():
    # Cavo et al. 2012 in Fagerland, Lydersen and Laake 2017, 'Statistical analysis of contingency tables', chapter 8
    assert paired_difference(6, 16, 161, z=1.959964) == pytest.approx((-0.1195, -0.0032), abs=5e-5)
    low, high = paired_difference(0, 0, 98)  # by hand: 1.96 √(2/100 / 100)
    assert (low, high) == pytest.approx((-0.0277186, 0.0277186), abs=1e-7)
    assert paired_difference(3, 0, 3)[1] == 1
    assert paired_difference(0, 3, 3)[0] == -1


def test_the_interval_holds_the_difference_as_often_as_it_says():
    n = 25
    counts = [(up, down) for up in range(n + 1) for down in range(n + 1 - up)]
    ends = np.array([paired_difference(up, down, n) for up, down in counts])
    ways = np.array([math.comb(n, up) * math.comb(n - up, down) for up, down in counts])
    up, down = np.array(counts).T
    covers = []
    for p, q in itertools.product([0.02, 0.1, 0.2, 0.4], repeat=2):
        chances = ways * p**up * q**down * (1 - p - q) ** (n - up - down)
        assert chances.sum() == pytest.approx(1)
        covers.append(chances[(ends[:, 0] <= p - q) & (p - q <= ends[:, 1])].sum())
    assert min(covers) > 0.945
    assert max(covers[-4:]) < 0.96  # where changes are frequent, it is no wider than need be


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.02, 0.9]) == pytest.approx([1, 0.06, 1])
    assert holm([0.2]) == [0.2]


def test_holm_is_a_closed_test(rng):
    """A hypothesis falls where all sets of hypotheses that hold it fall by Bonferroni: Holm's method is a short cut."""
    for _ in range(50):
        p = rng.uniform(0, 0.2, 4)
        expected = np.zeros(4)
        for size in range(1, 5):
            for chosen in itertools.combinations(range(4), size):
                for i in chosen:
                    expected[i] = max(expected[i], min(1, size * p[list(chosen)].min()))
        assert holm(p) == pytest.approx(expected)


def test_compare_tells_which_images_changed_sides():
    Y = np.array([0, 0, 1, 1, 0, 1])
    first = np.array([[0.9, 0.4, 0.6, 0.2, 0.3, 0.9], [0.1, 0.6, 0.4, 0.8, 0.7, 0.1]])  # right: yes no no yes no no
    second = np.array([[0.8, 0.6, 0.2, 0.7, 0.1, 0.4], [0.2, 0.4, 0.8, 0.3, 0.9, 0.6]])  # right: yes yes yes no no yes
    result = compare(first, second, Y)
    assert result.gained.tolist() == [5, 2, 1]  # the label's probability rose by 0.5, 0.4, 0.2
    assert result.lost.tolist() == [3]
    assert result.difference == pytest.approx(2 / 6)
    assert result.p == pytest.approx(2 * (1 + 4) / 16)
    assert result.interval == paired_difference(3, 1, 6)
    swapped = compare(second, first, Y)
    assert (swapped.gained.tolist(), swapped.lost.tolist()) == ([3], [5, 2, 1])


# ---------------------------------------------------------------------------------- a contest


@pytest.fixture
def trained(blobs):
    """Three networks on the same irises: one that learnt, one that learnt longer, one that did not learn."""
    X, Y = blobs
    networks = [TwoLayerNN(4, 5, 3, seed=seed) for seed in range(3)]
    for network, epochs in zip(networks, (40, 400), strict=False):
        network.train(X, Y, epochs=epochs)
    return [Contender(f"n{seed}", network) for seed, network in enumerate(networks)]


def test_a_contest_counts_what_the_networks_do(trained, blobs):
    X, Y = blobs
    result, readings = contest(trained, X, Y)
    rights = [contender.network.predict(X) == Y for contender in trained]
    assert result["samples"] == 150
    assert [row["run"] for row in result["runs"]] == ["n0", "n1", "n2"]
    for row, right, contender in zip(result["runs"], rights, trained, strict=True):
        assert row["accuracy"] == pytest.approx(right.mean())
        assert row["loss"] == pytest.approx(contender.network.loss(X, Y))
        assert row["interval"] == pytest.approx(np.ravel(wilson(right.sum(), 150)))
        assert (row["parameters"], row["steps"], row["seconds"]) == (4 * 5 + 5 + 5 * 3 + 3, None, None)
    assert len(result["comparisons"]) == 2
    p_values = []
    for comparison, right, row, reading in zip(
        result["comparisons"], rights[1:], result["runs"][1:], readings[1:], strict=True
    ):
        assert (comparison["run"], comparison["with"]) == (row["run"], "n0")
        gained, lost = np.flatnonzero(right & ~rights[0]), np.flatnonzero(rights[0] & ~right)
        assert sorted(image["index"] for image in comparison["gained"]) == gained.tolist()
        assert sorted(image["index"] for image in comparison["lost"]) == lost.tolist()
        assert comparison["both_right"] == np.sum(right & rights[0])
        assert comparison["both_wrong"] == np.sum(~right & ~rights[0])
        for image in comparison["gained"] + comparison["lost"]:
            i = image["index"]
            assert (image["label"], image["before"], image["after"]) == (Y[i], readings[0, i], reading[i])
        assert comparison["difference"] == pytest.approx(right.mean() - rights[0].mean())
        assert comparison["loss_difference"] == pytest.approx(row["loss"] - result["runs"][0]["loss"])
        p_values.append(mcnemar(len(gained), len(lost)))
        assert comparison["p_value"] == p_values[-1]
    assert [comparison["p_adjusted"] for comparison in result["comparisons"]] == holm(p_values)
    changed = [i for i in range(150) if len({bool(right[i]) for right in rights}) == 2]
    assert sorted(changed_images(result)) == changed


def test_the_verdict_speaks_of_chance(trained, blobs):
    worse, luck, same = (
        contest([trained[0], other], *data)[0]["comparisons"][0]["verdict"]
        for other, data in [
            (trained[2], blobs),
            (trained[1], (blobs[0][:, ::10], blobs[1][::10])),
            (Contender("again", trained[0].network), blobs),
        ]
    )
    assert "points less right than n0: more than chance explains (p < 0.0001)" in worse
    assert same == "again is right and wrong on the very images that n0 is"
    assert luck.startswith("n1 and n0: no difference that chance could not explain (p = 0.")


def test_options_tell_what_differs_and_what_is_not_known(blobs):
    first = TwoLayerNN(4, 5, 3, seed=0)
    summary = {"data": {"spec": "mnist", "validation": 9}, "training": {"batch_size": None, "epochs": 3, "steps": 6}}
    contenders = [
        Contender("a", first, summary=summary),
        Contender("b", TwoLayerNN(4, 8, 3, seed=0, label_smoothing=0.1), summary={**summary, "training": {}}),
        Contender("c", first, summary={**summary, "training": {"batch_size": 32, "epochs": 3, "steps": 9}}),
    ]
    result, _ = contest(contenders, *blobs)
    assert result["options"] == {
        "hidden": [5, 8, 5],
        "label_smoothing": [0.0, 0.1, 0.0],
        "batch_size": ["all", None, 32],
    }
    assert [comparison["loss_difference"] for comparison in result["comparisons"]] == [None, 0]
    assert [row["steps"] for row in result["runs"]] == [6, None, 9]


def test_the_tables_tell_figures_and_below_them_differences():
    runs = [
        {
            "run": "a",
            "accuracy": 0.9,
            "interval": [0.88, 0.92],
            "loss": 0.5,
            "parameters": 7960,
            "steps": 9,
            "seconds": 2,
        },
        {
            "run": "b",
            "accuracy": 0.95,
            "interval": [0.9, 1],
            "loss": 0.25,
            "parameters": 1000,
            "steps": 1009,
            "seconds": 1.98,
        },
        {
            "run": "c",
            "accuracy": 0.85,
            "interval": [0.8, 0.9],
            "loss": 1,
            "parameters": 7960,
            "steps": None,
            "seconds": None,
        },
    ]
    comparisons = [
        {"difference": 0.05, "interval": [0.04, 0.06], "loss_difference": -0.25},
        {"difference": -0.05, "interval": [-0.075, -0.00004], "loss_difference": None},
    ]
    options = {"batch_size": ["all", 32, None]}
    result = {"runs": runs, "comparisons": comparisons, "options": options}
    assert figures_table(result) == [
        ["run", "accuracy", "95 % interval", "loss", "parameters", "steps", "seconds"],
        ["a", "90.00%", "88.00 to 92.00", "0.5000", "7,960", "9", "2.0"],
        ["b", "95.00%", "90.00 to 100.00", "0.2500", "1,000", "1,009", "2.0"],
        ["Δ", "+5.00 ", "+4.00 to +6.00", "-0.2500", "-6,960", "+1,000", "+0.0"],
        ["c", "85.00%", "80.00 to 90.00", "1.0000", "7,960", "unknown", "unknown"],
        ["Δ", "-5.00 ", "-7.50 to +0.00", "unknown", "+0", "unknown", "unknown"],
    ]
    assert options_table(result) == [["option", "a", "b", "c"], ["batch size", "all", "32", "unknown"]]
    assert "Holm" in method(result)
    assert "Holm" not in method({"comparisons": comparisons[:1]})


def test_networks_that_are_not_alike_are_refused():
    def contender(name, D=4, C=2, classes=None):
        return Contender(name, TwoLayerNN(D, 3, C, classes=classes))

    check_alike([contender("a"), contender("b", classes=["x", "y"]), contender("c", classes=["x", "y"])])
    for other, complaint in [
        (contender("b", D=9), "cannot compare a, of 4 pixels, with b, of 9"),
        (contender("b", C=3), "cannot compare a, of 2 classes, with b, of 3"),
        (contender("b", classes=["x", "z"]), "cannot compare a, for x, y, with b, for x, z"),
    ]:
        with pytest.raises(InputError, match=complaint):
            check_alike([contender("a", classes=["x", "y"]), other])
