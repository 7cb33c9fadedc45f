"""The Jacobian of one step of unit 01: how each new unit answers to each old one."""

from __future__ import annotations

from typing import Any

import numpy as np

from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["step_jacobian_item"]


def _jacobian(h: Any, p: Any) -> Any:
    return (1 - h[..., None] ** 2) * p.U_h


def _of(slope: Any) -> Any:
    return lambda h, p: slope(h)[..., None] * p.U_h


MISTAKES = (
    Mistake(
        mark("The Jacobians come back transposed: row i is the new unit."),
        lambda h, p: np.swapaxes(_jacobian(h, p), -1, -2),
    ),
    Mistake(
        mark("U_h is transposed: U_h[i, j] leads from old unit j to new unit i."),
        lambda h, p: (1 - h[..., None] ** 2) * p.U_h.T,
    ),
    Mistake(
        mark("The slope of tanh scales the columns of U_h: slope i belongs to row i, the new unit."),
        lambda h, p: (1 - h[..., None, :] ** 2) * p.U_h,
    ),
    Mistake(mark("The slope of tanh is missing."), lambda h, p: np.broadcast_to(p.U_h, (*h.shape, h.shape[-1]))),
    Mistake(
        mark("The slope is taken of tanh once more: h is tanh of the sum already, so its slope is 1 - h squared."),
        _of(lambda h: 1 - np.tanh(h) ** 2),
    ),
    Mistake(mark("1 - h stands there; the slope of tanh is 1 - h squared."), _of(lambda h: 1 - h)),
    Mistake(mark("h (1 - h) is the slope of a sigmoid; that of tanh is 1 - h squared."), _of(lambda h: h * (1 - h))),
    Mistake(mark("The slope has the wrong sign."), _of(lambda h: h**2 - 1)),
    Mistake(
        mark("W_h stands there for U_h."),
        lambda h, p: (1 - h[..., None] ** 2) * p.W_h if p.W_h.shape == p.U_h.shape else None,
    ),
    Mistake(
        mark("U_h is missing: the slopes stand on the diagonal."),
        lambda h, p: (1 - h[..., None] ** 2) * np.eye(h.shape[-1]),
    ),
)


def _draw(kind: str, rng: np.random.Generator, D: int, B: int, H: int, decides: bool = True) -> Draw:
    p = {"W_h": rng.normal(0.0, 0.8, (H, D)), "U_h": rng.normal(0.0, 0.9, (H, H)), "b_h": rng.normal(0.0, 0.8, H)}
    return Draw(kind, (np.tanh(rng.normal(0.0, 0.7, (B, H))), Params(p)), decides)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    batches = [_draw("batch", rng, *(int(n) for n in rng.permutation((2, 3, 4, 5))[:3])) for _k in range(2)]
    return (*batches, _draw("ones", rng, 1, 1, 1), _draw("square", rng, 4, 4, 4, decides=False))


def step_jacobian_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "step_jacobian",
        points,
        mark("The Jacobian of one step: how each new unit answers to each old one."),
        hints,
        forbidden,
        takes={
            "h": mark("the new hidden state h_t (B, H)"),
            "p": mark("parameters by name; p.U_h (H, H) is all that is needed"),
        },
        gives={"J": mark("(B, H, H): entry [b, i, j] is d h_i / d h_prev_j in sequence b")},
        function=_jacobian,
        mistakes=MISTAKES,
        draw=_draws,
    )
