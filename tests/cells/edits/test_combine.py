from __future__ import annotations

import itertools
from typing import Any

import pytest

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits import everywhere_edits, merged, single_edits
from gatedrnn_course.cells.edits.combine import touched
from gatedrnn_course.cells.expr import to_text

LSTM, PEEPHOLE = whole_step(catalogue["LSTM"]), whole_step(catalogue["peephole LSTM"])


def everywhere(whole: Any, words: str) -> list[str]:
    (edit,) = [edit for edit in everywhere_edits(whole) if edit.sentence == words]
    return [f"{line.name} = {to_text(line.expr)}" for line in edit.lines]


def test_no_line_adds_its_bias() -> None:
    assert everywhere(LSTM, "No line adds its bias.") == [
        "f = sigmoid(W_f @ x + U_f @ h_prev)",
        "i = sigmoid(W_i @ x + U_i @ h_prev)",
        "c_tilde = tanh(W_c @ x + U_c @ h_prev)",
        "c = f * c_prev + i * c_tilde",
        "o = sigmoid(W_o @ x + U_o @ h_prev)",
        "h = o * tanh(c)",
    ]


@pytest.mark.parametrize(
    ("words", "gone", "left"),
    [
        ("No line looks at the input x.", "W_", 0),
        ("No line looks at the hidden state h_prev.", "U_", 0),
        ("No gate has its peephole.", "P_", 0),
        ("Every sigmoid is replaced by tanh.", "sigmoid", 0),
        ("No line applies tanh.", "tanh", 0),
        ("Every weight matrix stands the wrong way round: write `x @ p.W_f.T`.", ".T @", 8),
        ("Every matrix U stands the wrong way round: write `h_prev @ p.U_f.T`.", ".T @", 4),
        ("W and U are exchanged in every line.", "W_f @ h_prev", 1),
        ("Every bias counts twice.", "b_", 8),
        ("Every gate is one minus what it should be.", "1 - sigmoid", 3),
    ],
)
def test_the_same_mistake_is_made_in_every_line_it_fits(words: str, gone: str, left: int) -> None:
    text = "\n".join(everywhere(PEEPHOLE, words)).replace("c_tilde", "c")
    assert text.count(gone) == left


def test_without_peepholes_everywhere_the_peephole_lstm_is_the_lstm() -> None:
    assert everywhere(PEEPHOLE, "No gate has its peephole.") == [
        f"{line.name} = {to_text(line.expr)}" for line in catalogue["LSTM"].lines
    ]


@pytest.mark.parametrize("name", catalogue)
def test_a_mistake_made_everywhere_is_made_more_than_once(name: str) -> None:
    whole = whole_step(catalogue[name])
    singles = {edit.lines: edit for edit in single_edits(whole)}
    edits = everywhere_edits(whole)
    assert whole.lines not in {edit.lines for edit in edits}
    once = [edit for edit in edits if edit.lines in singles]  # one line may hold a name twice
    assert all(" stands wherever " in singles[edit.lines].sentence for edit in once)
    assert all(edit.where == 0 and edit.outputs == whole.outputs for edit in edits)


def test_every_line_is_said_only_of_more_than_one_line(slices: Any) -> None:
    for whole in (slices["mix"], slices["fraction"], LSTM):
        for edit in everywhere_edits(whole):
            if edit.sentence.startswith("Every line"):
                assert len(touched(whole, edit)) > 1, edit.sentence


def test_two_edits_of_different_lines_make_one() -> None:
    by_line = {min(touched(LSTM, edit)): edit for edit in single_edits(LSTM)}
    for first, second in itertools.permutations(by_line.values(), 2):
        both = merged(LSTM, first, second)
        assert touched(LSTM, both) == touched(LSTM, first) | touched(LSTM, second)
        assert both.words == first.words + second.words
        assert both.sentence == f"{first.sentence} {second.sentence}"
        assert both.where == min(first.where, second.where)
        for line in (*first.lines, *second.lines):
            assert line in LSTM.lines or line in both.lines
