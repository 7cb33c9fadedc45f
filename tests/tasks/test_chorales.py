from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import loss_value
from gatedrnn_course.tasks.chorales import PHRASE, MadeChorales, made_chorale
from gatedrnn_course.tasks.music import LOWEST


def chords(roll):
    return [{(LOWEST + int(k)) % 12 for k in np.flatnonzero(row)} for row in roll]


@pytest.mark.parametrize("seed", range(5))
def test_a_chorale_has_four_phrases_in_bar_form_with_their_cadences(seed):
    roll = made_chorale(np.random.default_rng(seed))
    assert roll.shape == (4 * PHRASE, 88)
    first, again, third, last = np.split(roll, 4)
    assert np.array_equal(first, again) and not np.array_equal(first, third) and not np.array_equal(first, last)
    for phrase in (first, last):
        assert chords(phrase)[-2] <= {7, 11, 2} and chords(phrase)[-1] <= {0, 4, 7}
    assert chords(third)[-2] <= {2, 5, 9} and chords(third)[-1] <= {7, 11, 2}


def test_voices_stay_in_c_major_and_in_their_ranges():
    rolls = np.concatenate([made_chorale(np.random.default_rng(seed)) for seed in range(20)])
    assert set(rolls.sum(axis=1)) <= {2, 3, 4}  # two voices may meet
    pitches = LOWEST + np.flatnonzero(rolls.any(axis=0))
    assert {int(pitch) % 12 for pitch in pitches} == {0, 2, 4, 5, 7, 9, 11}
    assert pitches.min() >= 41 and pitches.max() <= 79


def test_the_parts_are_always_the_same_and_have_nothing_in_common():
    task = MadeChorales(20)
    assert [len(task.sequences(split)) for split in ("train", "valid", "test")] == [20, 4, 4]
    pieces = [piece.targets.tobytes() for split in ("train", "valid", "test") for piece in task.sequences(split)]
    assert len(set(pieces)) == len(pieces)
    assert task.sequences("test")[0].targets.tobytes() == MadeChorales(200).sequences("test")[0].targets.tobytes()


def test_each_step_asks_for_the_next_one_and_the_lesson_s_reference_holds():
    task = MadeChorales()
    test = task.whole("test")
    assert np.array_equal(test.inputs[1:], test.targets[:-1]) and test.mask.all()
    share = np.concatenate([piece.targets for piece in task.sequences("train")]).mean(axis=0)
    with np.errstate(divide="ignore"):
        often = np.clip(np.log(share / (1 - share)), -30, 30)
    outputs = np.broadcast_to(often, test.targets.shape)
    assert task.score(outputs, test) == loss_value("bernoulli", outputs, test) == pytest.approx(8.75, abs=0.05)
    assert task.chance == pytest.approx(8.7, abs=0.1)


def test_too_few_are_refused():
    with pytest.raises(CourseError):
        MadeChorales(4)
