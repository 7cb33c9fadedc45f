"""What a layer's work and its devices say about how it is written."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gatedrnn_course.cells.edits import Words
from gatedrnn_course.grading.exchange.values import Value
from gatedrnn_course.text import mark

__all__ = ["LENGTH", "about_devices", "about_work"]

LENGTH = 12
"""Steps of the sequence on which the work is counted, and then of one twice as long."""
QUADRATIC = 2.5
"""This many times as much at twice the length shows a square beside the rest. What begins a few steps late grows by a
little more than twice."""

_SELECT = mark(
    "A step is taken out of a tensor inside the loop, as in `a[t]`: its backward writes zeros of the whole sequence "
    "for every step, so the time grows with the square of T. Loop over `a.unbind(0)`, or `for a_t in a`."
)
_GROWING = mark(
    "hs grows by torch.cat inside the loop: every step copies all before it, so the time grows with the square of T. "
    "Collect the steps in a list and stack them once, at the end."
)
_STACKED = mark(
    "The steps are stacked inside the loop: every step copies all before it, so the time grows with the square of T. "
    "Stack them once, at the end."
)
_FILLED = mark(
    "The steps are written into one tensor, as in `hs[t] = h`: backward copies the whole sequence for every step, so "
    "the time grows with the square of T. Collect the steps in a list and stack them once, at the end."
)
_INSIDE = mark(
    "The product of the input stands inside the loop. It needs no state: `xs @ W.T + b` before the loop computes all "
    "steps at once."
)
_MADE = mark(
    "A tensor is made on the CPU inside forward (torch.{made}): on a GPU it could not meet the others. Take device and "
    "dtype of the input: `xs.new_zeros(...)`, torch.zeros_like, or device=xs.device."
)
_LEFT = mark(
    "A tensor stays on the CPU when the layer moves to another device: it is no parameter and no buffer. Make it in "
    "forward from the input, or register it with register_buffer."
)


def about_work(told: Mapping[str, Value]) -> Words | None:
    """What grows with the square of the length, and a product in the loop that has no place there."""
    written, products = told.get("written"), told.get("products")
    if not isinstance(written, Mapping) or not isinstance(products, np.ndarray) or products.shape != (2,):
        return None
    pairs = {name: row for name, row in written.items() if isinstance(row, np.ndarray) and row.shape == (2,)}
    grown = {name for name, (one, two) in pairs.items() if two > QUADRATIC * one > 0}
    if "cat" in grown and not any("select" in name or "slice" in name for name in grown):
        return Words(_GROWING)
    if any(name.startswith(("select_backward", "slice_backward", "index_put", "_index_put")) for name in grown):
        return Words(_SELECT)
    if grown:
        return Words(_GROWING if "cat" in grown else _STACKED if "stack" in grown else _FILLED)
    return Words(_INSIDE) if products[1] - products[0] >= LENGTH else None


def about_devices(told: Mapping[str, Value]) -> Words | None:
    """Tensors made, or left, on the CPU."""
    if made := told.get("made"):
        return Words(_MADE, {"made": str(made).split(", ")[0]})
    return Words(_LEFT) if told.get("left") else None
