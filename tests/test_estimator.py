"""The scikit-learn estimator, against scikit-learn's own checks, its MLPClassifier, and the core it adapts."""

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("sklearn", "1.7", reason="needs scikit-learn 1.7 or later")

import joblib
import pandas as pd
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from neural_network import Callback, DivergenceError, History, InputError, TwoLayerNN
from neural_network.estimator import Continuation, SampleWeights, TwoLayerClassifier
from neural_network.functions.losses import LOSSES
from neural_network.runs.settings import Settings

NAMES = np.array(["setosa", "versicolor", "virginica"])


@pytest.fixture
def flowers(blobs):
    """150 samples in rows, float64, with names for labels."""
    X, Y = blobs
    return X.T.astype(np.float64), NAMES[Y]


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return train_test_split(X / 16, y, stratify=y, random_state=0)


def small(**options):
    """A classifier that trains in a moment, on mini-batches unless told otherwise."""
    return TwoLayerClassifier(**{"hidden_size": 8, "epochs": 6, "batch_size": 32, "random_state": 0, **options})


def assert_same_network(first, second, **tolerance):
    for name, θ in first.network_.parameters.items():
        np.testing.assert_allclose(second.network_.parameters[name], θ, **{"rtol": 0, "atol": 0, **tolerance})


@parametrize_with_checks([TwoLayerClassifier()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_digits_are_read_as_well_as_by_mlp_classifier(digits):
    X_train, X_test, y_train, y_test = digits
    ours = TwoLayerClassifier(random_state=0).fit(X_train, y_train).score(X_test, y_test)
    theirs = MLPClassifier(max_iter=200, tol=0, n_iter_no_change=200, random_state=0)
    with pytest.warns(UserWarning, match="converged"):  # it would go on, and so would we
        theirs.fit(X_train, y_train)
    assert ours >= 0.95
    assert abs(ours - theirs.score(X_test, y_test)) <= 0.02


def test_it_is_the_core_and_no_other_training(blobs):
    X, Y = blobs
    options = {
        "activation": "tanh",
        "initializer": "lecun-normal",
        "label_smoothing": 0.1,
        "epochs": 6,
        "batch_size": 32,
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "schedule": "step",
        "l1": 0.001,
        "l2": 0.01,
        "dropout": 0.2,
    }
    estimator = TwoLayerClassifier(hidden_size=8, random_state=0, **options).fit(X.T, Y)
    settings = Settings(hidden=8, seed=estimator.network_.seed, **options)
    network = settings.make_network(4, 3)
    history = settings.train(network, (X, Y))
    for name, θ in network.parameters.items():
        np.testing.assert_array_equal(estimator.network_.parameters[name], θ)
    assert estimator.loss_curve_ == history["loss"]
    assert estimator.n_iter_ == 6
    np.testing.assert_array_equal(estimator.predict_proba(X.T), network.predict_proba(X).T)


def test_labels_may_be_names(flowers):
    X, y = flowers
    estimator = TwoLayerClassifier(random_state=0).fit(X, y)
    np.testing.assert_array_equal(estimator.classes_, NAMES)
    assert np.mean(estimator.predict(X) == y) >= 0.95
    np.testing.assert_array_equal(NAMES[estimator.predict_proba(X).argmax(axis=1)], estimator.predict(X))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_network_computes_in_the_dtype_of_its_samples(flowers, dtype):
    X, y = flowers
    estimator = small(class_weight="balanced", l2=0.01, dropout=0.2).fit(X.astype(dtype), y)
    assert {θ.dtype for θ in estimator.network_.parameters.values()} == {np.dtype(dtype)}
    assert estimator.predict_proba(X).dtype == dtype


def test_weights_are_repetition(flowers, rng):
    X, y = flowers
    counts = rng.integers(0, 4, len(y))
    settings = {"batch_size": 1000, "label_smoothing": 0.1, "l2": 0.01, "class_weight": "balanced"}
    weighted = small(**settings).fit(X, y, sample_weight=10 * counts)
    repeated = small(**settings).fit(X.repeat(counts, axis=0), y.repeat(counts))
    assert_same_network(weighted, repeated, atol=1e-12)
    np.testing.assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_weighted_step_has_the_gradient_of_the_repeated_samples(loss, rng):
    """One full batch of gradient descent at learning rate 1 shows the gradient, whatever the loss."""
    X, Y = rng.normal(size=(4, 10)), rng.integers(0, 3, 10)
    counts = rng.integers(0, 3, 10)
    once, often = (TwoLayerNN(4, 5, 3, loss=loss, seed=0, dtype=np.float64) for _ in range(2))
    history = once.train(X, Y, epochs=1, learning_rate=1, callbacks=[SampleWeights(counts)])
    repeated = often.train(X.repeat(counts, axis=1), Y.repeat(counts), epochs=1, learning_rate=1)
    assert history["loss"] == pytest.approx(repeated["loss"], rel=1e-12)
    assert once.loss_function is LOSSES[loss]
    for name, θ in once.parameters.items():
        np.testing.assert_allclose(θ, often.parameters[name], rtol=0, atol=1e-14)


def test_class_weights_are_the_weights_of_their_samples(flowers):
    X, y = flowers
    X, y = X[20:], y[20:]  # 30, 50 and 50 samples
    by_class = small(class_weight={"setosa": 2, "virginica": 3}).fit(X, y)
    by_sample = small().fit(X, y, sample_weight=np.select([y == "setosa", y == "virginica"], [2, 3], 1))
    assert_same_network(by_class, by_sample)
    balanced = small(class_weight="balanced").fit(X, y)
    by_sample = small().fit(X, y, sample_weight=np.where(y == "setosa", 5 / 3, 1))
    assert_same_network(balanced, by_sample, atol=1e-12)


@pytest.mark.parametrize("weight", [0, -1])
def test_weights_that_count_nothing_are_refused(flowers, weight):
    X, y = flowers
    with pytest.raises(InputError, match="at least 0, and not all of them zero"):
        small(class_weight=dict.fromkeys(NAMES, weight)).fit(X, y)


def test_a_warm_start_goes_on_as_one_long_run_would(flowers):
    X, y = flowers
    long = small(epochs=10, dropout=0.2).fit(X, y)
    parts = small(epochs=4, dropout=0.2, warm_start=True).fit(X, y).set_params(epochs=6).fit(X, y)
    assert_same_network(long, parts)
    assert (parts.n_iter_, parts.loss_curve_) == (10, long.loss_curve_)
    assert small(warm_start=False).fit(X, y).fit(X, y).n_iter_ == 6


def test_a_warm_start_heeds_a_new_learning_rate_and_a_new_optimizer(flowers):
    X, y = flowers
    estimator = small(warm_start=True).fit(X, y)
    W1 = estimator.network_.W1.copy()
    estimator.set_params(learning_rate=1e-9).fit(X, y)
    np.testing.assert_allclose(estimator.network_.W1, W1, rtol=0, atol=1e-7)
    estimator.set_params(optimizer="sgd", learning_rate=0.5).fit(X, y)
    assert np.abs(estimator.network_.W1 - W1).max() > 0.01


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_calls_of_partial_fit_are_the_epochs_of_fit(flowers, schedule):
    X, y = flowers
    whole, parts = small(schedule=schedule).fit(X, y), small(schedule=schedule)
    for epoch in range(6):
        parts.partial_fit(X, y, classes=NAMES)
        assert parts.n_iter_ == epoch + 1
    assert_same_network(whole, parts)
    assert whole.loss_curve_ == parts.loss_curve_


def test_partial_fit_learns_from_parts_that_lack_classes(flowers):
    X, y = flowers
    estimator = small(learning_rate=0.1).partial_fit(X[:50], y[:50], classes=NAMES)
    for _ in range(10):
        estimator.partial_fit(X[:50], y[:50])
    assert set(estimator.predict(X)) == {"setosa"}
    for _ in range(20):
        for third in range(3):  # each of two classes
            estimator.partial_fit(X[y != NAMES[third]], y[y != NAMES[third]])
    assert estimator.score(X, y) >= 0.9


@pytest.mark.parametrize(
    ("options", "arguments", "message"),
    [
        ({}, {}, "needs classes"),
        ({}, {"classes": NAMES[:2]}, "not .*virginica"),
        ({"early_stopping": True}, {"classes": NAMES}, "no early_stopping"),
        ({"class_weight": "balanced"}, {"classes": NAMES}, "no 'balanced' weights"),
    ],
)
def test_what_partial_fit_refuses(flowers, options, arguments, message):
    with pytest.raises(InputError, match=message):
        small(**options).partial_fit(*flowers, **arguments)


def test_partial_fit_keeps_its_classes(flowers):
    estimator = small().partial_fit(*flowers, classes=NAMES)
    with pytest.raises(InputError, match="classes must be the same"):
        estimator.partial_fit(*flowers, classes=NAMES[1:])


def test_early_stopping_ends_with_the_best_parameters(flowers):
    X, y = flowers
    estimator = small(epochs=500, learning_rate=0.1, early_stopping=True, validation_fraction=0.2, patience=3)
    estimator.fit(X, y)
    losses = estimator.history_["validation_loss"]
    best = int(np.argmin(losses))
    assert estimator.n_iter_ == len(losses) == best + 1 + 3 < 500
    _, X_held_out, _, y_held_out = train_test_split(
        X, y, test_size=0.2, stratify=y, random_state=estimator.network_.seed
    )
    probabilities = estimator.predict_proba(X_held_out)
    assert log_loss(y_held_out, probabilities, labels=NAMES) == pytest.approx(losses[best], rel=1e-6)
    assert len(estimator.validation_scores_) == len(losses)
    assert estimator.validation_scores_[best] == estimator.score(X_held_out, y_held_out)


def test_scores_are_of_the_epochs_that_held_samples_out(flowers):
    estimator = small(warm_start=True).fit(*flowers)
    assert estimator.validation_scores_ is None
    estimator.set_params(early_stopping=True, epochs=2).fit(*flowers)
    assert (estimator.n_iter_, len(estimator.validation_scores_)) == (8, 2)


def test_early_stopping_heeds_the_weights_of_the_held_out_samples(flowers):
    X, y = flowers
    weights = np.where(y == "setosa", 100.0, 1.0)
    estimator = small(epochs=1, early_stopping=True).fit(X, y, sample_weight=weights)
    _, X_held_out, _, y_held_out, _, w = train_test_split(
        X, y, weights, test_size=0.1, stratify=y, random_state=estimator.network_.seed
    )
    expected = log_loss(y_held_out, estimator.predict_proba(X_held_out), sample_weight=w, labels=NAMES)
    assert estimator.history_["validation_loss"][-1] == pytest.approx(expected, rel=1e-6)


def test_logarithms_stay_finite_where_probabilities_vanish(flowers):
    estimator = small().fit(*flowers)
    far = 1e6 * flowers[0]
    assert estimator.predict_proba(far).min() == 0
    assert np.isfinite(estimator.predict_log_proba(far)).all()
    np.testing.assert_allclose(
        np.exp(estimator.predict_log_proba(flowers[0])), estimator.predict_proba(flowers[0]), rtol=1e-12
    )


@pytest.mark.parametrize(("dtype", "value"), [(np.float32, 3e38), (np.float64, 1e308)])
@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba"])
def test_samples_that_overflow_are_refused_as_the_network_refuses_them(flowers, method, dtype, value):
    X, y = flowers
    estimator = small().fit(X.astype(dtype), y)
    far = np.where(np.random.default_rng(0).random(X.shape) < 0.5, -value, value).astype(dtype)
    with pytest.raises(InputError) as expected:
        estimator.network_.predict_proba(far.T)
    with pytest.raises(InputError) as raised:
        getattr(estimator, method)(far)
    assert str(raised.value) == str(expected.value)


def test_it_works_in_pipelines_searches_and_cross_validation(flowers):
    X, y = flowers
    pipeline = make_pipeline(StandardScaler(), small(epochs=40, learning_rate=0.05))
    assert cross_val_score(pipeline, X, y, cv=3).min() >= 0.9
    grid = {"twolayerclassifier__learning_rate": [1e-6, 0.01]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2).fit(X, y)
    assert search.best_params_ == {"twolayerclassifier__learning_rate": 0.01}
    assert search.best_score_ >= 0.9


@pytest.mark.parametrize("early_stopping", [False, True])
def test_what_joblib_wrote_predicts_and_goes_on(flowers, tmp_path, early_stopping):
    X, y = flowers
    estimator = small(activation="swish", warm_start=True, early_stopping=early_stopping).fit(X, y)
    joblib.dump(estimator, tmp_path / "estimator.joblib")
    loaded = joblib.load(tmp_path / "estimator.joblib")
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))
    assert_same_network(estimator.fit(X, y), loaded.fit(X, y))


