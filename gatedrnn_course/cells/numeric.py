"""Turns equations into a Python function on NumPy arrays, the reference of every number in the course.

An equation becomes the line of NumPy a person would write: `W_f @ x` becomes `x @ p.W_f.T`. The lines come from our own
expression nodes only, so compiling them runs nothing a text could smuggle in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

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
    Transpose,
    to_text,
)
from gatedrnn_course.cells.language import Line, is_parameter

__all__ = ["NUMPY_FUNCTIONS", "compiled", "outer", "python_of", "relu", "sigmoid", "slope_of_relu", "to_python"]


def sigmoid(a: Any) -> Any:
    """The logistic function, (1 + tanh(a/2))/2: no overflow, and right for complex numbers too.

    Args:
        a: Array of any shape.

    Returns:
        Array of the same shape, each value in (0, 1) for real `a`.
    """
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(a)))


def relu(a: Any) -> Any:
    """max(a, 0), by the sign of the real part."""
    return a * (np.real(a) > 0)


def slope_of_relu(a: Any) -> Any:
    """The derivative of relu: 1 where a > 0, else 0."""
    return (np.real(a) > 0).astype(float)


def outer(a: Any, b: Any) -> Any:
    """The outer product of two vectors, summed over all leading axes.

    Args:
        a: Array (..., M).
        b: Array (..., N).

    Returns:
        Array (M, N).
    """
    lead = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])  # a vector of parameters has no leading axes
    a, b = (np.broadcast_to(v, (*lead, v.shape[-1])).reshape(-1, v.shape[-1]) for v in (a, b))
    return a.T @ b


def _joined(first: Any, second: Any, a: Any, b: Any) -> Any:
    """`[first, second] @ [a, b].T`: two joined vectors (..., M + N) times two joined matrices (H, M + N)."""
    lead = np.broadcast_shapes(first.shape[:-1], second.shape[:-1])
    both = [np.broadcast_to(v, (*lead, v.shape[-1])) for v in (first, second)]
    return np.concatenate(both, axis=-1) @ np.concatenate([a, b], axis=1).T


def batch_sum(a: Any) -> Any:
    """The sum over all leading axes, (..., N) -> (N,): the gradient of a vector every example shares."""
    return a.reshape(-1, a.shape[-1]).sum(0)


NUMPY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "step": slope_of_relu,
    "_joined": _joined,
    "outer": outer,
    "batch_sum": batch_sum,
}


def python_of(expr: Expr) -> str:
    """An expression as Python on arrays. Brackets everywhere: this text is for the machine and for exact order."""
    match expr:
        case Num(value):
            return repr(value)
        case Name(name):
            return f"p.{name}" if is_parameter(name) else name
        case Neg(arg):
            return f"(-{python_of(arg)})"
        case Op(op, left, right):
            return f"({python_of(left)} {op} {python_of(right)})"
        case Transpose(matrix):
            return f"p.{matrix.id}.T"
        case MatMul(Name(matrix), vector):
            return f"({python_of(vector)} @ p.{matrix}.T)"
        case MatMul(Transpose(Name(matrix)), vector):
            return f"({python_of(vector)} @ p.{matrix})"
        case NumpyMatMul(Name(matrix), vector):
            return f"(p.{matrix} @ {python_of(vector)})"
        case Joined(Name(a), Name(b), first, second):
            return f"_joined({python_of(first)}, {python_of(second)}, p.{a}, p.{b})"
        case Outer(left, right):
            return f"outer({python_of(left)}, {python_of(right)})"
        case Call(function, arg):
            return f"{function}({python_of(arg)})"
    raise TypeError(f"no Python for {to_text(expr)}")


def to_python(lines: Iterable[Line], inputs: Sequence[str], outputs: Sequence[str], name: str = "equations") -> str:
    """The text of a Python function `name(*inputs, p)` that computes the lines and returns a tuple of the outputs."""
    rows = [f"def {name}({', '.join((*inputs, 'p'))}):"]
    for line in lines:
        value = python_of(line.expr)
        if line.name.startswith(("d_P_", "d_b_")) and is_parameter(line.name[2:]) and not isinstance(line.expr, Outer):
            value = f"batch_sum({value})"
        rows.append(f"    {line.name} = {value}")
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
