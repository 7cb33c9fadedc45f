"""The experiment of unit 10: what b_f = 1 adds, seed by seed, and how much of the gap to the GRU it closes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake, in_other_orders
from gatedrnn_course.studies.evolution.forget_bias import closed_gap, forget_bias_gain
from gatedrnn_course.text import mark

__all__ = ["forget_bias_experiment_item"]

Array = Any
Rule = Callable[[Array, Array, Array], Any]


def _gain(lstm: Array, lstm_b: Array, gru: Array) -> float:
    return forget_bias_gain(lstm_b, lstm).value


def _error(lstm: Array, lstm_b: Array, gru: Array) -> float:
    return float(np.std(lstm_b - lstm, ddof=1) / np.sqrt(len(lstm)))


def _closed(lstm: Array, lstm_b: Array, gru: Array) -> float:
    return closed_gap({"LSTM": lstm.mean(), "LSTM-b": lstm_b.mean(), "GRU": gru.mean()})


@dataclass(frozen=True)
class _Way:
    """A way to answer, right where nothing is given."""

    gain: Rule = _gain
    error: Rule = _error
    closed: Rule = _closed

    def __call__(self, lstm: Array, lstm_b: Array, gru: Array) -> tuple[Any, Any, Any]:
        gain, error, closed = (np.asarray(rule(lstm, lstm_b, gru)) for rule in (self.gain, self.error, self.closed))
        return gain, error, closed


def _typed(lstm: Array, lstm_b: Array, gru: Array) -> Any:
    """The same as somebody types it."""
    differences = lstm_b - lstm
    gain = differences.mean()
    error = differences.std(ddof=1) / len(differences) ** 0.5
    closed = gain / (gru.mean() - lstm.mean())
    return gain, error, closed


GAIN: tuple[tuple[str, _Way], ...] = (
    (mark("`gain` has the wrong sign: b_f = 1 minus b_f = 0."), _Way(gain=lambda v, b, g: -_gain(v, b, g))),
    (mark("`gain` is a median. The mean is wanted."), _Way(gain=lambda v, b, g: np.median(b - v))),
    (mark("`gain` is the best of the differences."), _Way(gain=lambda v, b, g: (b - v).max())),
    (
        mark("`gain` is the difference of the best accuracies. The mean is wanted."),
        _Way(gain=lambda v, b, g: b.max() - v.max()),
    ),
    (mark("`gain` is a ratio. The difference is wanted."), _Way(gain=lambda v, b, g: b.mean() / v.mean())),
    (
        mark("`gain` compares with the GRU. The LSTM is to be compared with itself."),
        _Way(gain=lambda v, b, g: (b - g).mean()),
    ),
    (mark("`gain` is of the GRU. That of b_f = 1 is wanted."), _Way(gain=lambda v, b, g: (g - v).mean())),
    (mark("`gain` is not averaged over the seeds."), _Way(gain=lambda v, b, g: b - v)),
)
ERROR: tuple[tuple[str, _Way], ...] = (
    (
        mark(
            "`error` takes the two samples as if their seeds had nothing in common. Pair them: one difference a seed."
        ),
        _Way(error=lambda v, b, g: np.sqrt(v.var(ddof=1) / len(v) + b.var(ddof=1) / len(b))),
    ),
    (
        mark(
            "`error` takes the two samples as if their seeds had nothing in common. Pair them: one difference a seed."
        ),
        _Way(error=lambda v, b, g: np.sqrt(v.var() / len(v) + b.var() / len(b))),
    ),
    (
        mark("`error` is the standard deviation of the differences. That of their mean is smaller: divide by √n."),
        _Way(error=lambda v, b, g: np.std(b - v, ddof=1)),
    ),
    (
        mark("`error` divides the sum of squares by n. With the mean from the same numbers it is n - 1: ddof=1."),
        _Way(error=lambda v, b, g: np.std(b - v) / np.sqrt(len(v))),
    ),
    (mark("`error` is divided by n. It is √n."), _Way(error=lambda v, b, g: np.std(b - v, ddof=1) / len(v))),
    (mark("`error` is a variance. Take its root."), _Way(error=lambda v, b, g: np.var(b - v, ddof=1) / len(v))),
    (
        mark("`error` is divided by √(n - 1) after ddof=1: that counts the mean twice."),
        _Way(error=lambda v, b, g: np.std(b - v, ddof=1) / np.sqrt(len(v) - 1)),
    ),
    (
        mark("`error` is the half-width of an interval, 1.96 times the standard error."),
        _Way(error=lambda v, b, g: 1.96 * _error(v, b, g)),
    ),
    (
        mark("`error` is that of the accuracies with b_f = 1. That of the differences is wanted."),
        _Way(error=lambda v, b, g: np.std(b, ddof=1) / np.sqrt(len(b))),
    ),
)
CLOSED: tuple[tuple[str, _Way], ...] = (
    (
        mark("`closed` is what is left of the gap. What is closed is wanted."),
        _Way(closed=lambda v, b, g: 1 - _closed(v, b, g)),
    ),
    (
        mark("`closed` is the gain as a share of the GRU's accuracy. The gap begins at the LSTM, not at 0."),
        _Way(closed=lambda v, b, g: (b - v).mean() / g.mean()),
    ),
    (
        mark("`closed` is the gain as a share of the LSTM's accuracy. The gap to the GRU belongs below the line."),
        _Way(closed=lambda v, b, g: (b - v).mean() / v.mean()),
    ),
    (mark("`closed` is turned: gain above the line, gap below."), _Way(closed=lambda v, b, g: 1 / _closed(v, b, g))),
    (
        mark("`closed` is the accuracy as a share of the GRU's. The gap begins at the LSTM, not at 0."),
        _Way(closed=lambda v, b, g: b.mean() / g.mean()),
    ),
    (
        mark("`closed` is the mean of a share for each seed. A gap near 0 spoils that: divide the means."),
        _Way(closed=lambda v, b, g: ((b - v) / (g - v)).mean()),
    ),
    (mark("`closed` is in percent. 1 is the whole gap."), _Way(closed=lambda v, b, g: 100 * _closed(v, b, g))),
    (
        mark("`closed` divides by the gap between the GRU and b_f = 1. The gap is between the GRU and b_f = 0."),
        _Way(closed=lambda v, b, g: (b - v).mean() / (g - b).mean()),
    ),
    (mark("`closed` has the wrong sign."), _Way(closed=lambda v, b, g: -_closed(v, b, g))),
    (
        mark("`closed` is cut at 1. b_f = 1 may do better than the GRU."),
        _Way(closed=lambda v, b, g: min(1.0, _closed(v, b, g))),
    ),
    (mark("`closed` is the gap. The gain divided by it is wanted."), _Way(closed=lambda v, b, g: (g - v).mean())),
)


def _merged(one: _Way, other: _Way) -> _Way:
    """Two mistakes in different outputs."""
    plain = _Way()
    names = [name for name in vars(plain) if getattr(other, name) is not getattr(plain, name)]
    return replace(one, **{name: getattr(other, name) for name in names})


def _carried(way: _Way) -> _Way:
    """A way whose share of the gap is made of its own gain."""
    return replace(way, closed=lambda v, b, g: way.gain(v, b, g) / (g.mean() - v.mean()))


MISTAKES = (
    *(Mistake(words, way) for words, way in (*GAIN, *ERROR, *CLOSED)),
    *(Mistake(words, _carried(way)) for words, way in GAIN),
    *in_other_orders(_Way(), "gain", "error", "closed"),
)
PAIRS = tuple(
    Mistake(words, _merged(way, second), also=more)
    for rows, others in combinations((GAIN, ERROR, CLOSED), 2)
    for words, way in rows
    for more, second in others
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    """Accuracies that move together from seed to seed; the gap is closed in part, or more than closed."""
    found = []
    for n, gain, gap in ((6, 0.04, 0.09), (9, 0.12, 0.07), (5, 0.03, 0.05)):
        shared = rng.normal(0.5, 0.08, n)
        lstm, lstm_b, gru = (shared + d + rng.normal(0, 0.01, n) for d in (0.0, gain, gap))
        found.append(Draw("batch", (lstm, lstm_b, gru)))
    return tuple(found)


def forget_bias_experiment_item(points: int, hints: tuple[str, str, str], forbidden: tuple[str, ...]) -> FunctionItem:
    """The item.

    Args:
        points: What it is worth.
        hints: Three hints.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "forget_bias_experiment",
        points,
        mark("What b_f = 1 adds to the LSTM, how sure that is, and how much of the gap to the GRU it closes."),
        hints,
        forbidden,
        takes={
            "lstm": mark("accuracies of the LSTM with b_f = 0, one for each seed, shape (n,)"),
            "lstm_b": mark("the same with b_f = 1, with the same seeds in the same order"),
            "gru": mark("the same of the GRU"),
        },
        gives={
            "gain": mark("mean accuracy with b_f = 1 minus that with b_f = 0"),
            "error": mark("the standard error of the gain: of the mean of the differences, one a seed"),
            "closed": mark("the gain as a share of the gap between the means of GRU and LSTM with b_f = 0"),
        },
        function=_Way(),
        mistakes=MISTAKES,
        pairs=PAIRS,
        draw=_draws,
        alone=_typed,
    )
