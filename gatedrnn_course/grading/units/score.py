"""Two items of unit 11 that turn a piano-roll into what can be played: notes with a start and a length, and tones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gatedrnn_course.grading.items import Draw, FunctionItem, Mistake
from gatedrnn_course.text import mark

__all__ = ["pitch_frequency_item", "to_notes", "to_notes_item"]

Array = Any
LOWEST = 21


def _runs(roll: Array) -> Array:
    """Column, first step and step after the last of every run of 1, columns first."""
    edges = np.diff(np.pad(np.asarray(roll) > 0.5, ((1, 1), (0, 0))).astype(int), axis=0)
    columns, starts = np.nonzero(edges.T > 0)
    _same, ends = np.nonzero(edges.T < 0)
    return np.stack([columns, starts, ends], axis=1)


def _rows(make: Callable[[Array], Array], order: tuple[int, ...] = (0, 1)) -> Callable[[Array], Array]:
    """Rows made of runs, sorted by columns: the last of `order` counts most."""

    def notes(roll: Array) -> Array:
        rows = np.asarray(make(_runs(roll)), float)
        return rows[np.lexsort([rows[:, k] for k in order])]

    return notes


def _right(runs: Array) -> Array:
    return np.stack([runs[:, 0] + LOWEST, runs[:, 1], runs[:, 2] - runs[:, 1]], axis=1)


def to_notes(roll: Array) -> Array:
    """The notes of a piano-roll.

    Args:
        roll: 1 where a note sounds, else 0 (T, 88).

    Returns:
        A row for each note, pitch, start and length, by start, then by pitch.
    """
    sounds = np.pad(np.asarray(roll) > 0.5, ((1, 1), (0, 0)))
    rows = []
    for start in range(len(roll)):
        for column in np.nonzero(sounds[start + 1] & ~sounds[start])[0]:
            length = np.argmin(sounds[start + 1 :, column])
            rows.append((21.0 + column, start, length))
    return np.array(rows, dtype=float).reshape(-1, 3)


def _add(*numbers: int) -> Callable[[Array], Array]:
    return _rows(lambda runs: _right(runs) + np.array(numbers))


def _each_step(roll: Array) -> Array:
    steps, columns = np.nonzero(np.asarray(roll) > 0.5)
    return np.stack([columns + LOWEST, steps, np.ones_like(steps)], axis=1).astype(float)


def _unended(roll: Array) -> Array:
    """The notes that end before the piece does."""
    notes = to_notes(roll)
    return notes[notes[:, 1] + notes[:, 2] < len(roll)]


def _late(roll: Array) -> Array:
    """The notes that begin after the first step."""
    notes = to_notes(roll)
    return notes[notes[:, 1] > 0]


NOTES_MISTAKES = (
    Mistake(mark("The pitch is the number of the column. Column k is pitch 21 + k."), _add(-LOWEST, 0, 0)),
    Mistake(mark("The pitch is one too high: column 0 is pitch 21."), _add(1, 0, 0)),
    Mistake(mark("The pitch is one too low: column 0 is pitch 21."), _add(-1, 0, 0)),
    Mistake(mark("Steps are counted from 1. The first step is 0."), _add(0, 1, 0)),
    Mistake(mark("The length is one step too short: a note of one step has length 1."), _add(0, 0, -1)),
    Mistake(mark("The length is one step too long: it ends where the note is silent again."), _add(0, 0, 1)),
    Mistake(
        mark("The third column is the step where the note ends. Wanted is its length."),
        _rows(lambda runs: np.stack([runs[:, 0] + LOWEST, runs[:, 1], runs[:, 2]], axis=1)),
    ),
    Mistake(
        mark("The third column is the last step of the note. Wanted is its length."),
        _rows(lambda runs: np.stack([runs[:, 0] + LOWEST, runs[:, 1], runs[:, 2] - 1], axis=1)),
    ),
    Mistake(mark("A note that is held is struck anew at each step. Steps in a row are one note."), _each_step),
    Mistake(mark("Notes that sound to the end of the piece are missing: they end there, too."), _unended),
    Mistake(mark("Notes that sound from the first step on are missing: they begin there."), _late),
    Mistake(mark("The rows are sorted by pitch first. Sort by start, then by pitch."), _rows(_right, order=(1, 0))),
    Mistake(
        mark("The columns stand in another order: pitch, start, length."),
        lambda roll: to_notes(roll)[:, [1, 0, 2]],
    ),
    Mistake(
        mark("The columns stand in another order: pitch, start, length."),
        lambda roll: to_notes(roll)[:, [1, 2, 0]],
    ),
    Mistake(
        mark("Rows and columns are exchanged: each note is a row of three numbers."), lambda roll: to_notes(roll).T
    ),
)


def _notes_draws(rng: np.random.Generator) -> tuple[Draw, ...]:
    def roll(T: int, columns: int) -> Array:
        """Some notes that are held, some from the first step, some to the last, never two pieces alike."""
        found = np.zeros((T, 88))
        for k, column in enumerate(rng.choice(88, columns, replace=False)):
            start = 0 if k == 0 else int(rng.integers(1, T - 2))
            end = T if k == 1 else int(rng.integers(start + 1, T))
            found[start:end, column] = 1
            if k == 2:
                found[:, column] = 0
                found[1 : 1 + (T - 3) // 2, column] = found[T - 2, column] = 1
        return found

    one = np.zeros((1, 88))
    one[0, int(rng.integers(88))] = 1
    return Draw("batch", (roll(9, 6),)), Draw("batch", (roll(12, 5),)), Draw("ones", (one,))


def pitch_frequency(pitch: Array) -> Array:
    """The frequency of MIDI pitches in hertz: 440 for 69, twice as much 12 above.

    Args:
        pitch: Pitches, an array of any shape.
    """
    return 440.0 * 2.0 ** ((np.asarray(pitch) - 69.0) / 12.0)


FREQUENCY_MISTAKES = (
    Mistake(
        mark("The sign is turned: pitches above 69 are higher, not lower."),
        lambda pitch: 440 * 2.0 ** ((69 - pitch) / 12),
    ),
    Mistake(
        mark("The twelfth is missing: an octave, twice the frequency, has 12 steps."),
        lambda pitch: 440 * 2.0 ** (pitch - 69),
    ),
    Mistake(mark("An octave has 12 steps, not 8."), lambda pitch: 440 * 2.0 ** ((pitch - 69) / 8)),
    Mistake(mark("The pitch of 440 Hz is 69, not 60."), lambda pitch: 440 * 2.0 ** ((pitch - 60) / 12)),
    Mistake(mark("The pitch of 440 Hz is 69, not 0."), lambda pitch: 440 * 2.0 ** (pitch / 12)),
    Mistake(
        mark("Frequencies do not grow in a straight line: each step multiplies by 2 ** (1 / 12)."),
        lambda pitch: 440 * (1 + (pitch - 69) / 12),
    ),
    Mistake(
        mark("Frequencies do not grow in a straight line: each step multiplies by 2 ** (1 / 12)."),
        lambda pitch: 440 + (pitch - 69) / 12 * 440,
    ),
    Mistake(mark("Each step multiplies by a power of 2, not of e."), lambda pitch: 440 * np.exp((pitch - 69) / 12)),
    Mistake(mark("Pitch 69 has 440 Hz; the factor is missing."), lambda pitch: 2.0 ** ((pitch - 69) / 12)),
    Mistake(
        mark("This is the angular frequency: 2 pi times too much."),
        lambda pitch: 2 * np.pi * 440 * 2.0 ** ((pitch - 69) / 12),
    ),
)


def _pitches(rng: np.random.Generator) -> tuple[Draw, ...]:
    return tuple(
        Draw(kind, (rng.choice(np.arange(LOWEST, 109), shape, replace=False).astype(float),))
        for kind, shape in (("batch", (3, 4)), ("single", (5,)), ("ones", (1,)))
    )


def to_notes_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """A piano-roll as notes.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "to_notes",
        points,
        mark("The notes of a piano-roll: which pitch, from which step on, how long."),
        (
            mark("Steps of the same column that follow each other are one note. Where does a note begin?"),
            mark("Go through the steps and keep, for each column that sounds, the step where it began."),
            mark("Do not forget notes that still sound at the end. Rows (start, pitch, length) sort as asked."),
        ),
        forbidden,
        takes={"roll": mark("1 where a note sounds, else 0, shape (T, 88); column k is the MIDI pitch 21 + k")},
        gives={"notes": mark("a row for each note: pitch, start, length in steps; by start, then by pitch")},
        function=to_notes,
        mistakes=NOTES_MISTAKES,
        draw=_notes_draws,
    )


def pitch_frequency_item(points: int, forbidden: tuple[str, ...]) -> FunctionItem:
    """A pitch as a tone.

    Args:
        points: What it is worth.
        forbidden: Names an answer must not use.
    """
    return FunctionItem(
        "pitch_frequency",
        points,
        mark("How many times a second the tone of a MIDI pitch swings."),
        (
            mark("Pitch 69 is the a of 440 Hz. What is its octave, pitch 81?"),
            mark("Twelve equal factors make an octave, which is 2. How large is one?"),
            mark("The distance to 69, divided by 12, is the number of octaves: the exponent of 2."),
        ),
        forbidden,
        takes={"pitch": mark("MIDI pitches, an array of any shape")},
        gives={"frequency": mark("hertz, the same shape")},
        function=pitch_frequency,
        mistakes=FREQUENCY_MISTAKES,
        draw=_pitches,
    )
