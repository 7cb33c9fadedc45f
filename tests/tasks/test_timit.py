from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import Timit
from gatedrnn_course.tasks.batch import one_hot
from gatedrnn_course.tasks.timit import CORE_TEST, DEVELOPMENT, PHONES, part_of, read_sound, spoken_phones

RATE = 16_000
PHN = "0 2000 h#\n2000 5000 sh\n5000 8000 h#\n"


def sphere(samples: np.ndarray, order: str = "01") -> bytes:
    header = (
        f"NIST_1A\n   1024\nsample_rate -i {RATE}\nsample_n_bytes -i 2\nsample_byte_format -s2 {order}\n"
        f"sample_count -i {len(samples)}\nend_head\n"
    )
    return header.encode().ljust(1024) + samples.astype("<i2" if order == "01" else ">i2").tobytes()


def say(folder: Path, place: str) -> None:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(len(place)).normal(0, 1000, 8000)
    path.with_suffix(".WAV").write_bytes(sphere(samples))
    path.with_suffix(".PHN").write_text(PHN)


@pytest.fixture
def folder(tmp_path) -> Path:
    for place in [
        "TRAIN/DR1/FCJF0/SI1027",
        "TRAIN/DR1/FCJF0/SA1",
        "TRAIN/DR2/MARC0/SX108",
        "TEST/DR1/FAKS0/SI943",
        "TEST/DR1/FELC0/SI756",
        "TEST/DR1/FELC0/SA2",
        "TEST/DR1/MSJS1/SI1899",
    ]:
        say(tmp_path, place)
    return tmp_path


def test_the_lists_have_the_published_sizes():
    assert len(PHONES) == len(set(PHONES)) == 61
    assert len(CORE_TEST) == 24
    assert len(DEVELOPMENT) == 50
    assert not CORE_TEST & DEVELOPMENT


def test_sentences_go_to_their_parts(folder):
    task = Timit(folder)
    assert [len(task.sequences(split)) for split in ("train", "valid", "test")] == [2, 1, 1]
    assert part_of(folder / "TEST/DR1/MSJS1/SI1899.PHN") is None
    assert part_of(folder / "train/dr1/fcjf0/sa1.phn") is None


def test_every_frame_has_the_phone_of_its_middle(folder):
    sentence = Timit(folder).sequences("train")[0]
    centres = np.arange(48) * 160 + 200
    assert sentence.inputs.shape == (48, 39)
    expected = np.where((centres >= 2000) & (centres < 5000), PHONES.index("sh"), PHONES.index("h#"))
    assert sentence.targets.tolist() == expected.tolist()


def test_frames_after_the_transcription_keep_its_last_phone():
    assert spoken_phones("0 10 h#\n10 20 aa\n", np.array([5, 10, 25])).tolist() == [
        PHONES.index(p) for p in ("h#", "aa", "aa")
    ]


@pytest.mark.parametrize("order", ["01", "10"])
def test_sphere_files_are_read_in_either_byte_order(order):
    samples, rate = read_sound(sphere(np.array([0, 16384, -32768]), order))
    assert samples.tolist() == [0, 0.5, -1]
    assert rate == RATE


def test_the_metric_is_the_share_of_frames_wrong(folder):
    task = Timit(folder)
    batch = task.whole("train")
    outputs = one_hot(batch.targets, 61)
    assert task.score(outputs, batch) == 0
    outputs[:12, 0] = one_hot((batch.targets[:12, 0] + 1) % 61, 61)
    assert task.score(outputs, batch) == pytest.approx(12 / 96)
    assert task.lower_is_better


def test_an_empty_folder_is_explained(tmp_path):
    with pytest.raises(CourseError, match="TRAIN/DR1"):
        Timit(tmp_path).sequences("train")


def test_a_transcription_without_its_sound_is_named(folder):
    (folder / "TRAIN/DR1/FCJF0/SI1027.WAV").unlink()
    with pytest.raises(CourseError, match=r"SI1027\.PHN"):
        Timit(folder).sequences("train")
