"""Where a kernel keeps each value: in a state's array, over the slot it came from, on the tape, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.program.layout import Layout, layout_of
from gatedrnn_course.engines.program.lowering import is_slot, slot_number

__all__ = ["Home", "Storage", "storage_of"]


@dataclass(frozen=True, slots=True)
class Home:
    """A place in memory.

    Attributes:
        kind: `"state"`, `"slot"`, `"tape"` (kept for every step), `"delta"`, `"carry"` (what goes to the step before),
            `"scratch"` (for this step) or `"d_x"`.
        key: Name of the state, number of the slot, or name of the value.
    """

    kind: str
    key: str


@dataclass(frozen=True)
class Storage:
    """The homes of all values of a cell.

    Attributes:
        layout: The layout.
        forward: Homes of the forward's values that are kept.
        backward: Homes of the backward's values that are kept, besides deltas.
        slots: Homes of the backward's slots.
        in_place: Whether deltas overwrite the slots they belong to; else they have an array of their own.
    """

    layout: Layout
    forward: Mapping[str, Home]
    backward: Mapping[str, Home]
    slots: Mapping[int, Home]
    in_place: bool

    def tape(self) -> tuple[str, ...]:
        """Values with an array of their own on the tape."""
        return tuple(name for name, home in self.forward.items() if home.kind == "tape")

    def scratch(self) -> Iterator[tuple[str, str]]:
        """Names and sizes of what the backward keeps for one step."""
        part = self.layout.equations.backward
        yield from ((f"#{k}", part.slots[k]) for k, home in self.slots.items() if home.kind == "scratch")
        yield from ((name, part.letters[name]) for name, home in self.backward.items() if home.kind == "scratch")


@lru_cache(maxsize=1024)
def storage_of(cell: Cell) -> Storage:
    """Choose the homes of a cell's values."""
    layout = layout_of(cell)
    forward = _forward(layout)
    in_place = _in_place(layout, forward)
    slots = _slots(layout)
    return Storage(layout, forward, _backward(layout), slots, in_place)


def _forward(layout: Layout) -> dict[str, Home]:
    e, levels = layout.equations, layout.levels
    values = e.forward.values
    kept = {p.vector for p in e.forward.products} | {n for v in e.backward.values.values() for n in names(v)}
    kept |= {n for name, v in values.items() for n in names(v) if levels.get(n, 0) < levels[name]}
    homes = {state: Home("state", state) for state in e.cell.states}
    free = set(layout.columns)
    for name in values:
        if name in kept and name not in homes:
            slot = next((k for k in _above(layout, name) if k in free), None)
            homes[name] = Home("tape", name) if slot is None else Home("slot", str(slot))
            free.discard(-1 if slot is None else slot)
    return homes


def _above(layout: Layout, name: str) -> Iterator[int]:
    """Slots that a value, or a value it is made of, has read at the same level."""
    part, levels = layout.equations.forward, layout.levels
    for used in names(part.values[name]):
        inner = [used] if is_slot(used) else []
        if used in part.values and levels[used] == levels[name]:
            inner = [n for n in names(part.values[used]) if is_slot(n)]
        yield from (slot_number(n) for n in inner if part.slots[slot_number(n)] == part.letters[name])


def _in_place(layout: Layout, homes: Mapping[str, Home]) -> bool:
    """Deltas may overwrite slots if nobody looks at what is there afterwards."""
    e, levels = layout.equations, layout.levels
    vectors = {p.vector for p in e.forward.products}
    for name, home in homes.items():
        if home.kind == "slot":
            written = levels[e.deltas[int(home.key)]]
            readers = [levels[n] for n, value in e.backward.values.items() if name in names(value)]
            if name in vectors or any(level > written for level in readers):
                return False
    return True


def _slots(layout: Layout) -> dict[int, Home]:
    """A slot whose sum is itself what leaves for the step before is computed right there."""
    homes = {p.slot: Home("scratch", f"#{p.slot}") for p in layout.equations.backward.products}
    for slot, (end, _) in layout.seeds.items():
        homes[slot] = _leaving(layout, end)
    return homes


def _leaving(layout: Layout, end: str) -> Home:
    e = layout.equations
    return Home("d_x", "") if end == e.d_x else Home("carry", next(s for s, own in e.ends.items() if own == end))


def _backward(layout: Layout) -> dict[str, Home]:
    e, levels = layout.equations, layout.levels
    values = e.backward.values
    deltas = set(e.deltas.values())
    homes = {end: _leaving(layout, end) for end in (*e.ends.values(), e.d_x) if end in values}
    for end, chain in layout.seeds.values():
        homes.update(dict.fromkeys(chain, _leaving(layout, end)))
    for name in values:
        later = any(name in names(v) and levels[other] > levels[name] for other, v in values.items())
        if later and name not in deltas and name not in homes:
            homes[name] = Home("scratch", name)
    return homes
