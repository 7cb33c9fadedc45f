from __future__ import annotations

import zipfile

import numpy as np
import pytest

from gatedrnn_course.tasks import Strokes
from gatedrnn_course.tasks.files import fetch
from gatedrnn_course.tasks.strokes import ALPHABETS, DRAWERS, FILES, characters, parse_strokes, written_word

TEXT = "START\n1.0,-2.0,0\n2.0,-3.0,140\nBREAK\n5.0,-1.0,400\nBREAK\n"


def test_files_are_read_stroke_by_stroke_in_seconds():
    strokes = parse_strokes(TEXT)
    assert [stroke.tolist() for stroke in strokes] == [[[1, -2, 0], [2, -3, 0.14]], [[5, -1, 0.4]]]


def test_letters_of_a_word_stand_side_by_side():
    letter = [np.array([[40.0, 0, 1.0], [60.0, 5, 2.0]])]
    found = written_word([letter, letter])
    assert found[:, 0].tolist() == [0, 20, 10, 20]  # width, gap, width
    np.testing.assert_allclose(found[:, 2], [0, 1, 0, 1])
    assert found[:, 3].tolist() == [0, 1, 0, 1]


def test_the_stand_in_has_words_that_ctc_can_spell(oracle):
    task = Strokes(stand_in="always", words=(20, 5, 10))
    assert [len(task.sequences(split)) for split in ("train", "valid", "test")] == [20, 5, 10]
    batch = task.whole("test")
    assert batch.inputs.shape[2] == 4
    assert set((batch.targets >= 0).sum(axis=1)) <= {3, 4, 5, 6}
    outputs = oracle(task, batch)
    assert task.score(outputs, batch) == 0
    assert task.solved(outputs, batch)
    blank = np.zeros_like(outputs)
    blank[..., -1] = 1
    assert task.score(blank, batch) == 1
    assert not task.correct(blank, batch).any()


def test_character_errors_are_counted_over_all_labels(oracle):
    task = Strokes(stand_in="always", words=(4, 4, 4))
    batch = task.whole("train")
    outputs = oracle(task, batch)
    outputs[0, 0] = 0
    outputs[0, 0, -1] = 1  # the first letter of the first word is not written
    assert task.score(outputs, batch) == pytest.approx(1 / (batch.targets >= 0).sum())
    assert task.correct(outputs, batch).tolist() == [False, True, True, True]


@pytest.mark.data
@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_every_alphabet_has_its_characters_by_20_drawers(alphabet):
    number, count = ALPHABETS[alphabet]
    found = characters(fetch(FILES[number]), alphabet)
    assert set(found) == {(character, drawer) for character in range(count) for drawer in range(20)}
    assert all(sum(map(len, strokes)) >= 2 for strokes in found.values())


@pytest.mark.data
@pytest.mark.usefixtures("data")
def test_real_words_have_lifts_and_enough_steps_for_ctc():
    task = Strokes(words=(50, 10, 10))
    for word in task.sequences("train"):
        labels = word.targets
        assert len(word) >= len(labels) + np.sum(labels[1:] == labels[:-1])
        assert word.inputs[-1, 3] == 1
        assert word.inputs[:, 3].sum() >= len(labels)
        assert (word.inputs[:, 2] >= 0).all()


def test_no_hand_writes_in_two_parts_and_twenty_hands_write():
    hands = [hand for drawers in DRAWERS.values() for hand in drawers]
    assert sorted(hands) == list(range(20))
    assert [len(DRAWERS[split]) for split in ("train", "valid", "test")] == [14, 3, 3]


def test_every_letter_of_the_alphabet_is_written_and_every_length():
    words = [word.targets for word in Strokes(stand_in="always", words=(300, 1, 1)).sequences("train")]
    assert set(np.concatenate(words)) == set(range(26))
    assert {len(word) for word in words} == {3, 4, 5, 6}


def test_characters_are_found_by_alphabet_number_and_drawer(tmp_path):
    """The layout of Omniglot's archives: characters and drawers count from 1 there and from 0 here."""
    path = tmp_path / "strokes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("Latin/character01/0709_01", "Latin/character02/0710_20", "Greek/character01/0394_01"):
            archive.writestr(f"strokes_background_small1/{name}.txt", TEXT)
        archive.writestr("strokes_background_small1/Latin/readme.txt", "no strokes")
        archive.writestr("strokes_background_small1/Latin/character01/0709_01.png", "no strokes")
    found = characters(path, "Latin")
    assert set(found) == {(0, 0), (1, 19)}
    assert [len(stroke) for stroke in found[0, 0]] == [2, 1]
