"""The kill matrix: for every graded item, what was tried on its judge and what the judge made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatedrnn_course.text import _, mark

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["HandedIn", "ItemProof", "KillMatrix", "Share"]


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    got: int
    of: int

    @property
    def all(self) -> bool:
        """Whether none is missing."""
        return self.got == self.of

    def __str__(self) -> str:
        return f"{self.got}/{self.of}" if self.of else "-"

    def __add__(self, other: Share) -> Share:
        return Share(self.got + other.got, self.of + other.of)


@dataclass(frozen=True)
class ItemProof:
    """What the judge of one item made of all that was tried.

    Attributes:
        name: Name of the function.
        points: What it is worth.
        classes: How many different functions the mistakes are.
        caught: Mistakes found wrong.
        named: Mistakes called by their name, or by another name of the same function.
        pairs_caught: Pairs of mistakes in different lines found wrong.
        pairs_named: Pairs of mistakes for which some mistake was named that gives the same numbers.
        several_caught: Mistakes in k lines at once found wrong.
        several_named: The same for which mistakes were named that give the same numbers.
        slips_caught: Slips of Python and NumPy found wrong.
        slips_named: The same that the verdict calls by a name.
        refused: Answers that compute nothing, given no points.
        accepted: Right answers in other styles, given all points.
        failures: What should not have happened, in words.
    """

    name: str
    points: int
    classes: int
    caught: Share
    named: Share
    pairs_caught: Share
    pairs_named: Share
    several_caught: Share
    several_named: Share
    slips_caught: Share
    slips_named: Share
    refused: Share
    accepted: Share
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandedIn:
    """A whole notebook and the points it got.

    Attributes:
        words: What the notebook holds.
        points: Points it got.
        expected: Points it should get.
        failures: Items whose verdict differs from that of a check in this process, in words.
    """

    words: str
    points: int
    expected: int
    failures: tuple[str, ...] = ()


_HEADS = (
    mark("function"),
    mark("points"),
    mark("different mistakes"),
    mark("mistakes caught"),
    mark("mistakes named"),
    mark("pairs caught"),
    mark("pairs named"),
    mark("k mistakes caught"),
    mark("k mistakes named"),
    mark("slips caught"),
    mark("slips named"),
    mark("empty answers refused"),
    mark("right styles accepted"),
)


@dataclass(frozen=True)
class KillMatrix:
    """The outcome of `prove`.

    Attributes:
        number: Number of the unit.
        title: Its title.
        seed: Seed of all inputs.
        items: One proof an item.
        handed_in: Whole notebooks that went through the sandbox.
    """

    number: str
    title: str
    seed: int
    items: tuple[ItemProof, ...]
    handed_in: tuple[HandedIn, ...] = ()

    @property
    def failures(self) -> tuple[str, ...]:
        """All that should not have happened, in words."""
        rows = [failure for item in self.items for failure in item.failures]
        for one in self.handed_in:
            if one.points != one.expected:
                words = _("A notebook with {words} gets {points} points, expected are {expected}.")
                rows.append(words.format(words=_(one.words), points=one.points, expected=one.expected))
            rows += one.failures
        return tuple(rows)

    @property
    def ok(self) -> bool:
        """Whether every mistake was caught and named, and every right answer accepted."""
        return not self.failures

    def rows(self) -> list[tuple[str, ...]]:
        """The matrix as text, one row an item and one for all together."""
        rows = [_row(f"`{item.name}`", item) for item in self.items]
        return [*rows, _row(_("together"), _together(self.items))]

    def table(self) -> Table:
        """The matrix for a terminal."""
        from rich.table import Table

        title = _("Unit {number}, {title}").format(number=self.number, title=self.title)
        caption = _("Whole notebooks: {rows}").format(
            rows=", ".join(f"{_(one.words)} {one.points}" for one in self.handed_in)
        )
        table = Table(title=title, caption=caption if self.handed_in else None)
        for k, head in enumerate(_HEADS):
            table.add_column(_(head), justify="right" if k else "left")
        for row in self.rows():
            table.add_row(row[0].strip("`"), *row[1:])
        return table

    def markdown(self) -> str:
        """The matrix as tables of a page: the items, then the whole notebooks."""
        rows = [tuple(_(head) for head in _HEADS), ("---", *["---:"] * (len(_HEADS) - 1)), *self.rows()]
        text = _lines(rows)
        if self.handed_in:
            heads = (_("notebook"), _("points"), _("expected"))
            rows = [heads, ("---", "---:", "---:")]
            rows += [(_(one.words), str(one.points), str(one.expected)) for one in self.handed_in]
            text += "\n" + _lines(rows)
        return text


def _lines(rows: list[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(name: str, item: ItemProof) -> tuple[str, ...]:
    several = (item.several_caught, item.several_named, item.slips_caught, item.slips_named)
    shares = (item.caught, item.named, item.pairs_caught, item.pairs_named, *several, item.refused, item.accepted)
    return (name, str(item.points), str(item.classes), *map(str, shares))


def _together(items: tuple[ItemProof, ...]) -> ItemProof:
    nothing = Share(0, 0)
    return ItemProof(
        name="",
        points=sum(item.points for item in items),
        classes=sum(item.classes for item in items),
        caught=sum((item.caught for item in items), nothing),
        named=sum((item.named for item in items), nothing),
        pairs_caught=sum((item.pairs_caught for item in items), nothing),
        pairs_named=sum((item.pairs_named for item in items), nothing),
        several_caught=sum((item.several_caught for item in items), nothing),
        several_named=sum((item.several_named for item in items), nothing),
        slips_caught=sum((item.slips_caught for item in items), nothing),
        slips_named=sum((item.slips_named for item in items), nothing),
        refused=sum((item.refused for item in items), nothing),
        accepted=sum((item.accepted for item in items), nothing),
    )
