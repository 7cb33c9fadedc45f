from __future__ import annotations

import io
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.sound import RATE, TICKS, Sound, play, save_midi, synthesise
from gatedrnn_course.tasks.music import piano_roll

ROLL = piano_roll([[69], [69, 60], [60], []])


def test_a_tone_has_the_frequency_of_its_pitch() -> None:
    found = np.abs(np.fft.rfft(synthesise(piano_roll([[69]] * 5), 0.4)))
    assert np.argmax(found) * RATE / (2 * (len(found) - 1)) == pytest.approx(440, abs=1)


def test_silence_is_silent_and_many_notes_are_not_too_loud() -> None:
    wave_ = synthesise(ROLL, 0.25)
    assert len(wave_) == RATE and np.abs(wave_[-RATE // 4 :]).max() == 0
    assert np.abs(synthesise(np.ones((2, 88)))).max() <= 1


def test_the_page_holds_a_small_wave_and_says_what_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    sound = Sound(ROLL, 0.25)
    with wave.open(io.BytesIO(sound.wav)) as file:
        assert (file.getnframes(), file.getframerate(), file.getsampwidth()) == (RATE, RATE, 1)
    assert "<audio" in sound._repr_html_() and len(sound._repr_html_()) < 10_000
    play(ROLL)
    assert (
        capsys.readouterr().out == "Sound. Piano-roll of 4 steps, 1.0 notes a step, C4 to A4. First A4; last silence.\n"
    )


def test_a_midi_file_has_every_note_in_its_time(tmp_path: Path) -> None:
    import mido

    save_midi(ROLL, tmp_path / "a.mid", seconds=0.5)
    read = mido.MidiFile(tmp_path / "a.mid")
    now, events = 0, []
    for message in read.tracks[0]:
        now += message.time
        if not message.is_meta:
            events.append((message.type, message.note, now / TICKS))
    assert events == [("note_on", 69, 0), ("note_on", 60, 1), ("note_off", 69, 2), ("note_off", 60, 3)]
    assert read.length == pytest.approx(1.5)


def test_without_the_library_or_a_folder_a_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CourseError, match="folder"):
        save_midi(ROLL, tmp_path / "none" / "a.mid")
    monkeypatch.setitem(sys.modules, "mido", None)
    with pytest.raises(CourseError, match="pip install"):
        save_midi(ROLL, tmp_path / "a.mid")
