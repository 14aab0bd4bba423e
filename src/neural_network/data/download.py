"""Download a data set into the user's cache, from the first of its mirrors that works.

Pooch fetches the files. Around it, the mirrors are tried in turn, each until its first failure. A file enters the cache
only if it is the original: it is parsed strictly, and its SHA-256 is compared.
"""

import hashlib
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from ..support.atomic_files import atomic_write
from ..support.errors import InputError, WorkError
from ..support.progress import Progress
from .idx import header, parse_idx
from .sources import Source

CONNECT_SECONDS, READ_SECONDS = 5, 60
MAX_FILE = 2**26  # bytes; no file of a data set is larger


class DownloadError(WorkError):
    """No mirror works: `reason` says why in a few words, the message also names each mirror and says what to do."""

    def __init__(self, source: Source, failures: list[tuple[str, str]]) -> None:
        self.reason = "; ".join(dict.fromkeys(what for _, what in failures))
        each = "; ".join(f"{host}: {what}" for host, what in failures)
        variable = "set MNIST_NN_DATA to" if source.name == "mnist" else "give --data"
        super().__init__(
            f"{source.name} could not be downloaded ({each}): put its four files into {source.home}/, "
            f"{variable} the folder that has them, or use --data synthetic"
        )


def cache_folder() -> Path:
    """Return the folder for downloads: $MNIST_NN_CACHE, or else one among the caches of this system."""
    import pooch

    return Path(os.environ.get("MNIST_NN_CACHE") or pooch.os_cache("mnist-nn"))


def download(source: Source, folder: Path) -> None:
    """Fetch the files of `source` that are missing in `folder`, or damaged.

    Raises
    ------
    WorkError
        No mirror works (DownloadError), or `folder` cannot be written. Every file that is in it then is an original.
    """
    from requests import RequestException

    wanted = [name for name, digest in source.digests.items() if not _is_genuine(folder / name, digest)]
    failures = []
    with Progress(f"downloading {source.name}", source.size) as bar:
        for mirror in source.mirrors:
            try:
                while wanted:
                    content = _fetch(mirror + wanted[0], bar.advance)
                    check_genuine(content, wanted[0], source.digests[wanted[0]])
                    with atomic_write(folder / wanted[0]) as file:
                        file.write(content)
                    del wanted[0]
                return
            except (RequestException, InputError) as error:
                failures.append((urlsplit(mirror).netloc, _describe(error)))
    raise DownloadError(source, failures)


def check_genuine(content: bytes, name: str, digest: str) -> None:
    """Raise InputError unless `content` is an IDX file with this SHA-256, compressed or uncompressed."""
    array = parse_idx(io.BytesIO(content), name)
    uncompressed = hashlib.sha256(header(array.shape))
    uncompressed.update(array.data)
    if digest not in (uncompressed.hexdigest(), hashlib.sha256(content).hexdigest()):
        raise InputError(f"{name}: is not the original file (its SHA-256 differs)")


def _is_genuine(path: Path, digest: str) -> bool:
    try:
        check_genuine(path.read_bytes(), path.name, digest)
    except (InputError, OSError):
        return False
    return True


def _fetch(url: str, advance: Callable[[int], None]) -> bytes:
    """Return the content of `url`; raises exceptions of requests, or InputError if it is longer than MAX_FILE."""
    import pooch

    _connect(url)
    buffer = _Buffer(advance)
    pooch.HTTPDownloader(timeout=(CONNECT_SECONDS, READ_SECONDS), chunk_size=2**16)(url, buffer, None)
    return buffer.getvalue()


class _Buffer(io.BytesIO):
    """A file in memory that reports its progress, and refuses to become larger than MAX_FILE."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        super().__init__()
        self._advance = advance

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(chunk) > MAX_FILE:
            raise InputError(f"sends more than {MAX_FILE >> 20} MiB")
        self._advance(len(chunk))
        return super().write(chunk)


def _connect(url: str) -> None:
    """Raise ConnectTimeout unless the server of `url` answers within 5 seconds.

    The timeout of requests starts anew for each address of a host, often a dozen, and does not cover the search for
    them. Behind a firewall that drops packets, that would take minutes.
    """
    import requests

    errors: list[Exception] = []

    def connect() -> None:
        try:
            requests.head(url, timeout=CONNECT_SECONDS)
        except requests.RequestException as error:
            errors.append(error)
        except OSError as error:  # such as a REQUESTS_CA_BUNDLE that is not there
            errors.append(InputError(str(error)))

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    if thread.is_alive():
        raise requests.ConnectTimeout
    if errors:
        raise errors[0]


def _describe(error: Exception) -> str:
    """Return in a few words what went wrong with a mirror."""
    import requests

    match error:
        case requests.HTTPError(response=requests.Response(status_code=status)):
            return f"HTTP {status}"
        case requests.Timeout():
            return "no answer"
        case requests.exceptions.ChunkedEncodingError() | requests.exceptions.ContentDecodingError():
            return "broken off"
        case InputError():
            return str(error)
        case _:
            return "no connection"
