"""The counter of unit 08: parameters with which a peephole LSTM fires at every n-th pulse, judged by letting it run."""

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

__all__ = ["FIRES", "EveryNthItem", "every_nth_item", "pulse_trains"]

CELL = catalogue["peephole LSTM U=0"]
STEPS, BATCH = 60, 8
FIRES = 0.5
"""h above it is a spike."""
OFF = 0.3
"""How far a count may be off, in pulses, before it is called wrong; half a pulse decides."""

_SHUT = mark("The input gate is not open when a pulse comes.")
_NOTHING = mark("The candidate is 0 at a pulse, so nothing is counted.")
_VALUE = mark("The candidate looks at the value beside the pulse, so pulses count differently.")
_DOWN = mark("The cell counts down: the candidate is negative at a pulse, and so is h.")
_OPEN = mark("Something comes in between the pulses.")
_LEAKS = mark("The forget gate lets go of the count before n pulses have come.")
_EARLY = mark("The output gate opens before n pulses have come.")
_SILENT = mark("The output gate stays shut when n pulses have come.")
_KEEPS = mark("The forget gate keeps the count after the spike: it is to begin again.")
_ROUGH = mark("The first spikes come in time. Later, small errors have added up to a wrong one.")


def pulse_trains(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Pulses, some of them at steps next to each other, beside values that do not count.

    Args:
        rng: Source of randomness.
        n: At which pulse a spike is due, and again at every n-th after it.

    Returns:
        The inputs (T, B, 2): feature 0 is a value between -1 and 1 at every step, feature 1 is 1 at a pulse and 0
        elsewhere; and 1 where a spike is due (T, B), 0 elsewhere.
    """
    pulses = (rng.random((STEPS, BATCH)) < rng.uniform(0.3, 0.7, BATCH)).astype(float)
    pulses[:, 0] = 1.0  # one that leaves no step to begin again
    due = pulses * (np.cumsum(pulses, axis=0) % n == 0)
    return np.stack([rng.uniform(-1.0, 1.0, pulses.shape), pulses], axis=-1), due


@dataclass(frozen=True)
class EveryNthItem(ParametersItem):
    """A function of n that hands back parameters; the judge lets the cell run with them."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Where the cell fires."""
        return ("spikes",)

    def shown(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Value:
        """1 where h is above one half, else 0; h itself where it is no number."""
        h = run["h"]
        return np.where(np.isfinite(h), (h > FIRES).astype(float), h)

    def faults(self, run: Mapping[str, Array], hidden: Sequence[Argument]) -> Iterator[tuple[str, str]]:
        """What the gates do up to the first spike that is due and right after it, first things first."""
        xs, due, n = np.asarray(hidden[0]), np.asarray(hidden[1]), int(np.asarray(hidden[2]))
        if np.array_equal(np.asarray(self.shown(run, hidden)), due):
            return
        pulse = xs[..., 1] == 1.0
        told = _told(n)
        counting = np.cumsum(due, axis=0) - due == 0
        one, i = run["c_tilde"][pulse], float(np.median(run["i"][pulse]))
        unit = float(np.median((run["i"] * run["c_tilde"])[pulse]))
        if i < FIRES:
            yield told(_SHUT, _("It is {i:.2f} there.").format(i=i))
        if float(np.abs(one).max()) < 0.05:
            yield told(_NOTHING)
        if float(np.ptp(one)) > 0.2:
            words = _("It lies between {low:.2f} and {high:.2f} there.")
            yield told(_VALUE, words.format(low=float(one.min()), high=float(one.max())))
        if unit < 0:
            yield told(_DOWN)
        before = np.pad(run["c"], ((1, 0), (0, 0)))[:-1]
        between = np.where(pulse, 0.0, run["i"] * run["c_tilde"])
        if _most_between_spikes(between, due) > OFF * unit:
            yield told(_OPEN, _("The input gate is up to {i:.3f} there.").format(i=float(run["i"][~pulse].max())))
        lost = np.where(counting, (1 - run["f"]) * before, 0.0)
        if float(lost.sum(axis=0).max()) > OFF * unit:
            yield told(_LEAKS, _at("f", "c_prev", run["f"], before, np.abs(lost)))
        full = counting & (due == 1.0)
        if (early := counting & ~full & (run["h"] > FIRES)).any():
            yield told(_EARLY, _at("o", "c", run["o"], run["c"], early))
        if (silent := full & ~(run["h"] > FIRES)).any():
            yield told(_SILENT, _at("o", "c", run["o"], run["c"], silent))
        after = np.pad(full, ((1, 0), (0, 0)))[:-1]
        if (kept := after & (run["f"] * before > OFF * unit)).any():
            yield told(_KEEPS, _at("f", "c_prev", run["f"], before, kept))
        yield told(_ROUGH, _("Make the numbers inside the sigmoids and the tanh larger."))


def _most_between_spikes(added: Array, due: Array) -> float:
    """The largest sum of what is added from one due spike to the next."""
    stretch = (np.cumsum(due, axis=0) - due).astype(int)
    sums = np.zeros((int(stretch.max()) + 1, added.shape[1]))
    np.add.at(sums, (stretch, np.arange(added.shape[1])), added)
    return float(np.abs(sums).max())


def _told(n: int) -> Any:
    """A function that makes of a fault and of words about it what `faults` yields."""

    def told(fault: str, more: str = "") -> tuple[str, str]:
        return fault, " ".join(filter(None, (_("With n = {n}:").format(n=n), _(fault), more)))

    return told


def _at(gate: str, state: str, gates: Array, states: Array, where: Any) -> str:
    """The gate and the state at the step where something counts most."""
    k = np.unravel_index(int(np.argmax(where)), where.shape)
    words = _("`{gate}` is {value:.2f} where `{state}` is {count:.2f}.")
    return words.format(gate=gate, value=float(gates[k]), state=state, count=float(states[k]))


def _solution(n: Any) -> dict[str, Any]:
    n = float(n)
    edge = 20 * (n - 0.5)
    gates = {"b_i": -10, "W_i": [0, 20], "b_c": 5, "P_f": [-20], "b_f": edge}
    return {**gates, "P_o": [20], "b_o": -edge}


def _with(**other: Any) -> Any:
    """The solution with some parameters given, or made from n."""
    return lambda n: {**_solution(n), **{k: v(float(n)) if callable(v) else v for k, v in other.items()}}


MISTAKES = (
    Mistake(_SHUT, _with(W_i=[0, 0])),
    Mistake(_SHUT, _with(W_i=[20, 0])),
    Mistake(_NOTHING, _with(b_c=0)),
    Mistake(_VALUE, _with(b_c=0, W_c=[5, 0])),
    Mistake(_VALUE, _with(b_c=1, W_c=[1, 0])),
    Mistake(_DOWN, _with(b_c=-5)),
    Mistake(_OPEN, _with(b_i=10)),
    Mistake(_OPEN, _with(b_i=0, W_i=[0, 0])),
    Mistake(_OPEN, _with(b_i=-2)),
    Mistake(_LEAKS, _with(P_f=0, b_f=0)),
    Mistake(_LEAKS, _with(P_f=20, b_f=lambda n: -20 * (n - 0.5))),
    Mistake(_LEAKS, _with(b_f=lambda n: 20 * (n - 1.5))),
    Mistake(_LEAKS, _with(b_f=lambda n: 20 * (n - 1))),
    Mistake(_LEAKS, _with(P_f=-2, b_f=lambda n: 2 * (n - 0.5))),
    Mistake(_EARLY, _with(P_o=0, b_o=10)),
    Mistake(_EARLY, _with(P_o=-20, b_o=lambda n: 20 * (n - 0.5))),
    Mistake(_EARLY, _with(b_o=lambda n: -20 * (n - 1.5))),
    Mistake(_EARLY, _with(b_o=lambda n: -20 * (n - 1))),
    Mistake(_EARLY, _with(P_o=2, b_o=lambda n: -2 * (n - 0.5))),
    Mistake(_EARLY, _with(P_o=0, b_o=0)),
    Mistake(_SILENT, _with(P_o=0)),
    Mistake(_SILENT, _with(b_o=lambda n: -20 * (n + 0.5))),
    Mistake(_KEEPS, _with(P_f=0)),
    Mistake(_KEEPS, _with(P_f=0, b_f=10)),
    Mistake(_KEEPS, _with(b_f=lambda n: 20 * (n + 0.5))),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Three n, each with trains of its own."""
    numbers = [np.asarray(int(n)) for n in (rng.integers(3, 5), rng.integers(5, 7), rng.integers(7, 9))]
    return tuple(Draw("batch", (n,), hidden=(*pulse_trains(rng, int(n)), n)) for n in numbers)


def every_nth_item(points: int, forbidden: tuple[str, ...], hints: tuple[str, str, str]) -> EveryNthItem:
    """The item.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
        hints: Three hints.
    """
    return EveryNthItem(
        "count_with_peepholes",
        points,
        mark("Parameters of a peephole LSTM with U = 0, D = 2 and H = 1, that fires at every n-th pulse."),
        hints,
        forbidden,
        takes={"n": mark("a whole number, 3 to 8")},
        gives={"p": PARAMETERS},
        function=_solution,
        mistakes=MISTAKES,
        draw=_draws,
        cell=CELL,
    )
