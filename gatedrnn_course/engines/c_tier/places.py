"""Where the rows of a value lie, without saying it in C yet: which array of a kernel, and the columns before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Place", "padded", "total"]


def padded(letter: str) -> str:
    """The size of a row in memory, a multiple of the vector."""
    return f"{letter}p"


def total(letters: Sequence[str]) -> str:
    """The padded sizes of several rows together."""
    parts = [f"{letters.count(letter)} * {padded(letter)}" for letter in ("H", "D") if letter in letters]
    return " + ".join(parts) or "0"


_TEXTS = {
    "parameter": ("P + o_{key}", ""),
    "input": ("x + row * n->ldx", "n->ldx"),
    "before": ("S_{key} + row * {wide}", "{wide}"),
    "after": ("S_{key} + (row + B) * {wide}", "{wide}"),
    "slot": ("Z + row * zs + {columns}", "zs"),
    "tape": ("T{key} + row * {wide}", "{wide}"),
    "delta": ("delta + {columns}", "zs"),
    "in": ("in_{key}", "{wide}"),
    "out": ("out_{key}", "{wide}"),
    "scratch": ("X{key}", "{wide}"),
    "d_h": ("dht", "ldh"),
    "d_x": ("dx + row * {wide}", "{wide}"),
}
"""For each kind of array the pointer to its first row of this step, and the distance of rows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of an array.

    Attributes:
        kind: `"parameter"` (a bias or peephole, the same for all rows), `"input"`; of the forward, kept for every
            step: `"before"` and `"after"` (a state around the step), `"slot"`, `"tape"`; of the backward, for one
            step: `"delta"`, `"in"` and `"out"` (a state's derivative from the step after and for the step before),
            `"scratch"`; and the derivatives `"d_h"` that come from outside and `"d_x"` that go there.
        letter: Size of a row.
        key: Which parameter, state or value, where there are several.
        columns: Sizes of the slots before it.
    """

    kind: str
    letter: str
    key: str = ""
    columns: tuple[str, ...] = ()

    @property
    def pointer(self) -> str:
        """C text of the pointer to the first row of this step."""
        return self._text(0)

    @property
    def distance(self) -> str:
        """C text of the distance of rows."""
        return self._text(1)

    @property
    def vector(self) -> str:
        """C text of the pointer to the vector `j` of row `r`."""
        return f"{self.pointer} + r * {self.distance} + j" if self.distance else f"{self.pointer} + j"

    def _text(self, which: int) -> str:
        text = _TEXTS[self.kind][which]
        return text.format(key=self.key, wide=padded(self.letter), columns=total(self.columns))
