"""A number as the course writes it."""

from __future__ import annotations

__all__ = ["shown"]


def shown(value: float) -> str:
    """A number with two decimals, a half rounded up, and no minus before zero. gates.js does the same."""
    text = f"{value + 1e-9:.2f}"
    return "0.00" if text == "-0.00" else text
