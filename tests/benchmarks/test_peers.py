"""Every peer computes what this package computes, measured by the tasks themselves, in this process."""

import importlib

import numpy as np
import pytest
from benchmarks import tasks
from benchmarks.job import CHECKED, Job, Training
from benchmarks.peer_table import AGAINST, OURS, PEERS
from benchmarks.peers import ours
from benchmarks.runner import find_peers

from neural_network import TwoLayerNN
from neural_network.training.optimizers import make_optimizer
from neural_network.training.two_process import stepper

pytestmark = pytest.mark.xdist_group("peers")  # whose libraries take seconds to import: one worker does that

TRAININGS = {
    "full batch": Training(6),
    "sgd": Training(6, 64),
    "adam": Training(6, 64, "adam", 0.001),
    "smoothed": Training(6, 64, "adam", 0.001, label_smoothing=0.1),
}
USUAL = ("full batch", "smoothed")  # of which one or the other has all that differs: batches, optimizer, smoothing
PREDICTING = (OURS, "torch", "jax", "scikit-learn", "onnxruntime")


def module(name):
    """Return a peer's module, where it is installed."""
    for package in PEERS[name].packages:
        pytest.importorskip(package)
    return importlib.import_module(f"benchmarks.peers.{PEERS[name].module}")


def peers(kind):
    """Return a mark with all peers that do such jobs, but for torch.compile, which takes a minute to compile."""
    names = [name for name in PEERS if kind in PEERS[name].kinds and name not in ("torch-compile", AGAINST)]
    return pytest.mark.parametrize("name", [name for name in names if kind not in ("step", "train") or name != OURS])


def losses_by_hand(workload):
    """Return the losses of the first steps, computed by the equations and nothing else."""
    training, batches = workload.job.training, workload.batches
    network = TwoLayerNN(784, training.hidden, 10, label_smoothing=training.label_smoothing, seed=0)
    optimizer, losses = make_optimizer(training.optimizer, training.learning_rate), []
    for step in range(CHECKED):
        batch = slice(None) if batches is None else batches[step]
        X, Y = workload.rows[batch].T, workload.labels[batch]
        losses.append(network.loss(X, Y))
        optimizer.step(network.parameters, network.backward(X, Y))
    return losses


@pytest.mark.parametrize("training", TRAININGS.values(), ids=TRAININGS)
def test_ours_is_measured_on_the_batches_of_the_peers(make_workload, training):
    workload = make_workload(Job("step", "", training=training, images=600, repeats=1))
    measured = ours.step(workload)
    np.testing.assert_allclose(measured["check"], losses_by_hand(workload), rtol=1e-4)
    assert 0 < measured["value"] < 1


def test_the_callbacks_leave_ours_its_second_process(make_workload, monkeypatch):
    made, usual = [], stepper.TwoProcessStepper.__init__
    monkeypatch.setattr(stepper.TwoProcessStepper, "__init__", lambda *arguments: made.append(usual(*arguments)))
    ours.train(make_workload(Job("train", "", training=Training(64, 128, "adam", 0.001), images=600)))
    assert len(made) == 2


@peers("step")
@pytest.mark.parametrize(
    "training",
    [pytest.param(TRAININGS[name], id=name, marks=() if name in USUAL else pytest.mark.slow) for name in TRAININGS],
)
def test_a_peer_makes_the_same_steps(make_workload, name, training):
    peer = module(name)
    if name == "scikit-learn" and training.label_smoothing:
        pytest.skip("scikit-learn has no label smoothing")
    workload = make_workload(Job("step", "", training=training, images=600, repeats=2))
    measured = tasks.step(peer, workload)
    np.testing.assert_allclose(measured["check"], losses_by_hand(workload), rtol=1e-4)
    assert 0 < measured["value"] < 10


@peers("train")
def test_a_peer_learns_by_the_same_recipe(make_workload, name):
    peer = module(name)
    training = Training(16, 64, "adam", 0.01, epochs=3, schedule="one-cycle")
    workload = make_workload(Job("train", "", training=training, images=600))
    if name == "scikit-learn":
        with pytest.raises(RuntimeError, match="has no one-cycle schedule"):
            tasks.train(peer, workload)
        return
    expected = ours.train(workload)["accuracy"]
    assert expected > 0.9
    assert tasks.train(peer, workload)["accuracy"] == pytest.approx(expected, abs=0.011)


