"""Reads off a cell's equations how its state flows: what is kept, what is added, what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gatedrnn_course.cells import Cell, Line
from gatedrnn_course.cells.expr import Call, Expr, Name, Num, Op, factors, join_product, names, terms, to_text
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.words import the
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["Flow", "flow_of"]


@dataclass(frozen=True)
class Flow:
    """A cell whose state is `keep * old + add * new`, and whose h may be `show * inside`.

    Attributes:
        cell: The cell.
        state: The state that flows: `"c"`, or `"h"` where the cell has no c.
        keep: The valve on the old state.
        add: The valve on what is new.
        new: What is new.
        show: The valve on the way out; None where the state itself is handed on.
        inside: What stands behind that valve, such as tanh(c).
    """

    cell: Cell
    state: str
    keep: Expr
    add: Expr
    new: Expr
    show: Expr | None = None
    inside: Expr | None = None

    @property
    def old(self) -> str:
        """The state of the step before."""
        return f"{self.state}_prev"

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The cell's equations, then one line for each thing the picture shows."""
        parts: dict[str, Expr | None] = {"keep": self.keep, "add": self.add, "new": self.new}
        parts |= {"kept": Op("*", self.keep, Name(self.old)), "added": Op("*", self.add, self.new)}
        parts |= {"show": self.show, "inside": self.inside}
        return (*self.cell.lines, *(Line(name, expr, name) for name, expr in parts.items() if expr is not None))

    @cached_property
    def gates(self) -> tuple[Line, ...]:
        """The lines whose values lie between 0 and 1."""
        return tuple(ln for ln in self.cell.lines if isinstance(ln.expr, Call) and ln.expr.function == "sigmoid")

    @cached_property
    def inner(self) -> tuple[Line, ...]:
        """Gates that are none of the three valves, such as the reset gate of the GRU."""
        valves = {name for valve in (self.keep, self.add, self.show) if valve is not None for name in names(valve)}
        return tuple(line for line in self.gates if line.name not in valves)

    @cached_property
    def knobs(self) -> tuple[str, ...]:
        """The names a reader can move: inputs, states, and the biases of the gates."""
        biases = [name for gate in self.gates for name in names(gate.expr) if name.startswith("b_")]
        states = [f"{name}_prev" for name in self.cell.states]
        return tuple(dict.fromkeys((*self.cell.inputs, *states, *biases)))

    def words(self, expr: Expr) -> str:
        """A quantity in words: "candidate c_tilde", "tanh(c)"."""
        line = next((ln for ln in self.cell.lines if expr == Name(ln.name)), None)
        return self.label(line) if line else to_text(expr)

    def the(self, expr: Expr) -> str:
        """A quantity in words with its article: "the candidate c_tilde", "the tanh(c)"."""
        line = next((ln for ln in self.cell.lines if expr == Name(ln.name)), None)
        return f"{the(line)} {line.name}" if line else _("the {quantity}").format(quantity=to_text(expr))

    def valve(self, expr: Expr) -> str:
        """A valve in words: "forget gate f", "valve 1 - z"."""
        return self.words(expr) if isinstance(expr, Name) else _("valve {value}").format(value=to_text(expr))

    def the_valve(self, expr: Expr) -> str:
        """A valve in words with its article: "the forget gate f", "the valve 1 - z"."""
        return self.the(expr) if isinstance(expr, Name) else _("the valve {value}").format(value=to_text(expr))

    def label(self, line: Line) -> str:
        """A line in words, "reset gate r"."""
        return f"{_(line.words)} {line.name}"


def flow_of(cell: Cell) -> Flow:
    """The flow of a cell.

    Args:
        cell: The cell.

    Returns:
        Its valves and what they act on.

    Raises:
        CourseError: If its state is no sum of something kept and something new.
    """
    state = "c" if "c" in cell.states else "h"
    old = Name(f"{state}_prev")
    parts = [factors(term) for sign, term in terms(cell.line(state).expr) if sign > 0]
    olds = [part for part in parts if old in part]
    news = [part for part in parts if old not in part]
    if len(parts) != 2 or len(olds) != 1 or any(is_parameter(n) for part in parts for f in part for n in names(f)):
        raise CourseError(
            _("A picture of the gates of {cell}.").format(cell=cell.name),
            _("Its state is {line}.").format(line=f"{state} = {to_text(cell.line(state).expr)}"),
            _("A cell with gates has a state of the form `keep * old + add * new`."),
        )
    keep = [factor for factor in olds[0] if factor != old]
    *add, new = news[0]
    if state == "h":
        return Flow(cell, state, _product(keep), _product(add), new)
    shown = factors(cell.line("h").expr)
    inside = [factor for factor in shown if "c" in names(factor)]
    return Flow(
        cell,
        state,
        _product(keep),
        _product(add),
        new,
        _product([factor for factor in shown if factor not in inside]),
        _product(inside),
    )


def _product(parts: list[Expr]) -> Expr:
    return join_product(parts) if parts else Num(1.0)


def degree(expr: Expr, name: str) -> int:
    """How often a name is multiplied with itself in an expression; 9 where it is bent or divided by."""
    match expr:
        case Name(id_):
            return int(id_ == name)
        case Num():
            return 0
        case Op("*", left, right):
            return degree(left, name) + degree(right, name)
        case Op("/", left, right):
            return degree(left, name) + 9 * (name in names(right))
        case Call(_function, arg):
            return 9 * (name in names(arg))
    children = [getattr(expr, part) for part in ("left", "right", "arg", "vector") if hasattr(expr, part)]
    return max((degree(child, name) for child in children), default=0)
