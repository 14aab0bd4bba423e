import pytest

from neural_network import History, InputError


def test_a_history_reads_back_the_same(tmp_path):
    history = History()
    history.rows = [{"epoch": 1, "loss": 0.1 + 0.2}, {"epoch": 2, "loss": 1e-300}]
    history.save(tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text().splitlines()[0] == "epoch,loss"
    assert History.load(tmp_path / "history.csv").rows == history.rows


def test_columns():
    history = History()
    history.rows = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}]
    assert history["loss"] == [2.0, 1.0]
    with pytest.raises(InputError, match="no column 'los'; its columns are epoch, loss"):
        history["los"]


def test_a_damaged_file_is_refused_with_its_line(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,loss\n1,0.5\n2,x\n")
    with pytest.raises(InputError, match=r"history.csv, line 3"):
        History.load(tmp_path / "history.csv")
