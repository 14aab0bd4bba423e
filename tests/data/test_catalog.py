"""Where `load` looks, and in which order; the network is out of reach throughout."""

import numpy as np
import pytest
from PIL import Image

from neural_network.data import available, builtin, catalog, load, make_samples, write_csv, write_idx
from neural_network.data.download import DownloadError
from neural_network.data.folders import idx_names
from neural_network.support.byte_pixels import Pixels
from neural_network.support.errors import InputError, WorkError


@pytest.fixture(autouse=True)
def nothing_anywhere(monkeypatch, tmp_path):
    """An empty current folder and cache, few built-in digits, no MNIST_NN_DATA, and no network."""

    def download(source, folder):
        raise DownloadError(source, [("a.org", "no connection"), ("b.org", "no connection")])

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MNIST_NN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MNIST_NN_DATA", raising=False)
    monkeypatch.setattr(builtin, "TRAIN", 30)
    monkeypatch.setattr(builtin, "TEST", 10)
    monkeypatch.setattr(catalog, "download", download)


def put_idx(folder, label, count=4, compressed=True):
    """Write a data set whose labels are all `label`, so that one sees which one was read."""
    for split in ("train", "t10k"):
        for name, array in zip(idx_names(split), (np.full((count, 28, 28), label), np.full(count, label)), strict=True):
            write_idx(folder / f"{name}{'.gz' if compressed else ''}", array.astype(np.uint8))


def put_csv(path, label):
    write_csv(path, make_samples(np.zeros((3, 784), np.uint8), np.full(3, label)))


def test_auto_takes_the_first_of_its_places_that_has_something(monkeypatch, tmp_path):
    def download(source, folder):
        put_idx(folder, 5)

    def found():
        dataset = load()
        return dataset.name, dataset.train.Y[0], dataset.source

    assert load().name == "synthetic"
    monkeypatch.setattr(catalog, "download", download)
    assert found() == ("mnist", 5, str(tmp_path / "cache" / "mnist"))
    put_idx(tmp_path / "cache" / "mnist", 4)
    assert found() == ("mnist", 4, str(tmp_path / "cache" / "mnist"))
    put_idx(tmp_path / "data", 3, compressed=False)
    assert found() == ("mnist", 3, "data")
    put_csv(tmp_path / "data" / "train.csv", 2)
    assert found() == ("mnist", 2, "data/train.csv")
    put_idx(tmp_path / "elsewhere", 1)
    monkeypatch.setenv("MNIST_NN_DATA", str(tmp_path / "elsewhere"))
    assert found() == ("mnist", 1, str(tmp_path / "elsewhere"))


def test_auto_ends_in_digits_that_say_what_they_are_and_why():
    assert load("auto").note == (
        "these are built-in digits, not MNIST, which could not be downloaded (no connection); see data/README.md"
    )


def test_mnist_by_name_is_never_anything_else():
    with pytest.raises(WorkError, match="mnist could not be downloaded"):
        load("mnist")


def test_a_wrong_variable_is_not_passed_over(monkeypatch):
    monkeypatch.setenv("MNIST_NN_DATA", "nowhere")
    with pytest.raises(FileNotFoundError, match="MNIST_NN_DATA is set to nowhere: no such file or folder"):
        load()


