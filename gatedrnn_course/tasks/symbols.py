"""Texts as sequences: a symbol at each step, the next one asked for."""

from __future__ import annotations

from collections.abc import Sequence as Many

import numpy as np
from numpy.typing import NDArray

from gatedrnn_course.tasks.batch import Sequence, one_hot

__all__ = ["encode", "legal_set", "next_symbol"]


def encode(text: str, alphabet: str) -> NDArray[np.int64]:
    """The place of each letter in the alphabet, `(len(text),)`."""
    return np.array([alphabet.index(letter) for letter in text], np.int64)


def legal_set(letters: Many[str], alphabet: str) -> NDArray[np.float64]:
    """1 for each symbol that may stand at a step, `(T, K)`; `letters[t]` lists those of step t."""
    return np.array([[float(symbol in allowed) for symbol in alphabet] for allowed in letters])


def next_symbol(text: str, alphabet: str, legal: Many[str] = (), asked: Many[bool] = ()) -> Sequence:
    """All symbols but the last as one-hot inputs, all but the first as targets.

    Args:
        text: At least two letters of the alphabet.
        alphabet: Its letters, in the order of inputs and outputs.
        legal: For each letter of the text, the letters that could have stood there; becomes the truth. Empty: no truth.
        asked: For each letter of the text, whether it is asked for. Empty: all but the first are.

    Returns:
        A sequence of `len(text) - 1` steps.
    """
    codes = encode(text, alphabet)
    truth = legal_set(legal[1:], alphabet) if legal else None
    scored = np.array(asked[1:] or [True] * (len(text) - 1))
    return Sequence(one_hot(codes[:-1], len(alphabet)), codes[1:], scored, truth)
