"""A cell drawn as the graph in which an evolution sees it: a node for each operation, from inputs to new states."""

from __future__ import annotations

from html import escape

from gatedrnn_course.cells import Cell
from gatedrnn_course.cells.edits.graph import Graph, graph_of

__all__ = ["WIDE", "draw_graph"]

WIDE, LEFT, RIGHT, ROW, TALL, HALF = 530, 34, 500, 44, 24, 21
SHOWN = {"sigmoid": "σ", "*": "×", "-": "−"}
NEW, PAPER = "#0072B2", "var(--jp-layout-color0, #fff)"


def draw_graph(cell: Cell, before: Cell | None = None) -> tuple[list[str], float]:
    """The graph of a cell as parts of an SVG, in the colour of the page's text.

    Args:
        cell: The cell.
        before: The cell it was changed from; nodes that it does not have get a thick blue edge.

    Returns:
        The parts, and their height; they are `WIDE` wide.
    """
    graph = graph_of(cell)
    graph.prune()
    known = {_like(old, number) for old in [graph_of(before)] for number in old.nodes} if before else set()
    columns, steps = _columns(graph), 0
    places: dict[int, tuple[float, float]] = {}
    for numbers in columns:
        steps = max(steps, len(numbers))
    for k, numbers in enumerate(columns):
        x = LEFT + (RIGHT - LEFT) * k / max(1, len(columns) - 1)
        numbers.sort(key=lambda n: (_height(graph, n, places), n))
        for row, number in enumerate(numbers):
            places[number] = x, ROW * (steps / 2 + row - (len(numbers) - 1) / 2)
    parts = []
    for number, (x, y) in places.items():
        for parent in graph.nodes[number].parents:
            if parent in places:
                a, b = places[parent]
                bend = max(14.0, (x - a) / 2 - HALF)
                parts.append(
                    f'<path d="M{a + HALF:.0f} {b:.0f}C{a + HALF + bend:.0f} {b:.0f} {x - HALF - bend:.0f} {y:.0f} '
                    f'{x - HALF:.0f} {y:.0f}" fill="none" stroke="currentColor" stroke-opacity=".55"/>'
                )
    states = {number: state for state, number in graph.outputs.items()}
    for number, (x, y) in places.items():
        new = bool(before) and graph.nodes[number].kind != "leaf" and _like(graph, number) not in known
        look = f'stroke="{NEW}" stroke-width="3"' if new else 'stroke="currentColor"'
        box = f'x="{x - HALF:.0f}" y="{y - TALL / 2:.0f}" width="{2 * HALF}" height="{TALL}" rx="9"'
        parts.append(
            f'<rect {box} fill="{PAPER}" {look}/>'
            f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle">{escape(_label(graph, number))}</text>'
        )
        if number in states or graph.nodes[number].line:
            name = states.get(number, graph.nodes[number].line).replace("h_tilde", "h̃").replace("c_tilde", "c̃")
            parts.append(f'<text x="{x:.0f}" y="{y - TALL / 2 - 3:.0f}" text-anchor="middle">{escape(name)}</text>')
    return parts, ROW * steps + 22


def _columns(graph: Graph) -> list[list[int]]:
    """The nodes by their distance from the inputs; numbers are part of what they are used in."""
    depth: dict[int, int] = {}

    def of(number: int) -> int:
        if number not in depth:
            depth[number] = max((1 + of(parent) for parent in graph.nodes[number].parents), default=0)
        return depth[number]

    shown = [number for number, node in graph.nodes.items() if node.kind != "number"]
    columns: list[list[int]] = [[] for _ in range(1 + max(map(of, shown)))]
    for number in shown:
        columns[of(number)].append(number)
    return [column for column in columns if column]


def _height(graph: Graph, number: int, places: dict[int, tuple[float, float]]) -> float:
    """Where a node would stand between what it is computed from."""
    above = [places[parent][1] for parent in graph.nodes[number].parents if parent in places]
    return sum(above) / len(above) if above else (0.0 if graph.nodes[number].what == "x" else 1.0)


def _label(graph: Graph, number: int) -> str:
    """What stands in a node."""
    node = graph.nodes[number]
    shown = SHOWN.get(node.what, node.what.replace("h_prev", "h").replace("c_prev", "c"))
    first = graph.nodes[node.parents[0]] if node.kind == "op" else None
    if first is not None and first.kind == "number":
        return f"{first.value:g} {shown}"
    return shown


def _like(graph: Graph, number: int) -> tuple[str, ...]:
    """What a node is and what it is computed from, without the names of new matrices."""
    node = graph.nodes[number]
    around = [graph.nodes[parent] for parent in node.parents]
    return (node.kind, node.what, *(one.line or one.what for one in around))
