"""Decides how each value travels: straight to its neighbour, or along a horizontal wire that its readers branch from.

Columns have gaps between them in which wires run up and down, rows have gaps in which wires run across. A wire uses
these gaps alone, or a row where no operation is in its way, so that no wire runs through an operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gatedrnn_course.cells.diagram.graph import Graph
from gatedrnn_course.cells.diagram.lane import Lane
from gatedrnn_course.cells.diagram.place import Places

__all__ = ["End", "Trunk", "Wires", "wire"]

Side = Literal["left", "below", "above", "edge"]
Leave = Literal["margin", "tap", "right", "level", "own"]
BOTTOM = -0.5
"""The height of the gap below the bottom row: row r has height r, the gap above it r + 0.5."""


@dataclass(frozen=True)
class End:
    """Where a value arrives.

    Attributes:
        node: The operation; None where the cell hands the value on.
        pin: Which of the things it takes in.
        name: The name under which the value is handed on.
        side: Where the wire meets the operation; `"edge"` is the right edge of the picture.
        column: The column of the operation; the number of columns for the right edge.
        row: Its row.
    """

    node: int | None
    pin: int
    name: str
    side: Side
    column: int
    row: int


@dataclass(frozen=True)
class Trunk:
    """A wire across the picture.

    Attributes:
        source: The operation or input it comes from.
        leave: How it leaves there: from the left edge, from the line of the state, through the gap at the right, level
            with the operation, or in the operation's own column.
        level: Its height: a row, or half a row more for the gap above.
        ends: Where it goes.
    """

    source: int
    leave: Leave
    level: float
    ends: tuple[End, ...]


@dataclass(frozen=True)
class Wires:
    """All ways of all values.

    Attributes:
        straight: Values that go straight up, down or along the line.
        trunks: All others.
    """

    straight: tuple[tuple[int, End], ...]
    trunks: tuple[Trunk, ...]


def wire(graph: Graph, lane: Lane, places: Places, outputs: tuple[str, ...]) -> Wires:
    """The way of every value.

    Args:
        graph: The operations.
        lane: The line of the state.
        places: Where the operations are.
        outputs: The names the cell hands on.

    Returns:
        The ways.
    """
    return _Wirer(graph, lane, places, outputs).wires()


class _Wirer:
    def __init__(self, graph: Graph, lane: Lane, places: Places, outputs: tuple[str, ...]) -> None:
        self.graph, self.lane, self.places, self.outputs = graph, lane, places, outputs
        self.taken: list[tuple[int, int, int]] = []
        self.ends: dict[int, list[End]] = {k: [] for k in range(len(graph.nodes))}

    def wires(self) -> Wires:
        straight: list[tuple[int, End]] = []
        trunks: list[Trunk] = []
        for source, end, is_straight in self._all_ends():
            if is_straight:
                straight.append((source, end))
            else:
                self.ends[source].append(end)
        for source, found in self.ends.items():
            trunks += [self._trunk(source, group, low) for group, low in self._groups(source, found) if group]
        return Wires(tuple(straight), tuple(trunks))

    def _groups(self, source: int, ends: list[End]) -> Iterator[tuple[tuple[End, ...], bool]]:
        """The ends that share a wire, and whether it must be the lowest; each name handed on has its own height."""
        handed_on = [end for end in ends if end.side == "edge"]
        inside = [end for end in ends if end not in handed_on]
        low = [end for end in inside if self._is_margin(source) or (end.side == "below" and end.row == 0)]
        yield tuple(low), True
        yield (*(end for end in inside if end not in low), *handed_on[:1]), False
        yield from (((end,), False) for end in handed_on[1:])

    def _is_margin(self, node: int) -> bool:
        return self.graph.nodes[node].kind == "input" and node != self.lane.start

    def _all_ends(self) -> Iterator[tuple[int, End, bool]]:
        """Every use of every value, and whether it is straight."""
        for k, node in enumerate(self.graph.nodes):
            if node.kind != "input":
                yield from self._node_ends(k)
        width = len(self.places.columns)
        for name in self.outputs:
            source = self.graph.named[name]
            is_straight = name == self.lane.state
            yield source, End(None, 0, name, "edge", width, self.places.top), is_straight

    def _node_ends(self, k: int) -> Iterator[tuple[int, End, bool]]:
        """The pins of one operation: first those that a neighbour feeds, then the rest at the sides left."""
        places, found = self.places, self.graph.nodes[k]
        column, row = places.column[k], places.row[k]
        open_pins = [j for j, pin in enumerate(found.pins) if pin.source is not None]

        def end(j: int, side: Side) -> End:
            return End(k, j, "", side, column, row)

        sides: list[Side] = ["left", "below"]
        if k in self.lane.nodes and (before := self.lane.before(k)) is not None:
            j = next(j for j in open_pins if found.pins[j].source == before)
            open_pins.remove(j)
            sides.remove("left")
            yield before, end(j, "left"), True
        home = places.columns[column]
        chain = [*home.nodes, *([home.over] if home.over is not None else [])]
        place = chain.index(k)
        neighbour = chain[place - 1] if place else None
        if place == 0 and home.kind == "hangs":
            neighbour = found.sources[0]
        near = [j for j in open_pins if found.pins[j].source == neighbour]
        if near and found.kind != "affine":
            open_pins.remove(near[0])
            if "below" in sides:
                sides.remove("below")
            assert neighbour is not None
            yield neighbour, end(near[0], "above" if home.kind == "hangs" else "below"), True
        for j in open_pins:
            side: Side = "below" if found.kind == "affine" else sides.pop(0)
            source = found.pins[j].source
            assert source is not None
            yield source, end(j, side), False

    def _trunk(self, source: int, ends: tuple[End, ...], low: bool) -> Trunk:
        """The wire with the shortest ups and downs and the fewest bends."""
        ways = list(self._ways(source, ends, low))
        _cost, leave, level = min(ways)
        if level == int(level):
            start = self.places.column.get(source, -1)
            self.taken.append((int(level), start, max(end.column for end in ends)))
        return Trunk(source, leave, level, ends)

    def _ways(self, source: int, ends: tuple[End, ...], low: bool) -> Iterator[tuple[float, Leave, float]]:
        top = self.places.top
        highest = min((end.row for end in ends if end.side == "below"), default=top) - 0.5
        levels = [BOTTOM] if low or self._is_margin(source) else [k + 0.5 for k in range(-1, top)]
        for level in levels:
            if level <= highest:
                yield from self._leaves(source, ends, level)
        if not low and not self._is_margin(source) and all(end.side in ("left", "edge") for end in ends):
            for row in range(top):
                if self._is_open(source, ends, row):
                    yield from self._leaves(source, ends, row)

    def _leaves(self, source: int, ends: tuple[End, ...], level: float) -> Iterator[tuple[float, Leave, float]]:
        """The ways to leave for a wire of this height, each with its cost."""
        places = self.places
        cost = sum(abs(level - end.row) + (0.4 if level != end.row else 0.0) for end in ends if end.side != "edge")
        if self._is_margin(source):
            yield cost, "margin", level
            return
        if source == self.lane.start or source in self.lane.nodes:
            yield cost + places.top - level, "tap", level
            return
        row, home = places.row[source], places.columns[places.column[source]]
        cost += abs(level - row)
        following = places.after(source)
        if level == row:
            yield cost, "level", level
            return
        yield cost + 0.5, "right", level
        limit = places.row[following] if following is not None else (-1 if home.kind == "hangs" else places.top)
        if min(row, limit) < level < max(row, limit):
            yield cost + 0.2, "own", level

    def _leaving(self, column: int) -> Iterator[int]:
        """The operations of a column whose values do not all go straight to a neighbour."""
        return (k for k in self.places.columns[column].nodes if self.ends[k])

    def _is_open(self, source: int, ends: tuple[End, ...], row: int) -> bool:
        """Whether a wire can run along a row, from its source to the last end, without meeting an operation."""
        start = self.places.column.get(source, -1)
        last = max(end.column for end in ends)
        if any(end.column <= start for end in ends):
            return False
        if start >= 0 and any(self.places.row[k] == row for k in self._leaving(start) if k != source):
            return False  # that operation's own wire leaves along the row
        arrives = any(end.column == last and (end.row == row or end.side == "edge") for end in ends)
        if not all(self.places.is_free(column, row) for column in range(start + 1, last + (not arrives))):
            return False
        return all(other != row or last <= first or end <= start for other, first, end in self.taken)
