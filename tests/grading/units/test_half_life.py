from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells import sigmoid
from gatedrnn_course.grading.items import Mistake
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.local import LocalCaller
from gatedrnn_course.grading.units import load
from gatedrnn_course.grading.units.half_life import MISTAKES

ITEM = load("03").item("bias_for_half_life")


def test_with_this_bias_half_is_left_after_n_steps() -> None:
    n = np.array([1.0, 2.0, 10.0, 100.0])
    b_f = ITEM.reference(n)
    assert np.allclose(sigmoid(b_f) ** n, 0.5)
    assert b_f[0] == 0
    assert 4.9 < b_f[3] < 5.0


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.words[:30])
def test_each_mistake_is_named(mistake: Mistake) -> None:
    def bias_for_half_life(n):  # type: ignore[no-untyped-def]
        return mistake.function(n)

    verdict = judge(ITEM, LocalCaller(bias_for_half_life), 2)
    assert (verdict.outcome, verdict.mistake) == ("wrong", mistake.words)
