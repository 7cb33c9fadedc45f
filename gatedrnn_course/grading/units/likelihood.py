"""An item of unit 11: how surprised a model is by what a piece really does, in nats a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["chorale_nll", "chorale_nll_item"]

Array = Any


def _terms(a: Array, y: Array) -> Array:
    """Minus the log of the probability of each note to do what it does."""
    return np.logaddexp(0.0, a) - y * a


def chorale_nll(outputs: Array, targets: Array, mask: Array) -> Array:
    """The negative log-likelihood of pieces, in nats a step.

    Args:
        outputs: Raw values of the read-out (T, B, N); the probability of a note is their sigmoid.
        targets: 1 where a note sounds, else 0 (T, B, N).
        mask: 1 at the steps that count, 0 in the padding (T, B).

    Returns:
        The sum over notes, averaged over all steps that count.
    """
    cost = (np.logaddexp(0.0, outputs) - targets * outputs).sum(axis=-1)
    return np.asarray((cost * mask).sum() / mask.sum())


def _by(terms: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """The item with other terms a note."""
    return lambda a, y, mask: (terms(a, y).sum(axis=-1) * mask).sum() / mask.sum()


def _of(mean: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """The item with another mean over what the steps cost."""
    return lambda a, y, mask: mean(_terms(a, y).sum(axis=-1), mask)


def _p(a: Array) -> Array:
    return (1 + np.tanh(a / 2)) / 2


_PLAIN = mark(
    "Where an output is large, the sigmoid is 1, and the log of 1 - sigmoid that of 0. np.logaddexp(0, a) is "
    "log(1 + exp(a)) at any size: one note costs that, less `targets * outputs`."
)

MISTAKES = (
    Mistake(mark("It is positive likelihood: the minus sign is missing."), _by(lambda a, y: -_terms(a, y))),
    Mistake(
        mark("It is the mean over the notes. The notes of a step add up: sum over the last axis."),
        _by(lambda a, y: _terms(a, y) / a.shape[-1]),
    ),
    Mistake(
        mark("It is the sum over all steps. Divide by the number of steps that count, mask.sum()."),
        _of(lambda cost, mask: (cost * mask).sum()),
    ),
    Mistake(
        mark("The padding is divided by, too: only steps with mask 1 count."),
        _of(lambda cost, mask: (cost * mask).mean()),
    ),
    Mistake(
        mark("The padding is counted: multiply by the mask before adding up."), _of(lambda cost, mask: cost.mean())
    ),
    Mistake(
        mark("The padding is added up, though the number of steps is right: multiply by the mask before adding up."),
        _of(lambda cost, mask: cost.sum() / mask.sum()),
    ),
    Mistake(
        mark("It is the mean of the pieces' means. A long piece has more steps: add up all steps, then divide once."),
        _of(lambda cost, mask: ((cost * mask).sum(axis=0) / mask.sum(axis=0)).mean()),
    ),
    Mistake(
        mark("It is the sum over a piece, averaged over pieces. Wanted is the mean over steps."),
        _of(lambda cost, mask: (cost * mask).sum() / mask.shape[1]),
    ),
    Mistake(
        mark("It is divided by the number of steps of the longest piece. Divide by mask.sum()."),
        _of(lambda cost, mask: (cost * mask).sum() / len(mask)),
    ),
    Mistake(
        mark("There is one number for each piece. Wanted is one for all."),
        _of(lambda cost, mask: (cost * mask).sum(axis=0) / mask.sum(axis=0)),
    ),
    Mistake(
        mark("There is one number for each step. Wanted is the mean over all steps that count."),
        _of(lambda cost, mask: cost * mask),
    ),
    Mistake(
        mark("It is in bits: a log to the base 2. Nats come of the natural log."),
        _by(lambda a, y: _terms(a, y) / np.log(2)),
    ),
    Mistake(
        mark("Only notes that sound are counted. A note that is silent has a probability, too: log(1 - p)."),
        _by(lambda a, y: y * np.logaddexp(0.0, -a)),
    ),
    Mistake(
        mark("Only notes that are silent are counted. Add y log p for those that sound."),
        _by(lambda a, y: (1 - y) * np.logaddexp(0.0, a)),
    ),
    Mistake(
        mark("p and 1 - p are exchanged: a note that sounds has probability sigmoid(outputs)."),
        _by(lambda a, y: _terms(-a, y)),
    ),
    Mistake(
        mark("The sigmoid is taken twice: outputs are raw values, before one sigmoid."),
        _by(lambda a, y: _terms(_p(a), y)),
    ),
    Mistake(
        mark("It is the squared error of the probabilities, not a log-likelihood."), _by(lambda a, y: (_p(a) - y) ** 2)
    ),
    Mistake(
        mark("A softmax over the notes: it makes them compete. Each note sounds or not by itself."),
        _by(lambda a, y: y * (np.logaddexp.reduce(a, axis=-1, keepdims=True) - a)),
    ),
    Mistake(_PLAIN, _by(lambda a, y: -(y * np.log(_p(a)) + (1 - y) * np.log(1 - _p(a))))),
    Mistake(_PLAIN, _by(lambda a, y: -np.where(y > 0, np.log(_p(a)), np.log(1 - _p(a))))),
    Mistake(_PLAIN, _by(lambda a, y: np.log(1 + np.exp(a)) - y * a)),
)


def _draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, T: int, B: int, N: int, scale: float = 1.5) -> Draw:
        lengths = np.array([T, *rng.integers(1, T, B - 1)]) if B > 1 else np.array([T])
        mask = (np.arange(T)[:, None] < lengths).astype(float)
        targets = (rng.random((T, B, N)) < 0.4).astype(float) * mask[..., None]
        return Draw(kind, (rng.normal(0.0, scale, (T, B, N)), targets, mask))

    outputs, targets, mask = draw("batch", 3, 2, 4, 100.0).args
    outputs[0, 0, :2], targets[0, 0, :2] = (800.0, -800.0), (0.0, 1.0)  # type: ignore[index]
    large = Draw("batch", (outputs, targets, mask), words="outputs of some hundreds")
    return draw("batch", 6, 3, 5), draw("batch", 4, 5, 7), draw("ones", 1, 1, 1), large


def chorale_nll_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The negative log-likelihood.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "chorale_nll",
        points,
        mark("How surprised a model is: the negative log-likelihood of pieces, in nats a step."),
        (
            mark("One note costs -log p where it sounds and -log(1 - p) where it does not, with p = sigmoid(outputs)."),
            mark(
                "-log(1 - sigmoid(a)) is log(1 + exp(a)), which is np.logaddexp(0, a). A note that sounds costs a less."
            ),
            mark("Add up the notes of a step, multiply by the mask, add up all, divide by mask.sum()."),
        ),
        forbidden,
        takes={
            "outputs": mark("raw values of the read-out, shape (T, B, N); a note's probability is their sigmoid"),
            "targets": mark("1 where a note sounds, else 0, shape (T, B, N)"),
            "mask": mark("1 at the steps that count, 0 in the padding, shape (T, B)"),
        },
        gives={"nll": mark("one number: nats, added up over notes, averaged over all steps that count")},
        function=chorale_nll,
        mistakes=MISTAKES,
        draw=_draws,
    )
