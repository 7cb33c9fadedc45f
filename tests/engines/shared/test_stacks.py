from __future__ import annotations

import pytest
import torch

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.shared.stacks import by_name, stack, stacks_of, unstack


def params(cell, D=3, H=4, models=()):
    sizes = {"D": D, "H": H}
    return [torch.randn(*models, *[sizes[s] for s in cell.shape(name)]) for name in cell.parameters]


def test_letters_become_tensors() -> None:
    assert [(s.name, s.parameters) for s in stacks_of(catalogue["peephole LSTM"])] == [
        ("W", ("W_f", "W_i", "W_c", "W_o")),
        ("U", ("U_f", "U_i", "U_c", "U_o")),
        ("P", ("P_f", "P_i", "P_o")),
        ("b", ("b_f", "b_i", "b_c", "b_o")),
    ]
    shapes = [s.shape({"D": 3, "H": 4}) for s in stacks_of(catalogue["peephole LSTM"])]
    assert shapes == [(16, 3), (16, 4), (12,), (16,)]


def test_matrices_of_other_widths_are_apart() -> None:
    cell = parse("a = tanh(W_a @ x + U_a @ h_prev)\nh = W_h @ a + W_b @ x + h_prev")
    assert [(s.name, s.parameters, s.columns) for s in stacks_of(cell)] == [
        ("W", ("W_a", "W_b"), "D"),
        ("U", ("U_a",), "H"),
        ("WH", ("W_h",), "H"),
    ]


@pytest.mark.parametrize("models", [(), (5,)])
@pytest.mark.parametrize("name", catalogue)
def test_stacking_and_back(name: str, models: tuple[int, ...]) -> None:
    cell = catalogue[name]
    given = params(cell, models=models)
    back = unstack(cell, stack(cell, given), {"D": 3, "H": 4})
    assert all(torch.equal(a, b) for a, b in zip(given, back, strict=True))


def test_by_name_hands_over_stacks() -> None:
    cell = catalogue["GRU"]
    seen = by_name(lambda cell, xs, sizes, state, stacks: stacks)(cell, None, (), (), params(cell))
    assert [tuple(s.shape) for s in seen] == [(12, 3), (12, 4), (12,)]
