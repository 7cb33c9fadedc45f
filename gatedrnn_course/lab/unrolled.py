"""`show_unrolled("LSTM")`: the same step again and again, each handing its states to the next; and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from gatedrnn_course.cells import Cell, cell_of
from gatedrnn_course.cells.colours import NEUTRAL, style_of
from gatedrnn_course.cells.diagram.strokes import path, text, tip, weight
from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.text import _

__all__ = ["show_unrolled"]

LEFT, WIDE, BETWEEN, TOP, LANE, STEM = 62, 74, 58, 46, 34, 30
INK = "#222222"


def show_unrolled(cell: Cell | str = "LSTM", steps: int = 4, back: bool = False) -> Picture:
    """A cell drawn once for each step, with the states that go from one to the next.

    Args:
        cell: A cell, or its name in the catalogue.
        steps: How many steps to draw.
        back: Whether to draw the way of the gradient instead, from a loss that looks at every hidden state.

    Returns:
        The picture; in a notebook it shows itself on the last line of a cell.

    Raises:
        CourseError: If the catalogue has no such cell.
    """
    found = cell_of(cell)
    return _Unrolled(found, steps, back).picture()


class _Unrolled:
    """The drawing: a box a step, a lane a state."""

    def __init__(self, cell: Cell, steps: int, back: bool) -> None:
        self.cell, self.steps, self.back = cell, steps, back
        self.lanes = sorted(cell.states, key=lambda name: name == "h")  # h below the others
        self.top = TOP + (26 if back else 0)
        self.tall = LANE * len(self.lanes) + 6
        self.width = LEFT + steps * (WIDE + BETWEEN) + 30
        self.height = self.top + self.tall + STEM + (62 if back else 26)

    def picture(self) -> Picture:
        alt = self.words()
        size = f'width="{self.width}" height="{self.height}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" {size} role="img" '
            f'aria-label="{escape(alt)}" font-family="sans-serif"><rect {size} fill="#fff"/>'
        )
        return Picture("\n".join((head, *self.body(), "</svg>")), alt)

    def words(self) -> str:
        states = ", ".join(f"{name}_t" for name in self.lanes)
        shown = _("{cell} drawn for {steps} steps, from left to right. Every step has the same parameters.")
        said = [shown.format(cell=self.cell.name, steps=self.steps)]
        if not self.back:
            said.append(_("Step t receives x_t and hands {states} to step t + 1.").format(states=states))
            return " ".join(said)
        carried = ", ".join(f"d_{name}" for name in self.lanes)
        said.append(_("All arrows point backwards. The loss sends d_hs[t] into every step from above."))
        said.append(_("Step t + 1 sends {carried} to step t.").format(carried=carried))
        said.append(_("Below, each step sends out d_x, and adds its share to the gradient of the parameters."))
        return " ".join(said)

    def body(self) -> Iterator[str]:
        if self.back:
            yield text(24, 16, _("loss"), INK, bold=True)
            yield self.wire([(46, 12), (self.left(self.steps) + WIDE / 2, 12)], "", head=False)
        for k in range(self.steps + 1):
            for row, name in enumerate(self.lanes):
                yield from self.handed_on(k, row, name)
        for k in range(1, self.steps + 1):
            yield from self.step(k)

    def handed_on(self, k: int, row: int, name: str) -> Iterator[str]:
        """The arrow of a state from step k to step k + 1, or of its gradient the other way."""
        y = self.top + 20 + LANE * row
        start, end = self.left(k) + WIDE, self.left(k + 1)
        if k == 0:
            start = 34
        if k == self.steps:
            end = self.width - 34
        points = [(end, y), (start, y)] if self.back else [(start, y), (end, y)]
        label = f"d_{name}" if self.back else f"{name}_{k}"
        yield self.wire(points, name, wide=4 if name != "h" else 2)
        if self.back and k in (0, self.steps):
            at = (16, f"d_{name}_0") if k == 0 else (self.width - 22, "0")
            yield text(at[0], y + 4, at[1], INK, 11)
        elif k == 0:
            yield weight(18, y + 4, label, INK)
        elif k < self.steps:
            middle = (start + end) / 2
            yield text(middle, y - 7, label, INK, 11) if self.back else weight(middle, y - 8, label, INK)

    def step(self, k: int) -> Iterator[str]:
        x, bottom = self.left(k), self.top + self.tall
        middle = x + WIDE / 2
        yield (
            f'<rect x="{x}" y="{self.top}" width="{WIDE}" height="{self.tall}" rx="8" fill="#fff" stroke="{INK}" '
            'stroke-width="2"/>'
        )
        yield text(middle, self.top + self.tall / 2 + 4, _("step {k}").format(k=k), INK)
        up = [(middle, self.top), (middle, self.top - 22)]
        down = [(middle, bottom + 26), (middle, bottom)]
        if not self.back:
            yield self.wire(up, "h") + weight(middle + 16, self.top - 14, f"h_{k}", INK)
            yield self.wire(down, "x") + weight(middle, bottom + 42, f"x_{k}", INK)
            return
        yield self.wire([(middle, 12), (middle, self.top)], "h")
        yield text(middle + 6, self.top - 10, f"d_hs[{k - 1}]", INK, 11, "start")
        yield self.wire(down[::-1], "x") + text(middle, bottom + 40, "d_x", INK, 11)
        yield text(middle, bottom + 60, "d_W, d_U, d_b +=", INK, 11)

    def left(self, k: int) -> int:
        return LEFT + 10 + (k - 1) * (WIDE + BETWEEN)

    def wire(self, points: Sequence[tuple[float, float]], name: str, wide: int = 2, head: bool = True) -> str:
        style = style_of(name) if name in self.cell.states else NEUTRAL
        drawn = f'<path d="{path(points)}" fill="none" stroke="{style.colour}" stroke-width="{wide}"/>'
        return drawn + (tip(points, style.colour, wide) if head else "")
