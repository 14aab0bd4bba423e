"""`mnist-nn diagnose`: what it says of a run that went well, and of others."""

import json


def test_a_good_run(run, trained):
    result = run("diagnose", trained)
    assert (result.status, result.out) == (0, "nothing is wrong that shows\n"), result.err
    assert json.loads(run("diagnose", trained, "--json").out) == {"run": "runs/r", "findings": []}


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
