"""A record's file holds the old text or the new one, whole, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import write_text

OLD, NEW = "old\n" * 1000, "new\r\n" * 200_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records" / "ada.json"
    write_text(file, OLD)
    return file


def alone(path: Path, text: str) -> None:
    """The file holds this text, and nothing stands beside it."""
    assert path.read_bytes() == text.encode()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_is_written_is_there_byte_for_byte(path: Path) -> None:
    alone(path, OLD)
    write_text(path, NEW)
    alone(path, NEW)


def test_a_text_that_fails_in_its_last_letter_leaves_the_old_file(path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_text(path, NEW + "\ud800")
    alone(path, OLD)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interruption_at_any_step_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def interrupted(*args: object) -> None:
        assert path.read_text("utf-8") == OLD  # until the very end the file is the old one
        raise KeyboardInterrupt

    monkeypatch.setattr(os if step == "fsync" else Path, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, NEW)
    monkeypatch.undo()
    alone(path, OLD)


KILLED = """
import os, signal, sys
from pathlib import Path
from gatedrnn_course.grading.classroom.record import write_text

place, step = {"fsync": (os, "fsync"), "replace": (Path, "replace")}[sys.argv[2]]
setattr(place, step, lambda *args, **named: os.kill(os.getpid(), signal.SIGKILL))
write_text(Path(sys.argv[1]), "new\\n" * 100_000)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX systems do")
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_kill_between_leaves_the_old_file_whole(path: Path, step: str) -> None:
    process = subprocess.run([sys.executable, "-c", KILLED, str(path), step], check=False)
    assert process.returncode == -signal.SIGKILL
    assert path.read_text("utf-8") == OLD
    write_text(path, NEW)  # what the killed process left is in nobody's way
    assert path.read_bytes() == NEW.encode()


FULL = """
import resource, signal, sys
from pathlib import Path
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.record import write_text

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_text(Path(sys.argv[1]), "new" * 100_000)
except CourseError as told:
    print(told)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as POSIX systems do")
def test_where_no_space_is_left_the_old_file_stays_and_the_reason_is_told(path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True).stdout
    assert "ada.json" in told and "The system refuses: File too large." in told
    alone(path, OLD)


def test_a_folder_in_the_way_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "ada.json").mkdir()
    with pytest.raises(CourseError, match="The system refuses"):
        write_text(tmp_path / "ada.json", NEW)
    assert [file.name for file in tmp_path.iterdir()] == ["ada.json"]
