"""Finds the straight line of a cell: the state that runs through it, and the operations it meets on its way."""

from __future__ import annotations

from dataclasses import dataclass

from gatedrnn_course.cells.diagram.graph import Graph

__all__ = ["Lane", "lane_of"]

_BENT = {"affine": 4, "unary": 4}


@dataclass(frozen=True)
class Lane:
    """The line from a state of the step before to the state.

    Attributes:
        state: The state, such as `"c"`.
        start: The input node it begins at; None where nothing of the step before is used.
        nodes: The operations on it, from left to right; empty where the state is handed on as it is.
    """

    state: str
    start: int | None
    nodes: tuple[int, ...]

    def next(self, node: int) -> int | None:
        """The operation after a node of the line, or after its start."""
        chain = ((self.start,) if self.start is not None else ()) + self.nodes
        place = chain.index(node) if node in chain else len(chain)
        return chain[place + 1] if place + 1 < len(chain) else None

    def before(self, node: int) -> int | None:
        """What an operation on the line gets from the line."""
        place = self.nodes.index(node)
        return self.nodes[place - 1] if place else self.start


def lane_of(graph: Graph) -> Lane:
    """The state that reaches the next step by the straightest way; c before all others.

    Args:
        graph: The graph of a cell.

    Returns:
        The line; where no state reaches itself, it holds the node of h alone.
    """
    found = []
    for name, start in graph.named.items():
        state = name.removesuffix("_prev")
        if state != name and (way := _way(graph, start, graph.named[state])):
            cost, nodes = way
            found.append(((state != "c", cost), Lane(state, start, nodes)))
    if not found:
        node = graph.named["h"]
        return Lane("h", node, ()) if graph.nodes[node].kind == "input" else Lane("h", None, (node,))
    return min(found, key=lambda pair: pair[0])[1]


def _way(graph: Graph, start: int, end: int) -> tuple[int, tuple[int, ...]] | None:
    """The cheapest way from node to node, and its cost: an operation costs 1, one that bends more."""
    best: dict[int, tuple[int, tuple[int, ...]]] = {start: (0, ())}
    for k, node in enumerate(graph.nodes):
        ways = [best[source] for source in node.sources if source in best]
        if ways:
            cost, nodes = min(ways)
            best[k] = cost + _BENT.get(node.kind, 1), (*nodes, k)
    return best.get(end)
