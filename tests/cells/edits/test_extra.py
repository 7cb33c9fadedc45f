from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Slice, catalogue, whole_step
from gatedrnn_course.cells.edits import single_edits
from gatedrnn_course.cells.edits.handed import output_edits
from gatedrnn_course.cells.edits.readings import edit_with, further_readings, in_fewer_words, readings
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.cells.numeric import compiled


@pytest.mark.parametrize(
    ("cut", "text", "words"),
    [
        (
            "forget gate",
            "f = sigmoid(W_f @ x + U_f @ h_prev + b_f + 1)",
            "In the forget gate, 1 is added inside sigmoid: the bias is larger by 1 than `p` says.",
        ),
        ("forget gate", "f = b_f", "Only `b_f` stands in the forget gate."),
        (
            "output gate",
            "o = sigmoid(W_o @ x + U_o @ h_prev + U_o @ c + b_o)",
            "In the output gate, the whole matrix U_o stands where the peephole `P_o` belongs.",
        ),
        ("cell state", "c = (1 - i) * c_prev + i * c_tilde", "In the cell state, `1 - i` stands where `f` belongs."),
        (
            "cell state",
            "c = f * c_prev + i * c_tilde + c_prev",
            "In the cell state, `c_prev` is added, and should not be.",
        ),
        (
            "forget gate",
            "f = sigmoid([U_f, W_f] @ [x, h_prev] + b_f)",
            "In the forget gate, [x, h_prev] is multiplied with [U_f, W_f]: "
            "the matrices are joined in the other order.",
        ),
    ],
)
def test_something_too_much_or_in_place_of_another(cut: str, text: str, words: str, sentence: Any) -> None:
    assert sentence(cut, text) == words


def test_a_line_that_sees_one_vector_more() -> None:
    whole = whole_step(catalogue["LSTM"])
    said = {edit.sentence for edit in single_edits(whole)}
    assert "The candidate sees `c_prev` as well: `U_c @ c_prev` is one term too many." in said


def test_another_vector_wherever_one_stands() -> None:
    whole = whole_step(catalogue["GRU"])
    (edit,) = [
        edit for edit in single_edits(whole) if edit.sentence == "In the hidden state, `r` stands wherever `z` belongs."
    ]
    assert to_text(edit.lines[-1].expr) == "r * h_prev + (1 - r) * h_tilde"


def test_joined_products_are_those_of_numpy() -> None:
    whole = Slice(catalogue["LSTM"], ("x", "h_prev"), ("f",))
    (edit,) = [edit for edit in single_edits(whole) if "joined in the other order" in edit.sentence]
    (x, h), p = whole.draw(np.random.default_rng(0), {"D": 3, "H": 4}, (2,))
    (given,) = compiled(edit.lines, whole.inputs, edit.outputs)(x, h, p)
    inside = np.concatenate([x, h], axis=1) @ np.concatenate([p.U_f, p.W_f], axis=1).T + p.b_f
    np.testing.assert_allclose(given, 1 / (1 + np.exp(-inside)))


def test_what_is_handed_back() -> None:
    whole = whole_step(catalogue["LSTM"])
    named = {edit.outputs: edit.sentence for edit in output_edits(whole)}
    assert named["h", "tanh(c)"] == "`tanh(c)` is handed back where `c` belongs."
    assert named["h_prev", "c_prev"] == "The states of the step before are handed back: (h_prev, c_prev)."
    assert named["c", "h"] == "The outputs come back as (c, h) instead of (h, c)."


def test_readings_start_with_the_right_one_and_two_edits_come_after() -> None:
    whole = whole_step(catalogue["LSTM"])
    rows = readings(whole)["c"]
    assert rows[0].words == () and rows[0].expr == whole.cell.line("c").expr
    assert all(len(row.words) == 1 for row in rows[1:])
    further = further_readings(whole, "c")
    assert all(len(row.words) == 2 for row in further)
    assert not {row.expr for row in further} & {row.expr for row in rows}


def test_a_mistake_in_every_line_it_fits_is_said_once() -> None:
    whole = whole_step(catalogue["LSTM"])
    chosen = {
        name: next(r for r in readings(whole)[name][1:] if "has no bias" in str(r.words[0])) for name in ("f", "i")
    }
    two = in_fewer_words(whole, edit_with(whole, chosen), chosen)
    assert two.key == "The forget gate has no bias: `b_f` is missing. The input gate has no bias: `b_i` is missing."
    for name in ("c_tilde", "o"):
        chosen[name] = next(r for r in readings(whole)[name][1:] if "has no bias" in str(r.words[0]))
    assert in_fewer_words(whole, edit_with(whole, chosen), chosen).key == "No line adds its bias."
