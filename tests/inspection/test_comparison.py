"""Two networks on the same images: the counting against hand-worked numbers, all coins there are, SciPy, and books."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from neural_network import InputError, TwoLayerNN
from neural_network.inspection.analysis.intervals import paired_difference, wilson
from neural_network.inspection.comparison import (
    Candidate,
    CandidateResult,
    Comparison,
    ImageSource,
    PairResult,
    check_comparable,
    compare,
    method,
    options_table,
    results_table,
)
from neural_network.inspection.comparison.statistics import changed_sides, holm, mcnemar
from neural_network.runs.settings import Settings
from neural_network.runs.summary import DataSummary, Duration, EndedSummary, ModelSummary

IRISES = ImageSource("irises", "Fisher", "flowers")


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


def test_the_images_that_changed_sides_are_those_whose_label_counted_most_first():
    Y = np.array([0, 0, 1, 1, 0, 1])
    first = np.array([[0.9, 0.4, 0.6, 0.2, 0.3, 0.9], [0.1, 0.6, 0.4, 0.8, 0.7, 0.1]])  # right: yes no no yes no no
    second = np.array([[0.8, 0.6, 0.2, 0.7, 0.1, 0.4], [0.2, 0.4, 0.8, 0.3, 0.9, 0.6]])  # right: yes yes yes no no yes
    newly_correct, newly_wrong = changed_sides(first, second, Y)
    assert newly_correct.tolist() == [5, 2, 1]  # the label's probability rose by 0.5, 0.4, 0.2
    assert newly_wrong.tolist() == [3]
    assert [each.tolist() for each in changed_sides(second, first, Y)] == [[3], [5, 2, 1]]


# ---------------------------------------------------------------------------------- a comparison


@pytest.fixture
def trained(blobs):
    """Three networks on the same irises: one that learnt, one that learnt longer, one that did not learn."""
    X, Y = blobs
    networks = [TwoLayerNN(4, 5, 3, seed=seed) for seed in range(3)]
    for network, epochs in zip(networks, (40, 400), strict=False):
        network.train(X, Y, epochs=epochs)
    return [Candidate(f"n{seed}", network) for seed, network in enumerate(networks)]


def test_a_comparison_counts_what_the_networks_do(trained, blobs):
    X, Y = blobs
    result = compare(trained, [X] * len(trained), Y, IRISES)
    rights = [candidate.network.predict(X) == Y for candidate in trained]
    assert (result.samples, result.data) == (150, IRISES)
    assert [row.run for row in result.runs] == ["n0", "n1", "n2"]
    for row, right, candidate in zip(result.runs, rights, trained, strict=True):
        assert row.accuracy == pytest.approx(right.mean())
        assert row.loss == pytest.approx(candidate.network.loss(X, Y))
        assert row.interval == pytest.approx(np.ravel(wilson(right.sum(), 150)))
        assert (row.parameters, row.steps, row.seconds) == (4 * 5 + 5 + 5 * 3 + 3, None, None)
    assert len(result.pairs) == 2
    p_values = []
    for pair, right, row, predicted in zip(
        result.pairs, rights[1:], result.runs[1:], result.predictions[1:], strict=True
    ):
        assert (pair.run, pair.baseline) == (row.run, "n0")
        newly_correct, newly_wrong = np.flatnonzero(right & ~rights[0]), np.flatnonzero(rights[0] & ~right)
        assert sorted(image.index for image in pair.newly_correct) == newly_correct.tolist()
        assert sorted(image.index for image in pair.newly_wrong) == newly_wrong.tolist()
        assert pair.both_correct == np.sum(right & rights[0])
        assert pair.both_wrong == np.sum(~right & ~rights[0])
        for image in pair.newly_correct + pair.newly_wrong:
            i = image.index
            assert (image.label, image.before, image.after) == (Y[i], result.predictions[0, i], predicted[i])
        assert pair.difference == pytest.approx(right.mean() - rights[0].mean())
        assert pair.interval == paired_difference(len(newly_correct), len(newly_wrong), 150)
        assert pair.loss_difference == pytest.approx(row.loss - result.runs[0].loss)
        p_values.append(mcnemar(len(newly_correct), len(newly_wrong)))
        assert pair.p_value == p_values[-1]
    assert [pair.p_adjusted for pair in result.pairs] == holm(p_values)
    changed = [i for i in range(150) if len({bool(right[i]) for right in rights}) == 2]
    assert sorted(result.changed_images) == changed


def test_the_verdict_speaks_of_chance(trained, blobs):
    worse, luck, same = (
        compare([trained[0], other], [data[0]] * 2, data[1], IRISES).pairs[0].verdict
        for other, data in [
            (trained[2], blobs),
            (trained[1], (blobs[0][:, ::10], blobs[1][::10])),
            (Candidate("again", trained[0].network), blobs),
        ]
    )
    assert worse.endswith("points less accurate than n0: chance does not explain that (p < 0.0001)")
    assert same == "again and n0 classify the same images correctly"
    assert luck.startswith("n1 and n0 differ no more than chance explains (p = 0.")


def test_options_tell_what_differs_and_what_is_not_known(blobs):
    first = TwoLayerNN(4, 5, 3, seed=0)
    data, model = DataSummary("mnist", "here", "mnist", 9, 50, 0), ModelSummary.of(first)

    def summary(batch_size, steps):
        settings = Settings(hidden=5, epochs=3, batch_size=batch_size)
        return EndedSummary(data, settings, {}, model, Duration(3, steps, 1.0, 3), {})

    candidates = [
        Candidate("a", first, summary=summary(None, 6)),
        Candidate("b", TwoLayerNN(4, 8, 3, seed=0, label_smoothing=0.1)),
        Candidate("c", first, summary=summary(32, 9)),
    ]
    result = compare(candidates, [blobs[0]] * 3, blobs[1], IRISES)
    assert result.options == {
        "hidden": [5, 8, 5],
        "label_smoothing": [0.0, 0.1, 0.0],
        "batch_size": ["all", None, 32],
    }
    assert [pair.loss_difference for pair in result.pairs] == [None, 0]
    assert [row.steps for row in result.runs] == [6, None, 9]


def test_the_tables_tell_figures_and_below_them_differences():
    runs = [
        CandidateResult("a", 0.9, (0.88, 0.92), 0.5, 7960, 9, 2),
        CandidateResult("b", 0.95, (0.9, 1), 0.25, 1000, 1009, 1.98),
        CandidateResult("c", 0.85, (0.8, 0.9), 1, 7960, None, None),
    ]
    pairs = [
        PairResult("b", "a", 0.05, (0.04, 0.06), -0.25, 1, 1, 0, 0, [], []),
        PairResult("c", "a", -0.05, (-0.075, -0.00004), None, 1, 1, 0, 0, [], []),
    ]
    result = Comparison(IRISES, 9, runs, pairs, {"batch_size": ["all", 32, None]}, np.zeros((3, 9), int))
    assert results_table(result) == [
        ["run", "accuracy", "95 % interval", "loss", "parameters", "steps", "seconds"],
        ["a", "90.00%", "88.00 to 92.00", "0.5000", "7,960", "9", "2.0"],
        ["b", "95.00%", "90.00 to 100.00", "0.2500", "1,000", "1,009", "2.0"],
        ["Δ", "+5.00 ", "+4.00 to +6.00", "-0.2500", "-6,960", "+1,000", "+0.0"],
        ["c", "85.00%", "80.00 to 90.00", "1.0000", "7,960", "unknown", "unknown"],
        ["Δ", "-5.00 ", "-7.50 to +0.00", "unknown", "+0", "unknown", "unknown"],
    ]
    assert options_table(result) == [["option", "a", "b", "c"], ["batch size", "all", "32", "unknown"]]
    assert "Holm" in method(result)
    assert "Holm" not in method(replace(result, pairs=pairs[:1]))


def test_networks_that_are_not_alike_are_refused():
    def candidate(name, D=4, C=2, classes=None):
        return Candidate(name, TwoLayerNN(D, 3, C, classes=classes))

    check_comparable([candidate("a"), candidate("b", classes=["x", "y"]), candidate("c", classes=["x", "y"])])
    for other, complaint in [
        (candidate("b", D=9), "cannot compare a, of 4 pixels, with b, of 9"),
        (candidate("b", C=3), "cannot compare a, of 2 classes, with b, of 3"),
        (candidate("b", classes=["x", "z"]), "cannot compare a, for x, y, with b, for x, z"),
    ]:
        with pytest.raises(InputError, match=complaint):
            check_comparable([candidate("a", classes=["x", "y"]), other])
