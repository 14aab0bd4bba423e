import numpy as np
import pytest
from PIL import Image

from neural_network.data import arrays as arrays_module
from neural_network.data import folders, write_csv, write_idx
from neural_network.data.dataset import make_samples, to_pixels
from neural_network.support.byte_pixels import Pixels
from neural_network.support.errors import InputError

NAMES = (*folders.idx_names("train"), *folders.idx_names("t10k"))


@pytest.fixture
def arrays(rng):
    """Images and labels to train on, and to test with, in the order of NAMES."""
    images = rng.integers(0, 256, (7, 28, 28)).astype(np.uint8)
    return images[:5], np.arange(5, dtype=np.uint8), images[5:], np.array([9, 8], np.uint8)


def write(folder, arrays, names=NAMES):
    for name, array in zip(names, arrays, strict=False):
        write_idx(folder / name, array)


@pytest.mark.parametrize("rename", [str, "{}.gz".format, lambda name: name.replace("-idx", ".idx")])
def test_four_idx_files_are_read(tmp_path, arrays, rename):
    write(tmp_path, arrays, [rename(name) for name in NAMES])
    dataset = folders.read(tmp_path)
    assert np.array_equal(to_pixels(dataset.train.X), arrays[0].reshape(5, 784))
    assert dataset.train.Y.tolist() == [0, 1, 2, 3, 4]
    assert np.array_equal(to_pixels(dataset.test.X), arrays[2].reshape(2, 784))
    assert dataset.test.Y.tolist() == [9, 8]
    assert dataset.source == str(tmp_path)


@pytest.mark.parametrize(("large", "kept"), [(5 * 784, True), (5 * 784 + 1, False)])
def test_many_images_stay_bytes(tmp_path, arrays, monkeypatch, large, kept):
    monkeypatch.setattr(arrays_module, "KEPT_BYTES", large)
    write(tmp_path, arrays)
    dataset = folders.read(tmp_path)
    assert isinstance(dataset.train.X, Pixels) is kept
    assert isinstance(dataset.test.X, np.ndarray)  # two images only


def test_the_test_pair_may_be_missing(tmp_path, arrays):
    write(tmp_path, arrays[:2])
    assert folders.read(tmp_path).test is None


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_missing_half_is_named(tmp_path, arrays, missing):
    write(tmp_path, arrays)
    (tmp_path / NAMES[missing]).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{NAMES[missing]} \(plain or .gz\) is missing"):
        folders.read(tmp_path)


def test_test_files_alone_are_not_enough(tmp_path, arrays):
    write(tmp_path, arrays[2:], NAMES[2:])
    with pytest.raises(FileNotFoundError, match=f"{NAMES[0]} .* is missing"):
        folders.read(tmp_path)


def test_training_and_test_images_must_be_of_one_size(tmp_path, arrays):
    write(tmp_path, (*arrays[:2], arrays[2][:, 1:], arrays[3]))
    with pytest.raises(InputError, match="training images have 28×28 pixels, test images 27×28"):
        folders.read(tmp_path)


def test_a_csv_is_read_by_itself_or_in_its_folder_before_idx_files(tmp_path, arrays):
    write(tmp_path, arrays)
    write_csv(tmp_path / "train.csv", make_samples(arrays[2], arrays[3]))
    for path in (tmp_path, tmp_path / "train.csv"):
        dataset = folders.read(path)
        assert dataset.train.Y.tolist() == [9, 8]
        assert dataset.test is None
        assert dataset.source == str(tmp_path / "train.csv")


def test_kaggles_test_csv_is_no_labelled_test_set(tmp_path, arrays):
    write_csv(tmp_path / "train.csv", make_samples(arrays[2], arrays[3]))
    (tmp_path / "test.csv").write_text("not looked at")
    assert folders.read(tmp_path).test is None


@pytest.mark.parametrize("name", ["train.csv", *NAMES, f"{NAMES[3]}.gz"])
def test_one_file_is_enough_to_tell_that_a_folder_holds_files(tmp_path, name):
    (tmp_path / "notes.txt").touch()
    assert folders.holds_files(tmp_path) is False
    (tmp_path / name).touch()
    assert folders.holds_files(tmp_path) is True


def test_a_folder_for_each_class_is_read(tmp_path, arrays):
    for name, image in zip("ab", arrays[0], strict=False):
        (tmp_path / name).mkdir()
        Image.fromarray(image).save(tmp_path / name / "1.png")
    assert folders.read(tmp_path).train.Y.tolist() == [0, 1]


def unpacked(path):
    """Turn a file into a folder of its name that holds it, as some programs unpack it."""
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / path.name).write_bytes(content)


def test_folders_named_like_the_files_in_them_are_read(tmp_path, arrays):
    write(tmp_path, arrays)
    for name in NAMES:
        unpacked(tmp_path / name)
    dataset = folders.read(tmp_path)
    assert dataset.train.Y.tolist() == [0, 1, 2, 3, 4]
    assert dataset.test.Y.tolist() == [9, 8]
    (tmp_path / "csv").mkdir()
    table = tmp_path / "csv" / "train.csv"
    write_csv(table, make_samples(arrays[2], arrays[3]))
    unpacked(table)
    for path in (table, table.parent):
        assert folders.read(path).train.Y.tolist() == [9, 8]


def test_an_empty_folder_named_like_a_file_counts_as_missing(tmp_path, arrays):
    write(tmp_path, arrays)
    (tmp_path / NAMES[0]).unlink()
    (tmp_path / NAMES[0]).mkdir()
    with pytest.raises(FileNotFoundError, match=f"{NAMES[0]} .* is missing"):
        folders.read(tmp_path)


