"""C text of one pass over the elements: everything that can be computed between two rounds of products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from gatedrnn_course.cells.expr import Call, Expr, Name, Neg, Num, Op, names

__all__ = ["write_pass"]

_PLAIN = """\
for (long r = 0; r < B; r++)
    for (long j = 0; j < {wide}; j += L) {{
        {body}
    }}
"""

_ADDING = """\
for (long r0 = 0; r0 < B; r0 += 8)
    for (long j = 0; j < {wide}; j += L) {{
        V {zeros};
        for (long r = r0; r < MIN(r0 + 8, B); r++) {{
            {body}
        }}
        {ends}
    }}
"""


def write_pass(
    values: Mapping[str, Expr],
    wide: str,
    load: Callable[[str], str],
    stores: Iterable[tuple[str, str]],
    sums: Sequence[tuple[str, str]] = (),
) -> str:
    """The loop over rows `r` and columns `j` that computes some values.

    Args:
        values: Expressions by name, each after those it needs.
        wide: The size of a row.
        load: C text that loads a name that is no value of this pass.
        stores: Pairs of a value, and the address it is stored at.
        sums: Pairs of an address, and the value that is added there over all rows.
    """
    locals_: dict[str, str] = {}
    body: list[str] = []

    def local(name: str) -> str:
        if name not in locals_:
            locals_[name] = f"v{len(locals_)}"
            body.append(f"const V {locals_[name]} = {load(name)};")
        return locals_[name]

    for name, expr in values.items():
        for used in names(expr):
            local(used)
        text = _text(expr, local)
        locals_[name] = f"v{len(locals_)}"
        body.append(f"const V {locals_[name]} = {text if any(names(expr)) else f'ZERO + {text}'};  /* {name} */")
    body += [f"ST({address}, {local(name)});" for name, address in stores]
    if not sums:
        return _PLAIN.format(wide=wide, body=_joined(body, 2))
    zeros = ", ".join(f"s{k} = ZERO" for k in range(len(sums)))
    body += [f"s{k} += {local(name)};" for k, (_, name) in enumerate(sums)]
    ends = [f"ST({address}, LD({address}) + s{k});" for k, (address, _) in enumerate(sums)]
    return _ADDING.format(wide=wide, zeros=zeros, body=_joined(body, 3), ends=_joined(ends, 2))


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
            return f"{function.upper()}({inner if any(names(arg)) else f'ZERO + {inner}'})"
    raise TypeError(f"no C for {expr!r}")
