"""Mistakes with the derivative of an activation: left out, of another activation, or taken at the wrong place."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Call, Expr, Num, Op, Path, to_text
from gatedrnn_course.text import mark

__all__ = ["no_slope", "no_square", "other_slope", "slope_of_the_output", "slope_sign"]

ONE = Num(1.0)


def _sigmoid_slope(y: Expr) -> Expr:
    return Op("*", y, Op("-", ONE, y))


def _tanh_slope(y: Expr) -> Expr:
    return Op("-", ONE, Op("*", y, y))


def _slope(node: Expr) -> tuple[str, Expr] | None:
    """The activation whose derivative a node is, and the value it is taken by."""
    match node:
        case Op("*", y, Op("-", Num(1.0), other)) if y == other:
            return "sigmoid", y
        case Op("-", Num(1.0), Op("*", y, other)) if y == other:
            return "tanh", y
    return None


def no_slope(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """No derivative of the activation at all."""
    parent = ctx.parent(path)
    if (found := _slope(node)) and path[-1:] == ("right",) and isinstance(parent, Op) and parent.op == "*":
        words = mark("In {line}, the derivative of {function} is missing: `{slope}`.")
        group = ("no slope", found[0])
        yield ctx.site(path[:-1], parent.left, group, words, function=found[0], slope=node)


def slope_of_the_output(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`sigmoid(f) * (1 - sigmoid(f))` for `f * (1 - f)`: the activation is applied once more, or once too little."""
    if not (found := _slope(node)):
        return
    function, y = found
    again = Call(function, y)
    words = mark(
        "In {line}, the derivative of {function} is taken at its output as if at its input: `{found}` stands where "
        "`{slope}` belongs."
    )
    new = _sigmoid_slope(again) if function == "sigmoid" else _tanh_slope(again)
    yield ctx.site(path, new, ("slope of output", function), words, function=function, found=new, slope=node)
    if isinstance(y, Call):
        words = mark(
            "In {line}, `{found}` stands where `{slope}` belongs: the derivative of {function} needs `{value}`."
        )
        new = _tanh_slope(y.arg) if function == "tanh" else _sigmoid_slope(y.arg)
        yield ctx.site(
            path, new, ("slope of input", function), words, function=function, found=new, slope=node, value=y
        )


def other_slope(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """The derivative of tanh for that of sigmoid, and the reverse; or that of relu."""
    if found := _slope(node):
        function, y = found
        other = "tanh" if function == "sigmoid" else "sigmoid"
        new = _tanh_slope(y) if other == "tanh" else _sigmoid_slope(y)
        words = mark(
            "In {line}, the derivative of {other}, `{found}`, stands where that of {function} belongs, `{slope}`."
        )
        group = ("other slope", function)
        yield ctx.site(path, new, group, words, other=other, function=function, found=new, slope=node)
        shown = f"{to_text(y)} > 0"
        group = ("slope of relu", function)
        step = Call("step", y)
        yield ctx.site(path, step, group, words, other="relu", function=function, found=shown, slope=node)


def no_square(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`1 - y` for `1 - y * y`, and the square of the difference."""
    if (found := _slope(node)) and found[0] == "tanh":
        y = found[1]
        words = mark("In {line}, `{found}` stands where `{slope}` belongs: the square is missing.")
        new = Op("-", ONE, y)
        yield ctx.site(path, new, ("no square",), words, found=new, slope=node)
        words = mark("In {line}, `{found}` stands where `{slope}` belongs: only the value is squared.")
        squared = Op("*", new, new)
        yield ctx.site(path, squared, ("all squared",), words, found=squared, slope=node)
        words = mark(
            "In {line}, `{found}` stands where `{slope}` belongs: the square of the value, not twice the value."
        )
        for value in (y, *([y.arg] if isinstance(y, Call) else [])):
            doubled = Op("-", ONE, Op("*", Num(2.0), value))
            yield ctx.site(path, doubled, ("doubled",), words, found=doubled, slope=node)


def slope_sign(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`f * (f - 1)` for `f * (1 - f)`."""
    if found := _slope(node):
        function, y = found
        new = Op("*", y, Op("-", y, ONE)) if function == "sigmoid" else Op("-", Op("*", y, y), ONE)
        words = mark("In {line}, the derivative of {function} has the wrong sign: `{found}` for `{slope}`.")
        yield ctx.site(path, new, ("slope sign", function), words, function=function, found=new, slope=node)
