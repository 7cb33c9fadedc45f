"""The report of unit 05: what the forget gates of a run say about how long each unit remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["flow_report", "flow_report_item"]

Array = Any
Report = tuple[Array, Array, Array]


def _half_life(fs: Array) -> Array:
    return np.log(0.5) / np.log(fs).mean(axis=(0, 1))


def _left(fs: Array) -> Array:
    return fs[1:].prod(axis=0).mean(axis=0)


def flow_report(fs: Array) -> Report:
    """Three numbers of the forget gates of a run.

    Args:
        fs: The gates (T, B, H).

    Returns:
        The half-life of each unit (H,), in steps, of the mean of log f over steps and sequences; the mean share that
        the direct path leaves of the first cell state at the end (H,); and the unit with the longest half-life.
    """
    half_life = np.log(0.5) / np.log(fs).mean(axis=(0, 1))
    left = fs[1:].prod(axis=0).mean(axis=0)
    return half_life, left, np.asarray(np.argmax(half_life))


def _with(
    half_life: Callable[[Array], Array] = _half_life,
    left: Callable[[Array], Array] = _left,
    slowest: Callable[[Array], Array] | None = None,
) -> Callable[[Array], Report]:
    """A report with something else in it; the unit follows from the half-lives where it is not given."""

    def report(fs: Array) -> Report:
        found = np.argmax(half_life(fs)) if slowest is None else slowest(fs)
        return half_life(fs), left(fs), np.asarray(found)

    return report


_PER_SEQUENCE = mark(
    "`half_life` is there for each sequence. Wanted is one a unit: the mean of log f over axes 0 and 1."
)
_BATCH = mark("`left` is there for each sequence. Wanted is one a unit: the mean over the batch.")

MISTAKES = (
    Mistake(
        mark("`half_life` comes of the mean of f. The gates multiply: take the mean of log f."),
        _with(lambda fs: np.log(0.5) / np.log(fs.mean(axis=(0, 1)))),
    ),
    Mistake(
        mark("`half_life` is the time in which 1/e is left, not one half."),
        _with(lambda fs: -1 / np.log(fs).mean(axis=(0, 1))),
    ),
    Mistake(
        mark("`half_life` is turned round: it is log(1/2) over the mean of log f, not the other way."),
        _with(lambda fs: np.log(fs).mean(axis=(0, 1)) / np.log(0.5)),
    ),
    Mistake(mark("`half_life` has the wrong sign."), _with(lambda fs: -_half_life(fs))),
    Mistake(
        mark("`half_life` mixes two logarithms: use the same one for 1/2 and for f."),
        _with(lambda fs: np.log(0.5) / np.log10(fs).mean(axis=(0, 1))),
    ),
    Mistake(
        mark("`half_life` mixes two logarithms: use the same one for 1/2 and for f."),
        _with(lambda fs: np.log10(0.5) / np.log(fs).mean(axis=(0, 1))),
    ),
    Mistake(
        mark("`half_life` comes of the sum of log f. It is of one step: take the mean over steps and sequences."),
        _with(lambda fs: np.log(0.5) / np.log(fs).sum(axis=(0, 1))),
    ),
    Mistake(
        mark("`half_life` comes of the sum over time. It is of one step: take the mean over steps too."),
        _with(lambda fs: np.log(0.5) / np.log(fs).sum(axis=0).mean(axis=0)),
    ),
    Mistake(
        mark("`half_life` is the mean of half-lives. Take the mean of log f first, then divide once."),
        _with(lambda fs: (np.log(0.5) / np.log(fs)).mean(axis=(0, 1))),
    ),
    Mistake(
        mark("`half_life` is the mean of half-lives. Take the mean of log f first, then divide once."),
        _with(lambda fs: (np.log(0.5) / np.log(fs).mean(axis=0)).mean(axis=0)),
    ),
    Mistake(
        mark("`half_life` looks at the first sequence only."),
        _with(lambda fs: np.log(0.5) / np.log(fs[:, 0]).mean(axis=0)),
    ),
    Mistake(
        mark("`half_life` looks at the last step only."), _with(lambda fs: np.log(0.5) / np.log(fs[-1]).mean(axis=0))
    ),
    Mistake(
        mark("`half_life` looks at the first step only."), _with(lambda fs: np.log(0.5) / np.log(fs[0]).mean(axis=0))
    ),
    Mistake(
        mark("`half_life` leaves the first step out. Its mean of log f runs over all steps."),
        _with(lambda fs: _half_life(fs[1:])),
    ),
    Mistake(_PER_SEQUENCE, _with(lambda fs: np.log(0.5) / np.log(fs).mean(axis=0))),
    Mistake(
        _PER_SEQUENCE,
        _with(lambda fs: np.log(0.5) / np.log(fs).mean(axis=0), slowest=lambda f: np.argmax(_half_life(f))),
    ),
    Mistake(
        mark("`half_life` is one number for all units. Wanted is one a unit: the mean over axes 0 and 1."),
        _with(lambda fs: np.log(0.5) / np.log(fs).mean(), slowest=lambda fs: np.argmax(_half_life(fs))),
    ),
    Mistake(
        mark(
            "`half_life` is the mean of f itself, or of log f. Half is left when f to the power n is 1/2: solve for n."
        ),
        _with(lambda fs: fs.mean(axis=(0, 1))),
    ),
    Mistake(
        mark(
            "`half_life` is the mean of f itself, or of log f. Half is left when f to the power n is 1/2: solve for n."
        ),
        _with(lambda fs: np.log(fs).mean(axis=(0, 1))),
    ),
    Mistake(
        mark("`left` has the first gate in it. The first f leads to the first c; after it come the others."),
        _with(left=lambda fs: fs.prod(axis=0).mean(axis=0)),
    ),
    Mistake(
        mark("`left` is the product of mean gates. Multiply in each sequence, then take the mean."),
        _with(left=lambda fs: fs.mean(axis=1)[1:].prod(axis=0)),
    ),
    Mistake(
        mark("`left` is the product of mean gates, the first one among them. Multiply in each sequence, then average."),
        _with(left=lambda fs: fs.mean(axis=1).prod(axis=0)),
    ),
    Mistake(_BATCH, _with(left=lambda fs: fs[1:].prod(axis=0))),
    Mistake(mark("`left` looks at the first sequence only."), _with(left=lambda fs: fs[1:, 0].prod(axis=0))),
    Mistake(
        mark("`left` is one number for all units. Wanted is one a unit: the mean over the batch."),
        _with(left=lambda fs: np.asarray(fs[1:].prod(axis=0).mean())),
    ),
    Mistake(
        mark("`left` is multiplied over the batch, too. Sequences stand side by side: take their mean."),
        _with(left=lambda fs: fs[1:].prod(axis=(0, 1))),
    ),
    Mistake(
        mark("`left` is added over the batch: take the mean."), _with(left=lambda fs: fs[1:].prod(axis=0).sum(axis=0))
    ),
    Mistake(
        mark("`left` stands for each step. Wanted is entry 0 of cell_path_gradient: from the first step to the last."),
        _with(left=lambda fs: np.concatenate([np.cumprod(fs[:0:-1], axis=0)[::-1], np.ones_like(fs[:1])]).mean(axis=1)),
    ),
    Mistake(
        mark("`left` is the entry of the last step, which is 1. Wanted is that of the first."),
        _with(left=lambda fs: np.ones(fs.shape[-1])),
    ),
    Mistake(
        mark("`left` is what is lost. Wanted is what is left."),
        _with(left=lambda fs: 1 - _left(fs)),
    ),
    Mistake(
        mark("`slowest` is the unit with the shortest half-life. The slowest forgets last: the longest one."),
        _with(slowest=lambda fs: np.argmin(_half_life(fs))),
    ),
    Mistake(
        mark("`slowest` is the half-life itself. Wanted is which unit has it: its index."),
        _with(slowest=lambda fs: np.max(_half_life(fs))),
    ),
    Mistake(
        mark("`slowest` counts units from 1. Python counts from 0."),
        _with(slowest=lambda fs: np.argmax(_half_life(fs)) + 1),
    ),
    Mistake(
        mark("`slowest` is the unit with the largest left. Take the longest half_life."),
        _with(slowest=lambda fs: np.argmax(_left(fs))),
    ),
    Mistake(
        mark("`slowest` is the unit with the largest mean gate. Take the longest half_life."),
        _with(slowest=lambda fs: np.argmax(fs.mean(axis=(0, 1)))),
    ),
    Mistake(
        mark("`slowest` lists the units in an order. Wanted is one index: np.argmax."),
        _with(slowest=lambda fs: np.argsort(_half_life(fs))),
    ),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    one = rng.uniform(0.3, 0.9, (2, 1, 1))
    return Draw("batch", (_telling(rng, 6, 3, 4),)), Draw("batch", (_telling(rng, 5, 2, 3),)), Draw("ones", (one,))


def _telling(rng: np.random.Generator, T: int, B: int, H: int) -> Array:
    """Gates in which the unit with the longest half-life is neither that of the largest share left nor of the mean.

    The unit of the largest mean gate shuts once, at a step that counts; the one of the largest share left shuts at the
    first step, which the direct path from there does not meet.
    """
    slow, shut, first = (int(k) for k in rng.permutation(H)[:3])
    fs = rng.uniform(0.3, 0.6, (T, B, H))
    fs[..., slow] = rng.uniform(0.84, 0.86, (T, B))
    fs[..., shut] = rng.uniform(0.98, 0.99, (T, B))
    fs[int(rng.integers(1, T)), :, shut] = rng.uniform(0.2, 0.25, B)
    fs[..., first] = rng.uniform(0.92, 0.94, (T, B))
    fs[0, :, first] = rng.uniform(0.1, 0.15, B)
    return fs


def flow_report_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The report.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "flow_report",
        points,
        mark("What the forget gates of a run say: half-lives, the share left of the start, the slowest unit."),
        (
            mark("Three numbers, one after the other; each has its own axes to average over."),
            mark("Gates multiply, so their logarithms add up: what is the mean of log f of a gate with half-life n?"),
            mark("For the share left you have a function: its entry 0, and the mean over the batch."),
        ),
        forbidden,
        takes={"fs": mark("the forget gates of every step, shape (T, B, H), all above 0 and below 1")},
        gives={
            "half_life": mark("shape (H,): n with f to the power n = 1/2, where log f is its mean over axes 0 and 1"),
            "left": mark("shape (H,): entry 0 of the direct path, averaged over the batch"),
            "slowest": mark("the index of the unit with the longest half-life"),
        },
        function=flow_report,
        mistakes=MISTAKES,
        draw=_draws,
    )
