"""Spoken digits frame by frame and pen strokes point by point: labels, and what their score counts."""

from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.tasks import DigitFrames, Digits, StrokePoints, Strokes
from gatedrnn_course.tasks.batch import one_hot

TASKS = [DigitFrames(stand_in="always"), StrokePoints(stand_in="always", words=(4, 3, 2))]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_the_score_is_the_share_of_wrong_frames(task):
    batch = task.whole("test")
    outputs = one_hot(batch.targets, task.output_size)
    assert task.score(outputs, batch) == 0
    outputs[0] = np.roll(outputs[0], 1, axis=-1)  # every sequence has a step 0
    assert task.score(outputs, batch) == pytest.approx(batch.size / batch.mask.sum())


def test_points_spell_the_words_of_strokes():
    points, words = (kind(stand_in="always", words=(5, 2, 2)) for kind in (StrokePoints, Strokes))
    for one, other in zip(points.sequences("train"), words.sequences("train"), strict=True):
        assert np.array_equal(one.inputs, other.inputs)
        changes = np.flatnonzero(np.diff(one.targets, prepend=-1))
        merged = other.targets[np.flatnonzero(np.diff(other.targets, prepend=-1))]  # the same letter twice is one run
        assert np.array_equal(one.targets[changes], merged)


def test_a_letter_begins_where_the_pen_lands():
    task = StrokePoints(stand_in="always", words=(5, 2, 2))
    for sequence in task.sequences("train"):
        begins = np.flatnonzero(np.diff(sequence.targets)) + 1
        assert (sequence.inputs[begins - 1, 3] == 1).all() and (sequence.inputs[begins, 2] == 0).all()


def test_digit_frames_are_the_frames_of_digits():
    one, other = (kind(stand_in="always").sequences("valid") for kind in (DigitFrames, Digits))
    assert all(
        np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets)
        for a, b in zip(one, other, strict=True)
    )
