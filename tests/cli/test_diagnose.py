"""`mnist-nn diagnose`: what it says of a run that went well, and of others."""

import json
from pathlib import Path

import pytest

from neural_network import TwoLayerNN


def test_a_good_run(run, trained):
    result = run("diagnose", trained)
    assert result.status == 0, result.err
    assert result.out.startswith("No problems found.\n")
    told = json.loads(run("diagnose", trained, "--json").out)
    assert (told["run"], told["findings"]) == ("runs/r", [])


def test_a_bad_run(run, small):
    made = run(
        "train",
        "--data",
        small,
        "--validation",
        50,
        "--initializer",
        "zeros",
        "--epochs",
        9,
        "--name",
        "z",
        "--no-figures",
    )
    assert made.status == 0, made.err
    result = run("diagnose", "runs/z")
    assert result.status == 0, result.err
    assert result.out.startswith("zero-initialization since step 1\n  all 7,840 weights of W1 are 0")
    (finding,) = json.loads(run("diagnose", "runs/z", "--json").out)["findings"]
    assert finding.keys() == {"cause", "since", "evidence", "advice"}
    assert (finding["cause"], finding["since"]) == ("zero-initialization", 1)


def test_the_data_may_be_elsewhere(run, small, trained):
    config = trained / "config.json"
    config.write_text(config.read_text().replace(str(small), "gone"))
    assert run("diagnose", trained).status == 2
    assert run("diagnose", trained, "--data", small).status == 0


def test_what_is_not_a_run_is_refused(run, tmp_path):
    result = run("diagnose", tmp_path)
    assert result.status == 2
    assert "it has no config.json" in result.err


def test_a_run_that_diverged_is_diagnosed_by_what_was_found_then(run, small):
    options = ["--data", small, "--validation", 50, "--learning-rate", 1e30, "--name", "d"]
    trained = run("train", *options)
    assert trained.status == 3
    assert sorted(path.name for path in Path("runs/d").iterdir()) == ["config.json", "history.csv"]
    file = Path("runs/d/config.json")
    config = json.loads(file.read_text())
    assert config["training"]["learning_rate"] == 1e30
    assert "training diverged at step" in config["reason"]
    file.write_text(file.read_text().replace(str(small), "gone"))  # the data are not needed
    result = run("diagnose", "runs/d")
    assert result.status == 0, result.err
    assert result.out.startswith("learning-rate-too-high")
    assert f"at step {config['diverged_at']}" in result.out
    assert result.out in trained.err
    assert json.loads(run("diagnose", "runs/d", "--json").out)["findings"] == config["findings"]
    for command in ("evaluate", "figures"):
        refused = run(command, "runs/d")
        assert refused.status == 2
        assert "runs/d has no model, because its training diverged" in refused.err


@pytest.mark.parametrize("command", ["diagnose", "report"])
def test_a_run_that_diverged_before_findings_were_saved_is_to_be_trained_again(run, small, command):
    run("train", "--data", small, "--validation", 50, "--learning-rate", 1e30, "--name", "d")
    file = Path("runs/d/config.json")
    config = json.loads(file.read_text())
    del config["findings"]
    file.write_text(json.dumps(config))
    result = run(command, "runs/d")
    assert result.status == 2
    assert f"mnist-nn train --data {small} --validation 50 --seed 0 --learning-rate 1e+30" in result.err
    assert result.err.count("\n") == 1


def test_hidden_units_that_hardly_learn_are_remarked_on(run, small, trained):
    network = TwoLayerNN.load(trained / "model.safetensors")
    network.b1[9] = -1e3
    network.save(trained / "model.safetensors")
    result = run("diagnose", trained)
    assert "unit 9 learns from 0.0% of the samples" in result.out
    (remark,) = json.loads(run("diagnose", trained, "--json").out)["remarks"]
    assert f"Remark: {remark}.\n" in result.out
