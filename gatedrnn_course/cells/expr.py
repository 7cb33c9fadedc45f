"""The nodes an equation is made of, and how to walk, change and print them.

Nodes are frozen and compare by value, so two texts that say the same are the same expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

__all__ = [
    "Call",
    "Expr",
    "Joined",
    "MatMul",
    "Name",
    "Neg",
    "Num",
    "NumpyMatMul",
    "Op",
    "Outer",
    "OverAxes",
    "Path",
    "Transpose",
    "at",
    "factors",
    "join_product",
    "join_sum",
    "names",
    "product",
    "put",
    "substituted",
    "terms",
    "to_text",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Num:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A vector or a matrix, by its name."""

    id: str


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus an expression."""

    arg: Expr


@dataclass(frozen=True, slots=True)
class Op:
    """An elementwise `+`, `-`, `*` or `/`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Transpose:
    """A transposed matrix, `W_f.T`."""

    matrix: Name


@dataclass(frozen=True, slots=True)
class MatMul:
    """A matrix times a vector, `W_f @ x`; on arrays with leading axes this is `x @ W_f.T`."""

    matrix: Name | Transpose
    vector: Expr


@dataclass(frozen=True, slots=True)
class NumpyMatMul:
    """What NumPy computes for `W_f @ x` when it is typed as it stands on the slide. Only mistakes hold it."""

    matrix: Name | Transpose
    vector: Expr


@dataclass(frozen=True, slots=True)
class Joined:
    """Two products as one, `[a, b] @ [first, second]`, each pair joined in the order written. Only mistakes hold it."""

    a: Name
    b: Name
    first: Expr
    second: Expr


@dataclass(frozen=True, slots=True)
class Outer:
    """The outer product of two vectors, summed over the leading axes. Only backward programs hold it.

    `outer_mean` for `outer` is divided by the batch, `outer_each` is not summed at all. Only mistakes hold these.
    """

    left: Expr
    right: Expr
    function: str = "outer"


@dataclass(frozen=True, slots=True)
class OverAxes:
    """A function of a whole array: `batch_sum` over the leading axes. Only backward programs hold it.

    `batch_mean` divides by the batch, `unit_sum` adds up the units instead, `swapped` exchanges the last two axes. Only
    mistakes hold these.
    """

    function: str
    arg: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to each element."""

    function: str
    arg: Expr


Expr = Num | Name | Neg | Op | Transpose | MatMul | NumpyMatMul | Joined | Outer | OverAxes | Call
Path = tuple[str, ...]
"""Names of fields that lead from the root of an expression to one of its nodes."""


def walk(expr: Expr, path: Path = ()) -> Iterator[tuple[Path, Expr]]:
    """Every node with the path to it, parents first."""
    yield path, expr
    for name in expr.__slots__:
        child = getattr(expr, name)
        if not isinstance(child, (str, float)):
            yield from walk(child, (*path, name))


def names(expr: Expr) -> Iterator[str]:
    """Every name used, in the order of the text, with repeats."""
    return (node.id for _, node in walk(expr) if isinstance(node, Name))


def at(expr: Expr, path: Path) -> Expr:
    """The node a path leads to."""
    for step in path:
        expr = getattr(expr, step)
    return expr


def put(expr: Expr, path: Path, new: Expr) -> Expr:
    """The expression with the node at `path` replaced."""
    if not path:
        return new
    return replace(expr, **{path[0]: put(getattr(expr, path[0]), path[1:], new)})  # type: ignore[arg-type]


def substituted(expr: Expr, given: Mapping[str, Expr]) -> Expr:
    """The expression with others in the place of some names."""
    new = expr
    for path, node in walk(expr):
        if isinstance(node, Name) and node.id in given:
            new = put(new, path, given[node.id])
    return new


def terms(expr: Expr) -> list[tuple[int, Expr]]:
    """A sum as signed terms: `a - b + c` gives `[(1, a), (-1, b), (1, c)]`."""
    if isinstance(expr, Op) and expr.op in "+-":
        sign = 1 if expr.op == "+" else -1
        return terms(expr.left) + [(sign * s, t) for s, t in terms(expr.right)]
    if isinstance(expr, Neg):
        return [(-s, t) for s, t in terms(expr.arg)]
    return [(1, expr)]


def factors(expr: Expr) -> list[Expr]:
    """A product as its factors: `a * b * c` gives `[a, b, c]`."""
    if isinstance(expr, Op) and expr.op == "*":
        return factors(expr.left) + factors(expr.right)
    return [expr]


def join_sum(signed: list[tuple[int, Expr]]) -> Expr:
    """The inverse of `terms`."""
    total: Expr | None = None
    for sign, term in signed:
        if total is None:
            total = term if sign > 0 else Neg(term)
        else:
            total = Op("+" if sign > 0 else "-", total, term)
    return Num(0.0) if total is None else total


def join_product(parts: list[Expr]) -> Expr:
    """The inverse of `factors`."""
    total = parts[0]
    for part in parts[1:]:
        total = Op("*", total, part)
    return total


def product(left: Expr, right: Expr) -> Expr:
    """Two factors multiplied, numbers 1 left away."""
    if left == Num(1.0) or right == Num(1.0):
        return right if left == Num(1.0) else left
    return Op("*", left, right)


_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}


def _binding(expr: Expr) -> int:
    """How tightly the text of an expression holds together: 1 a sum, 2 a product, 3 a minus, 4 all else."""
    if isinstance(expr, Op):
        return _BINDS[expr.op]
    if isinstance(expr, (MatMul, NumpyMatMul, Joined)):
        return 2
    return 3 if isinstance(expr, Neg) else 4


def _held(expr: Expr, level: int) -> str:
    """The text of an expression, in brackets where its surroundings would tear it apart."""
    return to_text(expr) if _binding(expr) >= level else f"({to_text(expr)})"


def to_text(expr: Expr) -> str:
    """The expression as a text of the language."""
    match expr:
        case Num(value):
            return f"{value:g}" if float(f"{value:g}") == value else repr(value)
        case Name(id_):
            return id_
        case Neg(arg):
            return f"-{_held(arg, 3)}"
        case Op(op, left, right):
            level = _BINDS[op]
            return f"{_held(left, level)} {op} {_held(right, level + 1)}"
        case Transpose(matrix):
            return f"{matrix.id}.T"
        case MatMul(matrix, vector):
            return f"{to_text(matrix)} @ {_held(vector, 3)}"
        case NumpyMatMul(matrix, vector):
            return f"{to_text(matrix)} @ {_held(vector, 3)}"
        case Joined(a, b, first, second):
            return f"[{a.id}, {b.id}] @ [{to_text(first)}, {to_text(second)}]"
        case Outer(left, right, function):
            return f"{function}({to_text(left)}, {to_text(right)})"
        case OverAxes(function, arg):
            return f"{function}({to_text(arg)})"
        case Call(function, arg):
            return f"{function}({to_text(arg)})"
