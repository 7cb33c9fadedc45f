"""A class is graded whole: bad files do not stop it, interruptions lose nothing, nothing is graded twice."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.grade import Grader
from gatedrnn_course.grading.classroom.record import Record, file_stems, read_record
from gatedrnn_course.grading.classroom.run import ClassRun, grade_class
from gatedrnn_course.grading.report import write_pages

IMPORTS = "import numpy as np\nfrom gatedrnn_course import check, sigmoid"
GATE = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
LOOP = "def forget_gate(x, h_prev, p):\n    while True:\n        pass"


def hand_in(path: Path, *cells: str) -> None:
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s} for s in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8")


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    hand_in(folder / "ana.ipynb", IMPORTS, GATE)
    hand_in(folder / "ben.ipynb", IMPORTS)
    return folder


def points(run: ClassRun) -> dict[str, int]:
    return {record.student: record.points for record in run.records}


def seeds(run: ClassRun) -> dict[str, int]:
    return {record.student: record.seed for record in run.records}


class Told:
    """Remembers what a run told of itself."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self.todo: list[str] = []
        self.done_names: list[str] = []

    def begin(self, known: Sequence[Record], todo: Sequence[str]) -> None:
        self.known, self.todo = [record.student for record in known], list(todo)

    def done(self, record: Record) -> None:
        self.done_names.append(record.student)


def test_every_submission_gets_a_record(handed_in: Path, tmp_path: Path) -> None:
    told = Told()
    run = grade_class(handed_in, "3", tmp_path / "out", progress=told)
    assert points(run) == {"ana": 10, "ben": 0}
    assert run.fresh == 2
    assert told.todo == told.done_names == ["ana", "ben"]
    assert read_record(tmp_path / "out" / "records" / "ana.json") == run.records[0]


def test_what_has_not_changed_is_not_graded_again(handed_in: Path, tmp_path: Path) -> None:
    first = grade_class(handed_in, "03", tmp_path / "out")
    hand_in(handed_in / "ben.ipynb", IMPORTS, GATE)
    told = Told()
    second = grade_class(handed_in, "03", tmp_path / "out", progress=told)
    assert (told.known, told.todo) == (["ana"], ["ben"])
    assert seeds(second)["ana"] == seeds(first)["ana"]
    assert points(second) == {"ana": 10, "ben": 10}
    third = grade_class(handed_in, "03", tmp_path / "out", anew=True)
    assert third.fresh == 2
    assert seeds(third)["ana"] != seeds(first)["ana"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 0}', "not graded", "rubric", "student"])
def test_a_record_that_does_not_hold_is_made_anew(handed_in: Path, tmp_path: Path, damage: str) -> None:
    grade_class(handed_in, "03", tmp_path / "out")
    path = tmp_path / "out" / "records" / "ana.json"
    changes = {"not graded": {"status": "not graded"}, "rubric": {"rubric": "old"}, "student": {"student": "eve"}}
    whole = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(whole | changes[damage]) if damage in changes else damage, "utf-8")
    run = grade_class(handed_in, "03", tmp_path / "out")
    assert run.fresh == 1
    assert points(run)["ana"] == 10


def test_bad_files_stop_nothing(handed_in: Path, tmp_path: Path) -> None:
    (handed_in / "broken.ipynb").write_bytes(b'{"cells": [')
    (handed_in / "empty.ipynb").touch()
    (handed_in / "noise.ipynb").write_bytes(bytes(range(256)))
    (handed_in / "deep.ipynb").write_text("[" * 100_000, "utf-8")
    (handed_in / "list.ipynb").write_text("[]", "utf-8")
    (handed_in / "dangling.ipynb").symlink_to(handed_in / "nowhere")
    (handed_in / "notes.txt").write_text("no notebook", "utf-8")
    (handed_in / "zoe.ipynb").mkdir()
    (handed_in / "nobody").mkdir()
    hand_in(handed_in / ("l" * 240 + ".ipynb"), IMPORTS, GATE)
    hand_in(handed_in / ("m" * 250) / "03_gates (1).ipynb", IMPORTS, GATE)
    run = grade_class(handed_in, "03", tmp_path / "out", jobs=2)
    statuses = {record.student: record.status for record in run.records}
    unreadable = {name for name, status in statuses.items() if status == "unreadable"}
    assert unreadable == {"broken", "empty", "noise", "deep", "list", "dangling", "zoe.ipynb", "nobody"}
    assert {name for name, count in points(run).items() if count == 10} == {"ana", "l" * 240, "m" * 250}
    assert all(record.problem for record in run.records if record.status == "unreadable")
    assert run.left_out == ("notes.txt",)
    assert grade_class(handed_in, "03", tmp_path / "out").fresh == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not store such names")
