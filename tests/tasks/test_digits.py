from __future__ import annotations

import gzip
import io
import tarfile

import numpy as np
import pytest

from gatedrnn_course.tasks import Digits, MissingData
from gatedrnn_course.tasks.batch import one_hot
from gatedrnn_course.tasks.digits import FILE, recordings
from gatedrnn_course.tasks.files import fetch


def sizes(task: Digits) -> list[int]:
    return [len(task.sequences(split)) for split in ("train", "valid", "test")]


def nearest_mean(task: Digits) -> float:
    """Share of test recordings nearest to the right digit's mean over time of the features."""
    train = [(part.inputs.mean(axis=0), part.targets[0]) for part in task.sequences("train")]
    centres = np.array([np.mean([x for x, digit in train if digit == k], axis=0) for k in range(10)])
    test = task.sequences("test")
    return np.mean(
        [np.argmin(((part.inputs.mean(axis=0) - centres) ** 2).sum(axis=1)) == part.targets[0] for part in test]
    )


def test_the_stand_in_has_every_digit_and_can_be_told_apart():
    task = Digits(stand_in="always")
    assert sizes(task) == [200, 50, 50]
    assert {part.targets[0] for part in task.sequences("test")} == set(range(10))
    assert nearest_mean(task) > 0.8


def test_a_recording_is_read_by_the_sum_over_its_frames():
    task = Digits(stand_in="always")
    batch = task.batch(0, 2)
    outputs = 0.1 * one_hot(batch.targets, 10)
    outputs[0] = 3 * one_hot((batch.targets[0] + 1) % 10, 10)  # one very wrong frame outweighs many a little right
    assert not task.correct(outputs, batch).any()
    outputs[0] = 0.2 * one_hot((batch.targets[0] + 1) % 10, 10)
    assert task.correct(outputs, batch).all()


def test_an_archive_with_other_sounds_is_refused(tmp_path):
    path = tmp_path / "recordings.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("recordings/0_george_0.wav")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"RIFF"))
    with pytest.raises(MissingData, match="3,000"):
        recordings(path)


def test_a_cut_download_is_refused(tmp_path):
    path = tmp_path / "recordings.tar.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 100)[:200])
    with pytest.raises(MissingData, match="Delete it"):
        recordings(path)


@pytest.mark.data
@pytest.mark.usefixtures("data")
def test_3000_recordings_in_the_official_split():
    assert len(recordings(fetch(FILE))) == 3000
    task = Digits()
    assert sizes(task) == [2400, 300, 300]
    frames = np.concatenate([part.inputs for part in task.sequences("train")])
    np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(frames.std(axis=0), 1)


@pytest.mark.data
@pytest.mark.usefixtures("data")
def test_the_features_tell_digits_apart():
    assert nearest_mean(Digits()) > 0.6


@pytest.mark.data
@pytest.mark.usefixtures("data")
def test_left_out_speakers_are_heard_in_the_test_only():
    assert sizes(Digits(leave_out=("theo", "lucas"))) == [4 * 450, 4 * 50, 2 * 500]


@pytest.mark.parametrize(
    ("index", "part"), [("0", "test"), ("4", "test"), ("5", "valid"), ("9", "valid"), ("10", "train"), ("49", "train")]
)
def test_recordings_go_to_the_official_parts_by_their_number(index, part):
    """The Free Spoken Digit Dataset: 0 to 4 are the test; here 5 to 9 serve for validation."""
    assert Digits()._split("theo", index) == part


@pytest.mark.parametrize(
    ("speaker", "index", "part"), [("theo", "49", "test"), ("lucas", "4", "valid"), ("lucas", "5", "train")]
)
def test_speakers_left_out_are_the_test(speaker, index, part):
    assert Digits(leave_out=("theo",))._split(speaker, index) == part
