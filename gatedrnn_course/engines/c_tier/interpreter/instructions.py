"""A pass as operations on whole arrays: equal parts once, products and sums together, few temporary arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from gatedrnn_course.cells.activations import FUNCTIONS
from gatedrnn_course.cells.expr import Call, Expr, Name, Neg, Num, Op
from gatedrnn_course.closure import closure
from gatedrnn_course.engines.c_tier.places import Place
from gatedrnn_course.engines.c_tier.steps import Pass

__all__ = ["Instruction", "Operand", "Temporary", "instructions"]


@dataclass(frozen=True, slots=True)
class Temporary:
    """An array for this pass."""

    number: int


Operand = Place | Temporary | float
"""A number stands for itself in every row and column."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation.

    Attributes:
        name: As in `OPERATIONS`, or `"sum"`.
        target: What it writes; for a sum the parameter whose gradient grows.
        operands: What it reads, up to three.
    """

    name: str
    target: Operand | str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class _Node:
    """An operation on other nodes, by number, or an operand."""

    name: str
    args: tuple[int, ...] = ()
    leaf: Place | float | None = None


def instructions(own: Pass, in_place: bool) -> list[Instruction]:
    """The operations of a pass.

    Args:
        own: The pass.
        in_place: Whether deltas overwrite slots.
    """
    graph = _Graph(own)
    graph.fuse()
    return _Writer(graph, in_place).write()


@dataclass
class _Graph:
    """The values of a pass as nodes, each after those it needs.

    Attributes:
        own: The pass.
        nodes: The nodes.
        values: The node of each name.
    """

    own: Pass
    nodes: list[_Node] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)
    _known: dict[_Node, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, expr in self.own.values.items():
            self.values[name] = self._node(expr)

    @property
    def ends(self) -> list[int]:
        """The nodes that are stored or summed."""
        return [self.values[name] for name, _ in self.own.stores] + [self.values[name] for _, name in self.own.sums]

    def fuse(self) -> None:
        """Let an operation take others in that nothing else needs, as far as `OPERATIONS` go."""
        uses = self.uses()
        for number in self.live():
            for place in (0, 1):
                node = self.nodes[number]
                if place < len(node.args) <= 2 and uses[node.args[place]] == 1:
                    inner, rest = self.nodes[node.args[place]], node.args[:place] + node.args[place + 1 :]
                    self.nodes[number] = self._fused(node, place, inner, rest) or node

    def _fused(self, node: _Node, place: int, inner: _Node, rest: tuple[int, ...]) -> _Node | None:
        """An operation with one of its operands, by place, taken in; the rest are its others."""
        match node.name, inner.name:
            case "+", "*":
                return _Node("a * b + c", (*inner.args, *rest))
            case "-", "*":
                return _Node("c - a * b" if place else "a * b - c", (*inner.args, *rest))
            case "*", "*":
                return _Node("a * b * c", (*rest, *inner.args))
            case "*", "-":
                return _Node("a * (b - c)", (*rest, *inner.args))
            case "*", "a * (b - c)" if inner.args[0] == inner.args[2]:
                return _Node("a * b * (c - b)", (*rest, *inner.args[:2]))
            case "*", "c - a * b" if inner.args[0] == inner.args[1]:
                return _Node("a * (c - b * b)", (*rest, *inner.args[1:]))
            case function, "+" if function in FUNCTIONS:
                return _Node(f"{function} of a + b", inner.args)
        return None

    def uses(self) -> Counter[int]:
        """How many times each node is read."""
        return Counter([*self.ends, *(arg for node in self.nodes for arg in node.args)])

    def live(self) -> list[int]:
        """The operations that something needs, in order."""
        found = closure(self.ends, lambda number: self.nodes[number].args)
        return sorted(number for number in found if self.nodes[number].leaf is None)

    def _node(self, expr: Expr) -> int:
        match expr:
            case Num(value):
                return self._add(_Node("", leaf=float(value)))
            case Name(name):
                return self.values[name] if name in self.values else self._loaded(name)
            case Neg(arg):
                return self._add(_Node("negate", (self._node(arg),)))
            case Op(op, left, right):
                return self._add(_Node(op, (self._node(left), self._node(right))))
            case Call(function, arg):
                return self._add(_Node(function, (self._node(arg),)))
        raise TypeError(f"no operation for {expr!r}")

    def _loaded(self, name: str) -> int:
        numbers = [self._add(_Node("", leaf=place)) for place in self.own.loads[name]]
        self.values[name] = numbers[0] if len(numbers) == 1 else self._add(_Node("+", tuple(numbers)))
        return self.values[name]

    def _add(self, node: _Node) -> int:
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return self._known[node]


class _Writer:
    """Chooses where each node's values go: to where they are stored, if nobody reads there later."""

    def __init__(self, graph: _Graph, in_place: bool) -> None:
        self.graph, self.nodes, self.in_place = graph, graph.nodes, in_place
        stored, used = set(graph.ends), {arg for number in graph.live() for arg in self.nodes[number].args}
        # what is only stored comes last, when most of what it may overwrite was read
        self.order = sorted(graph.live(), key=lambda number: number in stored - used)
        self.last = dict.fromkeys(graph.ends, len(self.order))
        for time, number in enumerate(self.order):
            for arg in self.nodes[number].args:
                self.last.setdefault(arg, time)
                self.last[arg] = max(self.last[arg], time)
        self.read = dict[Place, int]()
        for number, time in self.last.items():
            leaf = self.nodes[number].leaf
            if isinstance(leaf, Place):
                memory = self._memory(leaf)
                self.read[memory] = max(time, self.read.get(memory, -1))
        self.buffers: dict[int, Operand] = {
            number: node.leaf for number, node in enumerate(self.nodes) if node.leaf is not None
        }
        self.stores = [(graph.values[name], place) for name, place in graph.own.stores]
        self.done = list[Instruction]()
        self.free, self.made = list[Temporary](), 0

    def write(self) -> list[Instruction]:
        """All instructions."""
        self._save()
        for time, number in enumerate(self.order):
            node = self.nodes[number]
            operands = tuple(self.buffers[arg] for arg in node.args)
            for arg in dict.fromkeys(node.args):
                if self.last[arg] == time:
                    self._release(self.buffers[arg])
            self.buffers[number] = self._buffer(number, time)
            self.done.append(Instruction(node.name, self.buffers[number], operands))
        for parameter, name in self.graph.own.sums:
            self.done.append(Instruction("sum", parameter, (self.buffers[self.graph.values[name]],)))
        for number, place in self.stores:
            if self.buffers[number] != place:
                self.done.append(Instruction("copy", place, (self.buffers[number],)))
        return self.done

    def _save(self) -> None:
        """Keep what is read at the end but may be overwritten before."""
        written = {self._memory(place) for _, place in self.stores}
        for number in dict.fromkeys(self.graph.ends):
            leaf = self.nodes[number].leaf
            if isinstance(leaf, Place) and self._memory(leaf) in written and (number, leaf) not in self.stores:
                self.buffers[number] = self._temporary()
                self.done.append(Instruction("copy", self.buffers[number], (leaf,)))

    def _buffer(self, number: int, time: int) -> Operand:
        places = (place for stored, place in self.stores if stored == number)
        later = (place for place in places if self.read.get(self._memory(place), -1) <= time)
        return next(later, None) or self._temporary()

    def _temporary(self) -> Temporary:
        if self.free:
            return self.free.pop()
        self.made += 1
        return Temporary(self.made - 1)

    def _release(self, buffer: Operand) -> None:
        if isinstance(buffer, Temporary):
            self.free.append(buffer)

    def _memory(self, place: Place) -> Place:
        """The place by which memory is told apart."""
        if place.kind == "delta" and self.in_place:
            return Place("slot", place.letter, columns=place.columns)
        return place
