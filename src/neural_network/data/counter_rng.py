"""A counter-based random number generator: the n-th number of a sample is a function of (seed, epoch, sample, n).

With an ordinary generator, an image would get different numbers in another batch, in another order or on another
thread. Here they are hashes of the counters, always the same ones, and whole batches are computed at once. The hash is
splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
"""

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ divided by the golden ratio, made odd


def keys(seed: int, epoch: int, samples: np.ndarray) -> np.ndarray:
    """Return the keys, uint64 (m,), of the streams of `samples`, integers (m,)."""
    key = np.zeros(1, np.uint64)
    for word in (np.array([seed % 2**64], np.uint64), np.array([epoch % 2**64], np.uint64), samples.astype(np.uint64)):
        key = _scramble((key ^ word) + _STEP)
    return key


def uniform(keys: np.ndarray, count: int) -> np.ndarray:
    """Return the first `count` numbers of each stream: float64 (m, count), uniform in [-1, 1]."""
    return _bits(keys, 0, count).view(np.int64) * 2.0**-63


def coarse_uniform(keys: np.ndarray, count: int, skip: int) -> np.ndarray:
    """Return float32 (m, count), uniform in [-1, 1), four from each hash, the first `skip` hashes left out."""
    sixteen_bits = _bits(keys, skip, skip + -(-count // 4)).view(np.int16)[:, :count]
    return sixteen_bits.astype(np.float32) * np.float32(2.0**-15)


def _bits(keys: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Return the words number `start` to `stop` of each stream, uint64 (m, stop - start)."""
    return _scramble(keys[:, None] + np.arange(start + 1, stop + 1, dtype=np.uint64) * _STEP)


def _scramble(z: np.ndarray) -> np.ndarray:
    """Mix the bits, as splitmix64 does, in place: each bit of the input changes about half of those of the result."""
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z
