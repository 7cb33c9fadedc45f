"""The latch of unit 03: parameters that make an LSTM hold one bit, judged by letting it hold bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading.exchange.values import Argument, Array, Value
from gatedrnn_course.grading.items import Draw, Mistake
from gatedrnn_course.grading.units.parameters import PARAMETERS, ParametersItem
from gatedrnn_course.text import _, mark

__all__ = ["KEPT", "SHOWN", "LatchItem", "latch_draws", "latch_item", "latch_sequences"]

KEPT = 40
"""How many steps the bit is kept, with a distractor at each."""
SHOWN = 0.5
"""How large h must be, with the sign of the bit."""
BATCH = 8

_LEAKS = mark("Between the writes the forget gate lets go of the bit.")
_OPEN = mark("The input gate is open while nothing is to be written: the distractors get in.")
_SHUT = mark("The input gate is shut when the write signal comes: the bit does not get in.")
_SIGN = mark("The candidate does not carry the sign of the bit.")
_OLD = mark("At a second write the old bit stays beside the new one.")
_HIDDEN = mark("The cell holds the bit and does not show it.")


def latch_sequences(rng: np.random.Generator) -> tuple[Array, Array]:
    """Sequences in which a bit is written, then kept while distractors come.

    Feature 0 is a bit, -1 or 1, at every step; feature 1 is 1 where it is to be written and 0 elsewhere. The first step
    writes; in half of the sequences a later one writes again.

    Args:
        rng: Source of randomness.

    Returns:
        The inputs (T, B, 2), and the bit to be shown at the end (B,).
    """
    second = int(rng.integers(5, 13))
    bits = rng.choice([-1.0, 1.0], (second + 1 + KEPT, BATCH))
    writes = np.zeros_like(bits)
    writes[0], writes[second, ::2] = 1.0, 1.0
    bits[second, ::4] = -bits[0, ::4]  # the second bit is another one in some
    wanted = np.where(writes[second] == 1.0, bits[second], bits[0])
    return np.stack([bits, writes], axis=-1), wanted


@dataclass(frozen=True)
class LatchItem(ParametersItem):
    """A function that hands back parameters; the judge lets the cell run with them."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The bits read off h at the end."""
        return ("bits",)

    def shown(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Value:
        """The bits that the cell shows at the end: -1 or 1, and 0 where it shows none."""
        h = run["h"][-1]
        return np.where(np.abs(h) >= SHOWN, np.sign(h), 0.0)

    def faults(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Iterator[tuple[str, str]]:
        """What the gates do at the writes, between them and at the end, from the first thing that goes wrong."""
        xs = np.asarray(hidden[0])
        bits, writing = xs[..., 0], xs[..., 1] == 1.0
        again = writing.copy()
        again[0] = False
        if (i := float(run["i"][writing].min())) < 0.5:
            yield _SHUT, " ".join((_(_SHUT), _("It is {i:.2f} there.").format(i=i)))
        if (np.sign(run["c_tilde"]) != bits)[writing].any() or float(np.abs(run["c_tilde"])[writing].min()) < 0.5:
            yield _SIGN, " ".join((_(_SIGN), _("It should be near 1 for the bit 1 and near -1 for the bit -1.")))
        if (f := float(run["f"][~writing].min())) ** KEPT < 0.6:
            words = _("It is {f:.3f}: of the bit {left:.2g} is left after {steps} steps.")
            yield _LEAKS, " ".join((_(_LEAKS), words.format(f=f, left=f**KEPT, steps=KEPT)))
        if (i := float(run["i"][~writing].max())) * KEPT > 0.3:
            yield _OPEN, " ".join((_(_OPEN), _("It is {i:.3f} there, {steps} times.").format(i=i, steps=KEPT)))
        if (f := float(run["f"][again].max())) > 0.5:
            yield _OLD, " ".join((_(_OLD), _("The forget gate is {f:.2f} there.").format(f=f)))
        if (o := float(run["o"][-1].min())) < 0.7:
            yield _HIDDEN, " ".join((_(_HIDDEN), _("The output gate is {o:.2f} at the end.").format(o=o)))


def _solution() -> dict[str, Any]:
    return {"b_f": 10, "W_f": [0, -20], "b_i": -10, "W_i": [0, 20], "W_c": [5, 0], "b_o": 10}


def _without(name: str) -> Mapping[str, Any]:
    return {key: value for key, value in _solution().items() if key != name}


def latch_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Two batches of sequences, which the judge keeps."""
    return tuple(Draw("batch", (), hidden=latch_sequences(rng)) for _k in range(2))


MISTAKES = (
    Mistake(_LEAKS, lambda: {**_solution(), "b_f": 2}),
    Mistake(_LEAKS, lambda: {**_without("b_f"), "W_f": [0, 0]}),
    Mistake(_OPEN, lambda: {**_without("W_i"), "b_i": 10}),
    Mistake(_OPEN, lambda: {**_solution(), "b_i": 0}),
    Mistake(_SHUT, lambda: _without("W_i")),
    Mistake(_SIGN, lambda: _without("W_c")),
    Mistake(_SIGN, lambda: {**_solution(), "W_c": [-5, 0]}),
    Mistake(_OLD, lambda: _without("W_f")),
    Mistake(_HIDDEN, lambda: {**_solution(), "b_o": -10}),
    Mistake(_HIDDEN, lambda: _without("b_o")),
)


def latch_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> LatchItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return LatchItem(
        "latch",
        points,
        mark("Parameters of an LSTM with D = 2 and H = 1 that hold one bit."),
        hints,
        forbidden,
        takes={},
        gives={"p": PARAMETERS},
        function=_solution,
        mistakes=MISTAKES,
        draw=latch_draws,
        cell=catalogue["LSTM"],
    )
