"""The counter of unit 02: parameters with which a cell of 1997 counts pulses, judged by letting it count."""

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

__all__ = ["NEAR", "PulsesItem", "pulse_sequences", "pulses_item"]

STEPS, BATCH = 40, 8
NEAR = 0.1
"""How near c must come to the number of pulses."""

_SHUT = mark("The input gate is not open when a pulse comes.")
_DOWN = mark("The cell counts down: the candidate is negative at a pulse.")
_VALUE = mark("The candidate looks at the value beside the pulse, so pulses count differently.")
_SMALL = mark("The candidate is too small at a pulse: each pulse is to add 1.")
_PATH = mark("The gate or the candidate looks at h, so later pulses count differently.")
_OPEN = mark("Something comes in between the pulses.")
_ROUGH = mark("Each pulse adds nearly 1, and what is missing adds up.")


def pulse_sequences(rng: np.random.Generator) -> tuple[Array, Array]:
    """Sequences with two to six pulses among values that do not count.

    Feature 0 is a value between -1 and 1 at every step; feature 1 is 1 at a pulse and 0 elsewhere.

    Args:
        rng: Source of randomness.

    Returns:
        The inputs (T, B, 2), and how many pulses came (B,).
    """
    pulses = np.zeros((STEPS, BATCH))
    for column, count in zip(pulses.T, rng.permutation(np.arange(BATCH) % 5 + 2), strict=True):
        column[rng.choice(STEPS, count, replace=False)] = 1.0
    return np.stack([rng.uniform(-1.0, 1.0, pulses.shape), pulses], axis=-1), pulses.sum(axis=0)


@dataclass(frozen=True)
class PulsesItem(ParametersItem):
    """A function that hands back parameters; the judge lets the cell count with them."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The cell state at the end."""
        return ("c",)

    def shown(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Value:
        """The cell state at the end; the number of pulses where it is near."""
        c, count = run["c"][-1], np.asarray(hidden[1])
        return np.where(np.abs(c - count) <= NEAR, count, c)

    def faults(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Iterator[tuple[str, str]]:
        """What gate and candidate do at the pulses and between them, from the first thing that goes wrong."""
        xs = np.asarray(hidden[0])
        values, pulse = xs[..., 0], xs[..., 1] == 1.0
        i, c_tilde = run["i"][pulse], run["c_tilde"][pulse]
        first = np.cumsum(pulse, axis=0)[pulse] == 1
        if float(np.median(i)) < 0.9:
            yield _SHUT, " ".join((_(_SHUT), _("It is {i:.2f} there.").format(i=float(np.median(i)))))
        added = i * c_tilde
        if abs(_slope(values[pulse][first], added[first])) > 0.02:
            words = _("It lies between {low:.2f} and {high:.2f} there; expected is 1.")
            yield _VALUE, " ".join((_(_VALUE), words.format(low=float(c_tilde.min()), high=float(c_tilde.max()))))
        if float(np.median(c_tilde)) < 0:
            yield _DOWN, _(_DOWN)
        if float(added[first].min()) > 0.9 and float(added.min()) < 0.95 * float(added[first].min()):
            yield _PATH, _(_PATH)
        if float(np.median(c_tilde)) < 0.95:
            words = _("It is {value:.2f} there.")
            yield _SMALL, " ".join((_(_SMALL), words.format(value=float(np.median(c_tilde)))))
        between = np.where(pulse, 0.0, run["i"] * run["c_tilde"])
        if float(np.abs(between.sum(axis=0)).max()) > NEAR / 2:
            words = _("The input gate is up to {i:.3f} there, and c moves by up to {sum:.2f} in all.")
            most = float(run["i"][~pulse].max()), float(np.abs(between.sum(axis=0)).max())
            yield _OPEN, " ".join((_(_OPEN), words.format(i=most[0], sum=most[1])))
        words = _("A pulse adds {added:.3f}. Make the numbers inside the sigmoid and the tanh larger.")
        yield _ROUGH, " ".join((_(_ROUGH), words.format(added=float(np.median(added)))))


def _slope(x: Array, y: Array) -> float:
    """How much y goes up where x goes up by 1."""
    with np.errstate(all="ignore"):
        return float(np.nan_to_num(np.cov(x, y)[0, 1] / np.var(x)))


def _solution() -> dict[str, Any]:
    return {"b_i": -10, "W_i": [0, 20], "b_c": 5}


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    return tuple(Draw("batch", (), hidden=pulse_sequences(rng)) for _k in range(2))


MISTAKES = (
    Mistake(_SHUT, lambda: {"b_i": -10, "b_c": 5}),
    Mistake(_SHUT, lambda: {"b_c": 5}),
    Mistake(_SHUT, lambda: {"b_i": -10, "W_i": [20, 0], "b_c": 5}),
    Mistake(_DOWN, lambda: {**_solution(), "b_c": -5}),
    Mistake(_VALUE, lambda: {**_solution(), "b_c": 0, "W_c": [5, 0]}),
    Mistake(_VALUE, lambda: {**_solution(), "b_c": 1, "W_c": [1, 0]}),
    Mistake(_SMALL, lambda: {**_solution(), "b_c": 1}),
    Mistake(_SMALL, lambda: {"b_i": -10, "W_i": [0, 20]}),
    Mistake(_PATH, lambda: {**_solution(), "b_o": 10, "U_c": [-4]}),
    Mistake(_OPEN, lambda: {**_solution(), "b_i": -3}),
    Mistake(_OPEN, lambda: {**_solution(), "b_i": 10}),
    Mistake(_OPEN, lambda: {**_solution(), "b_i": 0}),
    Mistake(_ROUGH, lambda: {**_solution(), "W_i": [0, 13.6]}),
)


def pulses_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> PulsesItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return PulsesItem(
        "count_pulses",
        points,
        mark("Parameters of a cell of 1997 with D = 2 and H = 1 that counts pulses."),
        hints,
        forbidden,
        takes={},
        gives={"p": PARAMETERS},
        function=_solution,
        mistakes=MISTAKES,
        draw=_draws,
        cell=catalogue["LSTM 1997"],
    )
