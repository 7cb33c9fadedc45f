"""The mutations of the evolution of 2015: one to three of six changes of a cell's graph, written as a cell again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.edits.graph import COMPUTED, Graph, Node, graph_of
from gatedrnn_course.cells.edits.site import Words
from gatedrnn_course.errors import CellError
from gatedrnn_course.text import mark

__all__ = ["FUNCTIONS", "LINEAR", "OPERATORS", "Mutant", "apply_operator", "mutate", "places"]

FUNCTIONS = ("sigmoid", "tanh", "relu")
LINEAR = (0.0, 1.0, 0.9, 1.1)
OPS = ("+", "*", "-")
TRIES = 200
"""How often a mutation is drawn anew before it is given up."""


@dataclass(frozen=True)
class Mutant:
    """A mutated cell.

    Attributes:
        cell: The cell.
        operators: Which of the six were applied, in order.
        words: What each did, in words.
    """

    cell: Cell
    operators: tuple[int, ...]
    words: tuple[Words, ...]

    @property
    def told(self) -> str:
        """What was done, in English sentences on one line."""
        return " ".join(words.english for words in self.words)


def _pick(rng: np.random.Generator, among: list[int]) -> int:
    return among[int(rng.integers(len(among)))]


def _activation(rng: np.random.Generator, parent: int, line: str = "", other_than: Node | None = None) -> Node:
    """One of the seven activations on a parent."""
    choices = [Node("call", function, (parent,), line=line) for function in FUNCTIONS]
    choices += [Node("linear", "", (parent,), bias="", value=a, line=line) for a in LINEAR]
    same = [k for k, c in enumerate(choices) if other_than is not None and _alike(c, other_than)]
    return choices[_pick(rng, [k for k in range(len(choices)) if k not in same])]


def _alike(one: Node, other: Node) -> bool:
    if one.kind == "linear":
        return other.kind == "linear" and one.value == other.value
    return (one.kind, one.what) == (other.kind, other.what)


def _text(graph: Graph, number: int, depth: int = 0) -> str:
    """The expression of a node, not too long."""
    node = graph.nodes[number]
    states = [state for state, n in graph.outputs.items() if n == number]
    if states or node.line:
        return (states or [node.line])[0]
    if node.kind in ("leaf", "number"):
        return node.what or f"{node.value:g}"
    if depth > 2:
        return "..."
    parts = [_text(graph, parent, depth + 1) for parent in node.parents]
    if node.kind == "call":
        return f"{node.what}({parts[0]})"
    if node.kind == "linear" and not node.what:
        return f"{_kind(node)}({parts[0]})"
    held = [f"({part})" if _torn(node, part) else part for part in parts]
    return f"{node.what} @ {held[0]}" if node.kind == "linear" else f"{held[0]} {node.what} {held[1]}"


def _torn(node: Node, part: str) -> bool:
    """Whether a node would tear the expression of a parent apart."""
    inside = {"+": (), "-": (" + ", " - ")}.get(node.what, (" + ", " - ", " * ", " @ "))
    return not part.endswith(")") and any(sign in part for sign in inside)


def _kind(node: Node) -> str:
    if node.kind == "linear":
        return node.what or (f"Linear {node.value:g}" if node.value else "Linear")
    return node.what


def _swap_activation(graph: Graph, number: int, rng: np.random.Generator) -> Words:
    """1: another activation."""
    old = graph.nodes[number]
    new = _activation(rng, old.parents[0], old.line, old)
    words = Words(
        mark("In `{line}`, {new} replaces {old}."),
        {"line": _text(graph, number), "new": _kind(new), "old": _kind(old)},
    )
    graph.nodes[number] = new
    return words


def _swap_operator(graph: Graph, number: int, rng: np.random.Generator) -> Words:
    """2: another elementwise operation."""
    old = graph.nodes[number]
    others = [op for op in OPS if op != old.what]
    new = others[int(rng.integers(len(others)))]
    words = Words(
        mark("In `{line}`, `{new}` replaces `{old}`."),
        {"line": _text(graph, number), "new": new, "old": old.what},
    )
    graph.nodes[number] = Node("op", new, old.parents, line=old.line)
    return words


def _insert(graph: Graph, number: int, rng: np.random.Generator) -> Words:
    """3: an activation between a node and one it is computed from."""
    node = graph.nodes[number]
    place = int(rng.integers(len(node.parents)))
    parent = node.parents[place]
    new = _activation(rng, parent)
    words = Words(
        mark("{new} comes between `{line}` and `{parent}`."),
        {"new": _kind(new), "line": _text(graph, number), "parent": _text(graph, parent)},
    )
    parents = list(node.parents)
    parents[place] = graph.add(new)
    graph.nodes[number] = Node(node.kind, node.what, tuple(parents), node.bias, node.value, node.line)
    return words


def _remove(graph: Graph, number: int, rng: np.random.Generator) -> Words:
    """4: a node with one input and one output goes."""
    words = Words(
        mark("{old} of `{parent}` is left out."),
        {"old": _kind(graph.nodes[number]), "parent": _text(graph, graph.nodes[number].parents[0])},
    )
    graph.redirect(number, graph.nodes[number].parents[0])
    return words


def _by_ancestor(graph: Graph, number: int, rng: np.random.Generator) -> Words:
    """5: one of its ancestors in its place."""
    new = _pick(rng, graph.ancestors(number))
    words = Words(
        mark("`{new}` takes the place of `{line}`."),
        {"new": _text(graph, new), "line": _text(graph, number)},
    )
    graph.redirect(number, new)
    return words


def _by_combination(graph: Graph, number: int, rng: np.random.Generator) -> Words:
    """6: a sum, product or difference of one of its ancestors and an ancestor of any node in its place."""
    left = _pick(rng, graph.ancestors(number))
    other = _pick(rng, [n for n, node in graph.nodes.items() if node.parents])
    right, op = _pick(rng, graph.ancestors(other)), OPS[int(rng.integers(len(OPS)))]
    words = Words(
        mark("`{left} {op} {right}` takes the place of `{line}`."),
        {
            "left": _text(graph, left, 1),
            "op": op,
            "right": _text(graph, right, 1),
            "line": _text(graph, number),
        },
    )
    new = graph.add(Node("op", op, (left, right), line=graph.nodes[number].line))
    graph.redirect(number, new)
    return words


_Operator = Callable[[Graph, int, np.random.Generator], Words]
OPERATORS: dict[int, tuple[str, _Operator]] = {
    1: (mark("swap an activation"), _swap_activation),
    2: (mark("swap an elementwise operation"), _swap_operator),
    3: (mark("insert an activation"), _insert),
    4: (mark("remove a node with one input and one output"), _remove),
    5: (mark("put an ancestor in a node's place"), _by_ancestor),
    6: (mark("combine two ancestors in a node's place"), _by_combination),
}
"""The six changes by their number in the paper, each with its name in words.

