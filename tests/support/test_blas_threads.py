"""The BLAS is held at one thread while a block runs, and afterwards is as it was."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from neural_network.support.blas_threads import one_blas_thread


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(2, user_api="blas"):
        yield


def test_a_block_has_one_thread_and_then_the_limit_is_what_it_was():
    with one_blas_thread():
        assert blas_threads() == {1}
    assert blas_threads() == {2}


def test_blocks_within_blocks_keep_one_thread():
    with one_blas_thread():
        with one_blas_thread():
            assert blas_threads() == {1}
        assert blas_threads() == {1}
    assert blas_threads() == {2}


def test_an_error_in_a_block_restores_the_limit():
    with pytest.raises(KeyError), one_blas_thread():
        raise KeyError
    assert blas_threads() == {2}


@pytest.mark.parametrize("blocks_before", [0, 1])
def test_a_block_has_one_thread_in_whichever_thread_it_runs(blocks_before):
    """Though others, as the fixture of these tests or the block before, have set their own limit."""
    seen = []

    def other():
        with one_blas_thread():
            seen.append(blas_threads())

    for _ in range(blocks_before):
        with one_blas_thread():
            pass
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [{1}]
    assert blas_threads() == {2}


def test_other_threads_may_limit_the_blas_after_a_block():
    seen = []

    def other():
        with threadpool_limits(1, user_api="blas"):
            seen.append(blas_threads())

    with one_blas_thread():
        pass
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [{1}]


def test_blocks_that_overlap_in_two_threads_restore_the_limit_when_the_last_ends():
    began, end = threading.Event(), threading.Event()

    def other():
        with one_blas_thread():
            began.set()
            end.wait(10)

    thread = threading.Thread(target=other)
    with one_blas_thread():
        thread.start()
        began.wait(10)
    assert blas_threads() == {1}  # the other has not ended
    end.set()
    thread.join()
    assert blas_threads() == {2}
