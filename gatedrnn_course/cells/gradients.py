"""Derives the backward equations of a cell, as equations in the cell's own language.

`d_c` is the derivative of the loss with respect to c. What the next step sends back arrives as `d_h_next`, `d_c_next`;
what this step sends back leaves as `d_h_prev`, `d_c_prev`. The sum inside an activation of line f is called `a_f`, its
derivative `d_a_f`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import (
    Call,
    Expr,
    MatMul,
    Name,
    Neg,
    Num,
    Op,
    Outer,
    OverAxes,
    Transpose,
    join_sum,
    product,
    substituted,
    terms,
    to_text,
)
from gatedrnn_course.cells.language import Line, is_parameter, slope_of
from gatedrnn_course.cells.numeric import compiled
from gatedrnn_course.cells.params import Params
from gatedrnn_course.cells.slices import Slice, whole_step

__all__ = ["Backward", "backward", "backward_of", "sequence_backward", "summed"]


@dataclass(frozen=True)
class Backward:
    """The backward equations of a slice.

    Attributes:
        forward: The slice they belong to.
        lines: The equations, in the order they are computed.
        inputs: Names they receive: the slice's inputs, its own lines, then `d_*_next` of each output.
        outputs: Names they compute: `d_` of each input of the slice, then of each parameter used.
    """

    forward: Slice
    lines: tuple[Line, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The equations as text."""
        return "\n".join(f"{line.name} = {to_text(line.expr)}" for line in self.lines)

    @cached_property
    def function(self) -> Any:
        """`function(*inputs, p)` on NumPy arrays; gives a tuple of the outputs, parameters' summed over the batch."""
        return compiled(tuple(map(summed, self.lines)), self.inputs, self.outputs)


def summed(line: Line) -> Line:
    """A line of a backward under its own name, with its sum over the batch written out: every example shares a bias."""
    signed = terms(line.expr)
    expr = line.expr
    if is_parameter(line.name.removeprefix("d_")) and not any(isinstance(term, Outer) for _sign, term in signed):
        sign, inside = signed[0] if len(signed) == 1 else (1, expr)
        expr = join_sum([(sign, OverAxes("batch_sum", inside))])
    return Line(line.name, expr, line.name)


@lru_cache(maxsize=128)
def backward(slice_: Slice) -> Backward:
    """The backward equations of a slice, by the chain rule from its last line to its first.

    Args:
        slice_: The slice, for example `whole_step(cell)`.

    Returns:
        Its backward equations.
    """
    writer = _Writer(slice_)
    for output in slice_.outputs:
        writer.send(output, Name(f"d_{output}_next"))
    for line in reversed(slice_.lines):
        if writer.collect(line.name):
            writer.through(line.expr, Name(f"d_{line.name}"), line)
    used = tuple(name for name in slice_.parameters if name in writer.sent)
    for name in (*slice_.inputs, *used):
        writer.collect(name)
    forward_names = (*slice_.inputs, *(line.name for line in slice_.lines))
    inputs = (*forward_names, *(f"d_{output}_next" for output in slice_.outputs))
    return Backward(slice_, tuple(writer.lines), inputs, tuple(f"d_{name}" for name in (*slice_.inputs, *used)))


def backward_of(cell: Cell) -> Backward:
    """The backward equations of one whole step of a cell."""
    return backward(whole_step(cell))


