"""Draws a layout as SVG."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from html import escape

from gatedrnn_course.cells.colours import Style, style_of
from gatedrnn_course.cells.diagram.layout import Edge, Layout, Point
from gatedrnn_course.cells.diagram.sizes import (
    BOW,
    ROUND,
    SMALL,
    half_height,
    half_width,
    pin_offsets,
    text_width,
)
from gatedrnn_course.cells.diagram.strokes import parting, path, text, tip, toward, weight
from gatedrnn_course.text import _

__all__ = ["Pen"]

_INK, _GREY, _GREY_TEXT = "#222222", "#C4C4C4", "#767676"
_STUB = 16


class Pen:
    """Draws the parts of a layout.

    Args:
        layout: The whole cell.
        shown: Names of the lines to draw.
        lit: Names of the lines in colour; all where empty.
        back: Whether arrows in colour point the way the gradient takes.
    """

    def __init__(self, layout: Layout, shown: Collection[str], lit: Collection[str], back: bool = False) -> None:
        self.layout, self.graph, self.back = layout, layout.graph, back
        self.shown, self.lit = shown, lit or shown
        self.edges = [edge for edge in layout.edges if self._reader(edge) in shown]

    def body(self) -> Iterator[str]:
        """Everything: wires, grey before coloured, then operations, then words."""
        for bright in (False, True):
            yield from (self._wire(edge) for edge in self.edges if self._is_lit(edge) is bright)
        for source in dict.fromkeys(edge.source for edge in self.edges):
            yield from self._dots([edge for edge in self.edges if edge.source == source])
        for k, node in enumerate(self.graph.nodes):
            if node.kind == "input":
                if any(edge.source == k for edge in self.edges):
                    yield self._input(k)
            elif node.line in self.shown:
                yield f'<g data-line="{escape(node.line)}">{self._operation(k)}{"".join(self._name(k))}</g>'
        yield from (self._output(edge) for edge in self.edges if edge.end.side == "edge")

    def _reader(self, edge: Edge) -> str:
        """The line that uses a value; for what is handed on, the line that names it."""
        return edge.end.name if edge.end.node is None else self.graph.nodes[edge.end.node].line

    def _carried(self, node: int) -> list[str]:
        """The names of an operation's value, or the line it is part of."""
        return self.graph.roots(node) or [self.graph.nodes[node].line]

    def _is_lit(self, edge: Edge) -> bool:
        return self._reader(edge) in self.lit or any(name in self.lit for name in self._carried(edge.source))

    def _style(self, node: int, bright: bool) -> Style:
        style = style_of(self.graph.quantity(node))
        return style if bright else Style(_GREY, style.dash)

    def _text_colour(self, bright: bool) -> str:
        return _INK if bright else _GREY_TEXT

    def _wire(self, edge: Edge) -> str:
        bright = self._is_lit(edge)
        style = self._style(edge.source, bright)
        end = edge.end
        on_lane = len(edge.points) == 2 and edge.points[0][1] == edge.points[1][1] == self._lane_y
        wide = 4 if on_lane and (end.node in self.layout.lane.nodes or end.node is None) else 2
        dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
        name = end.name if end.node is None else self._reader(edge)
        return (
            f'<path data-from="{escape(self._carried(edge.source)[0])}" data-to="{escape(name)}" '
            f'd="{path(edge.points)}" fill="none" stroke="{style.colour}" stroke-width="{wide}"{dash}/>'
            + tip(self._backwards(edge) if self.back and bright else edge.points, style.colour, wide)
        )

    def _backwards(self, edge: Edge) -> list[Point]:
        """A wire from its end to the rim of the operation it comes from."""
        start, first, *more = edge.points
        k = edge.source
        if self.graph.nodes[k].kind != "input":  # a wire begins in the middle of an operation
            level = start[1] == first[1]
            half = half_width(self.graph, k, self.layout.axis.get(k, "")) if level else half_height(self.graph, k)
            start = toward(start, first, half)
        return [*reversed(more), first, start]

    @property
    def _lane_y(self) -> float:
        lane = self.layout.lane
        return self.layout.at[lane.nodes[0] if lane.nodes else lane.start or 0][1]

    def _dots(self, edges: Sequence[Edge]) -> Iterator[str]:
        """A dot where a wire divides."""
        spots: dict[Point, bool] = {}
        for k, one in enumerate(edges):
            for other in edges[:k]:
                spot = parting(one.points, other.points)
                if spot != one.points[0]:
                    spots[spot] = spots.get(spot, False) or (self._is_lit(one) or self._is_lit(other))
        for (x, y), bright in spots.items():
            yield f'<circle cx="{x:g}" cy="{y:g}" r="3.5" fill="{self._style(edges[0].source, bright).colour}"/>'

    def _operation(self, k: int) -> str:
        """A node: a box for a weighted sum, a rounded one for a function, a circle for a product or a sum."""
        node, (x, y) = self.graph.nodes[k], self.layout.at[k]
        bright = node.line in self.lit
        colour = style_of(node.line).colour if bright else _GREY
        wide, high = half_width(self.graph, k), half_height(self.graph, k)
        ink = self._text_colour(bright)
        if node.kind in ("times", "plus"):
            circle = f'<circle cx="{x:g}" cy="{y:g}" r="{ROUND}" fill="#fff" stroke="{colour}" stroke-width="2"/>'
            sign = f"M{x - 5:g} {y:g}h10M{x:g} {y - 5:g}v10"
            turned = f' transform="rotate(45 {x:g} {y:g})"' if node.kind == "times" else ""
            signs = "".join(self._minus(k, j) for j, pin in enumerate(node.pins) if pin.label)
            cross = f'<path d="{sign}"{turned} stroke="{ink}" stroke-width="2"/>'
            return self._bow(k, bright) + circle + cross + signs
        radius = 2 if node.kind == "affine" else 12
        box = (
            f'<rect x="{x - wide:g}" y="{y - high:g}" width="{2 * wide:g}" height="{2 * high:g}" rx="{radius}" '
            f'fill="#fff" stroke="{colour}" stroke-width="2"/>'
        )
        if node.kind == "unary":
            return box + text(x, y + 4.5, node.label, ink)
        offsets = pin_offsets(node)
        return box + "".join(weight(x + dx, y + 3, pin.label, ink) for dx, pin in zip(offsets, node.pins, strict=True))

    def _bow(self, k: int, bright: bool) -> str:
        """The sign of a valve, behind a product with a gate."""
        axis, gate = self.layout.axis.get(k), self.graph.valve(k)
        if axis is None or gate is None:
            return ""
        source = self.graph.nodes[k].pins[gate].source
        assert source is not None
        style, (x, y) = self._style(source, bright), self.layout.at[k]
        half = 11
        shape = f"M{x - BOW:g} {y - half:g}V{y + half:g}L{x + BOW:g} {y - half:g}V{y + half:g}Z"
        turned = f' transform="rotate(90 {x:g} {y:g})"' if axis == "up" else ""
        name = escape(self.graph.quantity(source))
        look = f'fill="{style.colour}" fill-opacity=".35" stroke="{style.colour}" stroke-width="1.5"'
        return f'<path d="{shape}"{turned} fill="#fff"/><path data-valve="{name}" d="{shape}"{turned} {look}/>'

    def _minus(self, k: int, j: int) -> str:
        """The sign beside the wire that a sum subtracts."""
        edge = next(edge for edge in self.layout.edges if (edge.end.node, edge.end.pin) == (k, j))
        x, y = edge.points[-1]
        dx, dy = (-9, -5) if edge.end.side == "left" else (9, 13 if edge.end.side == "below" else -5)
        return text(x + dx, y + dy, "−", _INK)

    def _name(self, k: int) -> Iterator[str]:
        """The name of a line beside its last operation, with its words; a value that goes nowhere gets a tip."""
        x, y = self.layout.at[k]
        names = [name for name in self.graph.roots(k) if name in self.shown]
        if not names:
            return
        ink = self._text_colour(any(name in self.lit for name in names))
        if k in self.layout.beside:
            left = x + half_width(self.graph, k, self.layout.axis.get(k, "")) + 5
            yield text(left, y - 6, names[0], ink, anchor="start", bold=True)
            if (words := self.graph.words[names[0]]) != names[0]:
                yield text(left, y + 14, _(words), ink, SMALL, "start")
        if not any(edge.source == k for edge in self.edges):
            colour = self._style(k, ink == _INK).colour
            up = (x, y - half_height(self.graph, k)), (x, y - half_height(self.graph, k) - _STUB)
            yield f'<path d="{path(up)}" stroke="{colour}" stroke-width="2"/>' + tip(up, colour, 2)

    def _input(self, k: int) -> str:
        x, y = self.layout.at[k]
        bright = any(self._is_lit(edge) for edge in self.edges if edge.source == k)
        return text(x - 4, y + 4.5, self.graph.nodes[k].label, self._text_colour(bright), anchor="end", bold=True)

    def _output(self, edge: Edge) -> str:
        (x, y), name = edge.points[-1], edge.end.name
        ink = self._text_colour(self._is_lit(edge))
        words = self.graph.words[name]
        label = text(x + 4, y + 4.5, name, ink, anchor="start", bold=True)
        if words == name:
            return label
        return label + text(x + 10 + text_width(name), y + 4.5, _(words), ink, SMALL, "start")
