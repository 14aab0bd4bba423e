"""The processes that do the jobs of a sweep: this one, several of this machine, or those of a Dask or Ray cluster.

joblib starts them and hands out the jobs. In each of them, a training has one thread: there are as many processes as
processors. A job whose process is killed is given to another one.
"""

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias
from uuid import uuid4

from ...support import plugins, threads
from ...support.errors import InputError, WorkError
from ...support.plugins import load_plugins
from ...support.registry import Registry
from .jobs import Job, Outcome, Source, do_job

PATIENCE = 10  # seconds to wait for a scheduler, and for its first worker
LOST = "the cluster has no workers any more; the same command continues when it has some"
HERE = uuid4().hex  # of this process alone
MOST_DEATHS = 3  # of processes one after the other, without a job that was done in between
Result: TypeAlias = tuple[Job, list[Outcome]]

Say: TypeAlias = Callable[[str], object]


@dataclass(frozen=True)
class Workers:
    """Where the jobs are done.

    Attributes
    ----------
    backend : str
        A name of BACKENDS.
    jobs : int or None
        The number of processes on this machine; None is one for each processor. A cluster has its own.
    scheduler : str
        The address of the scheduler of a cluster.
    """

    backend: str = "processes"
    jobs: int | None = None
    scheduler: str = ""

    def check(self) -> None:
        """Raise InputError where these do not go together."""
        BACKENDS[self.backend]
        if self.backend == "processes" and self.scheduler:
            raise InputError(f"--scheduler {self.scheduler} goes with --backend dask or ray")
        if self.backend != "processes" and self.jobs is not None:
            raise InputError(f"--jobs goes with --backend processes: the workers of {self.backend} are the cluster's")
        if self.backend == "dask" and "://" not in self.scheduler:
            given = f", not {self.scheduler!r}" if self.scheduler else ""
            raise InputError(f"--backend dask needs --scheduler with an address such as tcp://localhost:8786{given}")

    def do(self, jobs: Sequence[Job], source: Source, say: Say = lambda line: None) -> Iterator[Result]:
        """Yield each job with its outcomes, in the order in which they end.

        Raises what `do_job` raises, and WorkError where the processes cannot be had. `say` is called with a line where
        a process was killed.
        """
        if self.backend == "processes" and (min(self.jobs or threads.size(), len(jobs)) < 2):
            yield from ((job, do_job(job, source)) for job in jobs)
            return
        import joblib
        from joblib.externals.loky.process_executor import BrokenProcessPool

        pending, deaths = list(jobs), 0
        with BACKENDS[self.backend](self) as pool:
            while pending:
                parallel = joblib.Parallel(batch_size=1, **pool.options)
                work, names = joblib.delayed(_do_in_worker), tuple(plugins.loaded)
                results = parallel(work(job, source, names, HERE, pool.parent) for job in pending[: pool.at_once])
                before = len(pending)
                try:
                    for job, outcomes in results:
                        pending.remove(job)
                        deaths = 0
                        yield job, outcomes
                    if len(pending) == before:
                        raise WorkError(LOST)
                except BrokenProcessPool:
                    deaths += 1
                    if deaths == MOST_DEATHS:
                        raise WorkError(
                            f"{deaths} processes were killed one after the other, perhaps for want of memory; "
                            "try again with fewer --jobs"
                        ) from None
                    say("a process was killed; its trials begin again")


@dataclass(frozen=True)
class Pool:
    """The options of joblib.Parallel, how many jobs it gets at a time (None: all), and the process it ends with."""

    options: dict[str, Any]
    at_once: int | None = None
    parent: int | None = None


Backend: TypeAlias = Callable[[Workers], contextlib.AbstractContextManager[Pool]]
BACKENDS: Registry[Backend] = Registry("backend")


@contextlib.contextmanager
def _processes(workers: Workers) -> Iterator[Pool]:
    import joblib
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown()  # processes of an earlier sweep have its folder and environment
    with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
        options = {"n_jobs": workers.jobs or threads.size(), "return_as": "generator_unordered"}
        yield Pool(options, parent=os.getpid())


@contextlib.contextmanager
def _dask(workers: Workers) -> Iterator[Pool]:
    try:
        import distributed
    except ImportError as error:
        raise ImportError('--backend dask needs Dask: pip install "mnist-nn[dask]"') from error
    import joblib

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of lost connections, Dask prints tracebacks
    try:
        client = distributed.Client(workers.scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkError(f"there is no Dask scheduler at {workers.scheduler}: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise WorkError(
                f"the scheduler has had no worker for {PATIENCE} s; start one: dask worker {workers.scheduler}"
            ) from None
        try:
            with joblib.parallel_config(backend="dask", client=client):
                yield Pool({"n_jobs": -1, "return_as": "generator_unordered", "pre_dispatch": "all"})
        except (CancelledError, distributed.scheduler.KilledWorker) as error:
            raise WorkError(f"{LOST} ({type(error).__name__})") from error


@contextlib.contextmanager
def _ray(workers: Workers) -> Iterator[Pool]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports to its makers unless it is told not to
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError as error:
        raise ImportError('--backend ray needs Ray: pip install "mnist-nn[ray]"') from error
    import joblib

    _check_answer(workers.scheduler)
    ray.init(workers.scheduler or None, log_to_driver=False, logging_level=logging.ERROR)
    register_ray()
    try:
        with joblib.parallel_config(backend="ray"):
            at_once = int(ray.cluster_resources()["CPU"])  # Ray returns results when all have ended
            yield Pool({"n_jobs": -1}, at_once)
    finally:
        ray.shutdown()


def _check_answer(address: str) -> None:
    """Raise WorkError where nothing answers at HOST:PORT, for which Ray would wait for minutes."""
    host, _, port = address.rpartition("//")[2].rpartition(":")
    try:
        if port.isdigit():
            socket.create_connection((host, int(port)), PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise WorkError(f"there is no Ray cluster at {address}: {error}") from error


for _name, _backend in (("processes", _processes), ("dask", _dask), ("ray", _ray)):
    BACKENDS.register(_name, _backend)


def _do_in_worker(job: Job, source: Source, plugin_names: tuple[str, ...], asker: str, parent: int | None) -> Result:
    """Do a job in a process that exists for that: with one thread, the plugins of the command, and deaf to Ctrl-C."""
    if asker == HERE:  # joblib comes back to the process that asks when there is no other
        raise WorkError(LOST)
    _prepare(plugin_names, parent)
    return job, do_job(job, source)


@cache
def _prepare(plugin_names: tuple[str, ...], parent: int | None) -> None:
    os.environ.update(dict.fromkeys(threads.LIMITS, "1"))
    if parent is not None:
        threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # which the terminal sends to all: the first process decides
    load_plugins(plugin_names)


def _end_with(parent: int) -> None:
    """End this process soon after its parent, which may have been killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
