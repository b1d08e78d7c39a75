"""Philox4x32-10: its published vectors, and a second version of it in Python's integers."""

import numpy as np
import pytest

from minigan.philox import blocks, philox

# Counter, key, words: Random123's known-answer tests, written down from memory of the published
# file; the version below, which is written from the paper's description, agrees with them.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def words(text):
    return [int(word, 16) for word in text.split()]


def by_hand(counter, key):
    """One block, a number at a time: S-boxes with their halves, keys worked out beforehand."""
    left, right = [counter[0], counter[2]], [counter[1], counter[3]]
    for i in range(10):
        keys = [(key[0] + i * 0x9E3779B9) % 2**32, (key[1] + i * 0xBB67AE85) % 2**32]
        first, second = divmod(0xD2511F53 * left[0], 2**32), divmod(0xCD9E8D57 * left[1], 2**32)
        left = [second[0] ^ right[0] ^ keys[0], first[0] ^ right[1] ^ keys[1]]
        right = [second[1], first[1]]
    return [left[0], right[0], left[1], right[1]]


def in_numpy(counter, key):
    return [int(w) for w in philox(tuple(np.array(c, dtype=np.uint64) for c in counter), key)]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_the_published_vectors(counter, key, expected):
    assert in_numpy(words(counter), tuple(words(key))) == words(expected)
    assert by_hand(words(counter), words(key)) == words(expected)


def test_any_counter_and_key_as_by_hand():
    rng = np.random.default_rng(0)
    for _ in range(50):
        counter, key = rng.integers(0, 2**32, 4).tolist(), rng.integers(0, 2**32, 2).tolist()
        assert in_numpy(counter, tuple(key)) == by_hand(counter, key)


def test_blocks_take_counters_and_keys_of_64_bits_low_half_first():
    counters = [0, 1, 2**32 - 1, 2**32, 2**63 + 5, 2**64 - 1]
    key = 0x0123456789ABCDEF
    found = blocks(np.array(counters, dtype=np.uint64), key)
    for i, counter in enumerate(counters):
        by_halves = [counter % 2**32, counter >> 32, 0, 0], [0x89ABCDEF, 0x01234567]
        assert [int(word[i]) for word in found] == by_hand(*by_halves)


def test_one_bit_of_the_counter_or_of_the_key_changes_half_of_the_bits():
    rng = np.random.default_rng(1)
    flips = []
    for _ in range(40):
        counter, key = rng.integers(0, 2**32, 4).tolist(), rng.integers(0, 2**32, 2).tolist()
        before = in_numpy(counter, tuple(key))
        for place in range(6):
            other = [*counter, *key]
            other[place] ^= 1 << int(rng.integers(32))
            after = in_numpy(other[:4], tuple(other[4:]))
            flips.append(sum((a ^ b).bit_count() for a, b in zip(before, after, strict=True)))
    assert abs(np.mean(flips) - 64) < 4 * np.sqrt(32 / len(flips))
    assert 30 < min(flips) < max(flips) < 98  # 6 standard deviations of one