def test_damaged_data_are_not_passed_over(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("1,2,3\n")
    with pytest.raises(InputError, match=r"train\.csv, line 1"):
        load()


def test_a_damaged_cache_is_downloaded_again(monkeypatch, tmp_path):
    cache = tmp_path / "cache" / "mnist"
    put_idx(cache, 4)
    (cache / f"{idx_names('train')[0]}.gz").write_bytes(b"damaged")
    monkeypatch.setattr(catalog, "download", lambda source, folder: put_idx(folder, 5))
    assert load("mnist").train.Y[0] == 5


def test_a_set_is_fetched_by_its_name(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "download", lambda source, folder: put_idx(folder, 5))
    assert catalog.fetch("kmnist") == tmp_path / "cache" / "kmnist"
    assert load("kmnist").train.Y[0] == 5
    with pytest.raises(InputError, match="unknown data set 'minst'; did you mean 'mnist'"):
        catalog.fetch("minst")


def test_other_sets_have_folders_and_classes_of_their_own(tmp_path):
    put_idx(tmp_path / "data", 1)
    put_idx(tmp_path / "data" / "fashion-mnist", 2)
    dataset = load("fashion-mnist")
    assert dataset.train.Y[0] == 2
    assert dataset.classes[dataset.train.Y[0]] == "Pullover"
    assert load("mnist").train.Y[0] == 1


def test_a_path_is_read(tmp_path):
    put_idx(tmp_path / "mine", 6)
    assert load(str(tmp_path / "mine")).train.Y[0] == 6
    assert load("mine").name == "mine"


@pytest.mark.parametrize(
    ("spec", "nearest"),
    [
        ("mnits", "mnist"),
        ("MNIST", "mnist"),
        ("fashion", "fashion-mnist"),
        ("syntetic", "synthetic"),
        ("deskewd:tiny", "deskewed:tiny"),
        ("deskewd:synthetic", "deskewed:synthetic"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(spec, nearest):
    with pytest.raises(InputError, match=f"unknown data set '{spec}'; did you mean '{nearest}'"):
        load(spec)


@pytest.mark.parametrize("spec", ["deskewed:", "transposed:deskewed: "])
def test_a_change_of_no_data_is_refused(spec):
    with pytest.raises(InputError, match=r"'deskewed: ?' names no data set after the colon"):
        load(spec)


@pytest.mark.parametrize("spec", ["some/folder", ""])
def test_a_path_to_nothing_is_refused(spec, tmp_path):
    put_idx(tmp_path / "data", 1)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        load(spec)


def test_a_mixture_trains_on_both_and_keeps_the_tests_apart(tmp_path):
    put_idx(tmp_path / "a", 4, count=6)
    put_idx(tmp_path / "b", 2, count=3)
    put_csv(tmp_path / "c.csv", 3)
    mixture = load("a+b+c.csv")
    assert mixture.name == "a+b+c.csv"
    assert mixture.train.Y.tolist() == [4, 2, 3, 4, 4, 2, 3, 4, 4, 2, 3, 4]
    assert np.array_equal(np.rint(255 * mixture.train.X[0]), np.where(mixture.train.Y == 3, 0, mixture.train.Y))
    assert mixture.train.X.T.flags.c_contiguous
    assert mixture.test.Y.tolist() == [4] * 6 + [2] * 3
    assert [(name, part.Y.tolist()) for name, part in mixture.parts] == [("a", [4] * 6), ("b", [2] * 3)]
    for _, part in mixture.parts:
        assert np.shares_memory(part.X, mixture.test.X)
        assert np.array_equal(np.rint(255 * part.X[0]), part.Y)
    train, validation = mixture.split(3)
    assert validation.Y.tolist() == [4, 2, 3]
    assert len(train.Y) == 9


def test_the_parts_of_a_mixture_have_names_of_their_own(tmp_path):
    for label, folder in enumerate(("a/digits", "b/digits", "digits (2)", "digits")):
        put_idx(tmp_path / folder, label)
    parts = load("a/digits+b/digits+digits (2)+digits").parts
    assert [name for name, _ in parts] == ["digits", "digits (2)", "digits (2) (2)", "digits (3)"]
    assert [part.Y[0] for _, part in parts] == [0, 1, 2, 3]


def test_a_mixture_without_test_samples_has_none(tmp_path):
    put_csv(tmp_path / "a.csv", 1)
    mixture = load("a.csv+a.csv")
    assert mixture.test is None
    assert mixture.parts == ()


def test_a_mixture_says_what_its_parts_say(tmp_path):
    put_idx(tmp_path / "data", 1)
    put_idx(tmp_path / "data" / "fashion-mnist", 1)
    mixture = load("mnist+synthetic")
    assert mixture.note == "synthetic: these are built-in digits, not MNIST"
    assert mixture.classes == tuple("0123456789")


@pytest.mark.parametrize("spec", ["mnist+", "+", "mnist+ +synthetic"])
def test_a_mixture_with_an_empty_part_is_refused(spec):
    with pytest.raises(InputError, match=r"a part beside \+ is empty; expected a mixture such as mnist\+synthetic"):
        load(spec)


def test_spaces_around_a_plus_are_forgiven(tmp_path):
    put_idx(tmp_path / "a", 1)
    assert [name for name, _ in load("a + a").parts] == ["a", "a (2)"]


def put_pictures(folder, **brightness):
    """Write a class for each name, with as many pictures of 28×28 pixels as there are values."""
    for name, values in brightness.items():
        for split in ("train", "test"):
            (folder / split / name).mkdir(parents=True)
            for number, value in enumerate(values):
                Image.new("L", (28, 28), value).save(folder / split / name / f"{number}.png")


def brightness_by_class(samples, classes):
    """Return {class: brightness of its samples, ascending}, by what the labels say."""
    values = np.rint(255 * samples.X[0]).astype(int)
    return {name: sorted(values[label == samples.Y].tolist()) for label, name in enumerate(classes)}


def test_a_mixture_joins_classes_by_their_names(tmp_path):
    put_pictures(tmp_path / "fruit", apple=[10, 11], pear=[20])
    put_pictures(tmp_path / "more", pear=[21], zebra=[30])
    mixture = load("more+fruit")
    assert mixture.classes == ("pear", "zebra", "apple")
    expected = {"pear": [20, 21], "zebra": [30], "apple": [10, 11]}
    assert brightness_by_class(mixture.train, mixture.classes) == expected
    assert brightness_by_class(mixture.test, mixture.classes) == expected
    first, second = (brightness_by_class(part, mixture.classes) for _, part in mixture.parts)
    assert first == {"pear": [21], "zebra": [30], "apple": []}
    assert second == {"pear": [20], "zebra": [], "apple": [10, 11]}


def test_numbers_come_first_among_the_classes_of_a_mixture(tmp_path):
    put_pictures(tmp_path / "a", **{"10": [100], "x": [1]})
    put_pictures(tmp_path / "b", **{"2": [20], "w": [2]})
    put_idx(tmp_path / "data", 7)
    assert load("a+b").classes == ("2", "10", "x", "w")
    mixture = load("a+mnist")
    assert mixture.classes == (*"0123456789", "10", "x")
    assert brightness_by_class(mixture.parts[1][1], mixture.classes)["7"] == [7] * 4


def test_names_and_as_many_mere_numbers_are_not_joined(tmp_path):
    put_idx(tmp_path / "data", 1)
    put_idx(tmp_path / "data" / "fashion-mnist", 1)
    for spec in ("mnist+fashion-mnist", "fashion-mnist+data"):
        with pytest.raises(InputError, match=r"has 0, 1, 2, .* has T-shirt/top, Trouser, .* need the same names"):
            load(spec)


def test_mnist_is_the_name_of_digits_only(monkeypatch, tmp_path):
    put_pictures(tmp_path / "pets", cat=[1], dog=[2])
    monkeypatch.setenv("MNIST_NN_DATA", str(tmp_path / "pets"))
    for spec in ("auto", "mnist"):
        dataset = load(spec)
        assert (dataset.name, dataset.classes) == ("pets", ("cat", "dog"))


def test_a_path_with_a_plus_is_a_path(tmp_path):
    put_idx(tmp_path / "a+b", 7)
    assert load("a+b").train.Y[0] == 7


def test_parts_of_different_sizes_do_not_mix(tmp_path):
    put_idx(tmp_path / "a", 1)
    write_idx(tmp_path / "b" / "train-images-idx3-ubyte", np.zeros((1, 2, 2), np.uint8))
    write_idx(tmp_path / "b" / "train-labels-idx1-ubyte", np.zeros(1, np.uint8))
    with pytest.raises(InputError, match="needs equal sizes: a has 28×28 pixels, b has 2×2 pixels"):
        load("a+b")


def test_the_list_says_what_is_found_where(tmp_path):
    put_idx(tmp_path / "data", 1)
    put_idx(tmp_path / "cache" / "kmnist", 1)
    places = {entry.name: entry.place for entry in available()}
    assert places == {
        "synthetic": "built in",
        "mnist": "data",
        "fashion-mnist": None,
        "kmnist": str(tmp_path / "cache" / "kmnist"),
    }
    assert all((entry.train, entry.test) == (60_000, 10_000) and entry.about for entry in available())


def test_a_wrong_variable_is_one_row_of_the_list(monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_NN_DATA", "nowhere")
    put_idx(tmp_path / "cache" / "kmnist", 1)
    places = {entry.name: entry.place for entry in available()}
    assert places["mnist"] == "not found: MNIST_NN_DATA is set to nowhere: no such file or folder"
    assert places["kmnist"] == str(tmp_path / "cache" / "kmnist")


def test_the_real_mnist_is_whole(real_mnist, monkeypatch):
    monkeypatch.setenv("MNIST_NN_DATA", str(real_mnist))
    dataset = load()
    assert dataset.train.X.shape == (784, 60_000)
    assert dataset.test.X.shape == (784, 10_000)
    # The digits' frequencies that everybody who ever looked at MNIST has counted.
    assert np.bincount(dataset.train.Y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(dataset.test.Y).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_every_part_of_a_mixture_is_known_before_any_is_read(monkeypatch):
    monkeypatch.setattr(catalog, "load_digits", lambda: pytest.fail("was read in vain"))
    with pytest.raises(FileNotFoundError, match="'nowhere': no such file or folder"):
        load("synthetic+nowhere")


@pytest.mark.parametrize("spec", ["~/mine", "synthetic+~/mine"])
def test_a_tilde_is_the_home_folder(spec, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    put_idx(tmp_path / "home" / "mine", 6)
    assert len(load(spec).train.Y) % 30 == 4
    monkeypatch.setenv("MNIST_NN_DATA", "~/mine")
    assert load("mnist").train.Y[0] == 6


def put_emnist(folder, images):
    for split in ("train", "test"):
        for kind, array in (("images-idx3", images), ("labels-idx1", np.full(len(images), 26))):
            write_idx(folder / f"emnist-letters-{split}-{kind}-ubyte", array.astype(np.uint8))


@pytest.mark.parametrize("many", [False, True])
def test_emnist_is_transposed_where_that_is_wanted_and_the_note_tells_of_it(many, tmp_path, rng, monkeypatch):
    images = rng.integers(0, 256, (3, 28, 28))
    put_emnist(tmp_path / "letters", images)
    if many:
        monkeypatch.setattr("neural_network.data.arrays.KEPT_BYTES", 1)
    lying, upright = load("letters"), load("transposed:letters")
    assert lying.name == "emnist-letters"
    assert "to read upright digits, use transposed:letters" in lying.note
    assert upright.note == ""
    assert upright.source == "letters, transposed"
    for split in ("train", "test"):
        X = np.asarray(getattr(upright, split).X)
        assert np.array_equal(np.rint(255 * X.T).reshape(3, 28, 28), images.swapaxes(1, 2))
        assert X.T.flags.c_contiguous
    assert upright.classes == ("26",)
    put_idx(tmp_path / "data", 1)
    assert "transposed:letters" not in load("mnist+transposed:letters").note


def test_images_that_are_not_square_are_transposed(tmp_path):
    write_idx(tmp_path / "b" / "train-images-idx3-ubyte", np.arange(6, dtype=np.uint8).reshape(1, 2, 3))
    write_idx(tmp_path / "b" / "train-labels-idx1-ubyte", np.zeros(1, np.uint8))
    dataset = load("transposed:b")
    assert dataset.shape == (3, 2)
    assert np.rint(255 * np.asarray(dataset.train.X[:, 0])).tolist() == [0, 3, 1, 4, 2, 5]
    with pytest.raises(InputError, match="a mixture needs equal sizes"):
        load("b+transposed:b")


def test_a_mixture_of_many_images_stays_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("neural_network.data.arrays.KEPT_BYTES", 1)
    for name, label in (("a", 4), ("b", 2)):
        put_idx(tmp_path / name, label, count=2)
    X, Y = load("a+b").train
    assert isinstance(X, Pixels)
    assert np.array_equal(np.rint(255 * np.asarray(X)), np.broadcast_to([4, 2, 4, 2], (784, 4)))
    assert Y.tolist() == [4, 2, 4, 2]
    X, _ = load("a+synthetic").train  # 30 digits, which are floats here
    assert not isinstance(X, Pixels)
