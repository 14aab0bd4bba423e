"""Downloads from a local server that misbehaves in every way a mirror can."""

import contextlib
import gzip
import hashlib
import http.server
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest

from neural_network.data import download as module
from neural_network.data import read_idx, write_idx
from neural_network.data.download import download
from neural_network.data.sources import SOURCES, Source
from neural_network.support.errors import WorkError

NAMES = tuple(SOURCES["mnist"].digests)
HTML = b"<!DOCTYPE html><title>Please log in</title>"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The four files of a small data set, as a mirror has them: name and compressed content."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    for name in NAMES:
        shape = (20, 28, 28) if "images" in name else (20,)
        write_idx(folder / name, rng.integers(0, 10, shape).astype(np.uint8))
    return {name: (folder / name).read_bytes() for name in NAMES}


@pytest.fixture
def serve():
    """A function that starts a server of some files, with a fault if asked to, and returns it."""
    with contextlib.ExitStack() as stack:

        def serve(files, fault=None):
            def do_GET(handler):
                name = handler.path.strip("/")
                server.requests.append(name)
                content = HTML if fault == "HTML" else files.get(name)
                if content is None:
                    handler.send_error(404)
                    return
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(content)))
                handler.end_headers()
                handler.wfile.write(content[: len(content) // 2] if fault == "cut off" else content)

            # HEAD, with which we only see whether a server is there at all, is refused by some.
            methods = {"do_GET": do_GET, "do_HEAD": lambda handler: handler.send_error(405)}
            handler = type("Handler", (http.server.BaseHTTPRequestHandler,), methods)
            handler.log_message = lambda *args: None
            server = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            server.requests = []
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return server

        yield serve


def address(server):
    return f"http://127.0.0.1:{server.server_port}/"


def closed_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/"


def source_of(files, *mirrors, digests="uncompressed"):
    content = {name: gzip.decompress(file) if digests == "uncompressed" else file for name, file in files.items()}
    sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    return Source("mnist", "about", "data", mirrors, sha256, size=1, classes=tuple("0123456789"))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_good_mirror_fills_the_cache(serve, files, tmp_path):
    server = serve(files)
    download(source_of(files, address(server)), tmp_path)
    assert contents(tmp_path) == files
    assert server.requests == list(NAMES)


def test_nothing_is_fetched_twice_but_what_is_damaged_is(serve, files, tmp_path):
    server = serve(files)
    source = source_of(files, address(server))
    download(source, tmp_path)
    server.requests.clear()
    (tmp_path / NAMES[2]).write_bytes(b"damaged")
    download(source, tmp_path)
    assert server.requests == [NAMES[2]]
    assert contents(tmp_path) == files


def test_the_digest_may_be_that_of_the_compressed_file(serve, files, tmp_path):
    download(source_of(files, address(serve(files)), digests="compressed"), tmp_path)
    assert contents(tmp_path) == files


FAULTS = {
    "HTML": "not an IDX file",
    "404": "HTTP 404",
    "cut off": "broken off",
    "wrong hash": "is not the original file",
    "connection refused": "no connection",
}


@pytest.fixture
def bad_mirror(request, serve, files):
    fault = request.param
    if fault == "connection refused":
        return closed_port()
    if fault == "404":
        return address(serve({}))
    if fault == "wrong hash":
        altered = {name: gzip.compress(gzip.decompress(file)[:-1] + b"\x0a") for name, file in files.items()}
        return address(serve(altered))
    return address(serve(files, fault))


@pytest.mark.parametrize("bad_mirror", FAULTS, indirect=True)
def test_after_a_bad_mirror_the_next_is_tried(bad_mirror, serve, files, tmp_path):
    good = serve(files)
    download(source_of(files, bad_mirror, address(good)), tmp_path)
    assert contents(tmp_path) == files


@pytest.mark.parametrize(("bad_mirror", "reason"), FAULTS.items(), indirect=["bad_mirror"])
def test_without_a_good_mirror_the_cache_is_as_before_and_one_line_says_why(bad_mirror, reason, files, tmp_path):
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(WorkError, match=rf"mnist could not be downloaded \(127\.0\.0\.1:\d+: .*{reason}") as caught:
        download(source_of(files, bad_mirror), tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.reason in message
    assert "127.0.0.1" not in caught.value.reason
    for way_out in ("into data/", "MNIST_NN_DATA", "--data synthetic"):
        assert way_out in message
    assert contents(tmp_path) == {"old": b"old"}


def test_a_mirror_is_left_at_its_first_failure_and_the_next_goes_on(serve, files, tmp_path):
    half = serve({name: files[name] for name in NAMES[:2]})
    full = serve(files)
    download(source_of(files, address(half), address(full)), tmp_path)
    assert half.requests == list(NAMES[:3])
    assert full.requests == list(NAMES[2:])


def test_a_mirror_that_is_silent_is_left_after_the_time_to_connect(files, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("pooch.HTTPDownloader", None)  # it is not even asked for a file
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mirror = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(WorkError, match="no answer"):
            download(source_of(files, mirror), tmp_path)


def test_a_file_without_end_is_not_waited_for(serve, files, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILE", 1000)
    server = serve(files)
    with pytest.raises(WorkError, match="sends more than"):
        download(source_of(files, address(server)), tmp_path)
    assert contents(tmp_path) == {}


def test_a_full_disk_is_one_clear_line_and_leaves_the_cache_as_it_was(serve, files, tmp_path):
    resource = pytest.importorskip("resource")  # a limit on the size of files stands for the full disk
    server = serve(files)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(WorkError, match=f"cannot write .*{NAMES[0]}: File too large"):
            download(source_of(files, address(server)), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert contents(tmp_path) == {}


SCRIPT = """
import sys
from pathlib import Path
from neural_network.data.download import download
from neural_network.data.sources import Source
mirror, folder, *digests = sys.argv[1:]
download(Source("mnist", "", "data", (mirror,), dict(d.split("=") for d in digests), 1, ()), Path(folder))
"""


def test_certificates_that_are_not_there_are_a_reason_like_others(files, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/dev/null/no")
    with pytest.raises(WorkError, match=r"could not be downloaded .*certificate bundle.*/dev/null/no"):
        download(source_of(files, closed_port().replace("http", "https")), tmp_path)


def test_two_processes_at_once_do_each_other_no_harm(serve, files, tmp_path):
    source = source_of(files, address(serve(files)))
    digests = [f"{name}={digest}" for name, digest in source.digests.items()]
    command = [sys.executable, "-c", SCRIPT, source.mirrors[0], str(tmp_path), *digests]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for process in processes:
        assert process.communicate()[1] == b""
        assert process.returncode == 0
    assert contents(tmp_path) == files


def test_mnist_has_three_mirrors_and_every_data_set_the_four_files():
    assert len(SOURCES["mnist"].mirrors) >= 3
    for source in (SOURCES[name] for name in SOURCES):
        assert tuple(source.digests) == NAMES
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in source.mirrors)
        assert all(len(digest) == 64 for digest in source.digests.values())


def test_the_real_files_are_recognised(real_mnist):
    for name, digest in SOURCES["mnist"].digests.items():
        module.check_genuine((real_mnist / name).read_bytes(), name, digest)
        assert read_idx(real_mnist / name).ndim in (1, 3)
