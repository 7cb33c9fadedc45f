from __future__ import annotations

import numpy as np

from gatedrnn_course.tasks.batch import Sequence, at_end, inside, most_active, one_hot, stack


def test_inside_marks_the_steps_of_each_sequence():
    assert inside(np.array([1, 3]), 3).T.tolist() == [[True, False, False], [True, True, True]]


def test_one_hot_leaves_padding_empty():
    assert one_hot(np.array([1, -1]), 3).tolist() == [[0, 1, 0], [0, 0, 0]]


def test_most_active_finds_no_place_among_nans():
    assert most_active(np.array([[1.0, 3.0], [np.nan, 1.0]])).tolist() == [1, -1]


def test_at_end_scores_only_the_last_step_of_each_sequence():
    batch = at_end(np.zeros((4, 2, 1)), np.array([4, 2]), np.array([[0.5], [0.25]]), np.array([[1.0], [2.0]]))
    assert batch.mask.T.tolist() == [[False, False, False, True], [False, True, False, False]]
    assert batch.targets[..., 0].T.tolist() == [[0, 0, 0, 0.5], [0, 0.25, 0, 0]]
    assert batch.truth is not None
    assert batch.truth[3, 0, 0] == 1.0


def test_stack_pads_after_the_end():
    short = Sequence(np.ones((1, 2)), np.array([3]), truth=np.ones((1, 4)))
    long = Sequence(np.ones((3, 2)), np.array([1, 2, 3]), np.array([False, True, False]), np.ones((3, 4)))
    batch = stack([short, long])
    assert batch.lengths.tolist() == [1, 3]
    assert batch.inputs.sum() == 8
    assert batch.targets.T.tolist() == [[3, 0, 0], [1, 2, 3]]
    assert batch.mask.T.tolist() == [[True, False, False], [False, True, False]]
    assert batch.truth is not None
    assert batch.truth.shape == (3, 2, 4)


def test_labels_are_padded_on_their_own():
    batch = stack(
        [Sequence(np.ones((5, 1)), np.array([4, 2])), Sequence(np.ones((3, 1)), np.array([1]))], per_step=False
    )
    assert batch.targets.tolist() == [[4, 2], [1, -1]]
    assert batch.mask.sum() == 8
