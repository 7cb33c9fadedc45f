"""The gradients of unit 05: along the cell state alone, and along every path from one cell state to a later one.

Both multiply something over the steps after each step, so both can go wrong in the same ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.grading.units.aspects import RIGHT, Aspect, pairs, singles
from gatedrnn_course.text import mark

__all__ = ["cell_path_item", "whole_gradient_item"]

Array = Any
Steps = Callable[[int, int], Sequence[int]]
"""The steps that entry k of T multiplies."""

_FRONT = mark("The product runs from the first step to step k. Wanted are the steps after k, up to the last.")
_LAST = mark("Only the last step is used. Every step after k has a factor of its own.")
_SPANS: Aspect = (
    (RIGHT, lambda k, T: range(k + 1, T)),
    (
        mark("The product begins with step k itself. That one leads to c_k; after c_k comes step k+1."),
        range,
    ),
    (
        mark("Each factor is one step too early: that of step k stands where that of step k+1 belongs."),
        lambda k, T: range(k, T - 1),
    ),
    (
        mark("Step k+1 is left out of entry k: the product begins one step too late."),
        lambda k, T: range(k + 2, T),
    ),
    (
        mark("The last step is left out: the product ends one step too early."),
        lambda k, T: range(k + 1, T - 1),
    ),
    (_FRONT, lambda k, T: range(k + 1)),
    (_FRONT, lambda k, T: range(k)),
    (_FRONT, lambda k, T: range(1, k + 1)),
    (
        mark("Every entry holds the product of all steps. Entry k holds those after step k alone."),
        lambda k, T: range(T),
    ),
    (
        mark("Every entry holds the same product. Entry k holds the steps after step k alone."),
        lambda k, T: range(1, T),
    ),
    (
        mark("Entry k holds step k+1 alone: the steps after it are missing in the product."),
        lambda k, T: range(k + 1, min(k + 2, T)),
    ),
    (_LAST, lambda k, T: range(T - 1, T) if k < T - 1 else ()),
    (mark("Nothing is multiplied: entry k is that of step k alone."), lambda k, T: range(k, k + 1)),
)
_ORDER: Aspect = (
    (RIGHT, lambda rows: rows),
    (
        mark("The results stand in reversed order: entry 0 belongs to the first step, the last entry is that of T."),
        lambda rows: rows[::-1],
    ),
)
_ENDS: Aspect = (
    (RIGHT, lambda rows: rows),
    (
        mark("The last entry is missing. Nothing comes after the last step, and its entry says so."),
        lambda rows: rows[:-1],
    ),
    (
        mark("The last entry is 0. Nothing comes after the last step: what is there arrives whole."),
        lambda rows: np.concatenate([rows[:-1], 0 * rows[-1:]]),
    ),
    (
        mark("That is one product for the whole sequence. Wanted is one for each step: of the steps after it."),
        lambda rows: rows[0],
    ),
)

_SUM = mark("The f_t are added. Each step multiplies what is there, so they multiply.")
_MEAN = mark("That is the mean of the f_t. Each step multiplies what is there, so they multiply.")
_JOINS: Aspect = (
    (RIGHT, lambda some: some.prod(axis=0)),
    (_SUM, lambda some: some.sum(axis=0)),
    (_SUM, lambda some: 1 + some.sum(axis=0)),
    (_SUM, lambda some: some.sum(axis=0) if len(some) else 1 + some.sum(axis=0)),
    (_MEAN, lambda some: some.mean(axis=0) if len(some) else 1 + some.sum(axis=0)),
    (_MEAN, lambda some: some.mean(axis=0) if len(some) else some.sum(axis=0)),
    (
        mark("The mean of the f_t is raised to a power. The f_t differ: multiply them themselves."),
        lambda some: some.mean(axis=0) ** len(some) if len(some) else 1 + some.sum(axis=0),
    ),
    (
        mark("The last f is raised to a power. Every step after k has an f of its own."),
        lambda some: some[-1] ** len(some) if len(some) else 1 + some.sum(axis=0),
    ),
    (
        mark("The first f after step k is raised to a power. Every step after k has an f of its own."),
        lambda some: some[0] ** len(some) if len(some) else 1 + some.sum(axis=0),
    ),
    (
        mark("A sum of logarithms is left as it is: np.exp turns it into the product."),
        lambda some: _logs(some).sum(axis=0),
    ),
)


def _logs(some: Array) -> Array:
    with np.errstate(divide="ignore"):  # a gate of 0 has the logarithm -inf
        return np.log(some)


_FACTORS: Aspect = (
    (RIGHT, lambda fs: fs),
    (mark("The factors are 1 - f. Forget means keep: f is the share of c that stays."), lambda fs: 1 - fs),
    (
        mark("The factors are f (1 - f), the slope of the sigmoid. c_t = f_t * c_(t-1) + ...: along c the slope is f."),
        lambda fs: fs * (1 - fs),
    ),
    (mark("The f_t go through a sigmoid once more: they are gates already."), lambda fs: 1 / (1 + np.exp(-fs))),
    (mark("The f_t go through tanh: they are gates already."), np.tanh),
)
_AXES: Aspect = (
    (RIGHT, 0),
    (mark("The product runs along the batch, axis 1. Time is axis 0."), 1),
    (mark("The product runs along the units, the last axis. Time is axis 0."), 2),
)
_PATH_ASPECTS = (_FACTORS, _SPANS, _JOINS, _AXES, _ORDER, _ENDS)


def _path(fs: Array) -> Array:
    after = np.ones_like(fs)
    for k in range(len(fs) - 2, -1, -1):
        after[k] = fs[k + 1] * after[k + 1]
    return after


def _path_with(factor: Any, steps: Steps, join: Any, axis: int, order: Any, ends: Any) -> Callable[[Array], Array]:
    """The direct path as it comes out with one way of each aspect."""

    def function(fs: Array) -> Array:
        gates = np.moveaxis(factor(fs), axis, 0)
        T = len(gates)
        rows = ends(order(np.stack([join(gates[list(steps(k, T))]) for k in range(T)])))
        return np.moveaxis(rows, 0, axis) if rows.ndim == fs.ndim else rows

    return function


_NO_AXIS = mark("The product runs through all numbers, sequences and units too. Name the axis of time: axis=0.")
PATH_MISTAKES = (
    *singles(_path_with, _PATH_ASPECTS),
    Mistake(_NO_AXIS, lambda fs: np.cumprod(fs[::-1])[::-1]),
    Mistake(_NO_AXIS, np.cumprod),
    Mistake(_NO_AXIS, lambda fs: np.prod(fs[1:])),
    Mistake(_NO_AXIS, np.prod),
    Mistake(_NO_AXIS, lambda fs: np.array([np.prod(fs[k + 1 :]) for k in range(len(fs))])),
    Mistake(
        mark("There is an entry too many, for the state before the first step. Entry 0 belongs to the first c."),
        lambda fs: np.concatenate([fs[:1] * _path(fs)[:1], _path(fs)]),
    ),
    Mistake(
        mark("The first entry is not computed: does the loop stop at step 1? The first step is step 0."),
        lambda fs: np.concatenate([np.ones_like(fs[:1]), _path(fs)[1:]]),
    ),
    Mistake(
        mark("All is 0: a product that begins with 0 stays 0. It begins with 1."),
        np.zeros_like,
    ),
    Mistake(
        mark("The last entry is the last f. Nothing comes after the last step: its entry is 1."),
        lambda fs: np.concatenate([_path(fs)[:-1], fs[-1:]]),
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


_BLOCKS: Aspect = (
    (RIGHT, lambda m, H: m[..., H:, H:]),
    (
        mark("That is the block from h to h, the first of each half. The state is (h, c): c is the second half."),
        lambda m, H: m[..., :H, :H],
    ),
    (
        mark("That is the block from h to c: its columns are those of h. Rows and columns of c are the second half."),
        lambda m, H: m[..., H:, :H],
    ),
    (
        mark("That is the block from c to h: its rows are those of h. Rows and columns of c are the second half."),
        lambda m, H: m[..., :H, H:],
    ),
    (
        mark("That is the whole product. Wanted is its block from c to c: the second half of rows and of columns."),
        lambda m, H: m,
    ),
    (
        mark("The block is transposed: entry [i, j] is what c_j of step k does to c_i of the last step."),
        lambda m, H: m[..., H:, H:].swapaxes(-1, -2),
    ),
    (
        mark("That is only the diagonal of the block. A path through h leads from one unit to another: keep it all."),
        lambda m, H: np.diagonal(m[..., H:, H:], axis1=-2, axis2=-1),
    ),
    (
        mark("That is the size of the block. Wanted is the block itself, a matrix for each step and sequence."),
        lambda m, H: np.linalg.norm(m[..., H:, H:], 2, axis=(-2, -1)),
    ),
)
_PLACES = mark("`*` multiplies number by number; a product of matrices is `@`.")
_PRODUCTS: Aspect = (
    (RIGHT, lambda after, j: after @ j),
    (
        mark("The matrices stand in the wrong order: an earlier step stands left of a later one."),
        lambda after, j: j @ after,
    ),
    (_PLACES, lambda after, j: after * j),
    (mark("The matrices are added. Steps one after the other multiply."), lambda after, j: after + j),
    (
        mark("The matrices are transposed before they are multiplied: they fit as they are."),
        lambda after, j: after @ j.swapaxes(-1, -2),
    ),
)
_STARTS: Aspect = (
    (RIGHT, np.eye),
    (
        mark("The product begins with a matrix full of 1. The matrix that changes nothing is the identity, np.eye."),
        lambda n: np.ones((n, n)),
    ),
    (
        mark("The product begins with zeros, so all of it is 0. It begins with the identity."),
        lambda n: np.zeros((n, n)),
    ),
)
_WHOLE_ASPECTS = (_SPANS, _PRODUCTS, _STARTS, _BLOCKS, _ORDER, _ENDS)


def _whole(js: Array) -> Array:
    H = js.shape[-1] // 2
    after = np.zeros_like(js) + np.eye(2 * H)
    for k in range(len(js) - 2, -1, -1):
        after[k] = after[k + 1] @ js[k + 1]
    return after[..., H:, H:]


def _whole_with(steps: Steps, multiply: Any, start: Any, block: Any, order: Any, ends: Any) -> Callable[[Array], Array]:
    """The whole gradient as it comes out with one way of each aspect."""

    def function(js: Array) -> Array:
        T, H = len(js), js.shape[-1] // 2
        rows = []
        for k in range(T):
            after = np.broadcast_to(start(2 * H), js.shape[1:])
            for t in reversed(steps(k, T)):
                after = multiply(after, js[t])
            rows.append(block(after, H))
        return ends(order(np.stack(rows)))

    return function


def _only_cells(js: Array) -> Array:
    H = js.shape[-1] // 2
    after = np.zeros_like(js[..., H:, H:]) + np.eye(H)
    for k in range(len(js) - 2, -1, -1):
        after[k] = after[k + 1] @ js[k + 1][..., H:, H:]
    return after


WHOLE_MISTAKES = (
    Mistake(
        mark(
            "Only the blocks from c to c are multiplied: that is the direct path again. Multiply the whole matrices, "
            "so that paths through h are in it, and cut out the block at the end."
        ),
        _only_cells,
    ),
    *singles(_whole_with, _WHOLE_ASPECTS),
    Mistake(_PLACES, _whole_with(_SPANS[0][1], _PRODUCTS[2][1], _STARTS[1][1], *(a[0][1] for a in _WHOLE_ASPECTS[3:]))),
    Mistake(
        mark("The first entry is not computed: does the loop stop at step 1? The first step is step 0."),
        lambda js: np.concatenate([_whole(js)[-1:], _whole(js)[1:]]),
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
        pairs=pairs(_path_with, _PATH_ASPECTS),
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
                "the Jacobian of each step, shape (T, B, 2H, 2H): rows for (h_t, c_t), columns for the state before"
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
        pairs=pairs(_whole_with, _WHOLE_ASPECTS),
    )
