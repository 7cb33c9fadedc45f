"""The gradients of unit 05: along the cell state alone, and along every path from one cell state to a later one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["cell_path_item", "whole_gradient_item"]

Array = Any
Join = Callable[[Array, Array], Array]
"""Joins the factor of a step to what the later steps give."""


def _backwards(factors: Array, last: Array, join: Join) -> Array:
    """What the steps after each step give, from the last step to the first."""
    rows = [last]
    for factor in factors[:0:-1]:
        rows.append(join(factor, rows[-1]))
    return np.stack(rows[::-1])


def _path(fs: Array) -> Array:
    after = np.ones_like(fs)
    for k in range(len(fs) - 2, -1, -1):
        after[k] = fs[k + 1] * after[k + 1]
    return after


def _each(of: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Something of all that comes after each step; 1 where nothing comes after it."""

    def function(fs: Array) -> Array:
        rows = [of(fs[k + 1 :]) for k in range(len(fs) - 1)]
        return np.stack([*rows, np.ones_like(fs[0])])

    return function


def _flat(fs: Array) -> Array:
    return np.cumprod(fs[::-1])[::-1]


_ITSELF = mark("The product begins with f_k itself. f_k leads from c_(k-1) to c_k; after c_k comes f_(k+1).")
_FRONT = mark("The product runs from the first step to step k. Wanted are the steps after k, up to the last.")
_TURNED = mark("The results stand in reversed order: entry 0 belongs to the first step, the last entry is 1.")

PATH_MISTAKES = (
    Mistake(_ITSELF, lambda fs: np.cumprod(fs[::-1], axis=0)[::-1]),
    Mistake(
        mark("Each factor is one step too early: f_k stands where f_(k+1) belongs, and the last f is not used."),
        lambda fs: _path(np.concatenate([fs[:1], fs[:-1]])),
    ),
    Mistake(
        mark("f_(k+1) is left out of entry k: the product begins one step too late."),
        lambda fs: np.concatenate([_path(fs)[1:], np.ones_like(fs[:1])]),
    ),
    Mistake(_FRONT, lambda fs: np.cumprod(fs, axis=0)),
    Mistake(_FRONT, lambda fs: np.concatenate([np.ones_like(fs[:1]), np.cumprod(fs, axis=0)[:-1]])),
    Mistake(_FRONT, lambda fs: np.concatenate([np.ones_like(fs[:1]), np.cumprod(fs[1:], axis=0)])),
    Mistake(_TURNED, lambda fs: _path(fs)[::-1]),
    Mistake(
        mark("The results stand in reversed order, and the product begins with f_k itself."),
        lambda fs: np.cumprod(fs[::-1], axis=0),
    ),
    Mistake(
        mark("The f_t are added. Each step multiplies what is there, so they multiply."),
        _each(lambda after: after.sum(axis=0)),
    ),
    Mistake(
        mark("The f_t are added. Each step multiplies what is there, so they multiply."),
        lambda fs: np.cumsum(fs[::-1], axis=0)[::-1],
    ),
    Mistake(
        mark("That is the mean of the f_t after step k. Each step multiplies, so the f_t multiply."),
        _each(lambda after: after.mean(axis=0)),
    ),
    Mistake(
        mark("The mean of the f_t is raised to a power. The f_t differ: multiply them themselves."),
        _each(lambda after: after.mean(axis=0) ** len(after)),
    ),
    Mistake(
        mark("Only the last f is used, once or to a power. Every step after k has an f of its own."),
        _each(lambda after: after[-1]),
    ),
    Mistake(
        mark("Only the last f is used, once or to a power. Every step after k has an f of its own."),
        _each(lambda after: after[-1] ** len(after)),
    ),
    Mistake(
        mark("Entry k is f_(k+1) alone: the steps after it are missing in the product."),
        _each(lambda after: after[0]),
    ),
    Mistake(
        mark("f_k to a power stands in entry k. Every step after k has an f of its own."),
        lambda fs: np.stack([f ** (len(fs) - 1 - k) for k, f in enumerate(fs)]),
    ),
    Mistake(mark("Nothing is multiplied: the f_t come back as they are."), lambda fs: fs * 1.0),
    Mistake(
        mark("The factors are 1 - f. Forget means keep: f is the share of c that stays."),
        lambda fs: _path(1.0 - fs),
    ),
    Mistake(
        mark("The factors are f (1 - f), the slope of the sigmoid. c_t = f_t * c_(t-1) + ...: along c the slope is f."),
        lambda fs: _path(fs * (1.0 - fs)),
    ),
    Mistake(
        mark("The product runs along the batch, axis 1. Time is axis 0."),
        lambda fs: _path(fs.swapaxes(0, 1)).swapaxes(0, 1),
    ),
    Mistake(
        mark("The product runs along the batch, axis 1. Time is axis 0."),
        lambda fs: np.cumprod(fs[:, ::-1], axis=1)[:, ::-1],
    ),
    Mistake(
        mark("The product runs along the units, the last axis. Time is axis 0."),
        lambda fs: _path(fs.swapaxes(0, 2)).swapaxes(0, 2),
    ),
    Mistake(
        mark("The product runs along the units, the last axis. Time is axis 0."),
        lambda fs: np.cumprod(fs[..., ::-1], axis=-1)[..., ::-1],
    ),
    Mistake(
        mark("np.cumprod without an axis runs through all numbers in a row. Name the axis of time: axis=0."), _flat
    ),
    Mistake(
        mark("np.cumprod without an axis runs through all numbers in a row. Name the axis of time: axis=0."),
        np.cumprod,
    ),
    Mistake(
        mark("That is one product for the whole sequence. Wanted is one for each step: the f_t after it."),
        lambda fs: np.prod(fs[1:], axis=0),
    ),
    Mistake(
        mark("That is one product for the whole sequence. Wanted is one for each step: the f_t after it."),
        lambda fs: np.prod(fs, axis=0),
    ),
    Mistake(
        mark("Every entry holds the product of all f_t. Entry k holds those after step k alone."),
        lambda fs: np.broadcast_to(np.prod(fs, axis=0), fs.shape) * 1.0,
    ),
    Mistake(
        mark("The last entry is 0, and so is all before it: a product begins with 1."),
        np.zeros_like,
    ),
    Mistake(
        mark("The last entry is missing or 0. Nothing comes after the last step: its entry is 1."),
        lambda fs: np.concatenate([_path(fs)[:-1], np.zeros_like(fs[:1])]),
    ),
    Mistake(
        mark("The last entry is missing or 0. Nothing comes after the last step: its entry is 1."),
        lambda fs: _path(fs)[:-1],
    ),
    Mistake(
        mark("The last entry is the last f. Nothing comes after the last step: its entry is 1."),
        lambda fs: np.concatenate([_path(fs)[:-1], fs[-1:]]),
    ),
    Mistake(
        mark("A sum of logarithms is left as it is: np.exp turns it into the product."),
        lambda fs: _backwards(np.log(fs), np.zeros_like(fs[0]), lambda f, after: f + after),
    ),
    Mistake(
        mark("One product is divided by another. Where a gate is 0 that is 0/0: multiply only."),
        lambda fs: np.prod(fs, axis=0) / np.cumprod(fs, axis=0),
    ),
)


