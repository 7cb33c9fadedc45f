"""A cell's program as whole numbers, which the interpreter reads: what `text_cell` says in C, for all sizes alike."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import accumulate

from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.interpreter.instructions import Instruction, Operand, Temporary, instructions
from gatedrnn_course.engines.c_tier.interpreter.operations import ARRAYS, CODES, SECTIONS
from gatedrnn_course.engines.c_tier.places import Place
from gatedrnn_course.engines.c_tier.steps import Pass, ahead, backward_steps, forward_steps
from gatedrnn_course.engines.program.fuse import Block, Transposed

__all__ = ["encode"]

_LETTERS = {"H": 0, "D": 1}
_NOWHERE = (0, 0, 0)


def encode(a: Addresses) -> list[int]:
    """The program of a cell.

    Args:
        a: The addresses of the numbered cell.

    Returns:
        Where each of `SECTIONS` begins, where the last ends, and then the sections.
    """
    sections = _Encoder(a).sections()
    flat = [_flat(sections[name]) for name in SECTIONS]
    begins = accumulate((len(own) for own in flat), initial=len(SECTIONS) + 1)
    return [*begins, *(number for own in flat for number in own)]


def _flat(rows: Iterable[int | Sequence[int]]) -> list[int]:
    return [n for row in rows for n in ((row,) if isinstance(row, int) else row)]


def _counts(letters: Sequence[str]) -> tuple[int, int]:
    """Padded sizes together: so many times H, so many times D."""
    return letters.count("H"), letters.count("D")


class _Encoder:
    def __init__(self, a: Addresses) -> None:
        self.a, self.cell, self.program = a, a.cell, a.program
        self.scratch = a.scratch()
        self.tape = a.program.memory.tape
        self.vectors = [a.cell.shape(name)[0] for name in a.vectors]
        self.constants: dict[float, int] = {}
        self.temporaries = 0

    def sections(self) -> dict[str, Iterable[int | Sequence[int]]]:
        """Each as rows of numbers."""
        a, parameters = self.a, self.cell.parameters
        steps = {
            "HOISTED": [row for block in ahead(a) for row in self._step(block)],
            "FORWARD": [row for step in forward_steps(a) for row in self._step(step)],
            "BACKWARD": [row for step in backward_steps(a) for row in self._step(step)],
        }
        blocks = list(a.blocks)
        entries = [pair for block in blocks for pair in block.entries]
        return {
            "FACTS": [self.program.memory.in_place, self.temporaries],
            "STATES": [_LETTERS[letter] for letter in a.states],
            "SLOTS": [_counts(a.slots)],
            "TAPE": [_LETTERS[a.letter(name)] for name in self.tape],
            "SCRATCH": [_LETTERS[letter] for _, letter in self.scratch],
            "VECTORS": [(parameters.index(n), _LETTERS[self.cell.shape(n)[0]]) for n in a.vectors],
            "IDLE": [(parameters.index(n), *(_LETTERS[letter] for letter in self.cell.shape(n))) for n in a.idle],
            "BLOCKS": self._blocks(blocks),
            "ENTRIES": [parameters.index(matrix) for matrix, _ in entries],
            "TURNS": self._turns(),
            "PIECES": [source for own in self.program.transposed for source in own.sources],
            "CONSTANTS": [struct.unpack("q", struct.pack("d", value))[0] for value in self.constants],
            **steps,
        }

    def _blocks(self, blocks: Sequence[Block]) -> Iterable[Sequence[int]]:
        """The forward's products: what they multiply, the slots, sizes of the two, entries, whether they are fresh."""
        first = 0
        for block in blocks:
            where = *self._where(self.a.forward(block.vector)), *self._where(self.a.slot(block.entries[0][1]))
            yield (*where, _LETTERS[block.inner], _LETTERS[block.letter], first, len(block.entries), block.fresh)
            first += len(block.entries)

    def _turns(self) -> Iterable[Sequence[int]]:
        """The backward's products: the deltas, the target, sizes of the two, entries, whether it is fresh."""
        first = 0
        for own in self.program.transposed:
            (target,), delta = self.a.backward(f"#{own.target}"), self.a.slot(own.entries[0][1], "delta")
            sizes = _LETTERS[own.letter], _LETTERS[own.inner]
            where = *self._where(delta), *self._where(target)
            yield (*where, *sizes, first, len(own.entries), own.fresh, own.late)
            first += len(own.entries)

    def _step(self, step: Block | Transposed | Pass) -> Iterable[Sequence[int]]:
        """A product, or a pass and its operations."""
        if isinstance(step, Block):
            yield (CODES["product"], self.program.blocks.index(step), 0, 0, *_NOWHERE * 4)
            return
        if isinstance(step, Transposed):
            yield (CODES["product"], self.program.transposed.index(step), 0, step.late, *_NOWHERE * 4)
            return
        found = instructions(step, self.program.memory.in_place)
        if not found:
            return
        yield (CODES["pass"], len(found), _LETTERS[step.letter], step.late, *_NOWHERE * 4)
        for one in found:
            yield self._instruction(one, _LETTERS[step.letter])

    def _instruction(self, one: Instruction, letter: int) -> Sequence[int]:
        target = self._near(one.target) if isinstance(one.target, str) else self._operand(one.target, letter)
        read = [self._operand(own, letter) for own in one.operands]
        read += [_NOWHERE] * (3 - len(read))
        return (CODES[one.name], 0, letter, 0, *target, *_flat(read))

    def _operand(self, own: Operand, letter: int) -> Sequence[int]:
        if isinstance(own, Place):
            return self._where(own)
        if isinstance(own, Temporary):
            self.temporaries = max(self.temporaries, own.number + 1)
            return (self._array("temporary", own.number, letter), 0, 0)
        return (ARRAYS.index("CONSTANT"), self.constants.setdefault(own, len(self.constants)), 0)

    def _near(self, parameter: str) -> Sequence[int]:
        return (ARRAYS.index("NEAR"), *_counts(self.vectors[: self.a.vectors.index(parameter)]))

    def _where(self, place: Place) -> Sequence[int]:
        """Array and columns before."""
        match place.kind:
            case "parameter":
                before = _counts(self.vectors[: self.a.vectors.index(place.key)])
                return (ARRAYS.index("PARAMETER"), *before)
            case "input" | "d_h" | "d_x" | "slot" | "delta":
                return (ARRAYS.index(place.kind.upper()), *_counts(place.columns))
            case "tape":
                return (self._array("tape", self.tape.index(place.key)), 0, 0)
            case "scratch":
                return (self._array("scratch", [name for name, _ in self.scratch].index(place.key)), 0, 0)
        side = ("before", "after", "in", "out").index(place.kind)
        return (self._array("state", 4 * self.cell.states.index(place.key) + side), 0, 0)

    def _array(self, kind: str, number: int, letter: int = 0) -> int:
        """The number of one of the arrays that come after `ARRAYS`: states, tape, scratch, temporaries."""
        if kind == "temporary":
            number = 2 * number + letter
        lengths = {"state": 4 * len(self.cell.states), "tape": len(self.tape), "scratch": len(self.scratch)}
        before = {"state": (), "tape": ("state",), "scratch": ("state", "tape")}.get(kind, tuple(lengths))
        return len(ARRAYS) + sum(lengths[other] for other in before) + number
