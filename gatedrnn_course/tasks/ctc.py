"""Labels without places in time: the CTC loss, reading outputs back, and the distance between two texts.

The last output is the blank, as the 82nd of the 82 outputs for the 81 characters of IAM-OnDB.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import most_active

__all__ = ["best_path", "ctc_loss", "edit_distance"]


def ctc_loss(log_probabilities: NDArray[np.float64], labels: NDArray[np.integer[Any]]) -> float:
    """Minus the log-probability, in nats, that the outputs spell the labels.

    The sum runs over every path that becomes the labels once repeats are merged and blanks dropped.

    Args:
        log_probabilities: `(T, K)`, each row's exponentials sum to 1; column K-1 is the blank.
        labels: `(L,)`, each in `0..K-2`.

    Returns:
        The loss; infinite if T is less than L plus the number of repeated neighbours.

    Source: Graves et al., Connectionist Temporal Classification, ICML 2006, equations 5 to 8.
    """
    spelled = np.full(2 * len(labels) + 1, log_probabilities.shape[1] - 1)
    spelled[1::2] = labels
    jumps = np.zeros(len(spelled), bool)  # a blank may be skipped between two different labels
    jumps[3::2] = labels[1:] != labels[:-1]
    forward = np.full(len(spelled), -np.inf)
    forward[0] = 0.0
    for step, row in enumerate(log_probabilities):
        stay, move = forward, np.concatenate([[-np.inf], forward[:-1]])
        skip = np.where(jumps, np.concatenate([[-np.inf, -np.inf], forward])[: len(spelled)], -np.inf)
        before = np.logaddexp(np.logaddexp(stay, move), skip)
        forward = (before if step else np.where(np.arange(len(spelled)) < 2, 0.0, -np.inf)) + row[spelled]
    return float(-np.logaddexp.reduce(forward[-2:]))


def best_path(outputs: NDArray[np.floating[Any]]) -> list[int]:
    """The most active output of each step `(T, K)`, repeats merged and blanks (K-1) dropped.

    Source: best-path decoding, Graves 2006, section 3.2; used by Greff et al. 2017 for handwriting.
    """
    path = most_active(outputs)
    starts = np.concatenate([[True], path[1:] != path[:-1]])
    return [int(label) for label in path[starts] if label != outputs.shape[1] - 1]


def edit_distance(written: Many[int], wanted: Many[int]) -> int:
    """The fewest insertions, deletions and replacements that turn one sequence of labels into the other."""
    row = list(range(len(wanted) + 1))
    for i, a in enumerate(written, 1):
        above, row = row, [i]
        for j, b in enumerate(wanted, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
    return row[-1]
