"""Draws that reach further than ordinary ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.grading.items import SequenceItem, SliceItem

HINTS = ("one", "two", "three")
LSTM = catalogue["LSTM"]
STEP = SliceItem("step", 1, "", HINTS, slice=whole_step(LSTM))
UPDATE = SliceItem("update", 1, "", HINTS, slice=Slice(LSTM, ("f", "i", "c_tilde", "c_prev"), ("c",)))
LOOP = SequenceItem("lstm", 1, "", HINTS, cell=LSTM)
RATIO = SliceItem("ratio", 1, "", HINTS, slice=whole_step(catalogue["minLSTM"]))


def far(item: Any, seed: int = 0) -> dict[str, Any]:
    return {draw.words: draw for draw in item.draws(np.random.default_rng(seed)) if draw.words}


@pytest.mark.parametrize("item", [STEP, LOOP], ids=["step", "loop"])
def test_each_has_the_sizes_of_an_ordinary_draw_and_decides(item: Any) -> None:
    first, second, *_rest = item.draws(np.random.default_rng(0))
    found = far(item)
    assert list(found) == [
        "a batch with large states",
        "a batch with large parameters",
        "a batch with large inputs",
        "a batch of small inputs",
    ]
    shapes = [[np.shape(a) for a in draw.args[:-1]] for draw in (first, first, second, second)]
    assert [[np.shape(a) for a in draw.args[:-1]] for draw in found.values()] == shapes
    assert all(draw.decides for draw in found.values())


def test_the_same_inputs_come_with_other_parameters() -> None:
    first = STEP.draws(np.random.default_rng(0))[0]
    other = far(STEP)["a batch with large parameters"]
    for mine, theirs in zip(first.args[:-1], other.args[:-1], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_allclose(other.args[-1]["W_f"], 8 * first.args[-1]["W_f"])


def test_states_lie_far_out_and_gates_are_saturated() -> None:
    _x, h, c, _p = far(STEP)["a batch with large states"].args
    assert np.abs(c).min() >= 40 and np.abs(c).max() <= 80 and np.abs(h).max() > 10
    f, i, g, _c = far(UPDATE)["a batch with large states"].args
    for gate in (f, i):
        assert ((gate < 0.011) | (gate > 0.989)).all() and (gate > 0.5).any() and (gate < 0.5).any()
    assert ((np.abs(g) > 0.989) & (np.abs(g) < 1)).all()


@pytest.mark.parametrize("item", [STEP, UPDATE, LOOP, RATIO], ids=["step", "update", "loop", "ratio"])
@pytest.mark.parametrize("seed", range(10))
def test_sums_stay_where_the_exponential_of_float32_ends(item: Any, seed: int) -> None:
    for draw in far(item, seed).values():
        with np.errstate(over="raise", invalid="raise"):
            single = item.reference(*(_single(argument) for argument in draw.args))
        right = item.reference(*draw.args)
        for mine, theirs in zip(_rows(single), _rows(right), strict=True):
            assert np.isfinite(mine).all() and np.isfinite(theirs).all()


def _single(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return argument.astype(np.float32)
    return type(argument)({name: array.astype(np.float32) for name, array in argument.items()})


def _rows(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
