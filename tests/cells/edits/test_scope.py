"""A gate that multiplies more, or less, of a sum than it should: each way to set the brackets has its name."""

from __future__ import annotations

import pytest

from gatedrnn_course.cells import catalogue, parse, whole_step
from gatedrnn_course.cells.edits import single_edits

BEFORE, AFTER = "GRU", "GRU reset after"


def sentence(cell: str, name: str, right: str, written: str) -> str:
    """What is said of a line written otherwise."""
    whole = whole_step(catalogue[cell])
    text = "\n".join(f"{line.name} = {written if line.name == name else text}" for line, text in rows(cell))
    lines = {line.name: line.expr for line in parse(text).lines}
    assert f"{name} = {right}" in catalogue[cell].text
    found = [
        edit.sentence
        for edit in single_edits(whole)
        if {line.name: line.expr for line in edit.lines} == lines and edit.outputs == whole.outputs
    ]
    assert len(found) == 1, written
    return found[0]


def rows(cell: str) -> list[tuple[object, str]]:
    lines = catalogue[cell].lines
    texts = [row.partition("#")[0].partition("=")[2].strip() for row in catalogue[cell].text.splitlines()]
    return list(zip(lines, texts, strict=True))


PLAIN = "tanh(W_h @ x + U_h @ (r * h_prev) + b_h)"
TORCH = "tanh(W_h @ x + b_h + r * (U_h @ h_prev + b_u))"


@pytest.mark.parametrize(
    ("cell", "name", "right", "written", "said"),
    [
        (BEFORE, "h_tilde", PLAIN, "tanh(W_h @ x + r * (U_h @ h_prev + b_h))", "`r` multiplies `b_h` as well"),
        (BEFORE, "h_tilde", PLAIN, "tanh(b_h + r * (U_h @ h_prev + W_h @ x))", "`r` multiplies `W_h @ x` as well"),
        (BEFORE, "h_tilde", PLAIN, "tanh(r * (W_h @ x + U_h @ h_prev + b_h))", "`r` multiplies the whole sum"),
        (AFTER, "h_tilde", TORCH, "tanh(W_h @ x + r * (U_h @ h_prev + b_u + b_h))", "`r` multiplies `b_h` as well"),
        (AFTER, "h_tilde", TORCH, "tanh(W_h @ x + b_h + (r * (U_h @ h_prev) + b_u))", "`r` does not multiply `b_u`"),
        (
            AFTER,
            "h_tilde",
            TORCH,
            "tanh(W_h @ x + b_h + (U_h @ (r * h_prev) + r * b_u))",
            "inside the product with U_h instead of after it; `r * b_u` is right",
        ),
        (BEFORE, "h", "z * h_prev + (1 - z) * h_tilde", "r * (z * h_prev) + (1 - z) * h_tilde", "`z * h_prev` is mult"),
    ],
)
def test_each_bracket_has_its_name(cell: str, name: str, right: str, written: str, said: str) -> None:
    assert said in sentence(cell, name, right, written)


def test_a_cell_whose_sums_have_two_terms_has_no_bracket_to_widen() -> None:
    groups = {edit.group for edit in single_edits(whole_step(catalogue["LSTM"]))}
    assert not groups & {("takes in",), ("takes all",), ("lets out",), ("before",)}
