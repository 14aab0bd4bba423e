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


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2,x", "history.csv, line 3: loss should be a number, not 'x'"),
        ("2", "history.csv, line 3 has fewer columns than line 1 has names"),
        ("2,0.4,7", "history.csv, line 3 has more columns than line 1 has names"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path, line, complaint):
    (tmp_path / "history.csv").write_text(f"epoch,loss\n1,0.5\n{line}\n")
    with pytest.raises(InputError, match=f"{complaint}$"):
        History.load(tmp_path / "history.csv")
