"""Damage of all kinds to all files that are read: 0 tracebacks, 0 wrong results, one line and status 2.

2,000 mutations by default; MNIST_NN_MUTATIONS=100000 gives the figures in docs/reliability.md, of bombs too.
"""

import random
import struct
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hostile import COUNT, FULL, Subject, make_subjects, measured, mutate, needs_proc, quick_calls

from neural_network.data import idx

pytestmark = pytest.mark.faults

HEADERS = {  # the bytes before the content
    "model": lambda content: 8 + int.from_bytes(content[:8], "little"),
    "IDX t10k-images-idx3-ubyte": lambda content: 16,
    "IDX t10k-labels-idx1-ubyte": lambda content: 8,
    "IDX t10k-images-idx3-ubyte.gz": lambda content: 26,
    "IDX t10k-labels-idx1-ubyte.gz": lambda content: 18,
}


@pytest.fixture(scope="module")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Subject]]:
    with pytest.MonkeyPatch.context() as patch, quick_calls():
        patch.chdir(tmp_path_factory.mktemp("hostile"))
        yield {subject.name: subject for subject in make_subjects()}


@pytest.fixture
def subject(subjects, request):
    yield subjects[request.param]
    subjects[request.param].run(subjects[request.param].content)


@pytest.mark.parametrize("subject", HEADERS, indirect=True)
def test_no_piece_of_a_file_is_taken_for_the_whole(subject):
    for length in range(len(subject.content)):
        assert not subject.check(subject.content[:length]), length
    print(f"{subject.name}: cut short at each of {len(subject.content)} bytes")


@pytest.mark.parametrize("subject", HEADERS, indirect=True)
def test_no_flipped_bit_of_a_header_gives_another_result(subject):
    """A header's bit is flipped in vain where it means nothing: in the time of a gzip file, or the name of the hash."""
    length, answered = HEADERS[subject.name](subject.content), 0
    bits = [bit for bit in range(8 * length) if FULL or bit % 8 == bit // 8 % 8]
    for bit in bits:
        content = bytearray(subject.content)
        content[bit // 8] ^= 1 << bit % 8
        result = subject.run(bytes(content))
        if result.status == 0:
            assert result.out == subject.sound.out, bit
            answered += 1
        subject.check(bytes(content))
    print(f"{subject.name}: {len(bits)} bits of {length} bytes flipped, {answered} with the same result")


@pytest.mark.timeout(120 + COUNT // 20)
def test_mutations(subjects):
    whole, total, answered = sum(subject.weight for subject in subjects.values()), 0, 0
    for name, subject in subjects.items():
        count, accepted = max(1, round(COUNT * subject.weight / whole)), 0
        for number in range(count):
            content = mutate(random.Random(f"{name} {number}"), subject.content)
            try:
                accepted += subject.check(content)
            except BaseException as error:
                raise AssertionError(f"mutation {number} of {name}") from error
        subject.run(subject.content)
        print(f"{name}: {count} mutations, {accepted} answered rightly, {count - accepted} refused")
        total, answered = total + count, answered + accepted
    print(f"{total} mutations, {answered} answered rightly, {total - answered} refused")


@needs_proc
@pytest.mark.timeout(600)
def test_mutations_in_processes_of_their_own(subjects):
    """What a library writes to standard error by itself is seen here, and memory and time."""
    for number in range(4 if FULL else 1):
        for name, subject in subjects.items():
            if FULL or name.startswith(("TIFF", "checkpoint", "IDX t10k-images")):
                subject.run(subject.content)
                subject.prepare(mutate(random.Random(f"process {name} {number}"), subject.content))
                status, err = measured(*subject.arguments)
                assert status in (0, 2), err
                assert "Traceback" not in err
                assert status == 0 or err.count("\n") == 1, err
                subject.run(subject.content)


def test_the_judges_see_wrong_results(subjects, monkeypatch):
    """Were a reader to let damage pass, it would not go unnoticed."""
    lenient = SimpleNamespace(unpack=lambda form, sizes: tuple(n or 6 for n in struct.unpack(form, sizes)))
    monkeypatch.setattr(idx, "struct", lenient)
    subject = subjects["IDX t10k-images-idx3-ubyte"]
    with pytest.raises(AssertionError):
        subject.check(subject.content[:4] + bytes(4) + subject.content[8:])
