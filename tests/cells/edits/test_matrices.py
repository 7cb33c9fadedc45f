from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue, draw_params, parse, whole_step
from gatedrnn_course.cells.edits import Trial, single_edits

RNG = np.random.default_rng(3)
X, H, W, U, B = (RNG.normal(size=shape) for shape in [(5, 5)] * 4 + [(5,)])
PLAIN = {
    "wrong way round: write `x @ p.W_f.T`": lambda: X @ W + H @ U.T + B,
    "wrong way round: write `h_prev @ p.U_f.T`": lambda: X @ W.T + H @ U + B,
    "`W_f @ x` is typed as on the slide": lambda: W @ X + H @ U.T + B,
    "W_f is multiplied element by element": lambda: W * X + H @ U.T + B,
    "`x * p.W_f.T` multiplies element by element": lambda: X * W.T + H @ U.T + B,
}
AFTER = catalogue["GRU"].text.replace("U_h @ (r * h_prev)", "r * (U_h @ h_prev)")


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
        wrong = any(words in edit.sentence for words in ("wrong way round", "slide", "element by element"))
        if wrong and "U_f stands" not in edit.sentence:  # U_f is square: its transpose has the same shape
            assert (trial.outputs(edit) is None) == ("U_f stands" not in edit.sentence)


def test_the_two_places_of_the_reset_gate_are_edits_of_each_other() -> None:
    rng = np.random.default_rng(0)
    before, after = whole_step(catalogue["GRU"]), whole_step(parse(AFTER))
    x, h, p = rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), draw_params(catalogue["GRU"], 3, 4, rng)
    for cut, other, words in (
        (before, after, "`r` stands after the product with U_h instead of inside it"),
        (after, before, "`r` stands inside the product with U_h instead of after it"),
    ):
        (edit,) = [edit for edit in single_edits(cut) if words in edit.sentence]
        np.testing.assert_allclose(Trial(cut, (x, h), p).outputs(edit), other.function(x, h, p))
