"""Edits as texts: what a rule writes, and the sentence that names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gatedrnn_course.cells import Slice, catalogue, parse, whole_step
from gatedrnn_course.cells.edits import Edit, single_edits
from gatedrnn_course.cells.expr import to_text

SLICES = {
    "forget gate": Slice(catalogue["LSTM"], ("x", "h_prev"), ("f",)),
    "cell state": Slice(catalogue["LSTM"], ("f", "c_prev", "i", "c_tilde"), ("c",)),
    "carousel": Slice(catalogue["LSTM 1997"], ("i", "c_tilde", "c_prev"), ("c",)),
    "branch": Slice(catalogue["residual layer"], ("h_prev",), ("y",)),
    "hidden state": Slice(catalogue["LSTM"], ("o", "c"), ("h",)),
    "output gate": Slice(catalogue["peephole LSTM"], ("x", "h_prev", "c"), ("o",)),
    "mix": Slice(catalogue["GRU"], ("z", "h_prev", "h_tilde"), ("h",)),
    "fraction": Slice(catalogue["minLSTM"], ("f", "i", "h_tilde", "h_prev"), ("h",)),
    "subtracted": whole_step(parse("c = tanh(W_c @ x - b_c)  # cell state\nh = c * c_prev  # hidden state")),
    "two outputs": Slice(catalogue["LSTM"], ("f", "c_prev", "i", "c_tilde", "o"), ("h", "c")),
}


@pytest.fixture(scope="session")
def slices() -> dict[str, Slice]:
    """Small slices, as people build them."""
    return SLICES


@pytest.fixture(scope="session")
def sentence() -> Callable[[str, str], str]:
    """`sentence("cell state", "c = f * c_prev")`: what the edit that changes a slice's one line to this is called."""
    named = {key: {_changed(cut, edit): edit.sentence for edit in single_edits(cut)} for key, cut in SLICES.items()}

    def find(key: str, text: str) -> str:
        return named[key][text]

    return find


def _changed(cut: Slice, edit: Edit) -> str:
    for new, old in zip(edit.lines, cut.lines, strict=True):
        if new != old:
            return f"{new.name} = {to_text(new.expr)}"
    return f"return {', '.join(edit.outputs)}"
