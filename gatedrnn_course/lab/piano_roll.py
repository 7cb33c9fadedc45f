"""A piece as a piano-roll: one row a pitch, time to the right, a bar for each note."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from gatedrnn_course.lab.picture import Picture
from gatedrnn_course.lab.show import show
from gatedrnn_course.tasks.music import LOWEST
from gatedrnn_course.text import _

__all__ = ["describe_roll", "draw_roll", "notes_of", "pitch_name", "show_roll"]

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
WIDTH, LEFT, TOP, ROW, BOTTOM = 530, 40, 8, 5, 24
INK = "#222"
COLOUR, GIVEN = "#0072B2", "#999999"


def pitch_name(pitch: int) -> str:
    """The name of a MIDI pitch: 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def notes_of(roll: Any) -> list[tuple[int, int, int]]:
    """The notes of a piano-roll: pitch, first step and length, by start, then by pitch.

    Args:
        roll: 1 where a note sounds, else 0 (T, 88).
    """
    edges = np.diff(np.pad(np.asarray(roll) > 0.5, ((1, 1), (0, 0))).astype(int), axis=0)
    columns, starts = np.nonzero(edges.T > 0)
    ends = np.nonzero(edges.T < 0)[1]
    rows = zip((columns + LOWEST).tolist(), starts.tolist(), (ends - starts).tolist(), strict=True)
    return sorted(rows, key=lambda note: (note[1], note[0]))


def show_roll(roll: Any, title: str = "", given: int = 0) -> None:
    """Draw a piece.

    Args:
        roll: 1 where a note sounds, else 0 (T, 88); column k is the MIDI pitch 21 + k.
        title: What it is.
        given: So many steps at the beginning were given and not written; they are grey.
    """
    alt = describe_roll(roll, title)
    show(Picture(draw_roll(roll, given=given, label=alt, paper=True), alt))


def describe_roll(roll: Any, title: str = "") -> str:
    """A piece in words: how long, how many notes, from where to where, and the chords at both ends."""
    pitches = [[LOWEST + int(k) for k in np.flatnonzero(row > 0.5)] for row in np.asarray(roll)]
    used = [pitch for step in pitches for pitch in step]
    if not used:
        return _("{title} {steps} steps of silence.").format(title=title, steps=len(pitches)).strip()
    chords = [", ".join(map(pitch_name, pitches[k])) or _("silence") for k in (0, -1)]
    words = _(
        "{title} Piano-roll of {steps} steps, {mean:.1f} notes a step, {low} to {high}. First {first}; last {last}."
    )
    low, high = pitch_name(min(used)), pitch_name(max(used))
    mean = len(used) / len(pitches)
    return words.format(
        title=title, steps=len(pitches), mean=mean, low=low, high=high, first=chords[0], last=chords[1]
    ).strip()


def draw_roll(
    roll: Any, low: int | None = None, high: int | None = None, given: int = 0, label: str = "", paper: bool = False
) -> str:
    """The picture behind `show_roll`.

    Args:
        roll: The piece (T, 88).
        low: The lowest pitch that has a row; found from the piece where left out.
        high: The highest.
        given: Steps at the beginning that are grey.
        label: The picture in words; empty where it has its own.
        paper: Dark ink on white paper; otherwise ink in the colour of the page's text.

    Returns:
        An SVG.
    """
    notes, steps = notes_of(roll), len(roll)
    pitches = [pitch for pitch, _start, _length in notes] or [60]
    low, high = low or min(pitches) - 2, high or max(pitches) + 2
    wide, tall = (WIDTH - LEFT - 8) / steps, (high - low + 1) * ROW
    height = TOP + tall + BOTTOM
    body = [f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'] if paper else []
    for pitch in range(low, high + 1):
        if pitch % 12 == 0:
            y = TOP + (high - pitch + 0.5) * ROW
            body.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 8}" stroke="currentColor" stroke-opacity=".25"/>')
            body.append(f'<text x="6" y="{y + 4:.1f}">{pitch_name(pitch)}</text>')
    for step in range(0, steps + 1, 8):
        x = LEFT + wide * step
        body.append(f'<path d="M{x:.1f} {TOP}v{tall}" stroke="currentColor" stroke-opacity=".25"/>')
        if x < WIDTH - 60:  # the word stands there
            body.append(f'<text x="{x + wide / 2:.1f}" y="{height - 8}" text-anchor="middle">{step + 1}</text>')
    for colour, some in ((GIVEN, [n for n in notes if n[1] < given]), (COLOUR, [n for n in notes if n[1] >= given])):
        strokes = "".join(
            f"M{LEFT + wide * start + 0.8:.1f} {TOP + (high - pitch + 0.5) * ROW:.1f}h{wide * length - 1.6:.1f}"
            for pitch, start, length in some
            if low <= pitch <= high
        )
        body.append(f'<path d="{strokes or "M0 0"}" stroke="{colour}" stroke-width="{ROW - 0.6}"/>')
    body.append(f'<text x="{WIDTH - 8}" y="{height - 8}" text-anchor="end">{escape(_("step"))}</text>')
    words = f'role="img" aria-label="{escape(label)}" ' if label else ""
    look = f' style="color:{INK};background:#fff"' if paper else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'{words}font-family="sans-serif" font-size="13" fill="currentColor"{look}>'
    )
    return "\n".join((head, *body, "</svg>"))
