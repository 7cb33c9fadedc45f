"""C text of one pass over the elements: everything that can be computed between two rounds of products."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gatedrnn_course.cells.expr import Call, Expr, Name, Neg, Num, Op, names, walk
from gatedrnn_course.engines.c_tier.places import padded
from gatedrnn_course.engines.c_tier.steps import Pass

__all__ = ["write_pass"]

_PLAIN = """\
for (long r = 0; r < B; r++)
    for (long j = 0; j < {wide}; j += L) {{
        {one}
    }}
"""

_SIDE_BY_SIDE = """\
{{
    long r = 0;
    for (; r + {together} <= B; r += {together})
        for (long j = 0; j < {wide}; j += L) {{
            {many}
        }}
    for (; r < B; r++)
        for (long j = 0; j < {wide}; j += L) {{
            {one}
        }}
}}
"""

_ADDING = """\
for (long r0 = 0; r0 < B; r0 += 8)
    for (long j = 0; j < {wide}; j += L) {{
        V {zeros};
        for (long r = r0; r < MIN(r0 + 8, B); r++) {{
            {one}
        }}
        {ends}
    }}
"""

TOGETHER = 4
"""Rows that go through functions side by side: each waits long for its own values, and the others fill the time."""


def write_pass(own: Pass, first: str = "") -> str:
    """The loop over rows `r` and columns `j` that computes the values of a pass.

    Args:
        own: The pass.
        first: C text of where the first of the sums lies among all gradients.
    """
    wide, one = padded(own.letter), _body(own, 1)
    if own.sums:
        zeros = ", ".join(f"s{k} = ZERO" for k in range(len(own.sums)))
        places = [f"near + o_{parameter} - {first} + j" for parameter, _ in own.sums]
        ends = [f"ST({place}, LD({place}) + s{k});" for k, place in enumerate(places)]
        return _ADDING.format(wide=wide, zeros=zeros, one=_joined(one, 3), ends=_joined(ends, 2))
    if not any(isinstance(node, Call) for value in own.values.values() for _, node in walk(value)):
        return _PLAIN.format(wide=wide, one=_joined(one, 2))
    many = _body(own, TOGETHER)
    return _SIDE_BY_SIDE.format(wide=wide, together=TOGETHER, many=_joined(many, 3), one=_joined(one, 3))


def _body(own: Pass, rows: int) -> list[str]:
    """The statements for some rows side by side: each statement for one row after the other."""
    locals_: dict[str, str] = {}
    body: list[str] = []

    def local(name: str) -> str:
        if name not in locals_:
            define(name, " + ".join(f"LD({place.vector})" for place in own.loads[name]))
        return locals_[name]

    def define(name: str, text: str) -> None:
        short = f"v{len(locals_)}"
        body.extend(f"const V {short}{_of(k)} = {_in_row(text, k)};" for k in range(rows))
        locals_[name] = f"{short}@"

    for name, expr in own.values.items():
        for used in names(expr):
            local(used)
        text = _text(expr, local)
        define(name, text if any(names(expr)) else f"ZERO + {text}")
    for name, place in own.stores:
        text = f"ST({place.vector}, {local(name)});"
        body += [_in_row(text, k) for k in range(rows)]
    for n, (_, name) in enumerate(own.sums):
        text = local(name)
        body += [_in_row(f"s{n} += {text};", k) for k in range(rows)]
    return body


def _of(k: int) -> str:
    """The ending of a variable that belongs to the row k after the first."""
    return f"_{k}" if k else ""


def _in_row(text: str, k: int) -> str:
    """A statement about the row `r`, for the row k after it."""
    text = text.replace("@", _of(k))
    return re.sub(r"\br\b", f"(r + {k})", text) if k else text


def _joined(lines: Iterable[str], depth: int) -> str:
    return f"\n{'    ' * depth}".join(lines)


def _text(expr: Expr, local: Callable[[str], str]) -> str:
    """An expression of vectors."""
    match expr:
        case Num(value):
            return f"(R){value!r}"
        case Name(name):
            return local(name)
        case Neg(arg):
            return f"(-{_text(arg, local)})"
        case Op(op, left, right):
            return f"({_text(left, local)} {op} {_text(right, local)})"
        case Call(function, arg):
            inner = _text(arg, local)
            return f"f_{function}({inner if any(names(arg)) else f'ZERO + {inner}'})"
    raise TypeError(f"no C for {expr!r}")