def test_a_name_that_is_no_utf_8(handed_in: Path, tmp_path: Path) -> None:
    os.rename(handed_in / "ana.ipynb", os.fsencode(handed_in) + b"/na\xefve.ipynb")  # noqa: PTH104 - bytes
    run = grade_class(handed_in, "03", tmp_path / "out")
    assert points(run) == {"ben": 0, "na\\xefve": 10}
    assert run.records[1].file == "na\\xefve.ipynb"


def test_a_student_with_a_file_and_a_folder_is_one_student(tmp_path: Path) -> None:
    folder = tmp_path / ".class"
    hand_in(folder / "ana.ipynb", IMPORTS)
    hand_in(folder / "ana" / "again.ipynb", IMPORTS, GATE)
    hand_in(folder / "ana" / ".ipynb_checkpoints" / "again-checkpoint.ipynb", IMPORTS, LOOP)
    run = grade_class(folder, "03", tmp_path / "out")
    assert points(run) == {"ana": 10}
    assert "2 notebooks were handed in" in run.records[0].notes[0]


def test_names_that_differ_only_in_capitals_or_accents_have_files_of_their_own(tmp_path: Path) -> None:
    names = ("Ada", "ada", "Zo\u00eb", "Zoe\u0308", "ben")
    try:
        for name in names:
            hand_in(tmp_path / "class" / f"{name}.ipynb", IMPORTS)
        if len(list((tmp_path / "class").iterdir())) < len(names):
            raise FileExistsError
    except FileExistsError:
        pytest.skip("This file system takes such names for one.")
    run = grade_class(tmp_path / "class", "03", tmp_path / "out")
    pages = write_pages(run, tmp_path / "out")
    for made in ((tmp_path / "out" / "records").iterdir(), pages.students.iterdir()):
        stems = {unicodedata.normalize("NFC", path.stem).casefold() for path in made}
        assert len(stems) == len(names)
    assert (tmp_path / "out" / "records" / "ben.json").is_file()
    assert file_stems(reversed(names)) == file_stems(names)
    assert grade_class(tmp_path / "class", "03", tmp_path / "out").fresh == 0


def test_a_name_made_to_clash_with_another_students_files_does_not(tmp_path: Path) -> None:
    suffixed = file_stems(["Ada", "ada"])["ada"]
    stems = file_stems(["Ada", "ada", suffixed.capitalize(), suffixed.upper(), "x" * 300, "X" * 300])
    assert len({stem.casefold() for stem in stems.values()}) == 6
    assert max(len(stem) for stem in stems.values()) < 250


def test_what_became_of_a_submission_that_cannot_be_read_is_told_anew(handed_in: Path, tmp_path: Path) -> None:
    (handed_in / "eve").mkdir()
    first = grade_class(handed_in, "03", tmp_path / "out")
    (handed_in / "eve").rmdir()
    (handed_in / "eve").symlink_to(handed_in, target_is_directory=True)
    second = grade_class(handed_in, "03", tmp_path / "out")
    assert first.records[2].problem == "No notebook was found in this folder."
    assert second.records[2].problem == "This is a link, not a notebook."
    assert [run.records[2].status for run in (first, second)] == ["unreadable"] * 2
    assert second.fresh == 1