def test_an_interrupted_run_ends_and_is_not_taken_up_again(network, blobs):
    class Interrupt(Callback):
        def on_step(self, run):
            run.stop = True

    history = network.train(*blobs, epochs=9, callbacks=[Interrupt(), Continuation(History(), until=9)])
    assert len(history) == 1


def test_a_progress_bar_is_drawn_only_if_verbose(flowers, monkeypatch):
    bars = []
    monkeypatch.setattr("neural_network.training.progress.ProgressBar", lambda: bars.append(Callback()) or bars[-1])
    small().fit(*flowers)
    assert not bars
    small(verbose=True).fit(*flowers)
    assert len(bars) == 1


def test_a_clone_has_the_settings_and_nothing_learnt(flowers):
    estimator = small(l1=0.001).fit(*flowers)
    copy = clone(estimator)
    assert copy.get_params() == estimator.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(flowers[0])


def test_columns_keep_their_names(flowers):
    X, y = flowers
    table = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    estimator = small().fit(table, y)
    assert (list(estimator.feature_names_in_), estimator.n_features_in_) == (["a", "b", "c", "d"], 4)
    with pytest.raises(ValueError, match="feature names"):
        estimator.predict(table[["b", "a", "c", "d"]])


def test_sparse_samples_are_refused_in_one_clear_line(flowers):
    X, y = flowers
    with pytest.raises(TypeError, match="dense data is required"):
        small().fit(csr_array(X), y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "rleu"}, "did you mean 'relu'"),
        ({"optimizer": "adm"}, "did you mean"),
        ({"epochs": 0}, "epochs must be a whole number ≥ 1, not 0"),
        ({"dropout": 1}, "from 0 to below 1"),
        ({"early_stopping": True, "patience": 0}, "patience must be"),
    ],
)
def test_a_bad_setting_is_told_by_fit_and_leaves_nothing_fitted(flowers, options, message):
    estimator = small(**options)
    with pytest.raises(InputError, match=message):
        estimator.fit(*flowers)
    with pytest.raises(NotFittedError):
        estimator.predict(flowers[0])


