"""Who comes from whom: the lines of descent of the best, and their picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from gatedrnn_course.text import _

__all__ = ["Relative", "family", "tree"]

STEP, ROW, RADIUS, MARGIN = 128, 26, 7, 24
SIZE, LETTER = 13, 7
"""Of letters: their height, and about their width."""


@dataclass(frozen=True)
class Relative:
    """One architecture of a family.

    Attributes:
        number: Its number.
        name: Its name.
        parent: The number of its parent; None at the root.
        changes: What was changed in the parent, in words.
        fitness: Its fitness; None for one that is in no list.
    """

    number: int
    name: str
    parent: int | None
    changes: str
    fitness: float | None


def family(parents: Mapping[int, int | None], members: Sequence[int]) -> list[int]:
    """Some architectures and all they descend from.

    Args:
        parents: The parent of every architecture, None for those the study starts with.
        members: Those whose lines are wanted.

    Returns:
        Their numbers and those of all ancestors, in order.
    """
    found: set[int] = set()
    for member in members:
        at: int | None = member
        while at is not None and at not in found:
            found.add(at)
            at = parents[at]
    return sorted(found)


def tree(relatives: Sequence[Relative], title: str = "") -> str:
    """The picture of a family: generations from left to right, each architecture joined to its parent.

    Args:
        relatives: The family; a parent is among them.
        title: What the picture is called.

    Returns:
        An SVG text with `role="img"`, a title, and each line of descent in words for screen readers.
    """
    title = title or _("Ancestry of the best architectures")
    known = {own.number: own for own in relatives}
    children: dict[int | None, list[int]] = {}
    for own in sorted(relatives, key=lambda own: own.number):
        children.setdefault(own.parent, []).append(own.number)
    places: dict[int, tuple[float, float]] = {}
    rows = _place(None, children, places, -1, 0)
    width = 2 * MARGIN + STEP * (1 + max((x for x, _y in places.values()), default=0))
    height = 2 * MARGIN + ROW * max(rows, 1)
    lines, nodes = [], []
    for number, (column, row) in places.items():
        own, (x, y) = known[number], _at(column, row)
        if own.parent is not None:
            a, b = _at(*places[own.parent])
            middle = (a + x) / 2
            lines.append(
                f'<path d="M{a + RADIUS:g} {b:g} C{middle:g} {b:g} {middle:g} {y:g} {x - RADIUS:g} {y:g}" '
                'fill="none" stroke="#767676"/>'
            )
        nodes.append(_node(own, x, y))
    label = escape(title)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" role="img" aria-label="{label}" font-family="sans-serif" font-size="{SIZE}">',
            f"<title>{label}</title>",
            f"<desc>{escape(told(relatives))}</desc>",
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
            *lines,
            *nodes,
            "</svg>",
        )
    )


def _place(
    number: int | None,
    children: Mapping[int | None, Sequence[int]],
    places: dict[int, tuple[float, float]],
    column: int,
    row: int,
) -> int:
    """Give a node and all below it places; returns the first free row."""
    first, below = row, children.get(number, ())
    for child in below:
        row = _place(child, children, places, column + 1, row)
    if not below:
        row += 1
    if number is not None:
        inner = [places[child][1] for child in below]
        places[number] = (column, sum(inner) / len(inner) if inner else first)
    return row


def _at(column: float, row: float) -> tuple[float, float]:
    return MARGIN + STEP * column, MARGIN + ROW * (row + 0.5)


def _node(own: Relative, x: float, y: float) -> str:
    """A member is filled, an ancestor that is in no list is a ring, a root is a square."""
    colour = "#0b5fa5" if own.fitness is not None else "#fff"
    shape = (
        f'<rect x="{x - RADIUS:g}" y="{y - RADIUS:g}" width="{2 * RADIUS}" height="{2 * RADIUS}" '
        if own.parent is None
        else f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}" '
    )
    text = own.name if own.fitness is None else f"{own.name} {own.fitness:.3f}"
    said = f"<title>{escape(own.changes)}</title>" if own.changes else ""
    return (
        f'<g>{said}{shape}fill="{colour}" stroke="#0b5fa5" stroke-width="2"/>'
        f'<rect x="{x + RADIUS + 2:g}" y="{y - 8:g}" width="{LETTER * len(text) + 4:g}" height="16" fill="#fff"/>'
        f'<text x="{x + RADIUS + 4:g}" y="{y + 4:g}" fill="#222">{escape(text)}</text></g>'
    )


def told(relatives: Sequence[Relative]) -> str:
    """A family in sentences."""
    known = {own.number: own for own in relatives}
    sentences = []
    for own in relatives:
        if own.parent is None:
            sentences.append(_("{name} is where the search began.").format(name=own.name))
        else:
            words = _("{name} comes from {parent}.") if not own.changes else _("{name} comes from {parent}: {changes}")
            sentences.append(words.format(name=own.name, parent=known[own.parent].name, changes=own.changes))
    return " ".join(sentences)
