"""Answers to an item that asks for equations: a cell's text, right in many styles or with an edit in it."""

from __future__ import annotations

from collections.abc import Callable

from gatedrnn_course.cells.cell import parse_unsized
from gatedrnn_course.cells.edits import Edit
from gatedrnn_course.cells.expr import Call, Expr, Name, Num, Op, names, put, to_text, walk
from gatedrnn_course.cells.language import Line, is_parameter
from gatedrnn_course.errors import CellError
from gatedrnn_course.grading.items import EquationsItem, Item
from gatedrnn_course.grading.prove.forms import reversed_order
from gatedrnn_course.text import mark

__all__ = ["TEXTS", "edited_text", "text_answer"]

Lines = tuple[Line, ...]


def text_answer(item: Item, text: str) -> str:
    """The source of a function that hands back a text."""
    return f"def {item.name}():\n    return {text!r}\n"


def edited_text(item: EquationsItem, edit: Edit) -> str | None:
    """The equations with a mistake in them; None for one that nobody can write in them, such as outputs exchanged."""
    text = _plain(edit.lines)
    try:
        read = parse_unsized(text).lines
    except CellError:
        return None
    same = all(one.expr == other.expr for one, other in zip(read, edit.lines, strict=True))
    return text if same and edit.outputs == item.slice.outputs else None


def _plain(lines: Lines) -> str:
    return "\n".join(f"{line.name} = {to_text(line.expr)}" for line in lines)


def _commented(lines: Lines) -> str:
    return "\n".join(f"# {line.words}\n{line.name} = {to_text(line.expr)}  # {line.words}" for line in lines)


def _wide(lines: Lines) -> str:
    return "\n" + "\n\n".join(f"    {line.name}  =  ( {to_text(line.expr)} )" for line in lines) + "\n\n"


def _each(change: Callable[[Expr], Expr]) -> Callable[[Lines], str]:
    return lambda lines: _plain(tuple(Line(line.name, change(line.expr), line.words) for line in lines))


def _by_tanh(expr: Expr) -> Expr:
    new = expr
    for path, node in reversed(list(walk(expr))):
        if isinstance(node, Call) and node.function == "sigmoid":
            half = Call("tanh", Op("/", node.arg, Num(2.0)))
            new = put(new, path, Op("/", Op("+", Num(1.0), half), Num(2.0)))
    return new


def _renamed(lines: Lines) -> str:
    """Other names for all that is no state."""
    states = _states(lines)
    own = {line.name: f"line{k}" for k, line in enumerate(lines) if line.name not in states}
    rows = [Line(own.get(line.name, line.name), _with(line.expr, own), line.words) for line in lines]
    return _plain(tuple(rows))


def _with(expr: Expr, own: dict[str, str]) -> Expr:
    new = expr
    for path, node in walk(expr):
        if isinstance(node, Name) and node.id in own:
            new = put(new, path, Name(own[node.id]))
    return new


def _states(lines: Lines) -> set[str]:
    """The names that a line uses from the step before."""
    return {name.removesuffix("_prev") for line in lines for name in names(line.expr) if name.endswith("_prev")}


def _few_lines(lines: Lines) -> str:
    """Gates and candidate written out where they are used."""
    states = _states(lines)
    known: dict[str, Expr] = {}
    rows = []
    for line in lines:
        expr = line.expr
        for path, node in reversed(list(walk(expr))):
            if isinstance(node, Name) and node.id in known:
                expr = put(expr, path, known[node.id])
        if line.name in states:
            rows.append(Line(line.name, expr, line.words))
        else:
            known[line.name] = expr
    return _plain(tuple(rows))


def _other_order(lines: Lines) -> str:
    """Each line as early as the lines that it uses allow, the last ones first."""
    left, rows = list(reversed(lines)), []
    while left:
        waiting = {line.name for line in left}
        ready = next(line for line in left if not waiting & ({*names(line.expr)} - {line.name}))
        rows.append(ready)
        left.remove(ready)
    return _plain(tuple(rows))


def _sums_apart(lines: Lines) -> str:
    """What stands inside an activation on a line of its own."""
    rows = []
    for line in lines:
        if isinstance(line.expr, Call) and any(is_parameter(name) for name in names(line.expr)):
            rows.append(Line(f"a_{line.name}".replace("a_", "sum", 1), line.expr.arg, line.words))
            rows.append(Line(line.name, Call(line.expr.function, Name(rows[-1].name)), line.words))
        else:
            rows.append(line)
    return _plain(tuple(rows))


TEXTS: dict[str, Callable[[Lines], str]] = {
    mark("as the equations stand"): _plain,
    mark("a comment at every line"): _commented,
    mark("indented, with empty lines and brackets"): _wide,
    mark("terms and factors in reverse order"): _each(reversed_order),
    mark("sigmoid by tanh"): _each(_by_tanh),
    mark("other names"): _renamed,
    mark("gates written out where they are used"): _few_lines,
    mark("lines in another order"): _other_order,
    mark("each sum on a line of its own"): _sums_apart,
}
"""Each style in words, and what makes a text of the lines."""