class _Writer:
    """Collects what each name is sent back, and writes the lines."""

    def __init__(self, slice_: Slice) -> None:
        self.slice = slice_
        self.lines: list[Line] = []
        self.sent: dict[str, list[tuple[int, Expr]]] = {}

    def send(self, name: str, expr: Expr) -> None:
        """One contribution to the derivative with respect to a name."""
        signed = (-1, expr.arg) if isinstance(expr, Neg) else (1, expr)
        self.sent.setdefault(name, []).append(signed)

    def collect(self, name: str) -> bool:
        """Write the line that adds up what a name was sent; a name that was sent nothing gets zeros."""
        got = self.sent.get(name)
        if got is None and (name in self.slice.inputs):
            got = [(1, Op("*", Num(0.0), Name(name)))]
        if got is None:
            return False
        words = f"derivative with respect to {name}"
        self.lines.append(Line(f"d_{name}", join_sum(got), words))
        return True

    def through(self, expr: Expr, d: Expr, line: Line) -> None:
        """Send the derivative `d` of an expression on to what it is made of."""
        match expr:
            case Name(name):
                self.send(name, d)
            case Neg(arg):
                self.through(arg, _minus(d), line)
            case Op("+", left, right):
                self.through(left, d, line)
                self.through(right, d, line)
            case Op("-", left, right):
                self.through(left, d, line)
                self.through(right, _minus(d), line)
            case Op("*", left, right):
                self.through(left, _times(d, right), line)
                self.through(right, _times(d, left), line)
            case Op("/", left, right):
                self.through(left, Op("/", d, right), line)
                self.through(right, _minus(Op("/", _times(d, left), Op("*", right, right))), line)
            case MatMul(Name(matrix), vector):
                self.send(matrix, Outer(d, vector))
                self.through(vector, MatMul(Transpose(Name(matrix)), d), line)
            case Call(_, arg):
                self.through(arg, self._inside(expr, d, line), line)

    def _inside(self, call: Call, d: Expr, line: Line) -> Expr:
        """The derivative with respect to what stands inside an activation, as a name of its own."""
        value: Expr = Name(line.name) if call == line.expr else call
        new = _times(d, _slope(call, value))
        if isinstance(call.arg, Name):
            return new
        taken = {written.name for written in self.lines}
        taken |= {f"d_{other}" for other in (*self.slice.inputs, *(ln.name for ln in self.slice.lines))}
        name, k = f"d_a_{line.name}", 2
        while name in taken:
            name, k = f"d_a_{line.name}_{k}", k + 1
        self.lines.append(Line(name, new, f"derivative inside {call.function} of the {line.words}"))
        return Name(name)


def _slope(call: Call, value: Expr) -> Expr:
    """The derivative of an activation, by its own value where its record says so."""
    return substituted(slope_of(call.function), {"a": call.arg, "y": value})


def _minus(expr: Expr) -> Expr:
    return expr.arg if isinstance(expr, Neg) else Neg(expr)


def _times(left: Expr, right: Expr) -> Expr:
    """A product, with minus signs pulled out to the front and numbers 1 left away."""
    if isinstance(left, Neg):
        return _minus(_times(left.arg, right))
    return product(left, right)


def sequence_backward(
    cell: Cell,
    xs: Any,
    state: Sequence[Any],
    p: Mapping[str, Any],
    d_hs: Any,
    d_last: Sequence[Any] | None = None,
) -> tuple[dict[str, Any], Any, tuple[Any, ...]]:
    """Backpropagation through time, by the derived equations.

    Args:
        cell: The cell.
        xs: Inputs (T, ..., D).
        state: States before the first step, each (..., H).
        p: Parameters by name.
        d_hs: Derivative of the loss with respect to every hidden state, (T, ..., H).
        d_last: Derivatives with respect to the last states, each (..., H); zeros where left out.

    Returns:
        Derivatives with respect to the parameters by name; to the inputs (T, ..., D), or None for a cell without
        input; and to the states before the first step.
    """
    whole, params = whole_step(cell), Params(p)
    program = backward(whole)
    every = tuple(line.name for line in whole.lines)
    forward = compiled(whole.lines, whole.inputs, every)
    tape = []
    for x in xs:
        given = (*((x,) if cell.inputs else ()), *state)
        values = forward(*given, params)
        tape.append((*given, *values))
        state = [values[every.index(name)] for name in cell.states]
    back = list(d_last) if d_last is not None else [np.zeros_like(s) for s in state]
    d_params = {name: np.zeros_like(np.asarray(p[name])) for name in cell.parameters}
    d_xs: list[Any] = []
    for given, d_h in zip(reversed(tape), d_hs[::-1], strict=True):
        back[0] = back[0] + d_h
        got = dict(zip(program.outputs, program.function(*given, *back, params), strict=True))
        back = [got[f"d_{name}_prev"] for name in cell.states]
        d_xs.append(got.get("d_x"))
        for name in d_params:
            if f"d_{name}" in got:
                d_params[name] = d_params[name] + got[f"d_{name}"]
    if not cell.inputs:
        return d_params, None, tuple(back)
    return d_params, np.stack(d_xs[::-1]) if d_xs else np.zeros_like(xs), tuple(back)
