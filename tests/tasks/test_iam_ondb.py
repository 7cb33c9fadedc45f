from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.tasks import IamOnDB
from gatedrnn_course.tasks.iam_ondb import read_line, transcripts

LINE = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession><WhiteboardDescription/><StrokeSet>
<Stroke colour="black" start_time="1.0" end_time="1.2">
<Point x="100" y="50" time="1.00"/><Point x="103" y="51" time="1.01"/><Point x="107" y="53" time="1.03"/>
</Stroke>
<Stroke colour="black" start_time="2.0" end_time="2.2"><Point x="120" y="50" time="2.0"/></Stroke>
<Stroke colour="black" start_time="3.0" end_time="3.2">
<Point x="130" y="50" time="3.0"/><Point x="131" y="50" time="3.1"/>
</Stroke>
</StrokeSet></WhiteboardCaptureSession>
"""


def board(folder: Path, name: str, lines: list[str]) -> None:
    place = Path(name[:3], name[:7])
    (folder / "ascii" / place).mkdir(parents=True, exist_ok=True)
    (folder / "lineStrokes" / place).mkdir(parents=True, exist_ok=True)
    (folder / "ascii" / place / f"{name}.txt").write_text("OCR:\n\nwrnog\n\nCSR:\n\n" + "\n".join(lines) + "\n")
    for number, _text in enumerate(lines, 1):
        (folder / "lineStrokes" / place / f"{name}-{number:02}.xml").write_text(LINE)


@pytest.fixture
def folder(tmp_path) -> Path:
    board(tmp_path, "a01-000u", ["ab", "ba."])
    board(tmp_path, "a01-001w", ["a"])
    board(tmp_path, "a02-000", ["b"])
    board(tmp_path, "a03-000", ["c"])
    board(tmp_path, "a08-551z", ["%%%%%%%%%%%"])
    (tmp_path / "trainset.txt").write_text("a01-000u\na08-551z\n")
    (tmp_path / "testset_v.txt").write_text("a01-001w\n")
    (tmp_path / "testset_t.txt").write_text("a02-000\n")
    (tmp_path / "testset_f.txt").write_text("a03-000\n")
    return tmp_path


def test_lines_go_to_their_parts_and_the_two_validation_sets_are_one(folder):
    task = IamOnDB(folder)
    assert [len(task.sequences(split)) for split in ("train", "valid", "test")] == [2, 2, 1]


def test_characters_come_from_the_transcripts_and_the_blank_is_last(folder):
    task = IamOnDB(folder)
    assert task.characters == ".abc"
    assert task.output_size == 5
    assert task.sequences("train")[1].targets.tolist() == [2, 1, 0]


def test_a_line_becomes_four_numbers_at_half_the_points(folder):
    line = IamOnDB(folder).sequences("train")[0]
    np.testing.assert_allclose(line.inputs[:, 0], [0, 7, 13, 10, 1])
    np.testing.assert_allclose(line.inputs[:, 2], [0, 0.03, 0, 0, 0.1], atol=1e-9)
    assert line.inputs[:, 3].tolist() == [0, 1, 1, 0, 1]


def test_strokes_and_transcripts_are_read():
    assert [len(stroke) for stroke in read_line(LINE)] == [3, 1, 2]
    assert transcripts("OCR:\nx\n\nCSR:\n\nfirst line\n\nsecond\n") == ["first line", "second"]


def test_a_line_without_strokes_is_passed_over(folder):
    (folder / "lineStrokes/a01/a01-000/a01-000u-01.xml").unlink()
    assert len(IamOnDB(folder).sequences("train")) == 1


def test_perfect_reading_has_no_error(folder, oracle):
    task = IamOnDB(folder)
    batch = task.whole("train")
    outputs = oracle(task, batch)
    assert task.score(outputs, batch) == 0
    assert task.errors(outputs, batch).tolist() == [0, 0]


def test_a_missing_list_is_explained(folder):
    (folder / "testset_f.txt").unlink()
    with pytest.raises(CourseError, match="lineStrokes/a01"):
        IamOnDB(folder).sequences("test")
