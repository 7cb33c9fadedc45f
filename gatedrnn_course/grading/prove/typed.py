"""Types equations as a learner would: Python source of a function, in one of many styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

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
    terms,
    to_text,
)
from gatedrnn_course.cells.language import Line, is_parameter

__all__ = ["NUMPY", "Program", "Style", "function_of", "typed"]

NUMPY = """
import numpy as np

tanh = np.tanh

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def relu(a):
    return np.maximum(a, 0)
"""
"""Imports and activations as most people type them. They are not those of the reference."""


_OUTER = {
    "outer": "(({left}).T @ ({right}))",
    "outer_mean": "(({left}).T @ ({right}) / len({left}))",
    "outer_each": "(({left})[..., :, None] * ({right})[..., None, :])",
}
_AXES = {"batch_sum": ".sum(0)", "batch_mean": ".mean(0)", "unit_sum": ".sum(-1)", "swapped": ".swapaxes(-1, -2)"}


@dataclass(frozen=True)
class Program:
    """What is to be typed.

    Attributes:
        name: Name of the function.
        arguments: Its arguments in order, `p` included where it takes parameters.
        lines: The equations of its body.
        outputs: Names it hands back.
    """

    name: str
    arguments: tuple[str, ...]
    lines: tuple[Line, ...]
    outputs: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The arguments that are arrays."""
        return tuple(name for name in self.arguments if name != "p")

    @property
    def head(self) -> str:
        """The line with `def`."""
        return f"def {self.name}({', '.join(self.arguments)}):"


@dataclass(frozen=True)
class Style:
    """One way to type a program. Calling it gives the source.

    Attributes:
        header: Imports and activations.
        parameter: How a parameter is read.
        product: How a matrix is multiplied with rows of vectors.
        outer: How outer products summed over the batch, and those with a mistake, are typed.
        prepare: What is done to each argument that is an array; may be empty.
        value: What is done to each output.
        several: How several outputs are handed back.
        one: How a single output is handed back.
        rewrite: Changes an equation into another of the same value.
        fused: Whether products in one sum become one product of joined arrays.
    """

    header: str = NUMPY
    parameter: str = "p.{name}"
    product: str = "{vector} @ {matrix}.T"
    outer: Mapping[str, str] = field(default_factory=lambda: _OUTER)
    prepare: str = ""
    value: str = "{name}"
    several: str = "return {values}"
    one: str = "return {values}"
    rewrite: Callable[[Expr], Expr] = lambda expr: expr
    fused: bool = False

    def __call__(self, program: Program) -> str:
        """The source of the program in this style."""
        body = [self.prepare.format(name=name) for name in program.inputs if self.prepare]
        body += [f"{line.name} = {typed(self.rewrite(line.expr), self)}" for line in program.lines]
        return f"{self.header}\n{program.head}\n" + indented([*body, self.give(program.outputs)])

    def give(self, outputs: Sequence[str]) -> str:
        """The line with `return`."""
        values = ", ".join(self.value.format(name=name) for name in outputs)
        pairs = ", ".join(f"{name!r}: {self.value.format(name=name)}" for name in outputs)
        return (self.several if len(outputs) > 1 else self.one).format(values=values, pairs=pairs)


def typed(expr: Expr, style: Style) -> str:
    """An expression as Python, with brackets wherever one might be needed."""
    match expr:
        case Num(value):
            return repr(value)
        case Name(name):
            return style.parameter.format(name=name) if is_parameter(name) else name
        case Neg(arg):
            return f"(-{typed(arg, style)})"
        case Op(op, left, right):
            return (style.fused and _fused(expr, style)) or f"({typed(left, style)} {op} {typed(right, style)})"
        case Transpose(matrix):
            return f"{typed(matrix, style)}.T"
        case MatMul(Name() as matrix, vector):
            return f"({style.product.format(vector=typed(vector, style), matrix=typed(matrix, style))})"
        case MatMul(Transpose(matrix), vector):
            return f"({typed(vector, style)} @ {typed(matrix, style)})"
        case Outer(left, right, function):
            return style.outer[function].format(left=typed(left, style), right=typed(right, style))
        case OverAxes(function, arg):
            return f"({typed(arg, style)}){_AXES[function]}"
        case NumpyMatMul(matrix, vector):
            return f"({typed(matrix, style)} @ {typed(vector, style)})"
        case Joined(a, b, first, second):
            vectors = f"np.concatenate([{typed(first, style)}, {typed(second, style)}], axis=-1)"
            return f"({vectors} @ np.concatenate([{typed(a, style)}, {typed(b, style)}], axis=1).T)"
        case Call("step", arg):
            return f"(({typed(arg, style)}) > 0)"
        case Call(function, arg):
            return f"{function}({typed(arg, style)})"
    raise TypeError(f"no way to type {to_text(expr)}")


def _fused(expr: Op, style: Style) -> str:
    """A sum whose products are one product of joined arrays; empty where it has fewer than two."""
    signed = terms(expr)
    products = [t for sign, t in signed if sign > 0 and isinstance(t, MatMul)]
    if len(products) < 2 or len({type(one.matrix) for one in products}) > 1:
        return ""
    vectors = ", ".join(typed(one.vector, style) for one in products)
    matrices = ", ".join(typed(one.matrix, style) for one in products)
    others = [(sign, term) for sign, term in signed if not any(term is one for one in products)]
    rest = "".join(f" {'+' if sign > 0 else '-'} {typed(term, style)}" for sign, term in others)
    return f"(np.concatenate([{vectors}], axis=-1) @ np.concatenate([{matrices}], axis=1).T{rest})"


def indented(rows: Sequence[str]) -> str:
    """Rows as the body of a function."""
    return "".join(f"    {row}\n" for row in rows)


def renamed(program: Program, expr_of: Callable[[Expr, dict[str, str]], Expr]) -> Program:
    """The program under other names for every argument but `p`, and for every line."""
    names = [*program.inputs, *(line.name for line in program.lines)]
    new = {name: f"value_{k}" for k, name in enumerate(dict.fromkeys(names))}
    lines = tuple(replace(line, name=new[line.name], expr=expr_of(line.expr, new)) for line in program.lines)
    arguments = tuple(new.get(name, name) for name in program.arguments)
    return Program(program.name, arguments, lines, tuple(new.get(name, name) for name in program.outputs))


def function_of(source: str, name: str) -> Callable[..., Any]:
    """The function a source defines, in a namespace of its own as a notebook has one."""
    namespace: dict[str, Any] = {"__name__": f"answer_{re.sub(r'[^a-z_]', '', name)}"}
    exec(compile(source, "<answer>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function
