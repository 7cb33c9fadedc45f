"""`explore_temperature()`: a chorale written at one temperature or another, out of the same random numbers.

The LSTM behind it is stored beside this file; `python -m gatedrnn_course.lab.temperature` trains it anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gatedrnn_course.cells import Params, catalogue
from gatedrnn_course.grading.units.written_music import write_chorale
from gatedrnn_course.lab.composing import Composer
from gatedrnn_course.lab.piano_roll import draw_roll, pitch_name
from gatedrnn_course.lab.widget import Choice, Explorer, Slider
from gatedrnn_course.lab.widget.whose import owned, whose
from gatedrnn_course.tasks.music import LOWEST, piano_roll
from gatedrnn_course.text import _

__all__ = ["explore_temperature", "stored_composer"]

FILE = Path(__file__).with_name("chorale_lstm.npz")
UNITS, TRAINED = 24, 1000
STEPS, LOW, HIGH = 32, 38, 82
FIRST = (48, 55, 64, 72)
SCALE = frozenset((0, 2, 4, 5, 7, 9, 11))


@cache
def stored_composer() -> Composer:
    """An LSTM of 24 units, trained on made chorales."""
    with np.load(FILE, allow_pickle=False) as arrays:
        return Composer(catalogue["LSTM"], Params({name: arrays[name].astype(float) for name in arrays.files}))


def explore_temperature() -> Explorer:
    """A chorale that a trained LSTM writes after one chord, at a temperature to choose.

    The writing is the learner's own `write_chorale`, once that is right.

    Returns:
        The widget; in a notebook it shows itself on the last line of a cell.
    """
    functions, yours = owned(write_chorale=write_chorale)
    p, first = stored_composer().p, piano_roll([FIRST]).astype(float)
    controls = (
        Slider("temperature", _("temperature"), (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2), start=1),
        Choice("seed", _("random numbers"), {"0": _("first set"), "1": _("second set"), "2": _("third set")}),
    )

    def view(temperature: float, seed: str) -> tuple[str, str]:
        uniforms = np.random.default_rng(int(seed)).random((STEPS, 1, len(first[0])))
        warm = Params({**p, "W_y": p.W_y / temperature, "b_y": p.b_y / temperature})
        roll = np.asarray(functions["write_chorale"](first, uniforms, warm))[:, 0]
        return draw_roll(np.concatenate([first, roll]), LOW, HIGH, given=1), _words(roll)

    title = _("A chorale of {steps} steps written by a trained LSTM, with a slider for the temperature.")
    return Explorer(title.format(steps=STEPS), controls, view, whose(yours, "LSTM"))


def _words(roll: Any) -> str:
    """How many notes there are, how many are in the key, and with which it ends."""
    pitches = LOWEST + np.nonzero(roll)[1]
    inside = sum(int(pitch) % 12 in SCALE for pitch in pitches)
    words = _("{mean:.1f} notes a step. Of {count} notes {inside} are in C major. It ends on {last}.")
    last = ", ".join(pitch_name(LOWEST + int(k)) for k in np.flatnonzero(roll[-1])) or _("silence")
    return words.format(mean=len(pitches) / len(roll), count=len(pitches), inside=inside, last=last)


def _train() -> None:
    """Write the stored LSTM anew, in half precision: it is to draw pictures, not records."""
    from gatedrnn_course.lab.composing import train_composers

    (made,) = train_composers({"LSTM": ("LSTM", UNITS)}, seeds=1, steps=TRAINED)["LSTM"]
    arrays: dict[str, Any] = {name: np.asarray(array, np.float16) for name, array in made.p.items()}
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    _train()
