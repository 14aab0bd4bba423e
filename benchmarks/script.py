"""Measures a whole script of scripts/: from the start of its process to the test accuracy that it prints."""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from .tasks import Measurement
from .workload import Workload

SCRIPTS = Path(__file__).parent / "scripts"
INTERVAL = 0.05  # seconds between two readings of the peak memory


def measure(workload: Workload, module: str) -> Measurement:
    """Return seconds, peak memory in bytes and test accuracy of the script that uses the library of this module."""
    command = [sys.executable, str(SCRIPTS / f"{workload.job.script}_{module}.py"), str(workload.place / "mnist.npz")]
    peaks: dict[int, int] = {}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ended = threading.Event()
    reader = threading.Thread(target=_read_peaks, args=(process.pid, peaks, ended))
    reader.start()
    printed, complaint = process.communicate()
    seconds = time.perf_counter() - started
    ended.set()
    reader.join()
    if process.returncode:
        raise RuntimeError(f"the script failed: {(complaint.strip().splitlines() or ['no message'])[-1]}")
    accuracy = float(printed)
    memory = {"memory": sum(peaks.values())} if peaks else {}
    return {"value": seconds, "accuracy": accuracy, "check": [accuracy], **memory}


def _read_peaks(pid: int, peaks: dict[int, int], ended: threading.Event) -> None:
    """Keep reading the peak memory, in bytes, of a process and of those that it starts, until it has ended."""
    while not ended.wait(INTERVAL):
        for each in [pid, *_children(pid)]:
            if found := re.search(r"VmHWM:\s+(\d+) kB", _read(f"/proc/{each}/status")):
                peaks[each] = int(found[1]) * 1024


def _children(pid: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _read(path: str) -> str:
    """Return the text of a file; none where the process has ended, or the system has no such file."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""