def test_ours_takes_the_learning_rates_of_the_schedule(make_workload):
    training = Training(16, 64, "adam", 0.01, epochs=3, schedule="one-cycle")
    workload = make_workload(Job("train", "", training=training, images=600))
    rates = []

    class Recorder(ours.Rates):
        def on_step(self, run):
            rates.append(run.optimizer.learning_rate)

    ours._train(ours._make_network(workload), workload, Recorder(workload.rates), epochs=3)
    assert len(rates) == 30
    assert rates == workload.rates.tolist()
    assert max(rates) == pytest.approx(0.01)
    assert rates[-1] < rates[0] < 0.001


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ours", "cold"),
        *((name, "predict") for name in PREDICTING),
        *(pytest.param(name, "cold", marks=pytest.mark.slow) for name in PREDICTING if name != OURS),
    ],
)
def test_a_peer_predicts_the_same(make_workload, name, kind):
    pytest.importorskip("onnx")
    peer = module(name)
    workload = make_workload(Job(kind, "", training=Training(6), images=3 if kind == "predict" else 1))
    measured = getattr(tasks, kind)(peer, workload)
    network = TwoLayerNN.load(workload.place / "model.safetensors")
    np.testing.assert_allclose(measured["check"], network.predict_proba(workload.rows.T).T.ravel(), atol=1e-6)


@peers("augment")
def test_a_peer_deforms_as_far(make_workload, name):
    peer = module(name)
    workload = make_workload(Job("augment", "", images=600))
    measured, expected = tasks.augment(peer, workload), tasks.augment(ours, workload)
    np.testing.assert_allclose(measured["check"], expected["check"], rtol=0.1)
    assert not np.array_equal(peer.augment(workload.rows, 1), peer.augment(workload.rows, 2))


@peers("csv")
def test_a_peer_reads_the_same(make_workload, name):
    peer = module(name)
    workload = make_workload(Job("csv", "", images=100))
    rows, labels = peer.read_csv(workload.place / "train.csv")
    np.testing.assert_array_equal(rows, workload.rows)
    np.testing.assert_array_equal(labels, workload.labels)
    assert tasks.csv(peer, workload)["value"] > 0


def test_memory_includes_the_images(make_workload):
    workload = make_workload(Job("memory", "", training=Training(6), images=600, unit="bytes"))
    before = tasks.peak_memory()
    ballast = np.ones(2**24)  # 128 MB
    assert tasks.peak_memory() >= min(before, ballast.nbytes)
    assert ours.memory(workload)["value"] >= ballast.nbytes


def test_many_networks_are_compared_with_single_runs(make_workload):
    single = importlib.import_module("benchmarks.peers.single_runs")
    workload = make_workload(Job("many", "", training=Training(6), images=600, repeats=3, networks=2))
    expected = []
    for seed in range(2):
        network = TwoLayerNN(hidden_size=6, seed=seed)
        network.train(workload.rows.T, workload.labels, epochs=3, learning_rate=0.1)
        expected.append(network.loss(workload.rows.T, workload.labels))
    np.testing.assert_allclose(single.many(workload)["check"], expected, rtol=1e-5)
    np.testing.assert_allclose(ours.many(workload)["check"], expected, rtol=1e-5)


def test_a_missing_peer_is_excluded_with_a_note(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else find(name))
    able, notes = find_peers(Job("step", ""), ["torch", "scikit-learn", "pandas"])
    assert "torch" not in able
    assert able[0] == OURS
    assert 'torch skipped: torch not installed (pip install "mnist-nn[bench]")' in notes
    assert not any("pandas" in note for note in notes)  # which cannot do this job anyway


def test_torch_compile_needs_a_compiler(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", "")
    assert PEERS["torch-compile"].missing() == "needs a C++ compiler, and found none"
