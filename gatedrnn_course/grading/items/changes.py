"""What people do to a right value on its way, and activations that look at more than one number or have corners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS
from gatedrnn_course.text import mark

__all__ = ["CHANGES", "PIECES"]

Function = Callable[..., Any]


def _centred(a: Any, axis: int) -> Any:
    return a - a.mean(axis, keepdims=True)


def _normalised(a: Any, axis: int, eps: float) -> Any:
    return _centred(a, axis) / np.sqrt(a.var(axis, keepdims=True) + eps)


def _softmax(a: Any, axis: int) -> Any:
    shares = np.exp(a - a.max(axis, keepdims=True))
    return shares / shares.sum(axis, keepdims=True)


def _spread(a: Any, axis: int) -> Any:
    return np.broadcast_to(a.mean(axis, keepdims=True), a.shape)


CHANGES: dict[str, tuple[Function, ...]] = {
    mark("{what} is normalised over the units (layer norm), and should not be."): (
        *(lambda a, eps=eps: _normalised(a, -1, eps) for eps in (0.0, 1e-8, 1e-6, 1e-5, 1e-3)),
        lambda a: _centred(a, -1) / (a.std(-1, keepdims=True) + 1e-5),
        lambda a: _centred(a, -1) / (a.std(-1, keepdims=True) + 1e-8),
        lambda a: _centred(a, -1) / (a.std(-1, keepdims=True) * np.sqrt(a.shape[-1] / max(a.shape[-1] - 1, 1))),
    ),
    mark("{what} is normalised over the rows of the batch (batch norm), and should not be."): (
        *(lambda a, eps=eps: _normalised(a, 0, eps) for eps in (0.0, 1e-8, 1e-6, 1e-5, 1e-3)),
        lambda a: _centred(a, 0) / (a.std(0, keepdims=True) + 1e-5),
        lambda a: _centred(a, 0) / (a.std(0, keepdims=True) + 1e-8),
    ),
    mark("{what} is centred: its mean over the rows of the batch is subtracted."): (lambda a: _centred(a, 0),),
    mark("{what} is centred: its mean over the units is subtracted."): (lambda a: _centred(a, -1),),
    mark("{what} is averaged over the rows of the batch."): (lambda a: _spread(a, 0),),
    mark("{what} is averaged over the units."): (lambda a: _spread(a, -1),),
    mark("{what} passes through a softmax over the units, and should not."): (lambda a: _softmax(a, -1),),
    mark("{what} passes through a softmax over the rows of the batch, and should not."): (lambda a: _softmax(a, 0),),
    mark("{what} is scaled to length 1, and should not be."): (
        lambda a: a / np.linalg.norm(a, axis=-1, keepdims=True),
        lambda a: a / (np.linalg.norm(a, axis=-1, keepdims=True) + 1e-8),
    ),
    mark("{what} is cut off at -1 and 1, and should not be."): (lambda a: np.clip(a, -1, 1),),
    mark("{what} is cut off at 0 and 1, and should not be."): (lambda a: np.clip(a, 0, 1),),
    mark("{what} is cut off at -3 and 3, and should not be."): (lambda a: np.clip(a, -3, 3),),
    mark("{what} is cut off at -5 and 5, and should not be."): (lambda a: np.clip(a, -5, 5),),
    mark("{what} is cut off at -10 and 10, and should not be."): (lambda a: np.clip(a, -10, 10),),
    mark("Negative numbers of {what} are set to 0, and should not be."): (lambda a: np.maximum(a, 0),),
    mark("{what} is rounded to whole numbers, and should not be."): (np.round, np.trunc, np.floor),
    mark("{what} is rounded to one digit, and should not be."): (lambda a: np.round(a, 1),),
    mark("{what} is rounded to two digits, and should not be."): (lambda a: np.round(a, 2),),
    mark("{what} is rounded to three digits, and should not be."): (lambda a: np.round(a, 3),),
    mark("The absolute value of {what} is taken, and should not be."): (np.abs,),
    mark("{what} is squared, and should not be."): (np.square,),
    mark("{what} has the wrong sign."): (np.negative,),
    mark("{what} is halved, and should not be."): (lambda a: a / 2,),
    mark("{what} is doubled, and should not be."): (lambda a: 2 * a,),
    mark("{what} is larger by 1 than it should be."): (lambda a: a + 1,),
    mark("{what} is smaller by 1 than it should be."): (lambda a: a - 1,),
    mark("{what} is multiplied by 0.9, as after dropout, and should not be."): (lambda a: 0.9 * a, lambda a: a / 0.9),
    mark("{what} is divided by the square root of its size, and should not be."): (lambda a: a / np.sqrt(a.shape[-1]),),
    mark("{what} is passed through exp, and should not be."): (np.exp,),
    mark("{what} passes through tanh, and should not."): (np.tanh,),
    mark("{what} passes through sigmoid, and should not."): (NUMPY_FUNCTIONS["sigmoid"],),
    mark("The units of {what} stand in reverse order."): (lambda a: a[..., ::-1],),
    mark("The rows of {what} stand in reverse order."): (lambda a: a[::-1],),
    mark("Only the first row of {what} is used, for all rows."): (lambda a: np.broadcast_to(a[:1], a.shape),),
    mark("{what} is replaced by zeros."): (np.zeros_like,),
    mark("{what} is replaced by ones."): (np.ones_like,),
}
"""What people do to a right value on its way."""

PIECES: dict[str, Function] = {
    mark("`{line}` is a hard sigmoid, 0.2 a + 0.5 cut off at 0 and 1, where {right} belongs."): (
        lambda a: np.clip(0.2 * a + 0.5, 0, 1)
    ),
    mark("`{line}` is a hard sigmoid, a / 6 + 0.5 cut off at 0 and 1, where {right} belongs."): (
        lambda a: np.clip(a / 6 + 0.5, 0, 1)
    ),
    mark("`{line}` is a hard sigmoid, a / 4 + 0.5 cut off at 0 and 1, where {right} belongs."): (
        lambda a: np.clip(a / 4 + 0.5, 0, 1)
    ),
    mark("`{line}` is the sum itself cut off at 0 and 1, where {right} belongs."): lambda a: np.clip(a, 0, 1),
    mark("`{line}` is the sum itself cut off at -1 and 1, where {right} belongs."): lambda a: np.clip(a, -1, 1),
    mark("`{line}` is a leaky relu (0.01), where {right} belongs."): lambda a: np.where(a > 0, a, 0.01 * a),
    mark("`{line}` is a leaky relu (0.1), where {right} belongs."): lambda a: np.where(a > 0, a, 0.1 * a),
    mark("`{line}` is a leaky relu (0.2), where {right} belongs."): lambda a: np.where(a > 0, a, 0.2 * a),
    mark("`{line}` is a softmax over the units, where {right} belongs."): lambda a: _softmax(a, -1),
    mark("`{line}` is a softmax over the rows of the batch, where {right} belongs."): lambda a: _softmax(a, 0),
    mark("`{line}` passes through sigmoid twice, where {right} belongs."): (
        lambda a: NUMPY_FUNCTIONS["sigmoid"](NUMPY_FUNCTIONS["sigmoid"](a))
    ),
}
"""Activations made of straight pieces, and those that look at more than one number."""