@pytest.mark.parametrize("prefix", ["emnist-letters-", "qmnist-"])
def test_names_with_a_prefix_are_read(tmp_path, arrays, prefix):
    split = {"train": "train", "t10k": "test"}
    names = [prefix + split[name[: name.index("-")]] + name[name.index("-") :] for name in NAMES]
    write(tmp_path, arrays, [f"{name}.gz" for name in names])
    dataset = folders.read(tmp_path)
    assert dataset.name == prefix.strip("-")
    assert (len(dataset.train.Y), len(dataset.test.Y)) == (5, 2)


def test_one_of_several_sets_is_chosen_by_its_file(tmp_path, arrays):
    for name in ("a", "b"):
        write(tmp_path, arrays, [f"{name}-train-{NAMES[0][6:]}", f"{name}-train-{NAMES[1][6:]}"])
    write(tmp_path, (arrays[2], arrays[3]), [f"b-train-{NAMES[0][6:]}", f"b-train-{NAMES[1][6:]}"])
    with pytest.raises(InputError, match=r"several data sets; choose one by its file: .*a-train-images.*, .*b-train"):
        folders.read(tmp_path)
    assert folders.read(tmp_path / f"b-train-{NAMES[0][6:]}").train.Y.tolist() == [9, 8]


@pytest.mark.parametrize("depth", ["raw", "MNIST/raw"])
def test_a_single_folder_below_is_read_and_of_several_one_is_to_be_chosen(tmp_path, arrays, depth):
    write(tmp_path / depth, arrays)
    (tmp_path / "notes").mkdir()
    assert folders.read(tmp_path).train.Y.tolist() == [0, 1, 2, 3, 4]
    write((tmp_path / depth).with_name("other"), arrays)
    with pytest.raises(InputError, match=r"several data sets; choose one of them: .*other, .*raw"):
        folders.read(tmp_path)


def test_csv_files_of_other_names_are_a_pair(tmp_path, arrays):
    write_csv(tmp_path / "sign_mnist_train.csv", make_samples(arrays[0], arrays[1] + 10))
    write_csv(tmp_path / "sign_mnist_test.csv", make_samples(arrays[2], arrays[3]))
    dataset = folders.read(tmp_path)
    assert dataset.classes == ("8", "9", "10", "11", "12", "13", "14")
    assert dataset.train.Y.tolist() == [2, 3, 4, 5, 6]
    assert dataset.test.Y.tolist() == [1, 0]
    (tmp_path / "a_train.tsv").touch()  # which are two
    with pytest.raises(InputError, match=r"several data sets; choose one by its file: .*a_train.tsv, .*sign_mnist"):
        folders.read(tmp_path)


def test_idx_files_come_before_csv_files_of_other_names(tmp_path, arrays):
    write(tmp_path, arrays)
    write_csv(tmp_path / "more_train.csv", make_samples(arrays[2], arrays[3]))
    assert folders.read(tmp_path).train.Y.tolist() == [0, 1, 2, 3, 4]


def test_a_labelled_test_csv_is_used(tmp_path, arrays):
    for name, (images, labels) in {"train": arrays[:2], "test": arrays[2:]}.items():
        write_csv(tmp_path / f"{name}.csv", make_samples(images, labels))
    assert folders.read(tmp_path).test.Y.tolist() == [9, 8]


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("training", "testing"), ("Training", "Test")])
def test_pictures_may_be_in_folders_for_training_and_testing(tmp_path, arrays, train, test):
    for folder, image in ((train, arrays[0][0]), (test, arrays[0][1])):
        for name in "ab":
            (tmp_path / folder / name).mkdir(parents=True)
            Image.fromarray(image).save(tmp_path / folder / name / "1.png")
    dataset = folders.read(tmp_path)
    assert dataset.classes == ("a", "b")
    for samples, image in ((dataset.train, arrays[0][0]), (dataset.test, arrays[0][1])):
        assert np.array_equal(to_pixels(samples.X), [image.ravel()] * 2)


def test_a_name_composed_and_decomposed_is_one_class(tmp_path, arrays):
    for name, image in zip(("caf\u00e9", "cafe\u0301", "the"), arrays[0], strict=False):
        (tmp_path / name).mkdir()
        Image.fromarray(image).save(tmp_path / name / "1.png")
    dataset = folders.read(tmp_path)
    assert dataset.classes == ("caf\u00e9", "the")
    assert sorted(dataset.train.Y.tolist()) == [0, 0, 1]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("mnist.pkl", "can run code when it is opened, so it is never read"),
        ("mnist.pkl.gz", "is packed; unpack it first"),
        ("mnist.mat", r"scipy.io.loadmat and write numpy.savez\("),
        ("mnist_784.arff", "scipy.io.arff.loadarff"),
        ("MNIST.H5", "h5py.File"),
        ("training.pt", "torch.load"),
        ("x.npy", "save images and labels together"),
        ("data.xlsx", "save it as CSV"),
        ("archive.zip", "unpack it first"),
        ("seven.PNG", "a sub-folder of pictures for each class"),
        ("notes", "expected a folder, or a file in one of the forms .csv, .npz, .parquet or IDX"),
    ],
)
def test_other_forms_are_refused_with_what_to_do(tmp_path, name, advice):
    (tmp_path / name).write_bytes(b"content")
    with pytest.raises(InputError, match=advice) as caught:
        folders.read(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    if name != "notes":
        with pytest.raises(InputError, match=f"holds no data that can be read; {name} .*{advice}"):
            folders.read(tmp_path)


def test_what_is_no_data_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte and train-labels.*train\.csv"):
        folders.read(tmp_path)
    with pytest.raises(InputError, match=r"notes\.txt, line 1: has 1 columns"):
        folders.read(tmp_path / "notes.txt")
    with pytest.raises(FileNotFoundError, match="nowhere: no such file or folder"):
        folders.read(tmp_path / "nowhere")
