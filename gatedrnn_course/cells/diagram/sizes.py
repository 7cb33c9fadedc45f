"""How large things are on the page, in pixels."""

from __future__ import annotations

from math import ceil

from gatedrnn_course.cells.diagram.graph import Graph, Node

__all__ = ["FONT", "SMALL", "half_height", "half_width", "label_width", "pin_offsets", "text_width"]

FONT, SMALL = 13, 11
ROUND = 10
BOW = 19
_BOX = 14
_PIN = 24


def text_width(text: str, size: float = FONT) -> float:
    """A width that the text surely fits into."""
    return ceil(0.62 * size * len(text))


def label_width(label: str) -> float:
    """The width of a weight such as `W_f`, whose index is set lower and smaller."""
    letter, _underscore, index = label.partition("_")
    return text_width(letter) + text_width(index, SMALL)


def pin_offsets(node: Node) -> tuple[float, ...]:
    """Where the weights of a weighted sum stand, from its middle."""
    widths = [max(_PIN, label_width(pin.label) + 8) for pin in node.pins]
    left = -sum(widths) / 2
    return tuple(left + sum(widths[:k]) + width / 2 for k, width in enumerate(widths))


def half_width(graph: Graph, node: int, axis: str = "") -> float:
    """Half the width of a node; `axis` is that of a valve."""
    found = graph.nodes[node]
    if found.kind == "affine":
        return sum(max(_PIN, label_width(pin.label) + 8) for pin in found.pins) / 2
    if found.kind == "unary":
        return max(16.0, text_width(found.label) // 2 + 6.0)
    return BOW if axis == "across" else ROUND


def half_height(graph: Graph, node: int, axis: str = "") -> float:
    """Half the height of a node."""
    if graph.nodes[node].kind in ("affine", "unary"):
        return _BOX
    return BOW if axis == "up" else ROUND
