"""Turns equations into a Python function on NumPy arrays, the reference of every number in the course.

An equation becomes the line of NumPy a person would write: `W_f @ x` becomes `x @ p.W_f.T`. The lines come from our own
expression nodes only, so compiling them runs nothing a text could smuggle in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells.activations import FUNCTIONS, relu, sigmoid
from gatedrnn_course.cells.expr import (
    Call,
    Expr,
    Joined,
    MatMul,
    Name,
    Neg,
    Num,
    NumpyMatMul,
    Op,
    Outer,
    OverAxes,
    Transpose,
    to_text,
)
from gatedrnn_course.cells.language import Line, is_parameter

__all__ = ["NUMPY_FUNCTIONS", "compiled", "outer", "python_of", "relu", "sigmoid", "to_python"]


def outer(a: Any, b: Any) -> Any:
    """The outer product of two vectors, summed over all leading axes.

    Args:
        a: Array (..., M).
        b: Array (..., N).

    Returns:
        Array (M, N).
    """
    if a.ndim == b.ndim == 2 and len(a) == len(b):
        return a.T @ b
    lead = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])  # a vector of parameters has no leading axes
    a, b = (np.broadcast_to(v, (*lead, v.shape[-1])).reshape(-1, v.shape[-1]) for v in (a, b))
    return a.T @ b


def _outer_mean(a: Any, b: Any) -> Any:
    """`outer` divided by the number of examples."""
    return outer(a, b) / max(int(np.prod(np.shape(a)[:-1])), 1)


def _outer_each(a: Any, b: Any) -> Any:
    """The outer product of every example by itself, (..., M, N)."""
    return a[..., :, None] * b[..., None, :]


def _joined(first: Any, second: Any, a: Any, b: Any) -> Any:
    """`[first, second] @ [a, b].T`: two joined vectors (..., M + N) times two joined matrices (H, M + N)."""
    lead = np.broadcast_shapes(first.shape[:-1], second.shape[:-1])
    both = [np.broadcast_to(v, (*lead, v.shape[-1])) for v in (first, second)]
    return np.concatenate(both, axis=-1) @ np.concatenate([a, b], axis=1).T


def batch_sum(a: Any) -> Any:
    """The sum over all leading axes, (..., N) -> (N,): the gradient of a vector every example shares."""
    return a.reshape(-1, a.shape[-1]).sum(0)


def _batch_mean(a: Any) -> Any:
    return a.reshape(-1, a.shape[-1]).mean(0)


def _unit_sum(a: Any) -> Any:
    return a.sum(-1)


def _swapped(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


NUMPY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: record.numpy for name, record in FUNCTIONS.items()},
    "_joined": _joined,
    "outer": outer,
    "outer_mean": _outer_mean,
    "outer_each": _outer_each,
    "batch_sum": batch_sum,
    "batch_mean": _batch_mean,
    "unit_sum": _unit_sum,
    "swapped": _swapped,
}


def python_of(expr: Expr, parameters: str = "p.") -> str:
    """An expression as Python on arrays. Brackets everywhere: this text is for the machine and for exact order.

    Args:
        expr: The expression.
        parameters: What stands before the name of a parameter.
    """

    def inner(part: Expr) -> str:
        return python_of(part, parameters)

    match expr:
        case Num(value):
            return repr(value)
        case Name(name):
            return f"{parameters}{name}" if is_parameter(name) else name
        case Neg(arg):
            return f"(-{inner(arg)})"
        case Op(op, left, right):
            return f"({inner(left)} {op} {inner(right)})"
        case Transpose(matrix):
            return f"{parameters}{matrix.id}.T"
        case MatMul(Name(matrix), vector):
            return f"({inner(vector)} @ {parameters}{matrix}.T)"
        case MatMul(Transpose(Name(matrix)), vector):
            return f"({inner(vector)} @ {parameters}{matrix})"
        case NumpyMatMul(Name(matrix), vector):
            return f"({parameters}{matrix} @ {inner(vector)})"
        case Joined(Name(a), Name(b), first, second):
            return f"_joined({inner(first)}, {inner(second)}, {parameters}{a}, {parameters}{b})"
        case Outer(left, right, function):
            return f"{function}({inner(left)}, {inner(right)})"
        case OverAxes(function, arg):
            return f"{function}({inner(arg)})"
        case NumpyMatMul(Transpose(Name(matrix)), vector):
            return f"({parameters}{matrix}.T @ {inner(vector)})"
        case Call(function, arg):
            return f"{function}({inner(arg)})"
    raise TypeError(f"no Python for {to_text(expr)}")


def to_python(lines: Iterable[Line], inputs: Sequence[str], outputs: Sequence[str], name: str = "equations") -> str:
    """The text of a Python function `name(*inputs, p)` that computes the lines and returns a tuple of the outputs."""
    rows = [f"def {name}({', '.join((*inputs, 'p'))}):"]
    rows += [f"    {line.name} = {python_of(line.expr)}" for line in lines]
    rows.append(f"    return ({', '.join(outputs)},)")
    return "\n".join(rows)


@lru_cache(maxsize=4096)
def compiled(
    lines: tuple[Line, ...], inputs: tuple[str, ...], outputs: tuple[str, ...]
) -> Callable[..., tuple[Any, ...]]:
    """The lines as a function of `(*inputs, p)` on NumPy arrays; `p` gives parameters as attributes.

    Returns:
        A function that returns a tuple of the outputs, each (..., size).
    """
    namespace: dict[str, Any] = dict(NUMPY_FUNCTIONS)
    exec(compile(to_python(lines, inputs, outputs), "<equations>", "exec"), namespace)
    return namespace["equations"]  # type: ignore[no-any-return]
