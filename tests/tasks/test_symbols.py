from __future__ import annotations

import numpy as np

from gatedrnn_course.tasks.symbols import encode, legal_set, next_symbol


def test_letters_become_their_places() -> None:
    assert encode("cab", "abc").tolist() == [2, 0, 1]


def test_each_step_lists_what_may_stand_there() -> None:
    assert legal_set(["a", "bc", ""], "abc").tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]


def test_inputs_are_all_but_the_last_and_targets_all_but_the_first() -> None:
    made = next_symbol("abca", "abc", legal=["a", "ab", "c", "a"], asked=[True, False, True, True])
    assert made.inputs.tolist() == np.eye(3).tolist()
    assert made.targets.tolist() == [1, 2, 0]
    assert made.scored is not None and made.scored.tolist() == [False, True, True]
    assert made.truth is not None and made.truth.tolist() == [[1, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert next_symbol("ab", "ab").truth is None
