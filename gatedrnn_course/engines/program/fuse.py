"""Products that run as one: neighbouring columns that multiply a vector, neighbouring deltas that go into a slot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from gatedrnn_course.engines.program.ends import Split
from gatedrnn_course.engines.program.step import Part, Product, Step

__all__ = ["Block", "fuse_backward", "fuse_forward", "runs"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """Products that run as one.

    In the forward `entries` are `(matrix, slot)` of neighbouring columns that grow by `matrix @ vector`. In the
    backward, slot `target` grows by `matrix.T @ delta` over the entries, the deltas being neighbouring columns.

    Attributes:
        round: The round it runs in; -1 for products with the input, which run for many steps at once.
        entries: Pairs of a matrix and the forward's slot.
        vector: What the matrices multiply in the forward.
        target: The slot of the backward.
        fresh: Whether the slots hold nothing yet.
    """

    round: int
    entries: tuple[tuple[str, int], ...]
    vector: str
    target: int
    fresh: bool


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
            fresh = run[0].slot not in filled
            blocks.append(Block(when, tuple((p.matrix, p.slot) for p in run), vector, -1, fresh))
        filled.update(p.slot for p in products)
    return tuple(blocks)


def fuse_backward(step: Step, columns: tuple[int, ...], split: Split) -> tuple[Block, ...]:
    """The backward's products: for each slot, runs of neighbouring deltas, once the last of them is known."""
    place, letters = {slot: k for k, slot in enumerate(columns)}, step.forward.slots
    home: dict[str, int] = {}
    for slot in columns:
        home.setdefault(step.deltas[slot], slot)
    found: list[Block] = []
    for target in dict.fromkeys(p.slot for p in split.backward.products):
        mine = [p for p in split.backward.products if p.slot == target]
        when = max(split.rounds[p.vector] for p in mine) + 1
        pairs = sorted(((p.matrix, home[p.vector]) for p in mine), key=lambda pair: place[pair[1]])
        fused = runs(pairs, lambda a, b: place[b[1]] == place[a[1]] + 1 and letters[a[1]] == letters[b[1]])
        fresh = not split.ends.get(target, ("", ()))[1]
        found += [Block(when, tuple(run), "", target, fresh and run is fused[0]) for run in fused]
    return tuple(sorted(found, key=lambda block: block.round))
