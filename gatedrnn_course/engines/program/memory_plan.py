"""Where each value is kept: in a state's array, over the slot it came from, on the tape, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.program.ends import Split
from gatedrnn_course.engines.program.rounds import Rounds
from gatedrnn_course.engines.program.step import SLOT, Step, is_slot, slot_number

__all__ = ["Buffer", "MemoryPlan", "memory_plan"]


@dataclass(frozen=True, slots=True)
class Buffer:
    """A place in memory.

    Attributes:
        kind: `"state"`, `"slot"`, `"tape"` (kept for every step), `"delta"`, `"carry"` (what goes to the step before),
            `"scratch"` (for this step) or `"d_x"`.
        key: Name of the state, number of the slot, or name of the value.
    """

    kind: str
    key: str


@dataclass(frozen=True)
class MemoryPlan:
    """The buffers of all values of a cell.

    Attributes:
        forward: Buffers of the forward's values that are kept.
        backward: Buffers of the backward's values that are kept, besides deltas.
        slots: Buffers of the backward's slots.
        in_place: Whether deltas overwrite the slots they belong to; else they have an array of their own.
    """

    forward: Mapping[str, Buffer]
    backward: Mapping[str, Buffer]
    slots: Mapping[int, Buffer]
    in_place: bool

    @property
    def tape(self) -> tuple[str, ...]:
        """Values with an array of their own on the tape."""
        return tuple(name for name, buffer in self.forward.items() if buffer.kind == "tape")

    @property
    def scratch(self) -> tuple[str, ...]:
        """The slots, and then the values, that the backward keeps for one step."""
        slots = (f"{SLOT}{k}" for k, buffer in self.slots.items() if buffer.kind == "scratch")
        return (*slots, *(name for name, buffer in self.backward.items() if buffer.kind == "scratch"))


def memory_plan(step: Step, columns: tuple[int, ...], rounds: Rounds, split: Split) -> MemoryPlan:
    """Choose the buffers of a cell's values.

    Args:
        step: The step.
        columns: The order of its slots.
        rounds: The round of every value.
        split: The backward.
    """
    forward = _forward(step, columns, rounds.forward)
    slots = {p.slot: Buffer("scratch", f"{SLOT}{p.slot}") for p in split.backward.products}
    slots |= {slot: _leaving(step, end) for slot, (end, _) in split.ends.items()}
    return MemoryPlan(forward, _backward(step, split), slots, _in_place(step, split, forward))


def _forward(step: Step, columns: tuple[int, ...], rounds: Mapping[str, int]) -> dict[str, Buffer]:
    values = step.forward.values
    kept = {p.vector for p in step.forward.products} | {n for v in step.backward.values.values() for n in names(v)}
    kept |= {n for name, v in values.items() for n in names(v) if rounds.get(n, 0) < rounds[name]}
    found = {state: Buffer("state", state) for state in step.cell.states}
    free = set(columns)
    for name in values:
        if name in kept and name not in found:
            slot = next((k for k in _above(step, rounds, name) if k in free), None)
            found[name] = Buffer("tape", name) if slot is None else Buffer("slot", str(slot))
            free.discard(-1 if slot is None else slot)
    return found


def _above(step: Step, rounds: Mapping[str, int], name: str) -> Iterator[int]:
    """Slots that a value, or a value it is made of, has read in the same round."""
    part = step.forward
    for used in names(part.values[name]):
        inner = [used] if is_slot(used) else []
        if used in part.values and rounds[used] == rounds[name]:
            inner = [n for n in names(part.values[used]) if is_slot(n)]
        yield from (slot_number(n) for n in inner if part.slots[slot_number(n)] == part.letters[name])


def _in_place(step: Step, split: Split, buffers: Mapping[str, Buffer]) -> bool:
    """Deltas may overwrite slots if nobody looks at what is there afterwards."""
    vectors = {p.vector for p in step.forward.products}
    for name, buffer in buffers.items():
        if buffer.kind == "slot":
            written = split.rounds[step.deltas[int(buffer.key)]]
            readers = [split.rounds[n] for n, value in split.backward.values.items() if name in names(value)]
            if name in vectors or any(when > written for when in readers):
                return False
    return True


def _leaving(step: Step, end: str) -> Buffer:
    """A slot whose sum is itself what leaves for the step before is computed right there."""
    if end == step.d_x:
        return Buffer("d_x", "")
    return Buffer("carry", next(state for state, own in step.ends.items() if own == end))


def _backward(step: Step, split: Split) -> dict[str, Buffer]:
    values, deltas = split.backward.values, set(step.deltas.values())
    found = {end: _leaving(step, end) for end in (*step.ends.values(), step.d_x) if end in values}
    for end, chain in split.ends.values():
        found.update(dict.fromkeys(chain, _leaving(step, end)))
    for name in values:
        later = any(name in names(v) and split.rounds[other] > split.rounds[name] for other, v in values.items())
        if later and name not in deltas and name not in found:
            found[name] = Buffer("scratch", name)
    return found
