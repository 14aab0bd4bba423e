"""Files that are not read, each with what to do with it."""

from pathlib import Path

SAVE = 'numpy.savez("data.npz", x_train=images, y_train=labels)'
UNREADABLE = {  # what a name's suffix begins with
    ".pk": f"can run code when it is opened, so it is never read; open it where you trust it and write {SAVE}",
    ".pic": f"can run code when it is opened, so it is never read; open it where you trust it and write {SAVE}",
    ".pt": f"can run code when it is opened, so it is never read; open it with torch.load and write {SAVE}",
    ".mat": f"is MATLAB's; open it with scipy.io.loadmat and write {SAVE}",
    ".arff": f"is Weka's; open it with scipy.io.arff.loadarff and write {SAVE}",
    ".h5": f"is HDF5; open it with h5py.File and write {SAVE}",
    ".hdf": f"is HDF5; open it with h5py.File and write {SAVE}",
    ".npy": f"is a single array; save images and labels together: {SAVE}",
    ".tfrecord": f"is TensorFlow's; open it with tensorflow_datasets.load and write {SAVE}",
    ".arrow": "is Arrow's; open it with datasets.load_from_disk and write it with to_parquet",
    ".xls": "is a spreadsheet; save it as CSV",
    ".ods": "is a spreadsheet; save it as CSV",
    ".json": "is JSON; save it as CSV, with a label and the pixels in each line",
    **dict.fromkeys((".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar"), "is packed; unpack it first"),
    **dict.fromkeys(
        (".png", ".jp", ".bmp", ".gif", ".tif", ".webp"),
        "is one picture; give the folder that has a sub-folder of pictures for each class",
    ),
}


def why_unreadable(path: Path) -> str:
    """Return why a file of this name is not read, and what to do; an empty string where that is unknown."""
    suffix = path.suffix.lower()
    return next((why for start, why in UNREADABLE.items() if suffix.startswith(start)), "")
