"""The noise of populations in NumPy: numbers found from a key, a step and a place, so nothing has to be remembered.

`text_noise` has the same in C.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011
(Threefry-4x32); G. E. P. Box, M. E. Muller, A note on the generation of random normal deviates, Annals of Mathematical
Statistics 29, 1958.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ROTATIONS", "ROUNDS", "noise_key", "normals", "threefry"]

ROTATIONS = ((10, 26), (11, 21), (13, 27), (23, 5), (6, 20), (17, 11), (25, 10), (18, 20))
ROUNDS = 13
PARITY = 0x1BD11BDA
PLACES = 16
"""Places drawn side by side, four numbers each."""


def noise_key(seed: int) -> tuple[int, int, int, int]:
    """The key of a model's noise."""
    one, two, three, four = np.random.SeedSequence(seed, spawn_key=(1,)).generate_state(4)
    return int(one), int(two), int(three), int(four)


def threefry(key: Sequence[int], counter: Sequence[Any], rounds: int = ROUNDS) -> list[NDArray[np.uint32]]:
    """Four random words for every counter.

    Args:
        key: Four words.
        counter: Four words, numbers or arrays.
        rounds: How often words are mixed.
    """
    keys = [np.uint32(k) for k in (*key, PARITY ^ key[0] ^ key[1] ^ key[2] ^ key[3])]
    words = [np.atleast_1d(np.asarray(word, np.uint32)) + k for word, k in zip(counter, keys, strict=False)]
    for r in range(rounds):
        for (a, b), turn in zip(((0, 1), (2, 3)) if r % 2 == 0 else ((0, 3), (2, 1)), ROTATIONS[r % 8], strict=True):
            words[a] = words[a] + words[b]
            words[b] = ((words[b] << np.uint32(turn)) | (words[b] >> np.uint32(32 - turn))) ^ words[a]
        if r % 4 == 3:
            s = r // 4 + 1
            words = [word + keys[(s + k) % 5] for k, word in enumerate(words)]
            words[3] = words[3] + np.uint32(s)
    return words


def normals(key: Sequence[int], step: int, count: int, real: Any = np.float64) -> NDArray[Any]:
    """The numbers of one step from a normal distribution (count,), by Box and Muller.

    Args:
        key: Four words.
        step: The step.
        count: How many numbers.
        real: Their type; in float32 they are rounded.
    """
    blocks = -(-count // (4 * PLACES))
    words = np.stack(threefry(key, [np.arange(PLACES * blocks), step, 0, 0])).reshape(2, 2, blocks, PLACES)
    one, other = words.transpose(1, 2, 0, 3)
    u = ((one >> np.uint32(8)) + np.uint32(1)).astype(real) * 2**-24
    angle = ((other >> np.uint32(8)).astype(real) - 2**23) * (np.pi * 2**-24)
    radius = np.sqrt(-2 * np.log(u)) * ((other & np.uint32(1)).astype(real) * 2 - 1)
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[:count]
