"""Starts the worker on a learner's file, with limits to its time and memory, and collects what each probe gave."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .worker import encode

SECONDS = 1.0  # of processor time, for each probe
PATIENCE = 5  # times as much by the clock, after which the process is ended: it cannot be interrupted
START_SECONDS = 60.0  # for Python and NumPy to start, on a machine that has much to do
MEMORY = 2**30
SCRIPT = Path(__file__).with_name("worker.py")

Report = dict[str, Any]


class Call(NamedTuple):
    """A function of the learner's, and the arguments of each call of a probe."""

    function: str
    calls: Sequence[tuple[Any, ...]]
    seconds: float = SECONDS


def run(folder: Path, module: str, calls: Sequence[Call], *, memory: int = MEMORY) -> tuple[Report, list[Report]]:
    """Call functions of a learner's module.

    Parameters
    ----------
    folder, module
        Where the module is, and its name.
    calls : sequence of Call
        One for each probe.
    memory : int
        How many bytes the process may use.

    Returns
    -------
    loaded : dict
        What happened when the module was imported.
    reports : list of dict
        One for each probe, unless the module could not be imported.
    """
    coded = [
        {
            "function": each.function,
            "calls": [[encode(argument) for argument in arguments] for arguments in each.calls],
            "seconds": each.seconds,
        }
        for each in calls
    ]
    loaded: Report = {}
    reports: list[Report] = []
    while len(reports) < len(coded):
        request = {"folder": str(folder), "module": module, "seconds": SECONDS, "memory": memory}
        first, more, ended = _serve({**request, "probes": coded[len(reports) :]})
        loaded = loaded or first
        reports += more
        if not ended or not loaded.get("loaded"):
            break
        function = coded[len(reports)]["function"]  # which is not called again; the others are
        while len(reports) < len(coded) and coded[len(reports)]["function"] == function:
            reports.append(ended)
    return loaded, reports


def _serve(request: Report) -> tuple[Report, list[Report], Report | None]:
    """Run one process: what loading gave, the reports of the probes, and how it ended, if that was before its end."""
    limits = [SECONDS * PATIENCE, *(probe["seconds"] * PATIENCE for probe in request["probes"])]
    received: list[Report] = []
    ended: Report | None = None
    with _process(request) as (process, lines):
        limit, started = START_SECONDS, False
        while len(received) < len(limits):
            try:
                line = lines.get(timeout=limit)
            except queue.Empty:
                ended = {"timeout": limit}
                break
            if not line:
                ended = {"died": process.wait()}
                break
            if started:
                received.append(json.loads(line))
                if not received[0].get("loaded"):
                    break
            started = True
            limit = limits[min(len(received), len(limits) - 1)]
    if not received:
        return {"loaded": False, **(ended or {})}, [], ended
    return received[0], received[1:], ended


@contextlib.contextmanager
def _process(request: Report) -> "Iterator[tuple[subprocess.Popen[bytes], queue.Queue[bytes]]]":
    """Yield a worker that has got its request, and the lines that it writes; an empty one is its end."""
    with tempfile.TemporaryDirectory(prefix="mnist-nn-course-") as cache:
        process = subprocess.Popen(
            [sys.executable, "-P", "-B", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        assert process.stdin is not None
        lines: queue.Queue[bytes] = queue.Queue()
        thread = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        thread.start()
        try:
            with contextlib.suppress(OSError), process.stdin:
                process.stdin.write(json.dumps({**request, "cache": cache}).encode() + b"\n")
            yield process, lines
        finally:
            _end(process)
            thread.join(1)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the worker, and the processes that the learner's code has started, which are of its group."""
    if process.returncode is None:
        if hasattr(os, "killpg"):  # which Windows lacks
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _read(stream: Any, lines: "queue.Queue[bytes]") -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")


def _environment() -> dict[str, str]:
    """Return the environment of the worker: one thread for the BLAS, which starts quickly and needs little memory."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, "1"), "PYTHONWARNINGS": "default"}
