"""Starts the worker on a learner's file, with limits to its time and memory, and collects what each probe gave."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .worker import encode

CPU_SECONDS = 1.0  # of processor time, for each probe
WALL_SECONDS = 5.0  # after which the process is ended: it sleeps, or computes where it cannot be interrupted
MEMORY = 3 * 2**30
SCRIPT = Path(__file__).with_name("worker.py")

Report = dict[str, Any]


def run(
    folder: Path,
    module: str,
    probes: Sequence[tuple[str, Sequence[tuple[Any, ...]]]],
    *,
    seconds: float = CPU_SECONDS,
    wall: float = WALL_SECONDS,
) -> tuple[Report, list[Report]]:
    """Call functions of a learner's module.

    Parameters
    ----------
    folder, module
        Where the module is, and its name.
    probes : sequence of pairs
        The name of a function, and the arguments of each call.

    Returns
    -------
    loaded : dict
        What happened when the module was imported.
    reports : list of dict
        One for each probe, unless the module could not be imported.
    """
    coded = [
        {"function": function, "calls": [[encode(argument) for argument in call] for call in calls]}
        for function, calls in probes
    ]
    loaded: Report = {}
    reports: list[Report] = []
    while True:
        first, more, ended = _serve(folder, module, coded[len(reports) :], seconds, wall)
        loaded = loaded or first
        reports += more
        if not ended or not loaded.get("loaded") or len(reports) >= len(coded):
            break
        reports.append(ended)
        seconds, wall = min(seconds, 0.2), min(wall, 1.0)  # the other checks go on, with less time
        if len(reports) == len(coded):
            break
    return loaded, reports


def _serve(
    folder: Path, module: str, probes: list[Report], seconds: float, wall: float
) -> tuple[Report, list[Report], Report | None]:
    """Run one process: what loading gave, the reports of the probes, and how it ended, if that was before its end."""
    with tempfile.TemporaryDirectory(prefix="mnist-nn-course-") as cache:
        request = {"folder": str(folder), "module": module, "probes": probes, "seconds": seconds}
        request |= {"memory": MEMORY, "cache": cache}
        process = subprocess.Popen(
            [sys.executable, "-P", "-B", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        lines: queue.Queue[bytes] = queue.Queue()
        assert process.stdin is not None
        assert process.stdout is not None
        thread = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        thread.start()
        received: list[Report] = []
        ended: Report | None = None
        try:
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.close()
            except OSError:
                pass
            while len(received) <= len(probes):
                try:
                    line = lines.get(timeout=wall)
                except queue.Empty:
                    ended = {"timeout": wall}
                    break
                if not line:
                    ended = {"died": process.wait(timeout=wall)}
                    break
                received.append(json.loads(line))
                if not received[0].get("loaded"):
                    break
        finally:
            process.kill()
            process.wait()
            thread.join(1)
    if not received:
        return {"loaded": False, **(ended or {})}, [], ended
    return received[0], received[1:], ended


def _read(stream: Any, lines: "queue.Queue[bytes]") -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")


def _environment() -> dict[str, str]:
    """Return the environment of the worker: one thread for the BLAS, which starts quickly and needs little memory."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, "1"), "PYTHONWARNINGS": "default"}