def test_a_fault_of_the_grader_is_no_grade_and_is_tried_again(
    handed_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> Record:
        raise ZeroDivisionError("in the grader")

    with monkeypatch.context() as patch:
        patch.setattr(Grader, "judge", broken)
        run = grade_class(handed_in, "03", tmp_path / "out")
    assert {record.status for record in run.records} == {"not graded"}
    assert run.records[0].problem == "ZeroDivisionError: in the grader"
    assert points(grade_class(handed_in, "03", tmp_path / "out")) == {"ana": 10, "ben": 0}


def test_what_the_operator_must_mend_is_told_before_anything_runs(handed_in: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="It cannot be made"):
        grade_class(handed_in, "03", tmp_path / "file" / "out")
    with pytest.raises(CourseError, match="nothing of the name"):
        grade_class(handed_in, "99", tmp_path / "out")
    with pytest.raises(CourseError, match="There is no such folder"):
        grade_class(tmp_path / "nowhere", "03", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_record_that_cannot_be_written_is_told(handed_in: Path, tmp_path: Path, jobs: int) -> None:
    (tmp_path / "out" / "records" / "ana.json").mkdir(parents=True)
    with pytest.raises(CourseError, match="The system refuses: Is a directory"):
        grade_class(handed_in, "03", tmp_path / "out", jobs)
    assert not list((tmp_path / "out" / "records").glob("*.part"))


def test_side_by_side_gives_the_same_grades(handed_in: Path, tmp_path: Path) -> None:
    hand_in(handed_in / "cem.ipynb", IMPORTS, GATE.replace(" + p.b_f", ""))
    alone = grade_class(handed_in, "03", tmp_path / "one")
    together = grade_class(handed_in, "03", tmp_path / "two", jobs=3)
    assert points(together) == points(alone)
    assert [record.items for record in together.records][:2] == [record.items for record in alone.records][:2]
    assert len(set(seeds(together).values())) == 1  # all meet the same inputs


MARK = "GATEDRNN_TEST_RUN"
pytestmark_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


def grader(folder: Path, out: Path, jobs: int, scratch: Path) -> subprocess.Popen[str]:
    """The command, in a process group of its own, with everything it starts marked."""
    body = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in the background
    body += "from gatedrnn_course.cli import app; app()"
    command = [sys.executable, "-c", body, "grade", str(folder), "--unit", "03"]
    environment = os.environ | {MARK: str(scratch), "TMPDIR": str(scratch)}
    return subprocess.Popen(
        [*command, "--out", str(out), "--jobs", str(jobs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )


def started(scratch: Path) -> Iterator[int]:
    """Processes of a run that still exist: its own by their environment, sandboxes by their folder."""
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit():
                marked = f"{MARK}={scratch}".encode() in (process / "environ").read_bytes().split(b"\0")
                if marked or str((process / "cwd").readlink()).startswith(str(scratch)):
                    yield int(process.name)


def wait_until_gone(scratch: Path, seconds: int = 30) -> None:
    for pid in list(started(scratch)):
        with contextlib.suppress(ProcessLookupError):
            fd = os.pidfd_open(pid)
            try:
                ended = select.poll()
                ended.register(fd, select.POLLIN)
                assert ended.poll(1000 * seconds), f"process {pid} goes on"
            finally:
                os.close(fd)
    assert not list(started(scratch))


@pytestmark_linux
@pytest.mark.slow
@pytest.mark.parametrize(("how", "jobs"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGKILL, 2)])
def test_stopped_anywhere_it_goes_on_where_it_was(tmp_path: Path, how: signal.Signals, jobs: int) -> None:
    folder, out, scratch = tmp_path / "class", tmp_path / "out", tmp_path / "scratch"
    scratch.mkdir()
    for name in ("a_right", "b_right"):
        hand_in(folder / f"{name}.ipynb", IMPORTS, GATE)
    for name in ("c_slow", "d_slow"):
        hand_in(folder / f"{name}.ipynb", IMPORTS, LOOP)

    with grader(folder, out, jobs, scratch) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        told = [process.stderr.readline() for _k in range(2)]  # two are graded, the slow ones are under way
        if how == signal.SIGINT:
            os.killpg(process.pid, how)  # as a terminal does: every process of the group gets it
        else:
            process.kill()
        rest = process.stderr.read()
    assert [line[:5] for line in told] == ["[1/4]", "[2/4]"]
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "2 of 4 are graded and kept. Run the same command again to go on." in rest
        assert "Traceback" not in rest
        assert not list(started(scratch))
        assert not list(scratch.iterdir())
    else:
        wait_until_gone(scratch)

    kept = {path.stem: read_record(path) for path in (out / "records").glob("*.json")}
    assert set(kept) == {"a_right", "b_right"}
    with grader(folder, out, 2, scratch) as process:
        shown, told_again = process.communicate()
    assert process.returncode == 0
    assert "2 of 4 submissions were graded before and have not changed." in told_again
    final = {path.stem: read_record(path) for path in (out / "records").glob("*.json")}
    assert {name: record for name, record in final.items() if name in kept} == kept
    assert [record.items[0].outcome for record in final.values() if record and "slow" in record.student] == [
        "timeout"
    ] * 2
    assert "The class:" in shown
    assert not list(started(scratch))
