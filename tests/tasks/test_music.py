from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Music, loss_value
from gatedrnn_course.tasks.music import piano_roll

COUNTS = {
    "jsb": [229, 76, 77],
    "jsb_16th": [229, 76, 77],
    "nottingham": [694, 173, 170],
    "piano_midi": [87, 12, 25],
    "muse_data": [524, 135, 124],
}


def test_piano_rolls_start_at_the_lowest_a():
    roll = piano_roll([[21, 108], [], [60]])
    assert roll.shape == (3, 88)
    assert np.argwhere(roll).tolist() == [[0, 0], [0, 87], [2, 39]]


def test_the_stand_in_is_music_of_four_voices():
    task = Music(stand_in="always")
    assert task.is_stand_in
    assert [len(task.sequences(split)) for split in ("train", "valid", "test")] == [24, 8, 8]
    for piece in task.sequences("train"):
        assert set(piece.targets.sum(axis=1)) <= {3, 4}
        assert (piece.inputs[1:] == piece.targets[:-1]).all()
    assert task == Music(stand_in="always")


@pytest.mark.parametrize("longest", [1, 7, 1000])
def test_cut_pieces_ask_for_the_same_notes(longest):
    whole, cut = Music(stand_in="always"), Music(stand_in="always", longest=longest)
    asked = [np.concatenate([part.targets for part in task.sequences("test")]) for task in (whole, cut)]
    assert np.array_equal(*asked)
    assert max(map(len, cut.sequences("test"))) <= longest
    assert all(len(part.inputs) == len(part.targets) for part in cut.sequences("test"))


@pytest.mark.parametrize("setting", [{"collection": "jazz"}, {"longest": 0}, {"stand_in": "perhaps"}])
def test_other_settings_are_refused_in_a_sentence(setting):
    with pytest.raises(CourseError):
        Music(**{"stand_in": "always", **setting}).sequences("train")


def test_an_epoch_holds_every_piece_once():
    task = Music(stand_in="always")
    sizes = [batch.size for batch in task.epoch("train", 10)]
    assert sizes == [10, 10, 4]
    plain = sum(batch.targets.sum() for batch in task.epoch("train", 5))
    assert plain == sum(batch.targets.sum() for batch in task.epoch("train", 7, np.random.default_rng(0)))


@pytest.mark.data
@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("collection", COUNTS)
def test_collections_have_the_published_sizes(collection):
    task = Music(collection)
    assert [len(task.sequences(split)) for split in ("train", "valid", "test")] == COUNTS[collection]
    assert not task.is_stand_in


@pytest.mark.data
@pytest.mark.usefixtures("data")
def test_jsb_agrees_with_the_independent_reference_values():
    task = Music()
    test = task.whole("test")
    notes = np.concatenate([np.vstack([piece.inputs[:1], piece.targets]) for piece in task.sequences("train")])
    assert len(notes) == 13_807
    with np.errstate(divide="ignore"):
        share = notes.mean(axis=0)
        alone = np.clip(np.log(share / (1 - share)), -30, 30)
    assert loss_value("bernoulli", np.broadcast_to(alone, test.targets.shape), test) == pytest.approx(11.09, abs=0.03)

    before, after = (
        np.concatenate([getattr(piece, k) for piece in task.sequences("train")]) for k in ("inputs", "targets")
    )
    on = ((after * before).sum(axis=0) + 0.5) / (before.sum(axis=0) + 1)
    off = ((after * (1 - before)).sum(axis=0) + 0.5) / ((1 - before).sum(axis=0) + 1)
    chance = np.where(test.inputs > 0, on, off)
    assert loss_value("bernoulli", np.log(chance / (1 - chance)), test) == pytest.approx(10.49, abs=0.05)
    assert test.mask.sum() == 4725 - 77


@pytest.mark.parametrize(
    ("steps", "longest", "parts"),
    [(8, None, [7]), (8, 7, [7]), (9, 7, [7, 1]), (15, 7, [7, 7]), (2, 7, [1]), (8, 1, [1] * 7)],
)
def test_a_piece_is_cut_into_as_many_parts_as_its_predictions_need(steps, longest, parts):
    """T steps give T - 1 predictions; no part is empty, and each asks for the step after the one it hears."""
    roll = np.arange(steps)[:, None] + np.zeros(88)
    pieces = Music(stand_in="always", longest=longest)._pieces([roll])
    assert [len(piece) for piece in pieces] == parts
    assert all((piece.targets == piece.inputs + 1).all() for piece in pieces)
    assert np.concatenate([piece.inputs[:, 0] for piece in pieces]).tolist() == list(range(steps - 1))
