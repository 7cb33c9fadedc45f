"""A cell as a graph of nodes of one width, the view in which an evolution mutates it, and back to equations.

The equations stay the one thing that is kept: a graph is read off a cell, changed, and written as a cell again. A node
`W_f @ x`, with its bias where one is added, is one node: Linear(0, x). `W @ v + 0.9 * v + b` is Linear(0.9, v): adding
0.9 to the diagonal of W at the start is the same as this constant path, whatever W learns afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from gatedrnn_course.cells.cell import Cell, parse
from gatedrnn_course.cells.expr import Call, Expr, MatMul, Name, Neg, Num, Op, join_sum, names, terms, to_text
from gatedrnn_course.cells.language import Line
from gatedrnn_course.errors import CellError
from gatedrnn_course.text import _

__all__ = ["INPUT", "Graph", "Node", "graph_of"]

INPUT = "x"
PROJECTION = "W_x"
COMPUTED = ("call", "linear", "op")
LONGEST = 72
"""Characters of an expression after which it gets a line of its own."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node.

    Attributes:
        kind: `leaf` (the input, a state of the step before, a vector that is learned), `number`, `call` (an
            activation), `linear` (a matrix, with a bias or without), `op` (elementwise).
        what: The leaf's name, the function, the matrix (empty for a new one), or the operator.
        parents: The nodes it is computed from.
        bias: Of a linear node: its name, empty for a new one, None for none.
        value: Of a number: its value. Of a linear node: what the diagonal of its matrix starts with.
        line: The line of the cell that it was, to keep its name.
    """

    kind: str
    what: str = ""
    parents: tuple[int, ...] = ()
    bias: str | None = None
    value: float = 0.0
    line: str = ""


@dataclass
class Graph:
    """Nodes by number, and which of them are handed to the next step.

    Attributes:
        nodes: The nodes; numbers need not be in any order.
        outputs: For each state the node of its new value.
    """

    nodes: dict[int, Node]
    outputs: dict[str, int]
    words: Mapping[str, tuple[Expr, str]] = field(default_factory=dict)

    def copy(self) -> Graph:
        """A graph of its own with the same nodes."""
        return Graph(dict(self.nodes), dict(self.outputs), self.words)

    def add(self, node: Node) -> int:
        """Put a node in, and give its number."""
        self.nodes[number := max(self.nodes, default=-1) + 1] = node
        return number

    def redirect(self, old: int, new: int) -> None:
        """Let all that was computed from one node be computed from another."""
        for number, node in self.nodes.items():
            if old in node.parents:
                parents = tuple(new if parent == old else parent for parent in node.parents)
                self.nodes[number] = replace(node, parents=parents)
        self.outputs = {state: new if number == old else number for state, number in self.outputs.items()}

    def uses(self, number: int) -> int:
        """How often a node is read by others, or handed on."""
        read = sum(node.parents.count(number) for node in self.nodes.values())
        return read + list(self.outputs.values()).count(number)

    def ancestors(self, number: int) -> list[int]:
        """All nodes that a node is computed from, itself excluded, in order of their numbers."""
        found: set[int] = set()
        waiting = list(self.nodes[number].parents)
        while waiting:
            if (at := waiting.pop()) not in found:
                found.add(at)
                waiting += self.nodes[at].parents
        return sorted(found)

    def needed(self) -> dict[str, int]:
        """The outputs that h depends on at this step or, through states, at a later one."""
        kept: dict[str, int] = {}
        waiting = ["h"]
        while waiting:
            if (state := waiting.pop()) not in kept:
                kept[state] = self.outputs[state]
                waiting += [s for s in self.outputs if self._reads(self.outputs[state], s)]
        return {state: number for state, number in self.outputs.items() if state in kept}

    def _reads(self, number: int, state: str) -> bool:
        return any(self.nodes[n].what == f"{state}_prev" for n in (number, *self.ancestors(number)))

    def prune(self) -> None:
        """Leave out what h never depends on."""
        self.outputs = self.needed()
        alive = {n for number in self.outputs.values() for n in (number, *self.ancestors(number))}
        self.nodes = {number: node for number, node in self.nodes.items() if number in alive}

    def cyclic(self) -> bool:
        """Whether a node is computed from itself."""
        return any(number in self.ancestors(number) for number in self.nodes)

    def cell(self, name: str, source: str = "") -> Cell:
        """The graph as equations.

        Args:
            name: Name of the cell.
            source: Where it comes from.

        Raises:
            CellError: If it is no cell: a node is computed from itself, h never depends on x, or the equations are
                none of the language (only numbers, divided by zero, too long).
        """
        asked = _("The graph {name} as equations.").format(name=name)
        if self.cyclic():
            raise CellError(asked, _("A node is computed from itself."))
        tidy = self.copy()
        tidy.prune()
        if not any(node.what == INPUT for node in tidy.nodes.values() if node.kind == "leaf"):
            raise CellError(asked, _("The hidden state never depends on x."))
        if "h_prev" not in {node.what for node in tidy.nodes.values()} and len(tidy.outputs) == 1:
            raise CellError(asked, _("It has no memory: h does not depend on any state of the step before."))
        return parse(_Writer(tidy).text(), name, source)


def graph_of(cell: Cell) -> Graph:
    """The graph of a cell whose lines all have the size of h.

    Args:
        cell: The cell.

    Raises:
        CellError: If a line, a state or a peephole has the size of x.
    """
    wide = [name for name, shape in cell.shapes.items() if shape == ("D",) and name != INPUT]
    wide += [INPUT for line in cell.lines if _bare_input(line.expr)]
    if wide:
        raise CellError(
            _("The cell {cell} as a graph.").format(cell=cell.name),
            _("`{name}` has the size of x.").format(name=wide[0]),
            _("All nodes of a graph have the size of h; x enters through a matrix."),
        )
    return _Reader(cell).graph()


def _bare_input(expr: Expr) -> bool:
    """Whether x stands anywhere but behind a matrix."""
    match expr:
        case Name(name):
            return name == INPUT
        case MatMul(_, Name(name)) if name == INPUT:
            return False
        case MatMul(_, arg) | Neg(arg) | Call(_, arg):
            return _bare_input(arg)
        case Op(_, left, right):
            return _bare_input(left) or _bare_input(right)
    return False


class _Reader:
    """Reads a graph off a cell."""

    def __init__(self, cell: Cell) -> None:
        self.cell, self.made = cell, Graph({}, {})
        self.known: dict[str, int] = {}
        every = [name for line in cell.lines for name in names(line.expr)]
        self.once = {name for name in every if name.startswith("b_") and every.count(name) == 1}

    def graph(self) -> Graph:
        for line in self.cell.lines:
            number = self.number(line.expr)
            node = self.made.nodes[number]
            if node.kind in COMPUTED and not node.line:
                self.made.nodes[number] = replace(node, line=line.name)
            self.known[line.name] = number
        self.made.outputs = {line.name: self.known[line.name] for line in self.cell.lines if self.is_output(line)}
        self.made.words = {line.name: (line.expr, line.words) for line in self.cell.lines}
        return self.made

    def is_output(self, line: Line) -> bool:
        return line.name in self.cell.states

    def number(self, expr: Expr) -> int:
        """The node of an expression."""
        add = self.made.add
        match expr:
            case Num(value):
                return add(Node("number", value=value))
            case Name(name):
                if name not in self.known:
                    self.known[name] = add(Node("leaf", name))
                return self.known[name]
            case Neg(arg):
                zero = add(Node("number", value=0.0))
                return add(Node("op", "-", (zero, self.number(arg))))
            case Call(function, arg):
                return add(Node("call", function, (self.number(arg),)))
            case MatMul(Name(matrix), vector):
                return add(Node("linear", matrix, (self.number(vector),)))
            case Op(op, left, right) if op in "*/":
                return add(Node("op", op, (self.number(left), self.number(right))))
        return self.sum(expr)

    def sum(self, expr: Expr) -> int:
        """The node of a sum, each bias and each constant path taken to the matrix it belongs to."""
        total: int | None = None
        for sign, number in self.grouped(terms(expr)):
            if total is None and sign < 0:
                total = self.made.add(Node("number", value=0.0))
            if total is None:
                total = number
            else:
                total = self.made.add(Node("op", "+" if sign > 0 else "-", (total, number)))
        assert total is not None
        return total

    def grouped(self, signed: list[tuple[int, Expr]]) -> Iterator[tuple[int, int]]:
        """The terms as nodes with their signs."""
        rest = list(signed)
        while rest:
            sign, term = rest.pop(0)
            if sign > 0 and isinstance(term, MatMul) and isinstance(term.matrix, Name):
                value = self.taken_path(term.vector, rest)
                bias = None
                if rest and rest[0][0] > 0 and isinstance(rest[0][1], Name) and rest[0][1].id in self.once:
                    bias = rest.pop(0)[1].id  # type: ignore[union-attr]
                yield sign, self.made.add(Node("linear", term.matrix.id, (self.number(term.vector),), bias, value))
            else:
                yield sign, self.number(term)

    @staticmethod
    def taken_path(vector: Expr, rest: list[tuple[int, Expr]]) -> float:
        """The number a of a next term `a * v`, which is taken; 0 where the next term is none."""
        if not rest or not isinstance(vector, Name):
            return 0.0
        match rest[0]:
            case (1, Op("*", Num(value), arg)) if arg == vector:
                rest.pop(0)
                return value
            case (1, arg) if arg == vector:
                rest.pop(0)
                return 1.0
        return 0.0


class _Writer:
    """Writes a graph without superfluous nodes as lines."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.lines: list[tuple[str, Expr]] = []
        self.written: dict[int, Expr] = {}
        self.names = self._line_names()
        self.taken = {n.what for n in graph.nodes.values()} | {n.bias or "" for n in graph.nodes.values()}
        self.matrices = {number: self._own_names(number) for number, n in graph.nodes.items() if n.kind == "linear"}

    def text(self) -> str:
        for state, number in self.graph.outputs.items():
            self.expr(number)
            if self.names.get(number) != state:
                self.lines.append((state, self.written[number]))
        rows = []
        for name, expr in self.lines:
            before, words = self.graph.words.get(name, (None, ""))
            comment = f"  # {words}" if expr == before and words != name else ""
            rows.append(f"{name} = {to_text(expr)}{comment}")
        return "\n".join(rows)

    def _line_names(self) -> dict[int, str]:
        """Nodes that are lines, by name: first the states, then those that had a name, or are read more than once."""
        states: dict[int, str] = {}
        for state, number in self.graph.outputs.items():
            if self.graph.nodes[number].kind in COMPUTED:
                states.setdefault(number, state)
        used, found = set(self.graph.outputs), dict(states)
        for number, node in self.graph.nodes.items():
            if number not in found and node.line and node.line not in used:
                found[number] = node.line
                used.add(node.line)
        free = (f"v{k}" for k in range(1, len(self.graph.nodes) + 100) if f"v{k}" not in used)
        twice = {node.parents[0] for node in self.graph.nodes.values() if node.kind == "linear" and node.value}
        for number, node in self.graph.nodes.items():
            if number not in found and node.kind in COMPUTED and (number in twice or self.graph.uses(number) > 1):
                found[number] = next(free)
        self.free = free
        return found

    def _own_names(self, number: int) -> tuple[str, str]:
        """Names of a matrix and its bias: W for the input, U for all else, its old ending where it has one."""
        node = self.graph.nodes[number]
        letter = "W" if self.graph.nodes[node.parents[0]].what == INPUT else "U"
        bias = node.bias or ""
        if node.what and node.what.startswith(letter):
            return node.what, bias or (self._fresh("b") if node.bias is not None else "")
        matrix = f"{letter}{node.what[1:]}" if node.what else ""
        if not matrix or matrix in self.taken:
            matrix = self._fresh(letter)
        self.taken.add(matrix)
        return matrix, bias or (self._fresh("b", matrix[2:]) if node.bias is not None else "")

    def _fresh(self, letter: str, ending: str = "") -> str:
        """A name nobody has."""
        name = f"{letter}_{ending}"
        if not ending or name in self.taken:
            name = next(
                f"{letter}_{k}" for k in range(1, 1000) if not {f"{a}_{k}" for a in ("W", "U", "b")} & self.taken
            )
        self.taken.add(name)
        return name

    def expr(self, number: int) -> Expr:
        """What a node is in the text where it is used: a name where it is a line, else the whole."""
        if number not in self.written:
            made = self._made(number)
            if number not in self.names and len(to_text(made)) > LONGEST and self.graph.nodes[number].kind != "leaf":
                self.names[number] = next(self.free)
            if number in self.names:
                self.lines.append((self.names[number], made))
                made = Name(self.names[number])
            self.written[number] = made
        return self.written[number]

    def _made(self, number: int) -> Expr:
        node = self.graph.nodes[number]
        if node.kind == "number":
            return Num(node.value)
        if node.kind == "leaf":
            return MatMul(Name(PROJECTION), Name(INPUT)) if node.what == INPUT else Name(node.what)
        if node.kind == "linear":
            return self._linear(number, node)
        parts = [self.expr(parent) for parent in node.parents]
        if node.kind == "call":
            return Call(node.what, parts[0])
        if node.what == "-" and parts[0] == Num(0.0):
            return Neg(parts[1])
        made = Op(node.what, parts[0], parts[1])
        return join_sum(terms(made)) if node.what in "+-" else made

    def _linear(self, number: int, node: Node) -> Expr:
        matrix, bias = self.matrices[number]
        is_input = self.graph.nodes[node.parents[0]].what == INPUT
        vector = Name(INPUT) if is_input else self.expr(node.parents[0])
        signed: list[tuple[int, Expr]] = [(1, MatMul(Name(matrix), vector))]
        if node.value:
            straight = self.expr(node.parents[0])
            signed.append((1, straight if node.value == 1 else Op("*", Num(node.value), straight)))
        if bias:
            signed.append((1, Name(bias)))
        return join_sum(signed)
