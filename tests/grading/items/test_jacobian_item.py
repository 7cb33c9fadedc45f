from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params, catalogue
from gatedrnn_course.errors import CellError
from gatedrnn_course.grading.items import JacobianItem
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.prove import prove_item
from gatedrnn_course.grading.running.local import LocalCaller

HINTS = ("one", "two", "three")
ITEM = JacobianItem("step_jacobian", 30, "The Jacobian of one step.", HINTS, cell=catalogue["RNN"])


def told(function: Any, seed: int = 1) -> str:
    return judge(ITEM, LocalCaller(function), seed).mistake


def test_the_reference_is_the_derivative_of_the_step() -> None:
    rng = np.random.default_rng(0)
    D, H = 3, 4
    shapes = {"W_h": (H, D), "U_h": (H, H), "b_h": (H,)}
    p = Params({name: rng.normal(size=shape) for name, shape in shapes.items()})
    x, h_prev = rng.normal(size=(2, D)), rng.normal(size=(2, H))

    def step(state: Any) -> Any:
        return np.tanh(x @ p.W_h.T + state @ p.U_h.T + p.b_h)

    J = ITEM.reference(step(h_prev), p)
    for j in range(H):
        nudged = h_prev + 1e-30j * np.eye(H)[j]
        np.testing.assert_allclose(J[..., j], np.imag(step(nudged)) / 1e-30, rtol=1e-12)


RIGHT = {
    "rows scaled": lambda h, p: (1 - h**2)[..., :, None] * p.U_h,
    "einsum": lambda h, p: np.einsum("...i,ij->...ij", 1 - h * h, p.U_h),
    "a diagonal matrix": lambda h, p: (np.eye(h.shape[-1]) * (1 - h**2)[..., None, :]) @ p.U_h,
    "transposed twice": lambda h, p: np.swapaxes(p.U_h.T * (1 - h**2)[..., None, :], -1, -2),
}


@pytest.mark.parametrize("style", RIGHT)
def test_right_answers_in_other_styles(style: str) -> None:
    assert judge(ITEM, LocalCaller(RIGHT[style])).outcome == "right"


WRONG = {
    "The Jacobian is transposed": lambda h, p: np.swapaxes((1 - h**2)[..., :, None] * p.U_h, -1, -2),
    "U_h is transposed": lambda h, p: (1 - h**2)[..., :, None] * p.U_h.T,
    "multiplies the columns of U_h instead of its rows": lambda h, p: (1 - h**2)[..., None, :] * p.U_h,
    "taken at its output as if at its input": lambda h, p: (1 - np.tanh(h) ** 2)[..., :, None] * p.U_h,
    "the derivative of tanh is missing": lambda h, p: np.ones_like(h)[..., None] * p.U_h,
    "the derivative of sigmoid": lambda h, p: (h * (1 - h))[..., :, None] * p.U_h,
    "the square is missing": lambda h, p: (1 - h)[..., :, None] * p.U_h,
    "uses p.W_h where p.U_h belongs": lambda h, p: (1 - h**2)[..., :, None] * p.W_h,
    "is not multiplied by U_h": lambda h, p: (1 - h**2)[..., :, None] * np.eye(h.shape[-1]),
    "hands back `p.U_h` as it came": lambda h, p: p.U_h,
}


@pytest.mark.parametrize("words", WRONG)
def test_a_mistake_is_named(words: str) -> None:
    assert words in told(WRONG[words])


def test_two_mistakes_are_named() -> None:
    both = told(lambda h, p: (1 - h)[..., None, :] * p.U_h)
    assert "columns of U_h" in both and "the square is missing" in both


def test_every_mistake_is_caught_and_named() -> None:
    proof = prove_item(ITEM, 3)
    assert proof.failures == () and proof.caught.all and proof.named.all and proof.accepted.of >= 8


def test_a_cell_with_a_cell_state_has_no_such_jacobian() -> None:
    with pytest.raises(CellError, match="h, c"):
        JacobianItem("j", 1, "J.", HINTS, cell=catalogue["LSTM"]).draws(np.random.default_rng(0))


@pytest.mark.parametrize("name", ["GRU", "MGU"])
def test_the_jacobian_of_another_cell_takes_what_it_needs(name: str) -> None:
    item = JacobianItem("j", 1, "J.", HINTS, cell=catalogue[name])
    assert item.arguments[-1] == "p" and "h_prev" in item.arguments
    draw = item.draws(np.random.default_rng(0))[0]
    assert np.shape(item.reference(*draw.args))[-2:] == (draw.args[0].shape[-1],) * 2