def test_a_training_that_diverged_leaves_nothing_fitted(flowers):
    X, y = flowers
    estimator = small(optimizer="sgd").fit(X, y).set_params(learning_rate=1e35)
    with pytest.raises(DivergenceError):
        estimator.fit(np.float32(1e6 * X), y)
    with pytest.raises(NotFittedError):
        estimator.predict(X)


def test_without_scikit_learn_the_import_says_what_to_install():
    code = "import sys; sys.modules['sklearn'] = None; import neural_network.estimator"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    expected = 'ImportError: TwoLayerClassifier needs scikit-learn: pip install "mnist-nn[sklearn]"'
    assert done.stderr.strip().splitlines()[-1] == expected


def test_a_warm_start_refuses_another_size_and_other_classes(flowers):
    X, y = flowers
    estimator = small(warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match="warm_start continues with the classes"):
        estimator.fit(X[y != y[0]], y[y != y[0]])
    with pytest.raises(ValueError, match="hidden units, but hidden_size is now 3"):
        estimator.set_params(hidden_size=3).fit(X, y)


def test_fractions_and_strengths_are_checked_by_name(flowers):
    with pytest.raises(ValueError, match=r"validation_fraction must be between 0 and 1, not 1\.5"):
        small(early_stopping=True, validation_fraction=1.5).fit(*flowers)
    with pytest.raises(ValueError, match="l2 must be a finite number ≥ 0, not -1"):
        small(l2=-1).fit(*flowers)
