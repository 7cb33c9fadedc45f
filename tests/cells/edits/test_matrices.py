from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params
from gatedrnn_course.cells.edits import Trial, single_edits

RNG = np.random.default_rng(3)
X, H, W, U, B = (RNG.normal(size=shape) for shape in [(5, 5)] * 4 + [(5,)])
PLAIN = {
    "transposed: write `x @ p.W_f.T`": lambda: X @ W + H @ U.T + B,
    "transposed: write `h_prev @ p.U_f.T`": lambda: X @ W.T + H @ U + B,
    "`W_f @ x` is typed as on the slide": lambda: W @ X + H @ U.T + B,
    "W_f is multiplied element by element": lambda: W * X + H @ U.T + B,
}


@pytest.mark.parametrize("words", PLAIN)
def test_a_mistake_with_a_matrix_computes_what_a_learner_would(words: str, slices: Any) -> None:
    cut = slices["forget gate"]
    (edit,) = [edit for edit in single_edits(cut) if words in edit.sentence]
    outputs = Trial(cut, (X, H), Params(W_f=W, U_f=U, b_f=B)).outputs(edit)
    assert outputs is not None
    np.testing.assert_allclose(outputs[0], 1 / (1 + np.exp(-PLAIN[words]())))


def test_typed_as_on_the_slide_is_right_for_one_vector(slices: Any) -> None:
    cut = slices["forget gate"]
    (edit,) = [edit for edit in single_edits(cut) if "`W_f @ x` is typed as on the slide" in edit.sentence]
    trial = Trial(cut, (X[0, :3], H[0]), Params(W_f=W[:, :3], U_f=U, b_f=B))
    assert trial.right is not None
    np.testing.assert_allclose(trial.outputs(edit), [trial.right["f"]])


def test_where_all_sizes_differ_every_mistake_with_a_matrix_raises(slices: Any) -> None:
    cut = slices["forget gate"]
    trial = Trial(cut, *cut.draw(RNG, {"D": 3, "H": 4}, (2,)))
    for edit in single_edits(cut):
        wrong = any(words in edit.sentence for words in ("transposed", "slide", "element by element"))
        if wrong and "U_f is trans" not in edit.sentence:  # U_f is square: its transpose has the same shape
            assert (trial.outputs(edit) is None) == ("matrix U_f is transposed" not in edit.sentence)
