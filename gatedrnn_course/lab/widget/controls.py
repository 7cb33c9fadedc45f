"""What a reader can move: a slider over a few stops, a choice among words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Choice", "Control", "Slider", "steps"]


@dataclass(frozen=True)
class Slider:
    """A slider over the numbers of a list.

    Attributes:
        name: Name of the argument it sets.
        label: What it is called on the page.
        stops: The numbers it stops at, from left to right.
        start: The number it starts at; the first one where left out.
        unit: Words after the number.
    """

    name: str
    label: str
    stops: Sequence[float]
    start: float | None = None
    unit: str = ""

    @property
    def values(self) -> tuple[float, ...]:
        """What it can hand to the function."""
        return tuple(self.stops)

    @property
    def first(self) -> int:
        """The place of the value it starts at."""
        return 0 if self.start is None else nearest(self.values, self.start)

    @property
    def shown(self) -> tuple[str, ...]:
        """The values as a reader sees them, all with the same number of decimals."""
        digits = max(len(f"{float(value):.6g}".partition(".")[2]) for value in self.values)
        return tuple(f"{float(value):.{digits}f}{self.unit and ' ' + self.unit}" for value in self.values)

    def place(self, value: Any) -> int:
        """The place of the stop that is nearest to a number."""
        return nearest(self.values, float(value))


@dataclass(frozen=True)
class Choice:
    """A choice among words.

    Attributes:
        name: Name of the argument it sets.
        label: What it is called on the page.
        options: For each value of the argument what it is called on the page.
        start: The value it starts at; the first one where left out.
    """

    name: str
    label: str
    options: Mapping[str, str]
    start: str | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """What it can hand to the function."""
        return tuple(self.options)

    @property
    def first(self) -> int:
        """The place of the value it starts at."""
        return 0 if self.start is None else self.place(self.start)

    @property
    def shown(self) -> tuple[str, ...]:
        """The values as a reader sees them."""
        return tuple(self.options.values())

    def place(self, value: Any) -> int:
        """The place of a value."""
        return self.values.index(value)


Control = Slider | Choice


def steps(low: float, high: float, step: float) -> tuple[float, ...]:
    """The numbers from low to high, both among them, without the noise of binary fractions."""
    return tuple(round(low + k * step, 9) for k in range(round((high - low) / step) + 1))


def nearest(values: Sequence[float], value: float) -> int:
    """The place of the number that is nearest."""
    return min(range(len(values)), key=lambda k: abs(values[k] - value))
