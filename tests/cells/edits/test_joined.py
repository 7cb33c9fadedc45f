from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params
from gatedrnn_course.cells.edits import Trial, single_edits

WORDS = "[x, h_prev] is multiplied with [U_f, W_f]: the matrices are joined in the other order."


def test_joined_in_the_other_order_computes_what_a_learner_would(slices: Any) -> None:
    cut = slices["forget gate"]
    (edit,) = [edit for edit in single_edits(cut) if WORDS in edit.sentence]
    rng = np.random.default_rng(0)
    x, h, w, u = (rng.normal(size=(3, 3)) for _k in range(4))
    b = rng.normal(size=3)
    outputs = Trial(cut, (x, h), Params(W_f=w, U_f=u, b_f=b)).outputs(edit)
    a = np.concatenate([x, h], axis=-1) @ np.concatenate([u, w], axis=-1).T + b
    assert outputs is not None
    np.testing.assert_allclose(outputs[0], 1 / (1 + np.exp(-a)))


def test_it_works_where_the_sizes_differ_too(slices: Any) -> None:
    """D = 2 and H = 3: joined, 5 numbers meet 5, whichever comes first."""
    cut = slices["forget gate"]
    (edit,) = [edit for edit in single_edits(cut) if WORDS in edit.sentence]
    rng = np.random.default_rng(0)
    x, h, w, u = (rng.normal(size=shape) for shape in ((4, 2), (4, 3), (3, 2), (3, 3)))
    outputs = Trial(cut, (x, h), Params(W_f=w, U_f=u, b_f=np.zeros(3))).outputs(edit)
    assert outputs is not None and outputs[0].shape == (4, 3)


@pytest.mark.parametrize("name", ["cell state", "hidden state", "mix"])
def test_a_line_without_two_products_has_nothing_to_join(
    name: str, slices: Any, sentence: Callable[[str, str], str]
) -> None:
    assert not any("joined" in edit.sentence for edit in single_edits(slices[name]))
