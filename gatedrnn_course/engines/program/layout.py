"""The order a kernel works in: levels, the columns of the slots, and products run together as one matrix product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gatedrnn_course.cells.cell import Cell
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.program.equations import Equations, equations_of
from gatedrnn_course.engines.program.lowering import Part, Product, is_slot, reads, slot_number
from gatedrnn_course.engines.program.seeds import find_seeds

__all__ = ["Block", "Layout", "layout_of"]


@dataclass(frozen=True, slots=True)
class Block:
    """Products that run as one.

    In the forward `entries` are `(matrix, slot)` of neighbouring columns that grow by `matrix @ vector`. In the
    backward, slot `target` grows by `matrix.T @ delta` over the entries, the deltas being neighbouring columns.

    Attributes:
        level: Level it runs at.
        entries: Pairs of a matrix and the forward's slot.
        vector: What the matrices multiply in the forward.
        target: The slot of the backward.
        fresh: Whether the slots hold nothing yet.
    """

    level: int
    entries: tuple[tuple[str, int], ...]
    vector: str
    target: int
    fresh: bool


@dataclass(frozen=True)
class Layout:
    """Where and when everything of a cell is computed.

    A level is one round of products followed by one pass over the elements.

    Attributes:
        equations: What is computed.
        columns: The forward's slots in the order they lie side by side.
        levels: Level of every value of the forward and the backward.
        blocks: The forward's products; those with `x` run for many steps at once.
        turns: The backward's products.
        late: Values of the backward that only the derivative of the input needs.
        seeds: Slots whose sum, once products are added to a value that is there already, leaves for the step before:
            the end it leaves as, and the values it begins with, one a level.
    """

    equations: Equations
    columns: tuple[int, ...]
    levels: Mapping[str, int]
    blocks: tuple[Block, ...]
    turns: tuple[Block, ...]
    late: frozenset[str]
    seeds: Mapping[int, tuple[str, tuple[str, ...]]]

    @property
    def main_levels(self) -> int:
        """How many levels the backward has without the derivative of the input."""
        return 1 + max((self.levels[n] for n in self.equations.backward.values if n not in self.late), default=-1)


@lru_cache(maxsize=1024)
def layout_of(cell: Cell) -> Layout:
    """Arrange the computation of a cell.

    Args:
        cell: The cell.
    """
    e = equations_of(cell)
    levels = _levels(e.forward, e.forward.values, 0)
    columns = _columns(e.forward)
    blocks = _blocks(e.forward, columns, levels)
    main = reads(e.backward, e.wanted)
    late = reads(e.backward, [e.d_x]) - main if e.d_x else set()
    back = _levels(e.backward, [n for n in e.backward.values if n in main], 0)
    first_late = 1 + max(back.values(), default=-1)
    back |= _levels(e.backward, [n for n in e.backward.values if n in late], first_late, back)
    live = main | late
    for name in [n for n in e.backward.values if n not in live]:
        del e.backward.values[name]
    e.backward.products[:] = [p for p in e.backward.products if f"#{p.slot}" in live]
    seeds = find_seeds(e, back)
    turns = _turns(e, columns, back, seeds)
    names_late = frozenset(n for n in late if n in e.backward.values or is_slot(n))
    return Layout(e, columns, {**levels, **back}, blocks, turns, names_late, seeds)


def _levels(part: Part, values: Iterable[str], lowest: int, known: Mapping[str, int] | None = None) -> dict[str, int]:
    """The level of every value: one more than that of anything a matrix multiplies on the way to it."""
    found: dict[str, int] = {}
    given = known or {}

    def level(name: str) -> int:
        if is_slot(name):
            vectors = [p.vector for p in part.products if p.slot == slot_number(name)]
            return max((level(v) + 1 if v in part.values else 0 for v in vectors), default=0)
        return found[name] if name in found else given.get(name, 0)

    for name in values:
        found[name] = max([lowest, *(level(used) for used in names(part.values[name]))])
    return found


def _columns(part: Part) -> tuple[int, ...]:
    """Slots that multiply the same vectors lie side by side."""
    used: dict[int, set[str]] = {}
    for product in part.products:
        used.setdefault(product.slot, set()).add(product.vector)
    vectors = list(dict.fromkeys(p.vector for p in part.products))
    vectors.sort(key=lambda v: -sum(v in own for own in used.values()))
    return tuple(sorted(used, key=lambda k: (part.slots[k] != "H", [v not in used[k] for v in vectors], k)))


def _blocks(part: Part, columns: tuple[int, ...], levels: Mapping[str, int]) -> tuple[Block, ...]:
    """The forward's products, those with the input first."""
    place = {slot: k for k, slot in enumerate(columns)}
    groups: dict[tuple[int, str, int], list[Product]] = {}
    rounds: dict[tuple[int, str], int] = {}
    for p in part.products:
        level = levels[p.vector] + 1 if p.vector in part.values else 0
        number = rounds.get((p.slot, p.vector), 0)
        rounds[p.slot, p.vector] = number + 1
        groups.setdefault((-1 if p.vector == "x" else level, p.vector, number), []).append(p)
    filled: set[int] = set()
    blocks: list[Block] = []
    for (level, vector, _), products in sorted(groups.items()):
        run: list[Product] = []
        for p in sorted(products, key=lambda p: place[p.slot]):
            last = run[-1] if run else None
            if last and not _together(last, p, place, part.slots, filled):
                blocks.append(_forward_block(level, vector, run, filled))
                run = []
            run.append(p)
        blocks.append(_forward_block(level, vector, run, filled))
    return tuple(blocks)


def _together(a: Product, b: Product, place: Mapping[int, int], letters: list[str], filled: set[int]) -> bool:
    same = letters[a.slot] == letters[b.slot] and (a.slot in filled) == (b.slot in filled)
    return same and place[b.slot] == place[a.slot] + 1


def _forward_block(level: int, vector: str, run: list[Product], filled: set[int]) -> Block:
    fresh = run[0].slot not in filled
    filled.update(p.slot for p in run)
    return Block(level, tuple((p.matrix, p.slot) for p in run), vector, -1, fresh)


def _turns(
    e: Equations, columns: tuple[int, ...], levels: Mapping[str, int], seeds: Mapping[int, tuple[str, tuple[str, ...]]]
) -> tuple[Block, ...]:
    """The backward's products: for each slot, runs of neighbouring deltas, once the last of them is known."""
    place = {slot: k for k, slot in enumerate(columns)}
    home: dict[str, int] = {}
    for slot in columns:
        home.setdefault(e.deltas[slot], slot)
    found: list[Block] = []
    for target in dict.fromkeys(p.slot for p in e.backward.products):
        mine = [p for p in e.backward.products if p.slot == target]
        level = max(levels[p.vector] for p in mine) + 1
        runs: list[list[tuple[str, int]]] = []
        for pair in sorted(((p.matrix, home[p.vector]) for p in mine), key=lambda pair: place[pair[1]]):
            if runs and _neighbours(runs[-1][-1][1], pair[1], place, e.forward.slots):
                runs[-1].append(pair)
            else:
                runs.append([pair])
        fresh = not seeds.get(target, ("", ()))[1]
        found += [Block(level, tuple(run), "", target, fresh and run is runs[0]) for run in runs]
    return tuple(sorted(found, key=lambda block: block.level))


def _neighbours(a: int, b: int, place: Mapping[int, int], letters: list[str]) -> bool:
    return place[b] == place[a] + 1 and letters[a] == letters[b]
