from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.grading.units.score import to_notes
from gatedrnn_course.lab.piano_roll import describe_roll, draw_roll, notes_of, pitch_name, show_roll
from gatedrnn_course.tasks.chorales import made_chorale
from gatedrnn_course.tasks.music import piano_roll

ROLL = piano_roll([[60, 64], [60], [60, 67], [], [60]])


@pytest.mark.parametrize(("pitch", "name"), [(21, "A0"), (60, "C4"), (61, "C#4"), (69, "A4"), (108, "C8")])
def test_pitches_have_their_names(pitch: int, name: str) -> None:
    assert pitch_name(pitch) == name


def test_steps_in_a_row_are_one_note() -> None:
    assert notes_of(ROLL) == [(60, 0, 3), (64, 0, 1), (67, 2, 1), (60, 4, 1)]


def test_notes_are_those_that_the_exercise_asks_for() -> None:
    roll = made_chorale(np.random.default_rng(3))
    assert np.array_equal(np.array(notes_of(roll), float), to_notes(roll))


def test_a_piece_is_told_in_words() -> None:
    told = describe_roll(ROLL, "A try.")
    assert told == "A try. Piano-roll of 5 steps, 1.2 notes a step, C4 to G4. First C4, E4; last C4."
    assert describe_roll(np.zeros((3, 88))) == "3 steps of silence."


def test_the_picture_has_a_bar_for_each_note_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    svg = draw_roll(ROLL, given=2, label="words", paper=True)
    grey, blue = (svg.split(f'stroke="{colour}"')[0].rsplit('d="', 1)[1] for colour in ("#999999", "#0072B2"))
    assert (grey.count("h"), blue.count("h")) == (2, 2)
    assert 'aria-label="words"' in svg and ">C4<" in svg
    show_roll(ROLL, "A try.")
    assert capsys.readouterr().out.startswith("A try. Piano-roll")
    assert draw_roll(np.zeros((2, 88))).startswith("<svg")