Source: Jozefowicz, Zaremba and Sutskever 2015, section 3.2.
"""


def places(graph: Graph, operator: int) -> list[int]:
    """The nodes that a change can be made at.

    Args:
        graph: The graph.
        operator: 1 to 6.
    """
    nodes = graph.nodes.items()
    match operator:
        case 1:
            return [n for n, node in nodes if node.kind in ("call", "linear")]
        case 2:
            return [n for n, node in nodes if node.kind == "op"]
        case 4:
            return [n for n, node in nodes if node.kind in ("call", "linear") and graph.uses(n) == 1]
    return [n for n, node in nodes if node.kind in COMPUTED]


def apply_operator(graph: Graph, operator: int, number: int, rng: np.random.Generator) -> Words:
    """Make one of the six changes at a node; the graph is changed in place and may be ill-formed then.

    Args:
        graph: The graph.
        operator: 1 to 6.
        number: One of `places(graph, operator)`.
        rng: Source of randomness.

    Returns:
        What was done, in words.
    """
    return OPERATORS[operator][1](graph, number, rng)


def mutate(
    cell: Cell,
    rng: np.random.Generator,
    name: str = "mutant",
    operators: tuple[int, ...] | None = None,
    most: int = 3,
) -> Mutant | None:
    """A mutated cell: one to three changes, each at a random node; ill-formed graphs are drawn anew.

    Args:
        cell: The parent.
        rng: Source of randomness.
        name: Name of the new cell.
        operators: Which changes to make, in order; random ones where left out.
        most: The most changes that are drawn.

    Returns:
        The mutant; None if nothing well-formed was found.

    Raises:
        CellError: If the parent is no graph of nodes of one width.

    Source:
        Jozefowicz, Zaremba and Sutskever 2015, section 3.2. The paper also names a probability for each node of being
        changed; how the two go together is not stated, and one to three changes are made here.
    """
    start = graph_of(cell)
    for _try in range(TRIES):
        graph = start.copy()
        chosen = operators or tuple(int(k) for k in rng.integers(1, 7, size=int(rng.integers(1, most + 1))))
        told = []
        for operator in chosen:
            graph.prune()
            if not (possible := places(graph, operator)):
                break
            told.append(apply_operator(graph, operator, _pick(rng, possible), rng))
            if graph.cyclic():
                break
        else:
            try:
                mutant = graph.cell(name)
            except CellError:
                continue
            if [(line.name, line.expr) for line in mutant.lines] != [(line.name, line.expr) for line in cell.lines]:
                return Mutant(mutant, chosen, tuple(told))
    return None
