"""Two items of unit 11 that write: one step out of probabilities, and a chorale that hears what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue, draw_params, step
from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["sample_notes_item", "write_chorale", "write_chorale_item"]

Array = Any
LSTM = catalogue["LSTM"]
MARGIN = 1e-4
"""No probability comes nearer to its uniform number: a sum in another order, or in float32, decides the same."""


def _p(a: Array) -> Array:
    return (1 + np.tanh(a / 2)) / 2


def sample_notes(outputs: Array, uniform: Array, temperature: Array) -> Array:
    """Which notes sound.

    Args:
        outputs: Raw values of the read-out (..., N).
        uniform: Numbers between 0 and 1 (..., N).
        temperature: Divides the outputs.

    Returns:
        1 where the uniform number lies below the note's probability, else 0 (..., N).
    """
    p = (1 + np.tanh(outputs / temperature / 2)) / 2
    return (uniform < p).astype(float)


def _if(sounds: Callable[[Array, Array, Array], Array]) -> Callable[..., Array]:
    return lambda a, u, t: np.asarray(sounds(a, u, t)).astype(float)


SAMPLE_MISTAKES = (
    Mistake(
        mark("Notes and silence are exchanged: a note sounds where its uniform number is less than its probability."),
        _if(lambda a, u, t: u > _p(a / t)),
    ),
    Mistake(mark("The temperature is left out."), _if(lambda a, u, t: u < _p(a))),
    Mistake(mark("The temperature multiplies. It divides the outputs."), _if(lambda a, u, t: u < _p(a * t))),
    Mistake(
        mark("The temperature divides the probability. It belongs inside the sigmoid: it divides the outputs."),
        _if(lambda a, u, t: u < _p(a) / t),
    ),
    Mistake(
        mark("The temperature multiplies the probability. It belongs inside the sigmoid: it divides the outputs."),
        _if(lambda a, u, t: u < _p(a) * t),
    ),
    Mistake(
        mark("The sigmoid is missing: the uniform numbers are compared with raw outputs."),
        _if(lambda a, u, t: u < a / t),
    ),
    Mistake(
        mark("Every note likelier than one half sounds: the uniform numbers are not used, so each piece is the same."),
        _if(lambda a, u, t: _p(a / t) > 0.5),
    ),
    Mistake(mark("These are the probabilities. Wanted are notes: 1 or 0."), lambda a, u, t: _p(a / t)),
    Mistake(
        mark("A softmax over the notes: it makes them compete. Each note sounds or not by itself."),
        _if(lambda a, u, t: u < np.exp(a / t) / np.exp(a / t).sum(axis=-1, keepdims=True)),
    ),
    Mistake(
        mark("One uniform number decides for all notes of a step. Each note has its own."),
        _if(lambda a, u, t: u[..., :1] < _p(a / t)),
    ),
    Mistake(mark("tanh stands where sigmoid belongs."), _if(lambda a, u, t: u < np.tanh(a / t))),
)


def _sample_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def draw(kind: str, shape: tuple[int, ...], temperature: float) -> Draw:
        outputs = rng.normal(0.0, 1.5, shape)
        uniform = rng.random(shape)
        near = np.abs(uniform - _p(outputs / temperature)) < MARGIN
        return Draw(kind, (outputs, np.where(near, uniform / 2, uniform), np.array(temperature)))

    return (
        draw("batch", (6, 40), rng.uniform(0.5, 0.8)),
        draw("batch", (5, 30), rng.uniform(1.3, 2.0)),
        draw("single", (60,), rng.uniform(0.5, 0.8)),
    )


def _read_out(h: Array, p: Any) -> Array:
    return h @ p.W_y.T + p.b_y


def write_chorale(first: Array, uniforms: Array, p: Any) -> Array:
    """What an LSTM with a read-out writes, hearing at each step what it wrote at the step before.

    Args:
        first: The notes it hears first (B, N).
        uniforms: Numbers between 0 and 1 (T, B, N).
        p: Parameters of the LSTM, `W_y` (N, H) and `b_y` (N,).

    Returns:
        The notes it writes (T, B, N).
    """

    def sigmoid(a: Array) -> Array:
        return (1 + np.tanh(a / 2)) / 2

    x, rows = first, []
    h = c = np.zeros((*first.shape[:-1], p.b_f.shape[-1]))
    for uniform in uniforms:
        f, i, o = (sigmoid(x @ p[f"W_{g}"].T + h @ p[f"U_{g}"].T + p[f"b_{g}"]) for g in "fio")
        c = f * c + i * np.tanh(x @ p.W_c.T + h @ p.U_c.T + p.b_c)
        h = o * np.tanh(c)
        x = (uniform < sigmoid(h @ p.W_y.T + p.b_y)).astype(float)
        rows.append(x)
    return np.stack(rows)


def _written(
    first: Array,
    uniforms: Array,
    p: Any,
    hears: Callable[[list[Array], Array], Array] = lambda rows, sounds: rows[-1],
    keeps: Callable[[Array, Array], tuple[Array, Array]] = lambda h, c: (h, c),
    number: Callable[[Array, int], Array] = lambda uniforms, t: uniforms[t],
    reads: Callable[[Array, Array], Array] = lambda h, c: h,
) -> Array:
    """The loop, with places for what can go wrong: what is heard, kept, drawn and read out."""
    h = c = np.zeros((*first.shape[:-1], p.b_f.shape[-1]))
    rows, x = [first], first
    for t in range(len(uniforms)):
        h, c = step(LSTM, x, (h, c), {name: p[name] for name in LSTM.parameters})
        chances = _p(_read_out(reads(h, c), p))
        rows.append((number(uniforms, t) < chances).astype(float))
        x = hears(rows, chances)
        h, c = keeps(h, c)
    return np.stack(rows[1:])


def _with(**parts: Callable[..., Any]) -> Callable[..., Array]:
    return lambda first, uniforms, p: _written(first, uniforms, p, **parts)


def _reversed(first: Array, uniforms: Array, p: Any) -> Array:
    """What is written by who lets a note sound where its uniform number is greater."""
    flipped = Params({**p, "W_y": -p.W_y, "b_y": -p.b_y})
    return _written(first, 1 - uniforms, flipped)


WRITE_MISTAKES = (
    Mistake(
        mark("Every step hears `first`. From the second step on the cell hears what was written at the step before."),
        _with(hears=lambda rows, chances: rows[0]),
    ),
    Mistake(
        mark("The cell hears the probabilities. It learned from notes: let it hear the sampled 0 and 1."),
        _with(hears=lambda rows, chances: chances),
    ),
    Mistake(
        mark("The cell hears one step late: x is what was written at the step before, not at the one before that."),
        _with(hears=lambda rows, chances: rows[-2]),
    ),
    Mistake(
        mark("The state is not carried: every step starts from zeros."),
        _with(keeps=lambda h, c: (np.zeros_like(h), np.zeros_like(c))),
    ),
    Mistake(mark("h is not carried: every step sees h = 0."), _with(keeps=lambda h, c: (np.zeros_like(h), c))),
    Mistake(mark("c is not carried: every step sees c = 0."), _with(keeps=lambda h, c: (h, np.zeros_like(c)))),
    Mistake(mark("h and c are exchanged from one step to the next."), _with(keeps=lambda h, c: (c, h))),
    Mistake(
        mark("Every step uses the first uniform numbers. Step t has its own: uniforms[t]."),
        _with(number=lambda uniforms, t: uniforms[0]),
    ),
    Mistake(
        mark("The uniform numbers are used from the last to the first."),
        _with(number=lambda uniforms, t: uniforms[-1 - t]),
    ),
    Mistake(
        mark("A note sounds where it is likelier than one half: the uniform numbers are not used."),
        _with(number=lambda uniforms, t: np.full_like(uniforms[t], 0.5)),
    ),
    Mistake(
        mark("Notes and silence are exchanged: a note sounds where its uniform number is less than its probability."),
        _reversed,
    ),
    Mistake(mark("The read-out looks at c. It looks at h, what the cell shows."), _with(reads=lambda h, c: c)),
    Mistake(
        mark("`first` stands at the beginning of what is handed back. Wanted are the T steps written after it."),
        lambda first, uniforms, p: np.concatenate([first[None], _written(first, uniforms, p)]),
    ),
    Mistake(
        mark("`first` stands at the beginning, and the last step is missing. Wanted are the T steps written after it."),
        lambda first, uniforms, p: np.concatenate([first[None], _written(first, uniforms, p)[:-1]]),
    ),
    Mistake(mark("Only the last step comes back."), lambda first, uniforms, p: _written(first, uniforms, p)[-1]),
    Mistake(
        mark("The last step is repeated T times: was one array changed in place and kept each time?"),
        lambda first, uniforms, p: np.stack([_written(first, uniforms, p)[-1]] * len(uniforms)),
    ),
    Mistake(
        mark("The bias b_y of the read-out is missing."),
        lambda first, uniforms, p: _written(first, uniforms, Params({**p, "b_y": np.zeros_like(p.b_y)})),
    ),
)


def _write_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def once(T: int, B: int, N: int, H: int) -> tuple[Any, ...]:
        p = draw_params(LSTM, N, H, rng, scale=1.5)
        more = {"W_y": rng.normal(0.0, 1.5, (N, H)), "b_y": rng.normal(0.0, 0.7, N)}
        first = (rng.random((B, N)) < 0.5).astype(float)
        return first, rng.random((T, B, N)), Params({**p, **more})

    def far(args: tuple[Any, ...]) -> bool:
        gaps: list[float] = []

        def number(uniforms: Array, t: int) -> Array:
            now.append(uniforms[t])
            return uniforms[t]

        def hears(rows: list[Array], chances: Array) -> Array:
            gaps.append(float(np.abs(chances - now[-1]).min()))
            return rows[-1]

        now: list[Array] = []
        _written(args[0], args[1], args[2], number=number, hears=hears)
        return min(gaps) > MARGIN

    def draw(kind: str, *sizes: int) -> Draw:
        args = once(*sizes)
        while not far(args):
            args = once(*sizes)
        return Draw(kind, args)

    return draw("batch", 12, 4, 7, 5), draw("batch", 10, 3, 6, 9), draw("ones", 3, 1, 1, 1)


def sample_notes_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """One step out of probabilities.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "sample_notes",
        points,
        mark("Which notes sound, drawn by given uniform numbers at a temperature."),
        (
            mark("The probability of a note is the sigmoid of its output divided by the temperature."),
            mark("A uniform number lies below p with probability p. What is to happen then?"),
            mark("A comparison gives True and False; 1.0 times that gives 1 and 0."),
        ),
        forbidden,
        takes={
            "outputs": mark("raw values of the read-out, shape (..., N)"),
            "uniform": mark("a number between 0 and 1 for each of them, the same shape"),
            "temperature": mark("a number above 0; it divides the outputs"),
        },
        gives={"notes": mark("1 where a note sounds, else 0, shape (..., N)")},
        function=sample_notes,
        mistakes=SAMPLE_MISTAKES,
        draw=_sample_draws,
    )


def write_chorale_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """The loop that writes.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "write_chorale",
        points,
        mark("What an LSTM writes: at each step it hears what it wrote at the step before."),
        (
            mark("Begin with h and c of zeros, of the size of p.b_f, and with x = first."),
            mark(
                "In the loop: one step of the LSTM, the read-out h @ p.W_y.T + p.b_y, sample_notes with temperature 1."
            ),
            mark("What was sampled is the next x, and is kept for the end: np.stack of all T of them."),
        ),
        forbidden,
        takes={
            "first": mark("the notes of the step before, 1 or 0, shape (B, N)"),
            "uniforms": mark("numbers between 0 and 1 for every step to be written, shape (T, B, N)"),
            "p": mark("the parameters of the LSTM, and W_y (N, H) and b_y (N,) of the read-out"),
        },
        gives={"written": mark("the T steps that come after `first`, 1 where a note sounds, shape (T, B, N)")},
        function=write_chorale,
        mistakes=WRITE_MISTAKES,
        draw=_write_draws,
    )
