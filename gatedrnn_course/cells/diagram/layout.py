"""Turns places and ways into points on the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.diagram.graph import Graph, graph_of
from gatedrnn_course.cells.diagram.lane import Lane, lane_of
from gatedrnn_course.cells.diagram.place import Places, place
from gatedrnn_course.cells.diagram.sizes import SMALL, half_height, half_width, pin_offsets, text_width
from gatedrnn_course.cells.diagram.tracks import Span, tracks
from gatedrnn_course.cells.diagram.wires import End, Trunk, wire
from gatedrnn_course.text import _

__all__ = ["Edge", "Layout", "layout"]

Point = tuple[float, float]
_ROW, _GAP, _PITCH, _SLOT, _EDGE = 21, 14, 16, 12, 10


@dataclass(frozen=True)
class Edge:
    """One value on its way to one of its readers.

    Attributes:
        source: Where it comes from.
        end: Where it arrives.
        points: The corners of its way, from the middle of the source on.
    """

    source: int
    end: End
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    """Everything that is drawn, with its place.

    Attributes:
        graph: The operations.
        lane: The line of the state.
        at: The middle of each operation, and the start of each input.
        axis: For each product with a gate, whether its value flows `"across"` or `"up"`.
        beside: The operations that have the name of their line beside them; others have it at the right edge.
        edges: The ways of all values.
        width: Width of the picture.
        height: Height of the picture.
    """

    graph: Graph
    lane: Lane
    at: dict[int, Point]
    axis: dict[int, str]
    beside: frozenset[int]
    edges: tuple[Edge, ...]
    width: float
    height: float


@lru_cache(maxsize=64)
def layout(cell: Cell) -> Layout:
    """The layout of a cell; the same for every part of it that is drawn."""
    graph = graph_of(cell)
    lane = lane_of(graph)
    return _Maker(cell, graph, lane, place(graph, lane)).make()


class _Maker:
    def __init__(self, cell: Cell, graph: Graph, lane: Lane, places: Places) -> None:
        self.cell, self.graph, self.lane, self.places = cell, graph, lane, places
        self.wires = wire(graph, lane, places, cell.states)
        self.axis, self.beside = self._axes(), self._beside()

    def make(self) -> Layout:
        """Across first, since the wires' order in the gaps between rows needs it."""
        self.slots = self._slots()
        self.x_of_column, self.x_of_gap, right = self._across()
        spans = {k: self._span(trunk, right) for k, trunk in enumerate(self.wires.trunks)}
        self.y_of_row, self.y_of_trunk, height = self._down(spans)
        at = {
            node: (self.x_of_column[column], self.y_of_row[self.places.row[node]])
            for node, column in self.places.column.items()
        }
        at |= {k: self._input_at(k) for k, node in enumerate(self.graph.nodes) if node.kind == "input"}
        self.at, self.right = at, right
        edges = [Edge(source, end, self._straight(source, end)) for source, end in self.wires.straight]
        edges += [
            Edge(trunk.source, end, self._by_trunk(k, trunk, end))
            for k, trunk in enumerate(self.wires.trunks)
            for end in trunk.ends
        ]
        names = [(end.name, self.graph.words.get(end.name, "")) for edge in edges if (end := edge.end).side == "edge"]
        space = max(text_width(name) + text_width(_(words), SMALL) for name, words in names)
        return Layout(self.graph, self.lane, at, self.axis, self.beside, tuple(edges), right + space + 16, height)

    def _axes(self) -> dict[int, str]:
        """Which way the value of each valve flows."""
        side = {(end.node, end.pin): end.side for _source, end in self.wires.straight}
        side |= {(end.node, end.pin): end.side for trunk in self.wires.trunks for end in trunk.ends}
        found = {}
        for k in range(len(self.graph.nodes)):
            gate = self.graph.valve(k)
            if gate is not None:
                found[k] = "across" if side[k, 1 - gate] == "left" else "up"
        return found

    def _slots(self) -> list[list[tuple[int, str]]]:
        """The wires that run up or down in each gap: those that leave first, then taps, then those that arrive."""
        gaps: list[set[tuple[int, int, str]]] = [set() for _k in range(len(self.places.columns) + 1)]
        for k, trunk in enumerate(self.wires.trunks):
            start = self.places.column.get(trunk.source, -1)
            if trunk.leave in ("right", "tap"):
                gaps[start + 1].add((0 if trunk.leave == "right" else 1, trunk.source, trunk.leave))
            for end in trunk.ends:
                if end.side == "left" and end.row != trunk.level:
                    gaps[end.column].add((2, k, "left"))
        return [[(k, role) for _order, k, role in sorted(gap)] for gap in gaps]

    def _across(self) -> tuple[list[float], list[dict[tuple[int, str], float]], float]:
        """The x of each column and of each wire in the gaps, and of the right edge."""
        inputs = [text_width(node.label) for node in self.graph.nodes if node.kind == "input"]
        x = _EDGE + max(inputs, default=0.0) + 14
        columns, gaps = [], []
        for k, gap in enumerate(self.slots):
            gaps.append({key: x + _SLOT * (j + 1) for j, key in enumerate(gap)})
            x += max(_SLOT * (len(gap) + 1), 20)
            if k < len(self.places.columns):
                column = self.places.columns[k]
                nodes = [*column.nodes, *([column.over] if column.over is not None else [])]
                halves = [half_width(self.graph, n, self.axis.get(n, "")) for n in nodes]
                left = max(halves)
                columns.append(x + left)
                names = [h + self._label_space(n) for h, n in zip(halves, nodes, strict=True) if n in self.beside]
                x += left + max([*halves, *names])
        return columns, gaps, x + 12

    def _label_space(self, node: int) -> float:
        """The room that the name of a line needs at the right of its operation."""
        name = next(name for name in self.graph.roots(node) if name in self.graph.words)
        return 8 + max(text_width(name), text_width(_(self.graph.words[name]), SMALL))

    def _beside(self) -> frozenset[int]:
        """Results that others read, and those that are handed on to nobody; the line has its name at its end."""
        roots = {self.graph.named[name] for name in self.graph.words}
        handed_on = {self.graph.named[name] for name in self.cell.states}
        on_lane = self.graph.named[self.lane.state]
        return frozenset(k for k in roots if k != on_lane and (k not in handed_on or self.graph.readers(k)))

    def _span(self, trunk: Trunk, right: float) -> Span:
        """From where to where a wire runs, and where others meet it from above or below."""
        start = self._leave_x(trunk)
        row = self.places.row.get(trunk.source, self.places.top)
        meets = [] if trunk.leave == "margin" else [(start, row > trunk.level)]
        ends = [(self._end_x(trunk, end, right), end) for end in trunk.ends]
        meets += [(x, end.row > trunk.level) for x, end in ends if end.side != "edge"]
        xs = [start, *(x for x, _end in ends)]
        return Span(min(xs), max(xs), tuple(meets))

    def _leave_x(self, trunk: Trunk) -> float:
        """Where a wire leaves its source."""
        if trunk.leave == "margin":
            return _EDGE
        column = self.places.column.get(trunk.source, -1)
        if trunk.leave in ("right", "tap"):
            return self.x_of_gap[column + 1][trunk.source, trunk.leave]
        return self.x_of_column[column]

    def _end_x(self, trunk: Trunk, end: End, right: float) -> float:
        """Where a wire turns off to one of its ends."""
        if end.side == "edge":
            return right
        if end.side == "left" and end.row != trunk.level:
            return self.x_of_gap[end.column][self.wires.trunks.index(trunk), "left"]
        return self.x_of_column[end.column] + self._offset(end)

    def _offset(self, end: End) -> float:
        """Where on the lower side of an operation a wire arrives."""
        assert end.node is not None
        node = self.graph.nodes[end.node]
        return pin_offsets(node)[end.pin] if node.kind == "affine" and end.side == "below" else 0.0

    def _down(self, spans: dict[int, Span]) -> tuple[dict[int, float], dict[int, float], float]:
        """The y of each row and of each wire, and the height of the picture."""
        rows: dict[int, float] = {}
        wires: dict[int, float] = {}
        y = float(_EDGE + 14)
        for row in range(self.places.top, -1, -1):
            rows[row] = y + _ROW
            y += 2 * _ROW
            inside = {k: spans[k] for k, trunk in enumerate(self.wires.trunks) if trunk.level == row - 0.5}
            lines, count = tracks(inside)
            wires |= {k: y + _GAP + _PITCH * line for k, line in lines.items()}
            y += _GAP * 2 + _PITCH * (count - 1) if count else (8 if row else 0)
        wires |= {k: rows[int(t.level)] for k, t in enumerate(self.wires.trunks) if t.level == int(t.level)}
        return rows, wires, y + _EDGE

    def _input_at(self, node: int) -> Point:
        name = self.graph.nodes[node].label
        x = _EDGE + text_width(name) + 4
        if node == self.lane.start:
            return x, self.y_of_row[self.places.top]
        trunks = [self.y_of_trunk[k] for k, trunk in enumerate(self.wires.trunks) if trunk.source == node]
        return x, trunks[0] if trunks else self.y_of_row[0]

    def _straight(self, source: int, end: End) -> tuple[Point, ...]:
        x, y = self.at[source]
        if end.node is None:
            return (x, y), (self.right, y)
        return _corners(self._arrive(((x, y),), end))

    def _arrive(self, points: tuple[Point, ...], end: End) -> tuple[Point, ...]:
        """The last piece of a way: to the border of the operation."""
        assert end.node is not None
        x, y = self.at[end.node]
        axis = self.axis.get(end.node, "")
        wide, high = half_width(self.graph, end.node, axis), half_height(self.graph, end.node, axis)
        if end.side == "left":
            return (*points, (points[-1][0], y), (x - wide, y))
        x += self._offset(end)
        return (*points, (x, points[-1][1]), (x, y + high if end.side == "below" else y - high))

    def _by_trunk(self, k: int, trunk: Trunk, end: End) -> tuple[Point, ...]:
        """Out of the source, along the wire, into the reader."""
        x, y = self.at[trunk.source]
        level = self.y_of_trunk[k]
        leave = x if trunk.leave == "margin" else self._leave_x(trunk)
        points = ((x, y), (leave, y), (leave, level))
        turn = self._end_x(trunk, end, self.right)
        if end.side == "edge":
            return _corners((*points, (turn, level)))
        return _corners(self._arrive((*points, (turn, level)), end))


def _corners(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The points at which a way turns."""
    kept = [points[0]]
    for point in points[1:]:
        if point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
