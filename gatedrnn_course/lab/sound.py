"""A piece to be heard: as a MIDI file for any player, and as tones of a small synthesiser in the page."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import numpy as np

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.piano_roll import describe_roll, notes_of
from gatedrnn_course.lab.show import show
from gatedrnn_course.text import _

__all__ = ["Sound", "play", "save_midi", "synthesise"]

RATE = 6000
"""Samples a second. Eight bits each, so that a piece of 6 seconds has 50 KB in a saved notebook."""
PARTIALS = (1.0, 0.4, 0.2, 0.1)
"""How loud the overtones are: a soft organ."""
TICKS = 480
"""Parts of a quarter note in a MIDI file."""


def synthesise(roll: Any, seconds: float = 0.4, rate: int = RATE) -> Any:
    """The wave of a piece.

    Args:
        roll: 1 where a note sounds, else 0 (T, 88).
        seconds: How long a step is.
        rate: Samples a second.

    Returns:
        Numbers between -1 and 1, one a sample.
    """
    found = np.zeros(round(len(roll) * seconds * rate))
    for pitch, start, length in notes_of(roll):
        frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
        begin, end = (round(step * seconds * rate) for step in (start, start + length))
        t = np.arange(end - begin) / rate
        tone = sum(
            loud * np.sin(2 * np.pi * frequency * k * t)
            for k, loud in enumerate(PARTIALS, 1)
            if frequency * k < rate / 2
        )
        found[begin:end] += tone * np.exp(-1.2 * t) * np.minimum(1.0, np.minimum(t, t[::-1]) / 0.01)
    return found / max(1.0, np.abs(found).max())


class Sound:
    """A piece with a button to play it.

    Args:
        roll: The piece (T, 88).
        seconds: How long a step is.
    """

    def __init__(self, roll: Any, seconds: float = 0.4) -> None:
        self.words = describe_roll(roll)
        samples = np.round(127.5 + 127.0 * synthesise(roll, seconds)).astype(np.uint8)
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(1)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
        self.wav = buffer.getvalue()

    def _repr_html_(self) -> str:
        from IPython.display import Audio

        made: str = Audio(data=self.wav)._repr_html_()  # type: ignore[no-untyped-call]
        return made

    def __repr__(self) -> str:
        return _("Sound. {words}").format(words=self.words)


def play(roll: Any, seconds: float = 0.4) -> None:
    """Show a button that plays a piece.

    Args:
        roll: 1 where a note sounds, else 0 (T, 88).
        seconds: How long a step is.
    """
    show(Sound(roll, seconds))


def save_midi(roll: Any, path: str | Path, seconds: float = 0.4) -> None:
    """Write a piece as a MIDI file, for a player or a notation program.

    Args:
        roll: 1 where a note sounds, else 0 (T, 88).
        path: The file.
        seconds: How long a step is.

    Raises:
        CourseError: If mido is missing, or the file cannot be written.
    """
    asked = _("A MIDI file, {path}.").format(path=path)
    try:
        import mido
    except ModuleNotFoundError:
        do = _('Install it: pip install "mido>=1.3"')
        raise CourseError(asked, _("The library mido, which writes it, is not installed."), do=do) from None
    events = []
    for pitch, start, length in notes_of(roll):
        events += [(start, "note_on", pitch), (start + length, "note_off", pitch)]
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=round(1e6 * seconds))])
    now = 0
    for step, kind, pitch in sorted(events):  # at one step notes end ("note_off") before others begin
        track.append(mido.Message(kind, note=pitch, velocity=64, time=(step - now) * TICKS))
        now = step
    try:
        mido.MidiFile(tracks=[track], ticks_per_beat=TICKS).save(str(path))
    except OSError as error:
        raise CourseError(asked, str(error.strerror), do=_("Choose a folder that can be written to.")) from error
