"""Pen strokes as the four numbers of the handwriting task."""

from __future__ import annotations

from collections.abc import Sequence as Many

import numpy as np
from numpy.typing import NDArray

__all__ = ["PEN_FEATURES", "Stroke", "pen_features", "thinned"]

PEN_FEATURES = 4

Stroke = NDArray[np.float64]
"""Points of one pen-down movement, `(n, 3)`: x, y, time in seconds."""


def thinned(stroke: Stroke) -> Stroke:
    """Every second point of a stroke and its last one, so that the place where the pen is lifted stays."""
    kept = stroke[::2]
    return kept if len(stroke) % 2 else np.vstack([kept, stroke[-1:]])


def pen_features(strokes: Many[Stroke], thin: bool = True) -> NDArray[np.float64]:
    """Strokes as one sequence `(T, 4)`: Δx, Δy, seconds since the stroke began, 1 at the point where the pen is lifted.

    Δ is taken from the point before, across strokes too; it is 0 at the first point.

    Args:
        strokes: At least one, none empty.
        thin: Take half the points first.

    Source: Greff et al. 2017, section IV.B: half the points, no other preprocessing. They do not say how the pen-lift
    flag outlives the halving: here each stroke keeps its last point.
    """
    drawn = [thinned(stroke) if thin else stroke for stroke in strokes]
    places = np.concatenate([stroke[:, :2] for stroke in drawn])
    since = np.concatenate([stroke[:, 2] - stroke[0, 2] for stroke in drawn])
    lifts = np.zeros(len(places))
    lifts[np.cumsum([len(stroke) for stroke in drawn]) - 1] = 1.0
    return np.column_stack([np.diff(places, axis=0, prepend=places[:1]), since, lifts])
