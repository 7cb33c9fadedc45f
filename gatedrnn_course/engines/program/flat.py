"""Elementwise values with one operation a statement: for who calls a function for each, without nesting or repeats.

`c = f * c_prev + i * c_tilde` is the sum `c` of two terms, `h = o * tanh(c)` the function `_h` of `c` and the sum `h`
of one term. Equal parts become one statement, across lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gatedrnn_course.cells.expr import Call, Expr, Name, Num, Op, terms
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.numeric import NUMPY_FUNCTIONS
from gatedrnn_course.closure import closure
from gatedrnn_course.engines.program.normal import scaled_factors

__all__ = ["Apply", "Atom", "Divide", "Flat", "Statement", "Sum", "Term"]

Atom: TypeAlias = "str | float"
"""The name of a value, or a number."""


@dataclass(frozen=True, slots=True)
class Term:
    """`scale` times the product of at most two named values."""

    scale: float
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of terms."""

    name: str
    terms: tuple[Term, ...]

    def used(self) -> Iterator[str]:
        """The values it needs."""
        return (name for term in self.terms for name in term.factors)


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of each element."""

    name: str
    function: str
    arg: str

    def used(self) -> Iterator[str]:
        """The values it needs."""
        yield self.arg


@dataclass(frozen=True, slots=True)
class Divide:
    """An elementwise quotient."""

    name: str
    top: Atom
    bottom: str

    def used(self) -> Iterator[str]:
        """The values it needs."""
        if isinstance(self.top, str):
            yield self.top
        yield self.bottom


Statement: TypeAlias = "Sum | Apply | Divide"


class Flat:
    """Turns expressions into statements.

    Args:
        letters: The size of every named vector and slot, `"H"` or `"D"`.

    Attributes:
        statements: By name, each after the statements it needs.
        letters: The size of every value so far.
    """

    def __init__(self, letters: Mapping[str, str]) -> None:
        self.statements: dict[str, Statement] = {}
        self.letters = dict(letters)
        self._known: dict[Statement, str] = {}
        self._alias: dict[str, Atom] = {}

    def after(self, kept: Collection[str]) -> Flat:
        """No statements yet; the lines of this one, and what is kept of its other values, are at hand."""
        other = Flat(self.letters)
        other._alias |= self._alias
        other._known |= {statement: name for statement, name in self._known.items() if name in kept}
        return other

    def define(self, name: str, expr: Expr) -> None:
        """Add a line; `atom(Name(name))` then gives the value that holds it."""
        self._alias[name] = self.atom(expr, name)

    def atom(self, expr: Expr, wanted: str = "") -> Atom:
        """The value that holds an expression, named `wanted` where it is new."""
        match expr:
            case Num(value):
                return value
            case Name(name):
                return self._alias.get(name, name)
            case Call(function, arg):
                return self._call(function, self.atom(arg, self._inner(wanted)), wanted)
            case Op("/", top, bottom) if not isinstance(bottom, Num) or not bottom.value:
                return self._quotient(self.atom(top, self._inner(wanted)), bottom, wanted)
        parts = tuple(self._term(sign, term, wanted) for sign, term in terms(expr))
        return self._sum(parts, wanted)

    def needed(self, wanted: Iterable[str]) -> tuple[Statement, ...]:
        """The statements that the values need, in order."""
        names = closure(wanted, lambda name: self.statements[name].used() if name in self.statements else ())
        return tuple(statement for name, statement in self.statements.items() if name in names)

    def _call(self, function: str, arg: Atom, wanted: str) -> Atom:
        if not isinstance(arg, str):
            return float(NUMPY_FUNCTIONS[function](np.float64(arg)))
        arg = self._full(arg, wanted)
        return self._add(Apply("", function, arg), wanted)

    def _quotient(self, top: Atom, expr: Expr, wanted: str) -> Atom:
        bottom = self.atom(expr, self._inner(wanted))
        if not isinstance(bottom, str):
            return self.atom(Op("*", Num(1.0 / bottom), Name(top) if isinstance(top, str) else Num(top)), wanted)
        if not top:
            return self._sum((), wanted)
        if not isinstance(top, str) or is_parameter(top):
            bottom = self._full(bottom, wanted)
        return self._add(Divide("", top, bottom), wanted)

    def _term(self, sign: float, expr: Expr, wanted: str) -> Term:
        scale, parts = scaled_factors(expr)
        scale *= sign
        names: list[str] = []
        for part in parts:
            atom = self.atom(part, self._inner(wanted))
            if isinstance(atom, str):
                names.append(atom)
            else:
                scale *= atom
        while len(names) > 2:
            product = self._sum((Term(1.0, (names[0], names[1])),), self._inner(wanted))
            names[:2] = [str(product)]
        return Term(scale, tuple(names)) if scale else Term(0.0)

    def _sum(self, parts: tuple[Term, ...], wanted: str) -> Atom:
        kept = _normal(parts)
        is_line = wanted in self.letters and not wanted.startswith("_")  # a line of numbers has a size
        match kept:
            case (Term(1.0, (only,)),):
                return only
            case (Term(number, ()),) if not is_line:
                return number
        return self._add(Sum("", kept), wanted) if kept or is_line else 0.0

    def held(self, name: str) -> str:
        """The value that holds a line, with its leading axes also where the line is a parameter."""
        self._alias[name] = held = self._full(str(self.atom(Name(name))), "")
        return held

    def _full(self, atom: str, wanted: str) -> str:
        """A value with its leading axes, also where it is a parameter."""
        return self._add(Sum("", (Term(1.0, (atom,)),)), self._inner(wanted)) if is_parameter(atom) else atom

    def _inner(self, wanted: str) -> str:
        """A name for a part of what is called `wanted`; a leading underscore never begins a name of a cell."""
        return wanted if wanted.startswith("_") else f"_{wanted}"

    def _add(self, new: Statement, wanted: str) -> str:
        key = new if any(new.used()) else replace(new, name=self._letter(new, wanted))
        if key in self._known:
            return self._known[key]
        name, k = wanted or "_", 2
        while name in self.statements or (name.startswith("_") and name in self.letters):
            name, k = f"{self._inner(wanted)}_{k}", k + 1
        self._known[key] = name
        self.statements[name] = replace(new, name=name)
        self.letters[name] = self._letter(new, name)
        return name

    def _letter(self, new: Statement, name: str) -> str:
        if name in self.letters:
            return self.letters[name]
        return next((self.letters[used] for used in new.used() if used in self.letters), "H")


def _normal(parts: Iterable[Term]) -> tuple[Term, ...]:
    """The terms of a sum with its numbers added up in front, and without zeros."""
    listed = list(parts)
    number = sum(part.scale for part in listed if not part.factors)
    kept = tuple(part for part in listed if part.factors and part.scale)
    return (Term(number), *kept) if number else kept
