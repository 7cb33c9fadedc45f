"""Mistakes with names: one vector for another, the parameters of another line, two names exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Expr, Name, Path, names, put, walk
from gatedrnn_course.cells.language import is_parameter
from gatedrnn_course.cells.words import noun
from gatedrnn_course.text import mark

__all__ = ["exchanged", "other_parameter", "other_parameters", "other_vector"]


def other_vector(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Another vector at hand: c_prev for c, h_prev for x."""
    if isinstance(node, Name) and not is_parameter(node.id):
        for name in ctx.vectors(node.id):
            if name != node.id:
                words = mark("{line} uses `{used}` where `{right}` belongs.")
                group = ("vector", node.id, name)
                yield ctx.site(path, Name(name), group, words, used=name, right=node.id)


def other_parameter(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """The same kind of parameter of another line, or U for W in the same line."""
    if not isinstance(node, Name) or not is_parameter(node.id):
        return
    kind, _underscore, suffix = node.id.partition("_")
    for other in ctx.slice.parameters:
        other_kind, _underscore, other_suffix = other.partition("_")
        mixed = {kind, other_kind} in ({"W", "U"}, {"b", "P"}) and suffix == other_suffix
        if other != node.id and (other_kind == kind or mixed):
            words = mark("{line} uses p.{used} where p.{right} belongs.")
            yield ctx.site(path, Name(other), ("parameter", kind, other_kind), words, used=other, right=node.id)


def other_parameters(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """All parameters of another line: a line copied and not finished."""
    mine = [name for name in names(node) if is_parameter(name)]
    if path or len(mine) < 2:
        return
    for line in ctx.slice.cell.lines:
        theirs = [name for name in names(line.expr) if is_parameter(name)]
        if line.name != ctx.line.name and [n[0] for n in theirs] == [n[0] for n in mine]:
            new, swap = node, dict(zip(mine, theirs, strict=True))
            for inner, child in walk(node):
                if isinstance(child, Name) and child.id in swap:
                    new = put(new, inner, Name(swap[child.id]))
            words = mark("{line} is computed with the parameters of {other}: {used} for {right}.")
            yield ctx.site(
                path,
                new,
                ("all parameters", line.name),
                words,
                other=noun(line),
                used=", ".join(theirs),
                right=", ".join(mine),
            )


def exchanged(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """Two names of the line in each other's place."""
    if path:
        return
    spots: dict[str, list[Path]] = {}
    for inner, child in walk(node):
        if isinstance(child, Name):
            spots.setdefault(child.id, []).append(inner)
    for k, first in enumerate(spots):
        for second in list(spots)[k + 1 :]:
            if is_parameter(first) == is_parameter(second) and (
                not is_parameter(first) or {first[0], second[0]} <= {"W", "U"} or first[0] == second[0] == "b"
            ):
                new = node
                for inner in spots[first]:
                    new = put(new, inner, Name(second))
                for inner in spots[second]:
                    new = put(new, inner, Name(first))
                words = mark("In {line}, `{first}` and `{second}` are exchanged.")
                yield ctx.site(path, new, ("exchanged",), words, first=first, second=second)
