"""The latch of unit 07: parameters that make a GRU hold one bit, judged by letting it hold bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.exchange.values import Argument, Array
from gatedrnn_course.grading.items import Mistake
from gatedrnn_course.grading.units.latch import KEPT, SHOWN, LatchItem, latch_draws
from gatedrnn_course.grading.units.parameters import PARAMETERS
from gatedrnn_course.text import _, mark

__all__ = ["GruLatchItem", "gru_latch_item"]

_TURNED = mark("The update gate is turned: in this GRU z weighs the old state, so it is to be near 1 between writes.")
_STAYS = mark("The update gate keeps the old state when a bit is to be written.")
_SIGN = mark("The candidate does not carry the bit.")
_LEAKS = mark("Between the writes the update gate lets go of the bit, and distractors come in its place.")
_WEAK = mark("The state has the sign of the bit and is too small.")
_PATH = mark("The candidate looks at the old state, which is in its way when the bit changes.")


@dataclass(frozen=True)
class GruLatchItem(LatchItem):
    """A function that hands back parameters; the judge lets the GRU run with them."""

    def faults(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Iterator[tuple[str, str]]:
        """What gate and candidate do at the writes and between them, from the first thing that goes wrong."""
        xs = np.asarray(hidden[0])
        bits, writing = xs[..., 0], xs[..., 1] == 1.0
        at, between = float(run["z"][writing].max()), float(run["z"][~writing].min())
        if at > 0.5 and float(run["z"][~writing].max()) < 0.5:
            words = _("It is {at:.2f} at a write and {between:.2f} between.")
            yield _TURNED, " ".join((_(_TURNED), words.format(at=at, between=between)))
        if at > 0.5:
            yield _STAYS, " ".join((_(_STAYS), _("It is {z:.2f} there.").format(z=at)))
        told = np.where(writing, run["h_tilde"] * bits, np.nan)
        if float(np.nanmin(told)) < SHOWN:
            path = float(np.nanmin(told[0])) >= SHOWN
            yield (
                (_PATH, _(_PATH))
                if path
                else (
                    _SIGN,
                    " ".join((_(_SIGN), _("At a write it should be near 1 for the bit 1 and near -1 for the bit -1."))),
                )
            )
        if between**KEPT < 0.6:
            words = _("It is {z:.3f} there: of the bit {left:.2g} is left after {steps} steps.")
            yield _LEAKS, " ".join((_(_LEAKS), words.format(z=between, left=between**KEPT, steps=KEPT)))
        if (h := float(np.abs(run["h"][-1]).min())) < SHOWN:
            words = _("It is {h:.2f} at the end: at a write let z be nearer to 0 and the candidate nearer to 1 or -1.")
            yield _WEAK, " ".join((_(_WEAK), words.format(h=h)))


def _solution() -> dict[str, Any]:
    return {"b_z": 10, "W_z": [0, -20], "W_h": [5, 0]}


MISTAKES = (
    Mistake(_TURNED, lambda: {"b_z": -10, "W_z": [0, 20], "W_h": [5, 0]}),
    Mistake(_STAYS, lambda: {"b_z": 10, "W_h": [5, 0]}),
    Mistake(_STAYS, lambda: {**_solution(), "W_z": [-20, 0]}),
    Mistake(_STAYS, lambda: {**_solution(), "W_z": [0, -5]}),
    Mistake(_LEAKS, lambda: {**_solution(), "b_z": 0}),
    Mistake(_LEAKS, lambda: {**_solution(), "b_z": 2}),
    Mistake(_LEAKS, lambda: {"W_h": [5, 0]}),
    Mistake(_LEAKS, lambda: {"b_z": -10, "W_h": [5, 0]}),
    Mistake(_SIGN, lambda: {"b_z": 10, "W_z": [0, -20]}),
    Mistake(_SIGN, lambda: {**_solution(), "W_h": [-5, 0]}),
    Mistake(_SIGN, lambda: {**_solution(), "W_h": [0, 5]}),
    Mistake(_SIGN, lambda: {**_solution(), "W_h": [0.3, 0]}),
    Mistake(_WEAK, lambda: {"b_z": 10, "W_z": [0, -10.4], "W_h": [5, 0]}),
    Mistake(_PATH, lambda: {**_solution(), "U_h": [20], "b_r": 10}),
)


def gru_latch_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> GruLatchItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return GruLatchItem(
        "gru_latch",
        points,
        mark("Parameters of a GRU with D = 2 and H = 1 that hold one bit."),
        hints,
        forbidden,
        takes={},
        gives={"p": PARAMETERS},
        function=_solution,
        mistakes=MISTAKES,
        draw=latch_draws,
        cell=catalogue["GRU"],
    )
