"""`show_torch_layout()`: where torch.nn.LSTM keeps the parameters of the four sums."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from gatedrnn_course.cells.colours import style_of
from gatedrnn_course.cells.diagram.strokes import text, weight
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.text import _

__all__ = ["show_torch_layout"]

BLOCKS = {"i": "i", "f": "f", "c": "c_tilde", "o": "o"}
"""From top to bottom: the index of our parameters, and the line they belong to."""
TALL, TOP, LEFT, GAP = 34, 64, 96, 56
INK = "#222222"


def show_torch_layout() -> Picture:
    """The four arrays of torch's LSTM, each with our parameters in its rows.

    Returns:
        The picture; in a notebook it shows itself on the last line of a cell.
    """
    alt = _(
        "torch keeps four arrays of 4 H rows each: weight_ih_l0 (4H, D) holds W_i, W_f, W_c, W_o one below the other, "
        "weight_hh_l0 (4H, H) holds U_i, U_f, U_c, U_o, bias_ih_l0 (4H,) holds b_i, b_f, b_c, b_o, and bias_hh_l0 "
        "(4H,) a second bias that is added to the first: here zeros. torch writes g for our candidate c_tilde."
    )
    width, height = 610, TOP + 4 * TALL + 34
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(alt)}" font-family="sans-serif"><rect width="{width}" height="{height}" '
        'fill="#fff"/>'
    )
    return Picture("\n".join((head, *_body(), "</svg>")), alt)


def _body() -> Iterator[str]:
    x = LEFT
    for k, (index, line) in enumerate(BLOCKS.items()):
        words = _("torch: {index}").format(index="g" if line == "c_tilde" else index)
        yield text(8, TOP + TALL * (k + 0.5) + 4, words, INK, 12, "start")
    stacks = (("weight_ih_l0", "W", "D", 96), ("weight_hh_l0", "U", "H", 72), ("bias_ih_l0", "b", "", 40))
    for name, letter, columns, wide in stacks:
        shape = f"(4H, {columns})" if columns else "(4H,)"
        yield from _heads(x, wide, name, shape)
        for k, (index, line) in enumerate(BLOCKS.items()):
            yield _block(x, k, wide, style_of(line).colour)
            yield weight(x + wide / 2, TOP + TALL * (k + 0.5) + 3, f"{letter}_{index}", INK)
        x += max(wide, 88) + GAP
    yield from _heads(x, 40, "bias_hh_l0", "(4H,)")
    for k in range(4):
        yield _block(x, k, 40, "#ffffff") + text(x + 20, TOP + TALL * (k + 0.5) + 4, "0", INK)


def _heads(x: float, wide: float, name: str, shape: str) -> Iterator[str]:
    yield text(x + wide / 2, TOP - 28, name, INK, bold=True)
    yield text(x + wide / 2, TOP - 10, shape, INK, 12)


def _block(x: float, k: int, wide: float, colour: str) -> str:
    return (
        f'<rect x="{x}" y="{TOP + TALL * k}" width="{wide}" height="{TALL}" fill="{colour}" fill-opacity=".35" '
        f'stroke="{INK}"/>'
    )