def _path_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def gates(*shape: int) -> Array:
        return rng.uniform(0.3, 1.0, shape)

    sizes = [tuple(int(n) for n in rng.permutation((2, 3, 4))) for _k in range(2)]
    shut = gates(6, 2, 3)
    shut[2, 0, 1] = shut[4, 1, 2] = 0.0
    return (
        Draw("batch", (gates(6, *sizes[0][:2]),)),
        Draw("batch", (gates(7, *sizes[1][:2]),)),
        Draw("ones", (gates(1, 1, 1),)),
        Draw("batch", (shut,), words=mark("a batch where two gates are 0")),
    )


def _whole(js: Array) -> Array:
    H = js.shape[-1] // 2
    after = np.zeros_like(js) + np.eye(2 * H)
    for k in range(len(js) - 2, -1, -1):
        after[k] = after[k + 1] @ js[k + 1]
    return after[..., H:, H:]


def _of_products(change: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Something else of the products of the step Jacobians than their last block."""

    def function(js: Array) -> Array:
        start = np.broadcast_to(np.eye(js.shape[-1]), js.shape[1:])
        return change(_backwards(js, start, lambda j, after: after @ j))

    return function


def _joined(join: Join) -> Callable[[Array], Array]:
    """The last block of another way to join the step Jacobians."""

    def function(js: Array) -> Array:
        start = np.broadcast_to(np.eye(js.shape[-1]), js.shape[1:])
        return _last(_backwards(js, start, join))

    return function


def _last(js: Array) -> Array:
    half = js.shape[-1] // 2
    return js[..., half:, half:]


def _first(js: Array) -> Array:
    half = js.shape[-1] // 2
    return js[..., :half, :half]


def _only_cells(js: Array) -> Array:
    cells = _last(js)
    start = np.broadcast_to(np.eye(cells.shape[-1]), cells.shape[1:])
    return _backwards(cells, start, lambda j, after: after @ j)


def _forwards(js: Array) -> Array:
    rows = [js[0]]
    for j in js[1:]:
        rows.append(j @ rows[-1])
    return _last(np.stack(rows))


def _shifted(js: Array) -> Array:
    return _whole(np.concatenate([js[:1], js[:-1]]))


def _itself(js: Array) -> Array:
    return _whole(np.concatenate([js[:1], js]))[:-1]


WHOLE_MISTAKES = (
    Mistake(
        mark(
            "Only the blocks from c to c are multiplied: that is the direct path again. Multiply the whole matrices, "
            "so that paths through h are in it, and cut out the block at the end."
        ),
        _only_cells,
    ),
    Mistake(
        mark("The matrices stand in the wrong order: a later step stands left of an earlier one."),
        _joined(lambda j, after: j @ after),
    ),
    Mistake(mark("The product begins with the matrix of step k itself; after c_k comes the matrix of k+1."), _itself),
    Mistake(mark("Each matrix is one step too early: that of step k stands where that of step k+1 belongs."), _shifted),
    Mistake(
        mark("The matrix of step k+1 is left out of entry k: the product begins one step too late."),
        lambda js: np.concatenate([_whole(js)[1:], _whole(js)[-1:]]),
    ),
    Mistake(mark("The product runs from the first step to step k. Wanted are the steps after k."), _forwards),
    Mistake(mark("The results stand in reversed order: the last entry is the identity."), lambda js: _whole(js)[::-1]),
    Mistake(
        mark("`*` multiplies number by number; a product of matrices is `@`."), _joined(lambda j, after: after * j)
    ),
    Mistake(
        mark("`*` multiplies number by number; a product of matrices is `@`."),
        lambda js: _last(_backwards(js, np.ones_like(js[0]), lambda j, after: after * j)),
    ),
    Mistake(mark("The matrices are added. Steps one after the other multiply."), _joined(lambda j, after: after + j)),
    Mistake(
        mark("That is the block from h to h, the first of each half. The state is (h, c): c is the second half."),
        _of_products(_first),
    ),
    Mistake(
        mark("That is the block from h to c: its columns are those of h. Rows and columns of c are the second half."),
        _of_products(lambda js: js[..., js.shape[-1] // 2 :, : js.shape[-1] // 2]),
    ),
    Mistake(
        mark("That is the block from c to h: its rows are those of h. Rows and columns of c are the second half."),
        _of_products(lambda js: js[..., : js.shape[-1] // 2, js.shape[-1] // 2 :]),
    ),
    Mistake(
        mark("That is the whole product. Wanted is its block from c to c: the second half of rows and of columns."),
        _of_products(lambda js: js),
    ),
    Mistake(
        mark("The matrices are transposed: entry [i, j] is what c_j of step k does to c_i of the last step."),
        lambda js: _whole(js).swapaxes(-1, -2),
    ),
    Mistake(mark("Nothing is multiplied: entry k is a block of one step's matrix."), _last),
    Mistake(
        mark("Entry k is the matrix of step k+1 alone: the steps after it are missing in the product."),
        lambda js: np.concatenate([_last(js)[1:], _whole(js)[-1:]]),
    ),
    Mistake(
        mark("The last entry is missing. Nothing comes after the last step: its entry is the identity."),
        lambda js: _whole(js)[:-1],
    ),
    Mistake(
        mark("The product begins with zeros, so all of it is 0. It begins with the identity."),
        lambda js: np.zeros_like(_last(js)),
    ),
    Mistake(
        mark("The product begins with a matrix full of 1. The matrix that changes nothing is the identity, np.eye."),
        lambda js: _last(_backwards(js, np.ones_like(js[0]), lambda j, after: after @ j)),
    ),
    Mistake(
        mark("That is one product for the whole sequence. Wanted is one for each step."),
        lambda js: _whole(js)[0],
    ),
)


def _whole_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def matrices(T: int, B: int, H: int) -> Array:
        return rng.normal(0.0, 0.6, (T, B, 2 * H, 2 * H))

    return (
        Draw("batch", (matrices(5, 2, 3),)),
        Draw("batch", (matrices(4, 3, 2),)),
        Draw("ones", (matrices(1, 1, 1),)),
        Draw("batch", (matrices(3, 1, 1),)),
    )


def cell_path_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The gradient along the cell state alone.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "cell_path_gradient",
        points,
        mark("The gradient of the last cell state by each cell state, along the direct path."),
        (
            mark("One step: c_t = f_t * c_(t-1) + ... What is the slope of c_t by c_(t-1), all else held still?"),
            mark("Begin at the end: the entry of the last step is 1. Which f leads to the entry before it?"),
            mark("Entry k needs f_(k+1) and the entry k+1. Walk backwards through time, axis 0."),
        ),
        forbidden,
        takes={"fs": mark("the forget gates of every step, shape (T, B, H)")},
        gives={"d_cs": mark("shape (T, B, H): entry k is the product of fs[k+1], ..., fs[T-1]; the last one is 1")},
        function=_path,
        mistakes=PATH_MISTAKES,
        draw=_path_draws,
    )


def whole_gradient_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The gradient along all paths, from the Jacobians of the steps.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "whole_gradient",
        points,
        mark("The gradient of the last cell state by each cell state, along all paths."),
        (
            mark("The chain rule for vectors: the matrices of the steps multiply. Which one stands on the left?"),
            mark("Begin with the identity, `np.eye`, at the last step, and put earlier steps on the right."),
            mark("Multiply whole matrices; cut out rows and columns of c, the second half, after the product."),
        ),
        forbidden,
        takes={
            "js": mark(
                "a matrix for each step, shape (T, B, 2H, 2H): entry [i, j] is the slope of number i of (h_t, c_t) by "
                "number j of (h_(t-1), c_(t-1))"
            )
        },
        gives={
            "d_cs": mark(
                "shape (T, B, H, H): entry k is the block from c to c of js[T-1] @ ... @ js[k+1]; the last one is the "
                "identity"
            )
        },
        function=_whole,
        mistakes=WHOLE_MISTAKES,
        draw=_whole_draws,
    )
