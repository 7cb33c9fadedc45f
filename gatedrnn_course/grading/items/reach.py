"""Draws that reach further: one thing at a time a decade larger or smaller than in an ordinary draw.

A bound that is seldom reached shows in them. Each has the sizes of an ordinary draw, and what a function keeps from an
earlier call shows as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gatedrnn_course.cells.expr import MatMul, Op, names, walk
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice
from gatedrnn_course.grading.items.item import Draw
from gatedrnn_course.text import mark

__all__ = ["far_draws"]

LARGE, SMALL = 8.0, 0.1
"""What ordinary numbers are multiplied by. With the larger factor a sum of ten products stays below 88, where the
exponential of float32 ends, and gates are saturated all the same."""
VERY = 64.0
"""The same where what they are multiplied with is smaller by a factor of 8, so that the gates stay open."""
DIVIDED = 2.0
"""The same where gates are divided: two that are saturated at 0 leave float32 no digits."""
FAR = (40.0, 80.0)
"""Size of a state that meets no matrix. Beyond these, tanh written with exponentials runs over in float32."""

Enlarge = Callable[[np.random.Generator, Any], Any]


def far_draws(
    slice_: Slice, rng: np.random.Generator, first: Draw, second: Draw, arguments: Sequence[str]
) -> tuple[Draw, ...]:
    """Large states, large parameters, large inputs, and small inputs before large matrices.

    Args:
        slice_: The equations, which say what is a gate and what meets a matrix.
        rng: Source of randomness.
        first: An ordinary draw, whose states or parameters are enlarged.
        second: Another of other sizes, whose inputs are.
        arguments: Names of the arguments. `xs` is a sequence of x, `h_0` a state of the step before.
    """
    factor = DIVIDED if _divides(slice_) else LARGE
    very = VERY * factor / LARGE
    own = [_plain(name) for name in arguments]
    states = [k for k, name in enumerate(own) if name not in ("x", "p")]
    inputs, parameters = ([k for k, name in enumerate(own) if name == one] for one in ("x", "p"))
    less = dict.fromkeys(parameters, _times(1 / LARGE))
    rows = [
        (first, {k: _enlarged(slice_, own[k], very) for k in states} | less, mark("a batch with large states")),
        (first, dict.fromkeys(parameters, _times(factor)), mark("a batch with large parameters")),
        (second, dict.fromkeys(inputs, _times(very)) | (less if inputs else {}), mark("a batch with large inputs")),
        (
            second,
            dict.fromkeys(inputs + states, _times(SMALL)) | dict.fromkeys(parameters, _matrices(very / 2)),
            mark("a batch of small inputs"),
        ),
    ]
    return tuple(_changed(rng, draw, changes, words) for draw, changes, words in rows if changes)


def _changed(rng: np.random.Generator, draw: Draw, changes: Mapping[int, Enlarge], words: str) -> Draw:
    """A draw with some arguments made larger or smaller."""
    args = tuple(changes[k](rng, argument) if k in changes else argument for k, argument in enumerate(draw.args))
    return Draw(draw.kind, args, draw.decides, words=words)


def _plain(argument: str) -> str:
    """The name of an argument in the equations of one step."""
    if argument == "xs":
        return "x"
    return f"{argument[:-2]}_prev" if argument.endswith("_0") else argument


def _times(factor: float) -> Enlarge:
    """Multiplies an array, or each of the parameters."""

    def enlarge(_rng: np.random.Generator, value: Any) -> Any:
        if isinstance(value, Mapping):
            return Params({name: factor * array for name, array in value.items()})
        return factor * value

    return enlarge


def _matrices(factor: float) -> Enlarge:
    """Multiplies each matrix, and makes vectors small."""

    def enlarge(_rng: np.random.Generator, value: Any) -> Any:
        return Params({name: (factor if array.ndim > 1 else SMALL) * array for name, array in value.items()})

    return enlarge


def _enlarged(slice_: Slice, name: str, factor: float) -> Enlarge:
    """A gate is saturated, a candidate too; what meets a matrix is multiplied, any other state is drawn far out."""
    line = next((line for line in slice_.cell.lines if line.name == name), None)
    function = getattr(line.expr, "function", "") if line else ""
    if function in ("sigmoid", "tanh"):
        low = 0.0 if function == "sigmoid" else -1.0
        return lambda rng, value: _saturated(rng, np.shape(value), low)
    return _times(factor) if _meets_a_matrix(slice_, name) else lambda rng, value: _far(rng, np.shape(value))


def _saturated(rng: np.random.Generator, shape: Any, low: float) -> Any:
    """Numbers close to one end or the other of (low, 1), half of them each."""
    inside = 10.0 ** rng.uniform(-5, -2, shape)
    upper = rng.permutation(np.arange(np.size(inside)) % 2 == 0).reshape(shape)
    return np.where(upper, 1.0 - inside, low + inside)


def _far(rng: np.random.Generator, shape: Any) -> Any:
    return rng.uniform(*FAR, shape) * rng.choice([-1.0, 1.0], shape)


def _divides(slice_: Slice) -> bool:
    nodes = (node for line in slice_.lines for _path, node in walk(line.expr))
    return any(isinstance(node, Op) and node.op == "/" for node in nodes)


def _meets_a_matrix(slice_: Slice, name: str) -> bool:
    """Whether a name stands somewhere in what a matrix is multiplied with."""
    nodes = (node for line in slice_.lines for _path, node in walk(line.expr))
    return any(name in names(node.vector) for node in nodes if isinstance(node, MatMul))
