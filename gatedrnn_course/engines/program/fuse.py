"""Products that run as one: neighbouring columns that multiply a vector, neighbouring deltas that go into a slot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gatedrnn_course.engines.program.ends import Split
from gatedrnn_course.engines.program.step import SLOT, Part, Product, Step

__all__ = ["Block", "Transposed", "fuse_backward", "fuse_forward", "runs"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """Products of the forward that run as one: neighbouring columns grow by `matrix @ vector`.

    Attributes:
        round: The round it runs in; -1 for products with the input, which run for many steps at once.
        entries: Pairs of a matrix and a slot.
        vector: What the matrices multiply.
        letter: The size of each slot.
        inner: The size of the vector.
        fresh: Whether the slots hold nothing yet.
    """

    round: int
    entries: tuple[tuple[str, int], ...]
    vector: str
    letter: str
    inner: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Transposed:
    """Products of the backward that run as one: a slot grows by `matrix.T @ delta`, the deltas neighbouring columns.

    Attributes:
        round: The round it runs in.
        entries: Pairs of a matrix and the forward's slot whose delta it multiplies.
        sources: For each matrix the number of a block that holds it, and its place there.
        target: The slot of the backward.
        letter: The size of each delta.
        inner: The size of the target.
        fresh: Whether the target holds nothing yet.
        late: Whether only the derivative of the input needs it.
    """

    round: int
    entries: tuple[tuple[str, int], ...]
    sources: tuple[tuple[int, int], ...]
    target: int
    letter: str
    inner: str
    fresh: bool
    late: bool


def runs(items: Iterable[T], joined: Callable[[T, T], bool]) -> list[list[T]]:
    """Items in their order, those that follow each other and are joined together."""
    found: list[list[T]] = []
    for item in items:
        if found and joined(found[-1][-1], item):
            found[-1].append(item)
        else:
            found.append([item])
    return found


def fuse_forward(part: Part, columns: tuple[int, ...], rounds: Mapping[str, int]) -> tuple[Block, ...]:
    """The forward's products, those with the input first."""
    place = {slot: k for k, slot in enumerate(columns)}
    groups: dict[tuple[int, str, int], list[Product]] = {}
    times: dict[tuple[int, str], int] = {}
    for p in part.products:
        when = rounds[p.vector] + 1 if p.vector in part.values else 0
        number = times.get((p.slot, p.vector), 0)
        times[p.slot, p.vector] = number + 1
        groups.setdefault((-1 if p.vector == "x" else when, p.vector, number), []).append(p)
    filled: set[int] = set()

    def joined(a: Product, b: Product) -> bool:
        same = part.slots[a.slot] == part.slots[b.slot] and (a.slot in filled) == (b.slot in filled)
        return same and place[b.slot] == place[a.slot] + 1

    blocks: list[Block] = []
    for (when, vector, _), products in sorted(groups.items()):
        for run in runs(sorted(products, key=lambda p: place[p.slot]), joined):
            first = run[0].slot
            sizes, entries = (part.slots[first], part.letters[vector]), tuple((p.matrix, p.slot) for p in run)
            blocks.append(Block(when, entries, vector, *sizes, first not in filled))
        filled.update(p.slot for p in products)
    return tuple(blocks)


def fuse_backward(
    step: Step, columns: tuple[int, ...], split: Split, blocks: Sequence[Block]
) -> tuple[Transposed, ...]:
    """The backward's products: for each slot, runs of neighbouring deltas, once the last of them is known."""
    place, letters = {slot: k for k, slot in enumerate(columns)}, step.forward.slots
    home = {step.deltas[slot]: slot for slot in reversed(columns)}
    entries = [(matrix, (n, k)) for n, block in enumerate(blocks) for k, (matrix, _) in enumerate(block.entries)]
    source = dict(reversed(entries))
    found: list[Transposed] = []
    for target in dict.fromkeys(p.slot for p in split.backward.products):
        mine = [p for p in split.backward.products if p.slot == target]
        when = max(split.rounds[p.vector] for p in mine) + 1
        pairs = sorted(((p.matrix, home[p.vector]) for p in mine), key=lambda pair: place[pair[1]])
        fused = runs(pairs, lambda a, b: place[b[1]] == place[a[1]] + 1 and letters[a[1]] == letters[b[1]])
        begun, late = bool(split.ends.get(target, ("", ()))[1]), f"{SLOT}{target}" in step.late
        for run in fused:
            sizes, sources = (letters[run[0][1]], split.backward.slots[target]), tuple(source[m] for m, _ in run)
            found.append(Transposed(when, tuple(run), sources, target, *sizes, not begun and run is fused[0], late))
    return tuple(sorted(found, key=lambda own: own.round))
