"""`explore_lags()`: the gradient of an RNN over the lag, beside the singular values of U and its determinant."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, draw_params
from gatedrnn_course.cells.colours import Style
from gatedrnn_course.cells.reference import sequence, zero_state
from gatedrnn_course.lab.widget import Axis, Curve, Explorer, Slider, draw_chart, steps
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.text import _

__all__ = ["explore_lags"]

T, B, D, H = 41, 8, 2, 8
LAGS = range(0, T, 2)
"""Those that are drawn."""


def explore_lags() -> Explorer:
    """The norm of an RNN's gradient over the lag, with the singular values of U and the inputs to move.

    It is measured with the learner's own `step_jacobian` once that is right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    functions, yours = owned(step_jacobian=_step_jacobian)
    step_jacobian = functions["step_jacobian"]

    def view(largest: float, share: float, size: float) -> tuple[str, str]:
        p, hs = _run(largest, share, size)
        jacobians = np.asarray(step_jacobian(hs.reshape(-1, H), p)).reshape(T, B, H, H)
        norms, volumes = _over_lags(jacobians)
        bound = [largest**lag for lag in LAGS]
        curves = (
            Curve(_("gradient norm, measured"), norms[LAGS], LAGS, Style("#0072B2")),
            Curve(_("bound, largest value ^ lag"), bound, LAGS, Style("#D55E00", "9 4")),
            Curve(_("|det| of the same Jacobians"), volumes[LAGS], LAGS, Style("#CC79A7", "2 3")),
        )
        picture = draw_chart(curves, Axis(_("lag, steps back"), 0, T - 1), Axis(_("size"), 1e-8, 1e4, log=True))
        return picture, _words(p.U_h, largest, norms[-1])

    sliders = (
        Slider("largest", _("largest singular value of U"), steps(0.7, 1.5, 0.1), start=0.9),
        Slider("share", _("smallest, as a share of the largest"), (0.1, 0.25, 0.5, 0.75, 1.0), start=0.5),
        Slider("size", _("size of the inputs"), (0, 0.25, 0.5, 1, 2), start=0.25),
    )
    title = _("The gradient of an RNN over the lag, with sliders.")
    return Explorer(title, sliders, view, whose(yours, "RNN"))


def _step_jacobian(h: Any, p: Params) -> Any:
    return (1 - h[..., None] ** 2) * p.U_h


@lru_cache(maxsize=256)
def _run(largest: float, share: float, size: float) -> tuple[Params, Any]:
    """An RNN whose U has these singular values, and its states (T, B, H) on random inputs."""
    rng = np.random.default_rng(0)
    p = draw_params(catalogue["RNN"], D, H, rng)
    p.b_h[:] = 0.0
    directions, _upper = np.linalg.qr(rng.normal(size=(H, H)))
    turns = np.zeros((H, H))  # U turns the directions it stretches among themselves, and the others too
    for half in (slice(0, H // 2), slice(H // 2, H)):
        turns[half, half] = np.linalg.qr(rng.normal(size=(H // 2, H // 2)))[0]
    values = np.repeat([largest, largest * share], H // 2)
    p.U_h[:] = directions @ (turns * values) @ directions.T
    xs = size * rng.normal(size=(T, B, D))
    return p, sequence(catalogue["RNN"], xs, zero_state(catalogue["RNN"], H, (B,)), p)[0]


def _over_lags(jacobians: Any) -> tuple[Any, Any]:
    """Of d h_T / d h_(T-k) the norm and the size of the determinant, each the geometric mean over the batch."""
    product = np.broadcast_to(np.eye(H), (B, H, H))
    norms, volumes = [np.ones(B)], [np.zeros(B)]
    for jacobian in jacobians[:0:-1]:
        product = product @ jacobian
        norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))
        volumes.append(volumes[-1] + np.linalg.slogdet(jacobian)[1])
    return np.exp(np.log(norms).mean(axis=-1)), np.exp(np.mean(volumes, axis=-1))


def _words(U: Any, largest: float, norm: float) -> str:
    """The numbers, and what becomes of the gradient."""
    lag = T - 1
    said = _("Largest singular value {largest:.1f}, |det U| = {det:.2g}.")
    bounds = ((0.01, _("it vanishes")), (1, _("it shrinks")), (100, _("it grows")), (math.inf, _("it explodes")))
    what = next(words for high, words in bounds if norm <= high)
    after = _("After {lag} steps back the gradient norm is {norm:.2g}: {what}. The bound is {bound:.2g}.")
    return " ".join(
        (
            said.format(largest=largest, det=abs(np.linalg.det(U))),
            after.format(lag=lag, norm=norm, what=what, bound=largest**lag),
        )
    )
