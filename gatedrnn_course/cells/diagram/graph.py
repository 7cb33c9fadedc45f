"""The operations of a cell as a graph: one node for each weighted sum, activation, product and sum."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Num, Op, factors, join_product, names, terms, to_text
from gatedrnn_course.cells.language import is_parameter

__all__ = ["Graph", "Node", "Pin", "graph_of"]

Kind = Literal["input", "affine", "unary", "times", "plus"]
_SIGNS = {"sigmoid": "σ"}


@dataclass(frozen=True, slots=True)
class Pin:
    """One thing a node takes in.

    Attributes:
        source: The node it comes from; None for a bias or a number.
        label: What is written at the pin: the weight, or a sign.
    """

    source: int | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation, or something the cell receives.

    Attributes:
        kind: `"affine"` is a weighted sum with its weights, `"unary"` any function of one value.
        label: What is written in it.
        pins: What it takes in, in the order of the text.
        line: The line it belongs to; the name itself for an input.
        gate: Whether its values lie between 0 and 1.
    """

    kind: Kind
    label: str
    pins: tuple[Pin, ...]
    line: str
    gate: bool = False

    @property
    def sources(self) -> tuple[int, ...]:
        """The nodes it reads from."""
        return tuple(pin.source for pin in self.pins if pin.source is not None)


@dataclass
class Graph:
    """Nodes, each after everything it reads from.

    Attributes:
        nodes: The nodes.
        named: The node that computes each name; an input's own node.
        words: The name of each line in words.
    """

    nodes: list[Node] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def readers(self, node: int) -> list[int]:
        """The nodes that read from a node."""
        return [k for k, other in enumerate(self.nodes) if node in other.sources]

    def roots(self, node: int) -> list[str]:
        """The names a node's value has."""
        return [name for name, k in self.named.items() if k == node]

    def quantity(self, node: int) -> str:
        """The name whose colour a value has: its own, that of the gate it is the rest of, or that of its line."""
        found = self.nodes[node]
        if names := self.roots(node):
            return names[0]
        if found.gate and self.nodes[found.sources[0]].gate:
            return self.quantity(found.sources[0])
        return found.line

    def valve(self, node: int) -> int | None:
        """Which pin of a product is a gate on the other; None where it is none or both are alike."""
        found = self.nodes[node]
        if found.kind != "times":
            return None
        gates = [source is not None and self.nodes[source].gate for source in (pin.source for pin in found.pins)]
        return gates.index(True) if any(gates) else None


def graph_of(cell: Cell) -> Graph:
    """The graph of a cell."""
    graph = Graph(words={line.name: line.words for line in cell.lines})
    for name in cell.used:
        if not is_parameter(name) and (name == "x" or name.endswith("_prev")):
            graph.named[name] = len(graph.nodes)
            graph.nodes.append(Node("input", name, (), name))
    for line in cell.lines:
        writer = _Writer(graph, line.name)
        graph.named[line.name] = writer.node(line.expr)
    return graph


def _is_number(expr: Expr) -> bool:
    return not any(True for _name in names(expr))


def _is_weight(factor: Expr) -> bool:
    return _is_number(factor) or (isinstance(factor, Name) and is_parameter(factor.id))


def _weighs(term: Expr) -> bool:
    """Whether a term is a bias, or a value times a weight matrix or a peephole."""
    parts = factors(term)
    values = [f for f in parts if not _is_weight(f)]
    return not all(map(_is_number, [f for f in parts if _is_weight(f)])) or (
        len(values) == 1 and isinstance(values[0], MatMul)
    )


class _Writer:
    """Adds the nodes of one line; equal parts of the line are one node."""

    def __init__(self, graph: Graph, line: str) -> None:
        self.graph, self.line = graph, line
        self.made: dict[Expr, int] = {}

    def node(self, expr: Expr) -> int:
        """The node that computes an expression."""
        if isinstance(expr, Name) and expr.id in self.graph.named:
            return self.graph.named[expr.id]
        if expr not in self.made:
            self.made[expr] = self._make(expr)
        return self.made[expr]

    def _add(self, kind: Kind, label: str, *pins: Pin, gate: bool = False) -> int:
        self.graph.nodes.append(Node(kind, label, pins, self.line, gate))
        return len(self.graph.nodes) - 1

    def _unary(self, label: str, arg: Expr, gate: bool = False) -> int:
        return self._add("unary", label, Pin(self.node(arg)), gate=gate)

    def _make(self, expr: Expr) -> int:
        if _is_number(expr) or _weighs(expr):
            return self._affine([(1, expr)])
        match expr:
            case Call(function, arg):
                return self._unary(_SIGNS.get(function, function), arg, gate=function == "sigmoid")
            case Op("*", left, right):
                return self._product(left, right)
            case Op("/", left, right) if _is_number(right):
                return self._unary(f"÷ {_bare(right)}", left)
            case Op("/", left, right) if _is_number(left):
                return self._unary(f"{_bare(left)} ÷", right)
            case Op("/", left, right):
                return self._product(left, Op("/", Num(1.0), right))
        return self._sum(terms(expr))

    def _product(self, left: Expr, right: Expr) -> int:
        if _is_number(left):
            return self._unary(f"{_bare(left)} ×", right)
        if _is_number(right):
            return self._unary(f"{_bare(right)} ×", left)
        return self._add("times", "×", Pin(self.node(left)), Pin(self.node(right)))

    def _sum(self, parts: list[tuple[int, Expr]]) -> int:
        """Weighted terms are one node with the numbers among them; all others are added to it one by one."""
        weighted = [part for part in parts if _weighs(part[1])]
        numbers = [part for part in parts if _is_number(part[1])]
        plain = [part for part in parts if part not in weighted and part not in numbers]
        if weighted:
            total = self._affine([part for part in parts if part in weighted or part in numbers])
            numbers = []
        else:
            (sign, first), *plain = plain
            total = self.node(first)
            if sign < 0:
                total = self._subtract(numbers.pop(0) if numbers else None, total)
        for sign, term in plain:
            total = self._add("plus", "+", Pin(total), Pin(self.node(term), "" if sign > 0 else "−"))
        for sign, number in numbers:
            total = self._add("unary", f"{_sign(sign)} {_bare(number)}", Pin(total))
        return total

    def _subtract(self, number: tuple[int, Expr] | None, node: int) -> int:
        """`1 - z`, or `-z` where there is no number."""
        if number is None:
            return self._add("unary", "−", Pin(node))
        opens = number == (1, Num(1.0)) and self.graph.nodes[node].gate
        return self._add("unary", f"{_sign(number[0], '')}{_bare(number[1])} −", Pin(node), gate=opens)

    def _affine(self, parts: list[tuple[int, Expr]]) -> int:
        return self._add("affine", "", *(self._pin(sign, term) for sign, term in parts))

    def _pin(self, sign: int, term: Expr) -> Pin:
        """A term of a weighted sum: its weights on the pin, the value from elsewhere."""
        weights = [_bare(f) for f in factors(term) if _is_weight(f)]
        values = [f for f in factors(term) if not _is_weight(f)]
        source = None
        if len(values) == 1 and isinstance(values[0], MatMul):
            weights.append(to_text(values[0].matrix))
            source = self.node(values[0].vector)
        elif values:
            source = self.node(join_product(values))
        return Pin(source, _sign(sign, "") + " ".join(weights))


def _sign(sign: int, plus: str = "+") -> str:
    return plus if sign > 0 else "−"


def _bare(expr: Expr) -> str:
    """A number or a name as text, in brackets where it is more than that."""
    text = to_text(expr)
    return text if isinstance(expr, (Num, Name)) else f"({text})"
