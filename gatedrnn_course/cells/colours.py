"""One colour and one line style for each quantity, the same in every picture of the course."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

__all__ = ["NEUTRAL", "STYLES", "Style", "style_of"]


class Style(NamedTuple):
    """How a quantity is drawn.

    Attributes:
        colour: An Okabe-Ito colour; the text beside it is always dark.
        dash: The lengths of strokes and gaps, as SVG writes them; empty for an unbroken line.
    """

    colour: str
    dash: str = ""


NEUTRAL = Style("#4D4D4D")
"""Quantities that have no colour of their own, x among them."""

STYLES = MappingProxyType(
    {
        "f": Style("#D55E00"),
        "i": Style("#0072B2", "7 3"),
        "o": Style("#CC79A7", "3 2"),
        "c_tilde": Style("#E69F00", "10 3 2 3"),
        "h_tilde": Style("#E69F00", "10 3 2 3"),
        "c": Style("#009E73"),
        "h": Style("#000000"),
        "z": Style("#56B4E9", "7 3"),
        "r": Style("#CC79A7", "10 3 2 3"),
        "t": Style("#56B4E9", "7 3"),
        "y": Style("#E69F00", "10 3 2 3"),
    }
)
"""The quantities by name. The candidates share a style, and so do z and t, which choose between old and new."""


def style_of(name: str) -> Style:
    """The style of a quantity by its name; a state of the step before, and a derivative, have that of the quantity."""
    return STYLES.get(name.removeprefix("d_").removesuffix("_prev"), NEUTRAL)
