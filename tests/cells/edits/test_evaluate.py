from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits import Trial, single_edits
from gatedrnn_course.cells.edits.combine import all_singles
from gatedrnn_course.cells.numeric import compiled

SIZES = [((5, 5), (5,)), ((3, 4), (2,)), ((1, 1), (1,))]


def trial(whole: Any, sizes: tuple[int, int], batch: tuple[int, ...], seed: int = 11) -> tuple[Trial, Any, Any]:
    inputs, p = whole.draw(np.random.default_rng(seed), dict(zip("DH", sizes, strict=True)), batch)
    return Trial(whole, inputs, p), inputs, p


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM", "highway layer", "minLSTM"])
@pytest.mark.parametrize(("sizes", "batch"), SIZES, ids=str)
def test_a_trial_gives_what_the_compiled_edit_gives(name: str, sizes: Any, batch: Any) -> None:
    whole = whole_step(catalogue[name])
    tried, inputs, p = trial(whole, sizes, batch)
    for edit in all_singles(whole):
        found = tried.outputs(edit)
        with np.errstate(all="ignore"):
            if found is None:
                with pytest.raises(ValueError, match=r"shape|dimension|operands"):
                    compiled(edit.lines, whole.inputs, edit.outputs)(*inputs, p)
            else:
                wanted = compiled(edit.lines, whole.inputs, edit.outputs)(*inputs, p)
                assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found, wanted, strict=True))


def test_trying_edits_leaves_the_arrays_and_the_trial_as_they_were() -> None:
    whole = whole_step(catalogue["LSTM"])
    tried, inputs, p = trial(whole, (3, 4), (2,))
    before = [a.copy() for a in (*inputs, *p.values())]
    first = [tried.outputs(edit) for edit in single_edits(whole)]
    again = [tried.outputs(edit) for edit in single_edits(whole)]
    assert all(np.array_equal(a, b) for a, b in zip((*inputs, *p.values()), before, strict=True))
    for one, two in zip(first, again, strict=True):
        assert (one is None) == (two is None)
        assert one is None or all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, two or (), strict=True))


def test_the_right_values_are_there_for_every_line() -> None:
    whole = whole_step(catalogue["LSTM"])
    tried, inputs, p = trial(whole, (3, 4), (2,))
    assert tried.right is not None
    names = tuple(line.name for line in whole.lines)
    for name, value in zip(names, compiled(whole.lines, whole.inputs, names)(*inputs, p), strict=True):
        np.testing.assert_array_equal(tried.right[name], value)


def test_dividing_by_nothing_is_a_number_and_no_warning() -> None:
    whole = whole_step(catalogue["minLSTM"])
    inputs, p = whole.draw(np.random.default_rng(0), {"D": 3, "H": 4}, (2,))
    zero = type(p)({name: np.zeros_like(array) for name, array in p.items()})
    tried = Trial(whole, inputs, zero)
    assert not all(np.isfinite(out).all() for e in single_edits(whole) for out in tried.outputs(e) or ())
