"""Gives every operation a column and a row, so that values flow upwards to the line of the state and to the right.

A column holds operations that follow each other. It stands on a weighted sum at the bottom, or hangs from the line of
the state; an operation on the line stands above the column that feeds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gatedrnn_course.cells.diagram.graph import Graph
from gatedrnn_course.cells.diagram.lane import Lane

__all__ = ["Column", "Places", "place"]


@dataclass(eq=False)
class Column:
    """Operations above each other.

    Attributes:
        kind: It stands at the bottom, hangs from the line, or floats where its reader is.
        nodes: Its operations in the order of the flow: upwards, or downwards where it hangs.
        over: The operation on the line above it.
    """

    kind: Literal["stands", "hangs", "floats"]
    nodes: list[int] = field(default_factory=list)
    over: int | None = None


@dataclass(frozen=True)
class Places:
    """Where the operations are.

    Attributes:
        columns: The columns from left to right.
        column: The column of each operation, as a number.
        row: The row of each operation, 0 at the bottom.
        top: The row of the line.
    """

    columns: tuple[Column, ...]
    column: dict[int, int]
    row: dict[int, int]
    top: int

    def is_free(self, column: int, row: int) -> bool:
        """Whether nothing stands in a place."""
        return all(self.row[node] != row for node in self.columns[column].nodes)

    def after(self, node: int) -> int | None:
        """The operation that directly follows in the same column, the line's included."""
        column = self.columns[self.column[node]]
        if node == column.over:
            return None
        chain = [*column.nodes, *([column.over] if column.over is not None else [])]
        place = chain.index(node) + 1
        return chain[place] if place < len(chain) else None


def place(graph: Graph, lane: Lane) -> Places:
    """Columns and rows for the operations of a cell.

    Args:
        graph: The operations.
        lane: The line of the state.

    Returns:
        Their places.
    """
    placer = _Placer(graph, lane)
    for k, node in enumerate(graph.nodes):
        if k in lane.nodes:
            placer.put_on_lane(k)
        elif node.kind != "input":
            placer.put(k)
    columns = tuple(placer.columns)
    column = {node: columns.index(home) for node, home in placer.home.items()}
    row, top = _rows(graph, columns)
    row |= dict.fromkeys(lane.nodes, top)
    return Places(columns, column, row, top)


class _Placer:
    def __init__(self, graph: Graph, lane: Lane) -> None:
        self.graph, self.lane = graph, lane
        self.columns: list[Column] = []
        self.home: dict[int, Column] = {}
        self.hung: dict[int, Column] = {}
        self.readers = [graph.readers(k) for k in range(len(graph.nodes))]

    def put(self, node: int) -> None:
        """A place for an operation beside the line: on top of what feeds it, where that is free."""
        home = self._base(node) or self._hang(node) or self._stand(node)
        home.nodes.append(node)
        self.home[node] = home

    def put_on_lane(self, node: int) -> None:
        """A place on the line, above what feeds it where that lies to the right of all before."""
        sides = [self.home[s] for s in self.graph.nodes[node].sources if s in self.home and s not in self.lane.nodes]
        barrier = max((k for k, c in enumerate(self.columns) if c.over is not None or c.kind == "hangs"), default=-1)
        if self.graph.nodes[node].kind != "affine":
            for source in self.graph.nodes[node].sources:
                home = self.home.get(source)
                if home is not None and self._is_top(home, source) and self.columns.index(home) > barrier:
                    home.over = node
                    self.home[node] = home
                    return
        home = Column("floats", over=node)
        self.columns.insert(max([barrier, *map(self.columns.index, sides)]) + 1, home)
        self.home[node] = home

    def _is_top(self, home: Column, node: int) -> bool:
        return home.kind != "hangs" and home.over is None and bool(home.nodes) and home.nodes[-1] == node

    def _base(self, node: int) -> Column | None:
        """The rightmost column that ends with something the operation reads."""
        found = self.graph.nodes[node]
        if found.kind == "affine":
            return None
        homes = [
            self.home[s]
            for s in found.sources
            if s in self.home
            and self.home[s].over is None
            and self.home[s].nodes[-1] == s
            and self._heir(s) in (None, node)
        ]
        return max(homes, key=self.columns.index, default=None)

    def _heir(self, node: int) -> int | None:
        """The reader that should stand right above an operation: the line, or what leads to it."""
        below = [r for r in self.readers[node] if self.graph.nodes[r].kind != "affine"]
        for reader in below:
            if reader in self.lane.nodes:
                return reader
        for reader in below:
            leads = self.graph.nodes[reader].kind == "unary"
            if leads and any(further in self.lane.nodes for further in self.readers[reader]):
                return reader
        return None

    def _hang(self, node: int) -> Column | None:
        """A new column that hangs from the line, for a function of what flows there."""
        found = self.graph.nodes[node]
        source = found.sources[0] if found.kind == "unary" else None
        if source is None or (source != self.lane.start and source not in self.lane.nodes):
            return None
        home = Column("hangs")
        following = self.lane.next(source)
        if following in self.home:
            self.columns.insert(self.columns.index(self.home[following]), home)
        else:
            self.columns.append(home)
        return home

    def _stand(self, node: int) -> Column:
        """A new column: left of what its value meets next, or the last."""
        affine = self.graph.nodes[node].kind == "affine"
        home = Column("stands" if affine else "floats")
        readers = self.readers[node]
        others = [s for r in readers for s in self.graph.nodes[r].sources if s != node and s in self.home]
        if not affine and len(readers) == 1 and others and others[0] not in self.lane.nodes:
            self.columns.insert(self.columns.index(self.home[others[0]]), home)
        else:
            self.columns.append(home)
        return home


def _rows(graph: Graph, columns: tuple[Column, ...]) -> tuple[dict[int, int], int]:
    """The row of each operation that is not on the line, and the row of the line."""
    top = max((len(column.nodes) + (column.kind == "hangs") for column in columns), default=0)
    row: dict[int, int] = {}
    for column in columns:
        if column.kind == "stands":
            row |= {node: k for k, node in enumerate(column.nodes)}
        elif column.kind == "hangs":
            row |= {node: top - 1 - k for k, node in enumerate(column.nodes)}
    for column in reversed(columns):
        if column.kind == "floats" and column.nodes:
            readers = [row[r] for r in graph.readers(column.nodes[-1]) if r in row and graph.nodes[r].kind != "affine"]
            last = max(readers[0] if readers else 1, len(column.nodes) - 1)
            row |= {node: min(last, top - 1) - k for k, node in enumerate(reversed(column.nodes))}
    return row, top
