"""Every peer computes what ours does, measured by the tasks themselves, in this process."""

import importlib

import numpy as np
import pytest
from benchmarks import tasks
from benchmarks.jobs import Job
from benchmarks.peers import OURS, PEERS
from benchmarks.peers import ours as our_way
from benchmarks.runner import contestants

from neural_network import TwoLayerNN
from neural_network.runs.settings import Settings

SETTINGS = {
    "full batch": Settings(hidden=6, learning_rate=0.1),
    "sgd": Settings(hidden=6, batch_size=64, learning_rate=0.1),
    "adam": Settings(hidden=6, batch_size=64, optimizer="adam"),
    "adamw": Settings(hidden=6, batch_size=64, optimizer="adamw", label_smoothing=0.1),
}


def module(name):
    """Return a peer's module, where it is installed."""
    for package in PEERS[name].packages:
        pytest.importorskip(package)
    return importlib.import_module(f"benchmarks.peers.{PEERS[name].module}")


def who(kind):
    """Return a mark with all who do such jobs; torch.compile is left out: it takes a minute to compile."""
    names = [name for name in PEERS if kind in PEERS[name].kinds and name not in ("torch-compile", "single-runs")]
    return pytest.mark.parametrize("name", [name for name in names if kind not in ("step", "train") or name != OURS])


def losses_by_hand(material, steps):
    """Return the losses of the first steps by the equations and nothing else."""
    network, batches = material.job.settings.make_network(784, 10), material.batches(steps)
    optimizer, losses = material.job.settings.make_optimizer(), []
    for step in range(steps):
        batch = slice(None) if batches is None else batches[step]
        X, Y = material.rows[batch].T, material.labels[batch]
        losses.append(network.loss(X, Y))
        optimizer.step(network.parameters, network.backward(X, Y))
    return losses


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_ours_is_measured_on_the_batches_that_all_others_get(make_material, settings):
    material = make_material(Job("step", "", settings=settings, samples=600, repeats=1))
    measured = our_way.step(material)
    np.testing.assert_allclose(measured["check"], losses_by_hand(material, tasks.CHECKED), rtol=1e-4)
    assert 0 < measured["value"] < 1


@who("step")
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_peer_makes_the_same_steps(make_material, name, settings):
    peer = module(name)
    if name == "scikit-learn" and settings.optimizer == "adamw":
        pytest.skip("scikit-learn has no AdamW")
    material = make_material(Job("step", "", settings=settings, samples=600, repeats=2))
    measured = tasks.step(peer, material)
    np.testing.assert_allclose(measured["check"], losses_by_hand(material, tasks.CHECKED), rtol=1e-4)
    assert 0 < measured["value"] < 10


@who("train")
def test_a_peer_learns_by_the_same_recipe(make_material, name):
    peer = module(name)
    settings = Settings(hidden=16, batch_size=64, epochs=3, optimizer="adam", learning_rate=0.01, schedule="one-cycle")
    material = make_material(Job("train", "", settings=settings, samples=600))
    if name == "scikit-learn":
        with pytest.raises(RuntimeError, match="has no one-cycle schedule"):
            tasks.train(peer, material)
        return
    expected = our_way.train(material)["accuracy"]
    assert expected > 0.9
    assert tasks.train(peer, material)["accuracy"] == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize("kind", ["predict", "cold"])
@pytest.mark.parametrize("name", ["ours", "torch", "jax", "scikit-learn", "onnxruntime"])
def test_a_peer_predicts_the_same(make_material, name, kind):
    pytest.importorskip("onnx")
    peer = module(name)
    material = make_material(Job(kind, "", settings=Settings(hidden=6), samples=3 if kind == "predict" else 1))
    measured = getattr(tasks, kind)(peer, material)
    network = TwoLayerNN.load(material.place / "model.safetensors")
    np.testing.assert_allclose(measured["check"], network.predict_proba(material.rows.T).T.ravel(), atol=1e-6)


@who("augment")
def test_a_peer_deforms_as_far(make_material, name):
    peer = module(name)
    material = make_material(Job("augment", "", samples=600))
    measured, expected = tasks.augment(peer, material), tasks.augment(our_way, material)
    np.testing.assert_allclose(measured["check"], expected["check"], rtol=0.1)
    assert not np.array_equal(peer.augment(material.rows, 1), peer.augment(material.rows, 2))


@who("csv")
def test_a_peer_reads_the_same(make_material, name):
    peer = module(name)
    material = make_material(Job("csv", "", samples=100))
    rows, labels = peer.read_csv(material.place / "train.csv")
    np.testing.assert_array_equal(rows, material.rows)
    np.testing.assert_array_equal(labels, material.labels)
    assert tasks.csv(peer, material)["value"] > 0


def test_memory_includes_the_images(make_material):
    material = make_material(Job("memory", "", settings=SETTINGS["full batch"], samples=600, unit="bytes"))
    before = tasks.peak_memory()
    ballast = np.ones(2**24)  # 128 MB
    assert tasks.peak_memory() >= min(before, ballast.nbytes)
    assert our_way.memory(material)["value"] >= ballast.nbytes


def test_many_networks_are_compared_with_single_runs(make_material):
    single = importlib.import_module("benchmarks.peers.single_runs")
    settings = Settings(hidden=6, learning_rate=0.1)
    material = make_material(Job("many", "", settings=settings, samples=600, repeats=3, networks=2))
    expected = []
    for seed in range(2):
        network = TwoLayerNN(hidden_size=6, seed=seed)
        network.train(material.rows.T, material.labels, epochs=3, learning_rate=0.1)
        expected.append(network.loss(material.rows.T, material.labels))
    np.testing.assert_allclose(single.many(material)["check"], expected, rtol=1e-5)


def test_a_missing_peer_is_left_out_with_a_note(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else find(name))
    able, notes = contestants(Job("step", ""), ["torch", "scikit-learn", "pandas"])
    assert "torch" not in able
    assert able[0] == OURS
    assert 'torch skipped: torch not installed (pip install "mnist-nn[bench]")' in notes
    assert not any("pandas" in note for note in notes)  # which cannot do this job anyway


def test_torch_compile_needs_a_compiler(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", "")
    assert PEERS["torch-compile"].missing() == "needs a C++ compiler, and found none"
