"""Where to download the data sets in MNIST's format, and the checksums of the original files.

Each has the same four files. A digest is the SHA-256 of a file's uncompressed content if that is published, since
mirrors may compress it anew, and otherwise that of the original .gz file; `download` accepts either.
"""

from dataclasses import dataclass

from ..support.registry import Registry
from .dataset import DIGITS

TRAIN, TEST = 60_000, 10_000


@dataclass(frozen=True)
class Source:
    """A data set on the internet.

    Attributes
    ----------
    name, about : str
        Its name, and its content in a few words.
    home : str
        The folder, relative to the current one, for files that the user puts there.
    mirrors : tuple of str
        Addresses to which the name of a file is appended, the fastest and most reliable first.
    digests : dict of str to str
        The SHA-256 of each file, by its name.
    size : int
        Bytes to download, all files together.
    classes : tuple of str
        The name of each label.
    """

    name: str
    about: str
    home: str
    mirrors: tuple[str, ...]
    digests: dict[str, str]
    size: int
    classes: tuple[str, ...]


SOURCES: Registry[Source] = Registry("data set")

for _source in (
    Source(
        name="mnist",
        about="handwritten digits (LeCun, Cortes, Burges 1998)",
        home="data",
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://raw.githubusercontent.com/fgnt/mnist/master/",
        ),
        digests={  # of the uncompressed content
            "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
        size=11_594_722,
        classes=DIGITS,
    ),
    Source(
        name="fashion-mnist",
        about="pictures of clothes (Xiao, Rasul, Vollgraf 2017)",
        home="data/fashion-mnist",
        mirrors=(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        digests={  # of the .gz files
            "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
        size=30_878_645,
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
    ),
    Source(
        name="kmnist",
        about="cursive Japanese characters (Clanuwat et al. 2018)",
        home="data/kmnist",
        mirrors=(
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        ),
        digests={  # of the .gz files
            "train-images-idx3-ubyte.gz": "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            "train-labels-idx1-ubyte.gz": "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            "t10k-images-idx3-ubyte.gz": "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            "t10k-labels-idx1-ubyte.gz": "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        },
        size=21_240_888,
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    ),
):
    SOURCES.register(_source.name, _source)
