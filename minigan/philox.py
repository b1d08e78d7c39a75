"""Philox4x32-10: random words that are a function of a counter and a key, and of nothing else.

An ordinary generator has a state that each number moves on, so that the millionth comes after all
others. Here word i is found at once, and each thread of a GPU finds its own. Everything is integer
arithmetic: the bits are the same on every machine.
"""

from __future__ import annotations

from minigan.backend import Array

ROUNDS = 10
MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
WEYL = 0x9E3779B9, 0xBB67AE85  # added to the key after a round: the golden ratio, √3 - 1
WORD = 0xFFFFFFFF  # the largest number of 32 bits

Words = tuple[Array, ...]


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """Four random words for a counter of four words, under a key of two.

    **Forward**  ten times

        (hi0, lo0) = M0 c0          (hi1, lo1) = M1 c2              products of 64 bits, in halves
        c ← (hi1 ⊕ c1 ⊕ k0,  lo1,  hi0 ⊕ c3 ⊕ k1,  lo0)
        k ← (k0 + W0,  k1 + W1)                                     modulo 2³²

    A round can be undone (M0 and M1 are odd), so counters that differ give words that differ: no
    block of four occurs twice before the counter of 128 bits has run through.

    **Parameters**  counter: four arrays of uint64, each below 2³²; key: two integers below 2³².

    **Source**  Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"
    (from memory), Philox4x32 with the ten rounds that it recommends.

    >>> import numpy as np
    >>> [hex(int(word)) for word in philox((np.zeros((), dtype="uint64"),) * 4, (0, 0))]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        p0, p1 = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        hi0, lo0, hi1, lo1 = p0 >> 32, p0 & WORD, p1 >> 32, p1 & WORD
        c0, c1, c2, c3 = hi1 ^ c1 ^ k0, lo1, hi0 ^ c3 ^ k1, lo0
        k0, k1 = (k0 + WEYL[0]) & WORD, (k1 + WEYL[1]) & WORD
    return c0, c1, c2, c3


def blocks(counters: Array, key: int) -> Words:
    """The words of counters and of a key of 64 bits each, low half first; c2 and c3 are 0."""
    zero = counters & 0
    return philox((counters & WORD, counters >> 32, zero, zero), (key & WORD, key >> 32))
