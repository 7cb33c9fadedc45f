"""The gradient norms of unit 01: what is left of a gradient of the last state, so many steps back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.cells.params import Params
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["gradient_norms_item"]

Array = Any
Part = Callable[..., Any]


def _norms(hs: Any, p: Any) -> Any:
    jacobians = (1 - hs[..., None] ** 2) * p.U_h  # (T, B, H, H)
    product = np.broadcast_to(np.eye(hs.shape[-1]), jacobians.shape[1:])
    norms = [np.linalg.norm(product, 2, axis=(-2, -1))]
    for jacobian in jacobians[:0:-1]:
        product = product @ jacobian
        norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))
    return np.stack(norms)


def _jacobians(hs: Array, p: Any) -> Array:
    return (1 - hs[..., None] ** 2) * p.U_h


def _joined(jacobians: Any, join: Part = np.matmul) -> Array:
    """The identity, then each product of one Jacobian more."""
    products = [np.broadcast_to(np.eye(jacobians.shape[-1]), jacobians.shape[1:])]
    for jacobian in jacobians:
        products.append(join(products[-1], jacobian))
    return np.stack(products)


def _left(product: Array, jacobian: Array) -> Array:
    return jacobian @ product


def _entries(product: Array, jacobian: Array) -> Array:
    """Number by number; the identity is left out of it."""
    first = (product == np.eye(product.shape[-1])).all()
    return jacobian if first else product * jacobian


def _alone(jacobians: Array) -> Array:
    return np.concatenate([_joined(jacobians[:0]), jacobians])


def _back(jacobians: Array) -> Array:
    return jacobians[:0:-1]


def _spectral(product: Array) -> Array:
    return np.linalg.norm(product, 2, axis=(-2, -1))


def _singular(product: Array) -> Array:
    return np.linalg.svd(product, compute_uv=False)


@dataclass(frozen=True)
class _Walk:
    """The norms, made in four choices, of which some may be wrong.

    Attributes:
        jacobians: The Jacobian of every step (T, B, H, H), of the states and parameters.
        products: A product for each lag, of the Jacobians.
        measure: One number of each product.
        handed: What is handed back, of these numbers.
    """

    jacobians: Part = _jacobians
    products: Part = lambda jacobians: _joined(_back(jacobians))
    measure: Part = _spectral
    handed: Part = lambda norms: norms

    def __call__(self, hs: Array, p: Any) -> Array:
        with np.errstate(all="ignore"):  # the logarithm of a determinant, where two mistakes meet
            return self.handed(self.measure(self.products(self.jacobians(hs, p))))


def _state_before(hs: Array, p: Any) -> Array:
    """The slope at h_(t-1) in the Jacobian of step t."""
    return _jacobians(np.concatenate([hs[:1], hs[:-1]]), p)


_NO_PRODUCT = mark("The norm of each step's Jacobian stands there by itself. Lag k needs the product of k Jacobians.")
_OF_NORMS = mark(
    "Norms of single steps are multiplied. Multiply the matrices first, then take one norm: it is no larger."
)
_FORWARDS = mark("It starts at the first state and goes forwards in time. Lag k is counted back from the last state.")
_DETERMINANT = mark(
    "That is the determinant of the product. It can be 1 while one direction vanishes and another explodes."
)

_SLIPS: tuple[tuple[str, Mapping[str, Part]], ...] = (
    (_NO_PRODUCT, {"products": lambda j: _alone(_back(j))}),
    (_NO_PRODUCT, {"products": lambda j: j[::-1]}),
    (_NO_PRODUCT, {"products": lambda j: j}),
    (_OF_NORMS, {"products": lambda j: _alone(_back(j)), "handed": lambda norms: np.cumprod(norms, axis=0)}),
    (_OF_NORMS, {"products": lambda j: j[::-1], "handed": lambda norms: np.cumprod(norms, axis=0)}),
    (
        mark(
            "The Jacobians are multiplied in the wrong order: the last step's stands leftmost, and each earlier one "
            "joins on the right."
        ),
        {"products": lambda j: _joined(_back(j), _left)},
    ),
    (
        mark("The Jacobians are multiplied number by number with `*`; `@` multiplies matrices."),
        {"products": lambda j: _joined(_back(j), _entries)},
    ),
    (_FORWARDS, {"products": lambda j: _joined(j[1:], _left)}),
    (_FORWARDS, {"products": lambda j: _joined(j[:-1], _left)}),
    (_FORWARDS, {"products": lambda j: _joined(j[1:])}),
    (_FORWARDS, {"products": lambda j: _joined(j[:-1])}),
    (_FORWARDS, {"products": lambda j: _joined(j, _left)[1:]}),
    (
        mark("One lag is missing at the front: row 0 is lag 1. Lag 0 is the identity matrix, whose norm is 1."),
        {"products": lambda j: _joined(j[::-1])[1:]},
    ),
    (
        mark("There is one lag too many, T + 1 rows: T states have the lags 0 to T - 1, and h_0 is none of them."),
        {"products": lambda j: _joined(j[::-1])},
    ),
    (
        mark("Lag 0 is missing: the result has T - 1 rows. Lag 0 is the identity matrix, whose norm is 1."),
        {"handed": lambda norms: norms[1:]},
    ),
    (mark("The last lag is missing: the result has T - 1 rows."), {"handed": lambda norms: norms[:-1]}),
    (
        mark("The lags run backwards: row 0 is the longest lag. Row 0 belongs to lag 0."),
        {"handed": lambda norms: norms[::-1]},
    ),
    (
        mark("The batch axis comes first: row k belongs to lag k, and each column to a sequence."),
        {"handed": lambda norms: norms.T},
    ),
    (
        mark("Only the longest lag is handed back: a row for every lag is asked for."),
        {"handed": lambda norms: norms[-1]},
    ),
    (
        mark("That is the square of the norm: an eigenvalue of P.T @ P is a singular value of P, squared."),
        {"handed": lambda norms: norms**2},
    ),
    (mark("That is the logarithm of the norms."), {"handed": np.log}),
    (
        mark("That is the Frobenius norm, the default of np.linalg.norm. The largest singular value is asked for."),
        {"measure": lambda product: np.linalg.norm(product, axis=(-2, -1))},
    ),
    (
        mark("One norm is taken of all numbers of the batch together: each sequence has a matrix of its own."),
        {"measure": lambda product: np.sqrt((product**2).sum(axis=(1, 2, 3)))},
    ),
    (_DETERMINANT, {"measure": np.linalg.det}),
    (_DETERMINANT, {"measure": lambda product: np.abs(np.linalg.det(product))}),
    (
        mark("That is the largest eigenvalue in size. The largest singular value is asked for, and it is no smaller."),
        {"measure": lambda product: np.abs(np.linalg.eigvals(product)).max(axis=-1)},
    ),
    (
        mark("That is the smallest singular value; the largest one is asked for."),
        {"measure": lambda product: _singular(product)[..., -1]},
    ),
    (
        mark("That is the largest sum of sizes in a column, np.linalg.norm(..., 1); the spectral norm has a 2 there."),
        {"measure": lambda product: np.abs(product).sum(axis=-2).max(axis=-1)},
    ),
    (
        mark("That is the largest sum of sizes in a row, np.linalg.norm(..., np.inf); the spectral norm has a 2."),
        {"measure": lambda product: np.abs(product).sum(axis=-1).max(axis=-1)},
    ),
    (
        mark("That is the largest number of the product in size, not its largest singular value."),
        {"measure": lambda product: np.abs(product).max(axis=(-2, -1))},
    ),
    (
        mark("That is the sum of the singular values; the largest one is asked for."),
        {"measure": lambda product: _singular(product).sum(axis=-1)},
    ),
    (
        mark("One gradient of ones is taken back, not the matrix: another gradient may be stretched more."),
        {"measure": lambda product: np.linalg.norm(product.sum(axis=-2), axis=-1)},
    ),
    (
        mark("One gradient of length 1 is taken back, not the matrix: another gradient may be stretched more."),
        {"measure": lambda product: np.linalg.norm(product.sum(axis=-2), axis=-1) / np.sqrt(product.shape[-1])},
    ),
    (
        mark("The slope of tanh is missing: these are the norms of powers of U_h."),
        {"jacobians": lambda hs, p: np.broadcast_to(p.U_h, (*hs.shape, hs.shape[-1]))},
    ),
    (
        mark("U_h is missing: only the slopes of tanh are multiplied."),
        {"jacobians": lambda hs, p: (1 - hs[..., None] ** 2) * np.eye(hs.shape[-1])},
    ),
    (
        mark("The slope is taken of tanh once more: h is tanh of the sum already, so its slope is 1 - h squared."),
        {"jacobians": lambda hs, p: (1 - np.tanh(hs)[..., None] ** 2) * p.U_h},
    ),
    (
        mark("U_h is transposed in the Jacobians."),
        {"jacobians": lambda hs, p: (1 - hs[..., None] ** 2) * p.U_h.T},
    ),
    (
        mark("The slope of tanh scales the columns of U_h: slope i belongs to row i, the new unit."),
        {"jacobians": lambda hs, p: p.U_h * (1 - hs[..., None, :] ** 2)},
    ),
    (
        mark("The slope is taken one state too early: the Jacobian of step t has the slope at h_t, not at h_(t-1)."),
        {"jacobians": _state_before},
    ),
    (
        mark("The sequences of the batch are averaged: each sequence has norms of its own, in its own column."),
        {
            "jacobians": lambda hs, p: _jacobians(hs, p).mean(axis=1, keepdims=True),
            "handed": lambda norms: norms[:, 0],
        },
    ),
)


def _pairs() -> Iterator[Mistake]:
    """Wrong functions with two mistakes in different choices."""
    for (first, one), (second, other) in combinations(_SLIPS, 2):
        if not set(one) & set(other):
            yield Mistake(first, _Walk(**one, **other), also=second)


def _draw(kind: str, rng: np.random.Generator, T: int, B: int, H: int, decides: bool = True) -> Draw:
    hs = np.tanh(rng.normal(0.0, 0.7, (T, B, H)))
    p = {"W_h": rng.normal(0.0, 0.8, (H, 2)), "U_h": rng.normal(0.0, 0.9, (H, H)), "b_h": rng.normal(0.0, 0.8, H)}
    return Draw(kind, (hs, Params(p)), decides)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    sizes = [[int(n) for n in rng.permutation((2, 3, 4))] for _batch in range(2)]
    batches = [_draw("batch", rng, 5 + k, B, H) for k, (B, H, _other) in enumerate(sizes)]
    return (*batches, _draw("ones", rng, 2, 1, 1), _draw("square", rng, 4, 4, 4, decides=False))


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
        mark("What is left of a gradient so many steps back: a norm for every lag."),
        hints,
        forbidden,
        takes={
            "hs": mark("all hidden states h_1 to h_T of an RNN, (T, B, H)"),
            "p": mark("parameters by name; p.U_h (H, H) is all that is needed"),
        },
        gives={"norms": mark("(T, B), row k: largest singular value of d h_T / d h_(T-k)")},
        function=_norms,
        mistakes=tuple(Mistake(words, _Walk(**parts)) for words, parts in _SLIPS),
        pairs=tuple(_pairs()),
        draw=_draws,
    )
