"""Right answers of another form: loops over single numbers, stacked weights, helpers, other names."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.expr import (
    Call,
    Expr,
    MatMul,
    Name,
    Neg,
    Num,
    Op,
    factors,
    join_product,
    join_sum,
    names,
    put,
    substituted,
    terms,
    to_text,
    walk,
)
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.grading.prove.typed import NUMPY, Program, Style, indented, renamed, typed

__all__ = [
    "helpers",
    "one_expression",
    "one_operation_a_line",
    "other_names",
    "reversed_order",
    "single_numbers",
    "stacked_weights",
]

_PLAIN = Style()

_NUMBERS = """
import math

tanh = math.tanh

def sigmoid(a):
    return 1 / (1 + math.exp(-a))

def relu(a):
    return max(a, 0.0)
"""


def reversed_order(expr: Expr) -> Expr:
    """The terms of every sum and the factors of every product from last to first."""
    match expr:
        case Op("+" | "-"):
            return join_sum([(sign, reversed_order(term)) for sign, term in reversed(terms(expr))])
        case Op("*"):
            return join_product([reversed_order(factor) for factor in reversed(factors(expr))])
        case Op(op, left, right):
            return Op(op, reversed_order(left), reversed_order(right))
        case Neg(arg):
            return Neg(reversed_order(arg))
        case Call(function, arg):
            return Call(function, reversed_order(arg))
        case MatMul(matrix, vector):
            return MatMul(matrix, reversed_order(vector))
    return expr


def single_numbers(program: Program) -> str:
    """Plain Python loops over the examples, the units and the terms of every product; lists come back."""
    rows = []
    for line in program.lines:
        size = _size_of(line.expr)
        rows.append(f"{line.name} = [{_number(line.expr, 'j', 0)} for j in range({size})]")
    rows.append(f"return [{', '.join(program.outputs)}]")
    one = f"def one_example({', '.join(program.arguments)}):\n" + indented(rows)
    first = program.inputs[0]
    each = ", ".join([f"{name}[k]" for name in program.inputs] + ["p"] * ("p" in program.arguments))
    examples = f"[one_example({each}) for k in range(len({first}))]"
    body = [
        f"if {first}.ndim == 1:",
        f"    values = one_example({', '.join(program.arguments)})",
        "else:",
        f"    values = [list(kind) for kind in zip(*{examples})]",
        "return values[0] if len(values) == 1 else tuple(values)",
    ]
    return f"{_NUMBERS}\n{one}\n{program.head}\n{indented(body)}"


def _number(expr: Expr, index: str, depth: int) -> str:
    """One component of an expression."""
    match expr:
        case Num(value):
            return repr(value)
        case Name(name):
            return f"p.{name}[{index}]" if is_parameter(name) else f"{name}[{index}]"
        case Neg(arg):
            return f"(-{_number(arg, index, depth)})"
        case Op(op, left, right):
            return f"({_number(left, index, depth)} {op} {_number(right, index, depth)})"
        case Call(function, arg):
            return f"{function}({_number(arg, index, depth)})"
        case MatMul(Name(matrix), vector):
            k = f"k{depth}"
            inner = _number(vector, k, depth + 1)
            return f"sum(p.{matrix}[{index}, {k}] * {inner} for {k} in range(p.{matrix}.shape[1]))"
    raise TypeError(f"no single numbers for {to_text(expr)}")


def _size_of(expr: Expr) -> str:
    """Python for the number of components of an expression: that of any vector that stands in it bare."""
    match expr:
        case Name(name):
            return f"len(p.{name})" if is_parameter(name) else f"len({name})"
        case MatMul(Name(matrix), _vector):
            return f"len(p.{matrix})"
        case Op(_op, left, right):
            return _size_of(left) or _size_of(right)
        case Neg(arg) | Call(_, arg):
            return _size_of(arg)
    return ""


def stacked_weights(program: Program) -> str:
    """All matrices that meet the same argument stacked into one product, taken apart afterwards."""
    meets: dict[str, list[str]] = {}
    for line in program.lines:
        for _path, node in walk(line.expr):
            matrix, vector = _met(node)
            if vector in program.inputs and matrix not in meets.setdefault(vector, []):
                meets[vector].append(matrix)
    rows = []
    for vector, matrices in meets.items():
        stack = ", ".join(f"p.{name}" for name in matrices)
        parts = ", ".join(f"{vector}_{name}" for name in matrices)
        rows.append(f"({parts},) = np.split({vector} @ np.vstack([{stack}]).T, {len(matrices)}, axis=-1)")
    for line in program.lines:
        expr = line.expr
        for path, node in walk(line.expr):
            matrix, vector = _met(node)
            if vector in meets:
                expr = put(expr, path, Name(f"{vector}_{matrix}"))
        rows.append(f"{line.name} = {typed(expr, _PLAIN)}")
    return f"{NUMPY}\n{program.head}\n" + indented([*rows, _PLAIN.give(program.outputs)])


def _met(node: Expr) -> tuple[str, str]:
    """The matrix and the bare vector of a product; nothing where a node is none."""
    match node:
        case MatMul(Name(matrix), Name(vector)):
            return matrix, vector
    return "", ""


def one_operation_a_line(program: Program) -> str:
    """Every operation on a line of its own."""
    rows: list[str] = []
    for line in program.lines:
        rows += [*_operations(line.expr, line.name), f"{line.name} = {line.name}_"]
    return f"{NUMPY}\n{program.head}\n" + indented([*rows, _PLAIN.give(program.outputs)])


def _operations(expr: Expr, name: str) -> Iterator[str]:
    """Lines that leave the value of an expression in the name `{name}_`."""
    match expr:
        case Op(op, left, right):
            yield from _operations(left, f"{name}_l")
            yield from _operations(right, f"{name}_r")
            yield f"{name}_ = {name}_l_ {op} {name}_r_"
        case Call(function, arg):
            yield from _operations(arg, f"{name}_a")
            yield f"{name}_ = {function}({name}_a_)"
        case MatMul(Name(matrix), vector):
            yield from _operations(vector, f"{name}_v")
            yield f"{name}_ = np.matmul({name}_v_, np.swapaxes(p.{matrix}, 0, 1))"
        case _:
            yield f"{name}_ = {typed(expr, _PLAIN)}"


def one_expression(program: Program) -> str:
    """A lambda without a single line between arguments and outputs."""
    known: dict[str, Expr] = {}
    for line in program.lines:
        known[line.name] = substituted(line.expr, known)
    values = ", ".join(typed(known.get(name, Name(name)), _PLAIN) for name in program.outputs)
    give = f"({values})" if len(program.outputs) > 1 else values
    return f"{NUMPY}\n{program.name} = lambda {', '.join(program.arguments)}: {give}\n"


def other_names(program: Program) -> str:
    """Other names for the arguments and for everything computed."""
    return _PLAIN(renamed(program, lambda expr, new: substituted(expr, {old: Name(name) for old, name in new.items()})))


def helpers(program: Program) -> str:
    """A helper for each line, called from a decorated function."""
    rows, functions = [], []
    for line in program.lines:
        used = [name for name in dict.fromkeys(names(line.expr)) if not is_parameter(name)]
        given = ", ".join([*used, *(["p"] if "p" in program.arguments else [])])
        functions.append(f"def helper_{line.name}({given}):\n    return {typed(line.expr, _PLAIN)}\n")
        rows.append(f"{line.name} = helper_{line.name}({given})")
    functions.append(
        "import functools\n\ndef traced(function):\n    @functools.wraps(function)\n"
        "    def wrapper(*args):\n        return function(*args)\n    return wrapper\n"
    )
    body = indented([*rows, _PLAIN.give(program.outputs)])
    return "\n".join([NUMPY, *functions, f"@traced\n{program.head}\n{body}"])
