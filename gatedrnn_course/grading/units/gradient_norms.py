"""The gradient norms of unit 01: what is left of a gradient of the last state, so many steps back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["gradient_norms_item"]


def _norms(hs: Any, p: Any) -> Any:
    jacobians = (1 - hs[..., None] ** 2) * p.U_h  # (T, B, H, H)
    product = np.broadcast_to(np.eye(hs.shape[-1]), jacobians.shape[1:])
    norms = [np.linalg.norm(product, 2, axis=(-2, -1))]
    for jacobian in jacobians[:0:-1]:
        product = product @ jacobian
        norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))
    return np.stack(norms)


Array = Any
Part = Callable[[Array], Array]


def _spectral(product: Array) -> Array:
    return np.linalg.norm(product, 2, axis=(-2, -1))


def _jacobians(hs: Array, p: Any) -> Array:
    return (1 - hs[..., None] ** 2) * p.U_h


def _products(jacobians: Array) -> Array:
    """Of the last 0, 1, 2, ... T - 1 Jacobians, the last one leftmost, (T, B, H, H)."""
    products = [np.broadcast_to(np.eye(jacobians.shape[-1]), jacobians.shape[1:])]
    for jacobian in jacobians[:0:-1]:
        products.append(products[-1] @ jacobian)
    return np.stack(products)


def _measured(measure: Part) -> Callable[[Array, Any], Array]:
    """Another number of the right products."""
    return lambda hs, p: measure(_products(_jacobians(hs, p)))


def _stepped(jacobians: Callable[[Array, Any], Array]) -> Callable[[Array, Any], Array]:
    """The norms of products of wrong Jacobians."""
    return lambda hs, p: _spectral(_products(jacobians(hs, p)))


def _handed(change: Part) -> Callable[[Array, Any], Array]:
    """The right norms, handed back in another form."""
    return lambda hs, p: change(_norms(hs, p))


def _singular(product: Array) -> Array:
    return np.linalg.svd(product, compute_uv=False)


def _radius(product: Array) -> Array:
    return np.abs(np.linalg.eigvals(product)).max(axis=-1)


def _wrong_order(hs: Array, p: Any) -> Array:
    products = [np.broadcast_to(np.eye(hs.shape[-1]), (*hs.shape[1:], hs.shape[-1]))]
    for jacobian in _jacobians(hs, p)[:0:-1]:
        products.append(jacobian @ products[-1])
    return _spectral(np.stack(products))


def _entries(hs: Array, p: Any) -> Array:
    """Products number by number in place of matrix products."""
    products = [np.ones((*hs.shape[1:], hs.shape[-1]))]
    for jacobian in _jacobians(hs, p)[:0:-1]:
        products.append(products[-1] * jacobian)
    products[0] = np.broadcast_to(np.eye(hs.shape[-1]), products[0].shape)
    return _spectral(np.stack(products))


def _from_the_start(hs: Array, p: Any) -> Array:
    products = [np.broadcast_to(np.eye(hs.shape[-1]), (*hs.shape[1:], hs.shape[-1]))]
    for jacobian in _jacobians(hs, p)[1:]:
        products.append(jacobian @ products[-1])
    return _spectral(np.stack(products))


def _one_at_a_time(hs: Array, p: Any) -> Array:
    each = _spectral(_jacobians(hs, p))[:0:-1]
    return np.concatenate([np.ones_like(each, shape=(1, hs.shape[1])), each])


def _product_of_norms(hs: Array, p: Any) -> Array:
    return np.cumprod(_one_at_a_time(hs, p), axis=0)


def _one_less(hs: Array, p: Any) -> Array:
    """Entry k is lag k + 1: from the last Jacobian to the first, without the identity."""
    jacobians = _jacobians(hs, p)
    products = _products(np.concatenate([jacobians[:1], jacobians]))
    return _spectral(products[1:])


def _one_more(hs: Array, p: Any) -> Array:
    jacobians = _jacobians(hs, p)
    return _spectral(_products(np.concatenate([jacobians[:1], jacobians])))


def _state_before(hs: Array, p: Any) -> Array:
    """The slope at h_(t-1) in the Jacobian of step t."""
    return _jacobians(np.concatenate([hs[:1], hs[:-1]]), p)


def _over_the_batch(hs: Array, p: Any) -> Array:
    """The Jacobians averaged over the batch, and so one norm a lag."""
    return _spectral(_products(_jacobians(hs, p).mean(axis=1, keepdims=True)))[:, 0]


MISTAKES = (
    Mistake(
        mark("The norm of each step's Jacobian stands there by itself. Lag k needs the product of k Jacobians."),
        _one_at_a_time,
    ),
    Mistake(
        mark("Norms of single steps are multiplied. Multiply the matrices first, then take one norm: it is smaller."),
        _product_of_norms,
    ),
    Mistake(
        mark(
            "The Jacobians are multiplied in the wrong order: the step nearest to the end stands leftmost, and each "
            "earlier one joins on the right."
        ),
        _wrong_order,
    ),
    Mistake(mark("The Jacobians are multiplied number by number with `*`; `@` multiplies matrices."), _entries),
    Mistake(
        mark("It starts at the first state and goes forwards: entry k is d h_(1+k) / d h_1, not d h_T / d h_(T-k)."),
        _from_the_start,
    ),
    Mistake(
        mark("The lags run backwards: entry 0 is the longest lag. Entry 0 belongs to lag 0."),
        _handed(lambda norms: norms[::-1]),
    ),
    Mistake(
        mark("One lag is missing at the front: entry 0 is lag 1. Lag 0 is the identity matrix, whose norm is 1."),
        _one_less,
    ),
    Mistake(
        mark("Lag 0 is missing: the result has T - 1 rows. Lag 0 is the identity matrix, whose norm is 1."),
        _handed(lambda norms: norms[1:]),
    ),
    Mistake(
        mark("There is one lag too many, T + 1 rows: T states have the lags 0 to T - 1, and h_0 is none of them."),
        _one_more,
    ),
    Mistake(mark("The last lag is missing: the result has T - 1 rows."), _handed(lambda norms: norms[:-1])),
    Mistake(
        mark("The batch axis comes first: row k belongs to lag k, and each column to a sequence."),
        _handed(lambda norms: norms.T),
    ),
    Mistake(
        mark("That is the Frobenius norm, the default of np.linalg.norm. The largest singular value is asked for."),
        _measured(lambda product: np.linalg.norm(product, axis=(-2, -1))),
    ),
    Mistake(
        mark("That is the determinant of the product. It can be 1 while one direction vanishes and another explodes."),
        _measured(np.linalg.det),
    ),
    Mistake(
        mark("That is the size of the determinant. It can be 1 while one direction vanishes and another explodes."),
        _measured(lambda product: np.abs(np.linalg.det(product))),
    ),
    Mistake(
        mark("That is the largest eigenvalue in size. The largest singular value is asked for, and it is no smaller."),
        _measured(_radius),
    ),
    Mistake(
        mark("That is the smallest singular value; the largest one is asked for."),
        _measured(lambda product: _singular(product)[..., -1]),
    ),
    Mistake(
        mark("That is the largest sum of sizes in a column, np.linalg.norm(..., 1); the spectral norm has a 2 there."),
        _measured(lambda product: np.abs(product).sum(axis=-2).max(axis=-1)),
    ),
    Mistake(
        mark("That is the largest sum of sizes in a row, np.linalg.norm(..., np.inf); the spectral norm has a 2."),
        _measured(lambda product: np.abs(product).sum(axis=-1).max(axis=-1)),
    ),
    Mistake(
        mark("That is the largest number of the product in size, not its largest singular value."),
        _measured(lambda product: np.abs(product).max(axis=(-2, -1))),
    ),
    Mistake(
        mark("That is the sum of the singular values; the largest one is asked for."),
        _measured(lambda product: _singular(product).sum(axis=-1)),
    ),
    Mistake(
        mark("That is the square of the norm: an eigenvalue of P.T @ P is a singular value of P, squared."),
        _handed(lambda norms: norms**2),
    ),
    Mistake(mark("That is the logarithm of the norms."), _handed(np.log)),
    Mistake(
        mark("The slope of tanh is missing: these are the norms of powers of U_h."),
        _stepped(lambda hs, p: np.broadcast_to(p.U_h, (*hs.shape, hs.shape[-1]))),
    ),
    Mistake(
        mark("U_h is missing: only the slopes of tanh are multiplied."),
        _stepped(lambda hs, p: (1 - hs[..., None] ** 2) * np.eye(hs.shape[-1])),
    ),
    Mistake(
        mark("The slope is taken of tanh once more: h is tanh of the sum already, so its slope is 1 - h squared."),
        _stepped(lambda hs, p: (1 - np.tanh(hs)[..., None] ** 2) * p.U_h),
    ),
    Mistake(mark("U_h is transposed in the Jacobians."), _stepped(lambda hs, p: (1 - hs[..., None] ** 2) * p.U_h.T)),
    Mistake(
        mark("The slope of tanh scales the columns of U_h: slope i belongs to row i, the new unit."),
        _stepped(lambda hs, p: p.U_h * (1 - hs[..., None, :] ** 2)),
    ),
    Mistake(
        mark("The slope is taken one state too early: the Jacobian of step t has the slope at h_t, not at h_(t-1)."),
        _stepped(_state_before),
    ),
    Mistake(
        mark("The sequences of the batch are averaged: each sequence has norms of its own, in its own column."),
        _over_the_batch,
    ),
)


def _draw(kind: str, rng: np.random.Generator, T: int, B: int, H: int, decides: bool = True) -> Draw:
    hs = np.tanh(rng.normal(0.0, 0.7, (T, B, H)))
    p = {"W_h": rng.normal(0.0, 0.8, (H, 2)), "U_h": rng.normal(0.0, 0.9, (H, H)), "b_h": rng.normal(0.0, 0.8, H)}
    return Draw(kind, (hs, Params(p)), decides)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    batches = [_draw("batch", rng, 5 + k, *(int(n) for n in rng.permutation((2, 3, 4))[:2])) for k in range(2)]
    ones = _draw("ones", rng, 1, 1, 1)
    return (*batches, ones, _draw("square", rng, 4, 4, 4, decides=False))


def gradient_norms_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return FunctionItem(
        "gradient_norms",
        points,
        mark("What is left of a gradient of the last state, so many steps back: a norm for every lag."),
        hints,
        forbidden,
        takes={
            "hs": mark("all hidden states h_1 to h_T of an RNN, (T, B, H)"),
            "p": mark("parameters by name; p.U_h (H, H) is all that is needed"),
        },
        gives={
            "norms": mark(
                "(T, B): in row k the largest singular value of d h_T / d h_(T-k), for the lags k = 0 to T - 1"
            )
        },
        function=_norms,
        mistakes=MISTAKES,
        draw=_draws,
    )
