"""Mistakes of gradients that all examples share: transposed, not summed over the batch, or averaged over it."""

from __future__ import annotations

from collections.abc import Iterator

from gatedrnn_course.cells.edits.site import Context, Site
from gatedrnn_course.cells.expr import Expr, Name, Outer, OverAxes, Path, to_text
from gatedrnn_course.text import mark

__all__ = ["averaged", "factors_exchanged", "not_summed", "over_the_units"]


def factors_exchanged(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """`x.T @ d_a` for `d_a.T @ x`: the transposed gradient."""
    if isinstance(node, Outer):
        words = mark("{line} is transposed: write `{left}.T @ {right}`.")
        new = Outer(node.right, node.left)
        yield ctx.site(path, new, ("outer transposed",), words, left=_held(node.left), right=_held(node.right))


def _held(expr: Expr) -> str:
    return to_text(expr) if isinstance(expr, Name) else f"({to_text(expr)})"


def not_summed(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """One gradient for each example."""
    if isinstance(node, OverAxes) and node.function == "batch_sum":
        words = mark("{line} is not summed over the batch: write `{arg}.sum(0)`.")
        yield ctx.site(path, node.arg, ("not summed", "b"), words, arg=_held(node.arg))
    if isinstance(node, Outer) and node.function == "outer":
        words = mark("{line} is not summed over the batch: write `{left}.T @ {right}`.")
        new = Outer(node.left, node.right, "outer_each")
        yield ctx.site(path, new, ("not summed", "W"), words, left=_held(node.left), right=_held(node.right))


def averaged(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """The mean over the batch for the sum."""
    words = mark("{line} is averaged over the batch instead of summed: it is divided by B.")
    if isinstance(node, OverAxes) and node.function == "batch_sum":
        yield ctx.site(path, OverAxes("batch_mean", node.arg), ("averaged", "b"), words)
    if isinstance(node, Outer) and node.function == "outer":
        yield ctx.site(path, Outer(node.left, node.right, "outer_mean"), ("averaged", "W"), words)


def over_the_units(ctx: Context, path: Path, node: Expr) -> Iterator[Site]:
    """The sum along the last axis for that along the first."""
    if isinstance(node, OverAxes) and node.function == "batch_sum":
        words = mark("{line} is summed over the units instead of the batch: write `{arg}.sum(0)`.")
        yield ctx.site(path, OverAxes("unit_sum", node.arg), ("over units",), words, arg=_held(node.arg))
