"""trials.csv: what was written is read, and a file that was cut anywhere is taken up where it is whole."""

import math

import pytest

from neural_network.runs.settings import Settings
from neural_network.runs.summary import Metrics
from neural_network.runs.sweep.jobs import DIVERGED, DONE, FAILED, Job, Outcome
from neural_network.runs.sweep.results import Trial, ranked
from neural_network.runs.sweep.trials_file import TrialsFile
from neural_network.support.errors import InputError, WorkError

SAMPLES = 350, 50
VARIED = ["learning_rate", "activation"]


def job(trial, *seeds, rate=0.1):
    return Job(trial, Settings(learning_rate=rate, activation="tanh", seed=seeds[0]), seeds)


def done(trial, seed, accuracy=0.5, loss=1 / 3):
    return Outcome(trial, seed, DONE, 4, 1.5, Metrics(350, accuracy, loss), Metrics(50, accuracy, loss))


@pytest.fixture
def written(tmp_path):
    """A file of a job with two seeds, one that diverged and failed, and two alone."""
    file = TrialsFile(tmp_path / "trials.csv", VARIED, SAMPLES)
    file.start([])
    file.add(job(1, 5, 6), [done(1, 5), done(1, 6, accuracy=0.1 + 0.2)])
    file.add(job(2, 5, 6, rate=None), [Outcome(2, 5, DIVERGED, 2, 0.5), Outcome(2, 6, FAILED, error='a, "b" ✗')])
    file.add(job(3, 5), [done(3, 5)])
    file.add(job(3, 6), [done(3, 6)])
    return file


def test_what_was_written_is_read_with_every_bit(written):
    read = TrialsFile(written.path, VARIED, SAMPLES)
    seconds = read.outcomes.pop((2, 6)).seconds
    assert math.isnan(seconds)
    assert read.outcomes == {key: value for key, value in written.outcomes.items() if key != (2, 6)}
    assert written.path.read_text().splitlines()[:2] == [
        "trial,seed,learning_rate,activation,status,epochs,seconds,train_loss,train_accuracy,validation_loss,"
        "validation_accuracy,error",
        "1,5,0.1,tanh,done,4,1.500,0.3333333333333333,0.5,0.3333333333333333,0.5,",
    ]


def test_a_job_is_known_when_all_its_seeds_are_and_none_has_failed(written):
    assert written.has(job(1, 5, 6))
    assert not written.has(job(1, 5, 6, 7))
    assert not written.has(job(2, 5, 6, rate=None))
    assert written.has(job(2, 5, rate=None))  # it diverged, as it would again
    assert not written.has(job(4, 5))


def test_rows_of_other_settings_are_refused(written):
    with pytest.raises(InputError, match="trial 1 has the settings"):
        written.has(job(1, 5, rate=0.2))
    with pytest.raises(InputError, match="another sweep"):
        TrialsFile(written.path, ["hidden"], SAMPLES)


def test_a_file_that_is_cut_at_any_byte_is_read_up_to_its_last_whole_line(written):
    content, outcomes = written.path.read_bytes(), list(written.outcomes)
    for end in range(len(content) + 1):
        written.path.write_bytes(content[:end])
        file = TrialsFile(written.path, VARIED, SAMPLES)
        assert list(file.outcomes) == outcomes[: max(0, content[:end].count(b"\n") - 1)], end
        if end % 20 and content[end - 1 : end] != b"\n":
            continue  # since each writing waits for the disk
        file.start([])
        lines = content[:end].count(b"\n") or 1
        assert written.path.read_bytes() == b"".join(content.splitlines(keepends=True)[:lines]), end


def test_what_is_done_again_is_not_in_the_file_until_it_is_done(written):
    written.start([job(1, 5, 6)])
    assert [line.split(",")[0] for line in written.path.read_text().splitlines()[1:]] == ["2", "2", "3", "3"]
    assert not written.has(job(1, 5))


@pytest.mark.parametrize(
    "line", ["1,5,0.1,tanh,done,4", "1,5,0.1,tanh,well,4,1.5,1,1,1,1,", "1,x,0.1,tanh,done,4,1.5,1,1,1,1,", "", "\0"]
)
def test_a_damaged_line_is_named(written, line):
    lines = written.path.read_text().splitlines()
    written.path.write_text("\n".join([*lines[:2], line, *lines[2:], ""]))
    with pytest.raises(InputError, match=r"trials.csv(, line 3 is damaged| is not the table)"):
        TrialsFile(written.path, VARIED, SAMPLES)


def test_a_full_disk_is_an_error_of_the_work(written, tmp_path):
    written.path = tmp_path / "no folder" / "trials.csv"
    with pytest.raises(WorkError, match="cannot write"):
        written.add(job(4, 5), [done(4, 5)])


def test_the_best_trial_has_the_highest_mean_then_the_lowest_loss_and_no_failure():
    trials = [
        Trial(1, Settings(), (done(1, 0, 0.9), done(1, 1, 0.8))),
        Trial(2, Settings(), (done(2, 0, 0.85, loss=0.2), done(2, 1, 0.85, loss=0.2))),
        Trial(3, Settings(), (done(3, 0, 0.99), Outcome(3, 1, DIVERGED))),
        Trial(4, Settings(), (Outcome(4, 0, FAILED), Outcome(4, 1, DIVERGED))),
        Trial(5, Settings(), (done(5, 0, 0.8), done(5, 1, 0.91))),
    ]
    assert [trial.number for trial in ranked(trials)][:3] == [5, 2, 1]
    assert [trial.status for trial in trials] == [DONE, DONE, DIVERGED, FAILED, DONE]
    accuracy = trials[0].spread("validation", "accuracy")
    assert (accuracy.mean, accuracy.std) == (pytest.approx(0.85), pytest.approx(0.07071068))
    assert trials[2].accuracy is None
