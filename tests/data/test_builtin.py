import numpy as np
import pytest

from neural_network.data import builtin, write_idx
from neural_network.data.dataset import to_pixels
from neural_network.support.errors import InputError


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A small number of digits, and a cache of one's own."""
    monkeypatch.setattr(builtin, "TRAIN", 300)
    monkeypatch.setattr(builtin, "TEST", 60)
    monkeypatch.setenv("MNIST_NN_CACHE", str(tmp_path))


def test_the_digits_say_that_they_are_not_mnist():
    dataset = builtin.load_digits()
    assert dataset.train.X.shape == (784, 300)
    assert dataset.test.X.shape == (784, 60)
    assert (dataset.name, dataset.source) == ("synthetic", "the built-in generator")
    assert "not MNIST" in dataset.note


def test_a_second_run_reads_the_same_digits_from_the_cache(monkeypatch):
    first = builtin.load_digits()
    monkeypatch.delattr(builtin, "make_digits")
    second = builtin.load_digits()
    assert np.array_equal(first.train.X, second.train.X)
    assert np.array_equal(first.test.Y, second.test.Y)
    assert (second.name, second.source, second.note) == (first.name, first.source, first.note)


def test_a_damaged_cache_is_made_again(tmp_path):
    first = builtin.load_digits()
    (images,) = tmp_path.glob("*/train-images*")
    images.write_bytes(b"damaged")
    assert np.array_equal(builtin.load_digits().train.X, first.train.X)


def test_an_unfinished_cache_is_made_again(tmp_path):
    first = builtin.load_digits()
    for file in tmp_path.glob("*/t10k-*"):
        file.unlink()
    assert np.array_equal(builtin.load_digits().test.X, first.test.X)
    write_idx(next(tmp_path.iterdir()) / "t10k-labels-idx1-ubyte", np.zeros(1, np.uint8))
    write_idx(next(tmp_path.iterdir()) / "t10k-images-idx3-ubyte", np.zeros((1, 28, 28), np.uint8))
    assert np.array_equal(builtin.load_digits().test.X, first.test.X)


def test_no_other_run_sees_the_cache_before_it_is_complete(monkeypatch):
    def write_and_look(path, array):
        assert not list(builtin.cache_folder().glob("synthetic-*"))
        write_idx(path, array)

    monkeypatch.setattr(builtin, "write_idx", write_and_look)
    builtin.load_digits()
    assert len(list(builtin.cache_folder().glob("synthetic-*/*"))) == 4


def test_digits_are_not_written_among_other_files(tmp_path):
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(b"older")
    with pytest.raises(InputError, match="exists already and is not empty; give the name of a new folder"):
        builtin.write_digits(tmp_path, *builtin.make_digits(2, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["train-labels-idx1-ubyte.gz"]


def test_a_cache_that_cannot_be_written_does_no_harm(monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MNIST_NN_CACHE", str(tmp_path / "file"))
    assert len(builtin.load_digits().train.Y) == 300


def test_other_code_has_another_cache(monkeypatch, tmp_path):
    builtin.load_digits()
    monkeypatch.setattr(builtin, "_fingerprint", lambda: "another")
    builtin.load_digits()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_training_and_test_digits_are_others(seed):
    train, test = builtin.make_digits(600, 600, seed)
    known = {image.tobytes() for image in train[0]}
    assert not any(image.tobytes() in known for image in test[0])


def test_the_generator_makes_what_is_kept():
    from neural_network.data.synthetic import generate

    images, labels = generate(300, 0)
    dataset = builtin.load_digits()
    assert np.array_equal(to_pixels(dataset.train.X), images.reshape(300, 784))
    assert np.array_equal(dataset.train.Y, labels)


@pytest.mark.parametrize(
    "arguments", [(0, 1, 0), (1, 0, 0), (10**11, 1, 0), (1, 10**11, 0), (1, 1, -1), (1, 1, 2**31), (1, 1, 0.5)]
)
def test_impossible_counts_and_seeds_are_refused(arguments):
    with pytest.raises(InputError):
        builtin.make_digits(*arguments)
