"""Each platform's download, as folder and as archive: the student's own name, one row each, the newest attempt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gatedrnn_course.grading.classroom.layouts import HandIn, hand_ins
from gatedrnn_course.grading.classroom.submission import read_submission

from .conftest import Lay, notebook, told, zipped

OLD, NEW, BEN = notebook("old = 1"), notebook("new = 1"), notebook("ben = 1")

MOODLE = {
    "Jane Doe_123456_assignsubmission_file_/03_gates.ipynb": NEW,
    "Ben Ångström-Li_123457_assignsubmission_file_/03_gates (1).ipynb": BEN,
    "Ben Ångström-Li_123457_assignsubmission_onlinetext_/onlinetext.html": "<p>see file</p>",
}
MOODLE_FLAT = {
    "Jane Doe_123456_assignsubmission_file_03_gates.ipynb": NEW,
    "Ben Ångström-Li_123457_assignsubmission_file_my_work.ipynb": BEN,
    "Ben Ångström-Li_123457_assignsubmission_onlinetext_onlinetext.html": "<p>see file</p>",
}
CANVAS = {
    "doejane_1001_50001_03_gates.ipynb": OLD,
    "doejane_LATE_1001_50009_03_gates-1.ipynb": NEW,
    "angstromben_1002_50002_my_work.ipynb": BEN,
}
BLACKBOARD = {
    "Unit 03_gates_jdoe_attempt_2023-10-11-09-00-00_03_gates.ipynb": OLD,
    "Unit 03_gates_jdoe_attempt_2023-10-11-09-00-00.txt": "Name: Jane Doe (jdoe)\nAssignment: Unit 03_gates\n",
    "Unit 03_gates_jdoe_attempt_2023-10-12-23-58-04_gates_again.ipynb": NEW,
    "Unit 03_gates_jdoe_attempt_2023-10-12-23-58-04.txt": "Name: Jane Doe (jdoe)\r\nAssignment: Unit 03_gates\r\n",
    "Unit 03_gates_bang_attempt_2023-10-12-08-00-00_03_gates.ipynb": BEN,
}
BRIGHTSPACE = {
    "1001-77 - Jane Doe - Oct 2, 2023 1159 PM/03_gates.ipynb": OLD,
    "1001-77 - Jane Doe - Oct 12, 2023 1205 AM/03_gates.ipynb": NEW,
    "1002-77 - Ben Ångström - 9 October, 2023 2130/work.ipynb": BEN,
    "index.html": "<html></html>",
}
BRIGHTSPACE_FLAT = {
    "1001-77 - Jane Doe - Oct 2, 2023 1159 PM - 03_gates.ipynb": OLD,
    "1001-77 - Jane Doe - Oct 12, 2023 1205 AM - 03_gates - final.ipynb": NEW,
    "1002-77 - Ben Ångström- Oct 9, 2023 930 PM - work.ipynb": BEN,
}
GOOGLE = {
    "Jane Doe - 03_gates.ipynb": OLD,
    "Jane Doe - 03_gates (1).ipynb": NEW,
    "Ben Ångström - Copy of 03_gates.ipynb": BEN,
}
GRADESCOPE = {
    "submission_901/03_gates.ipynb": OLD,
    "submission_955/03_gates.ipynb": NEW,
    "submission_902/work.ipynb": BEN,
    "submission_metadata.yml": """---
submission_901:
  :submitters:
  - :name: Jane Doe
    :sid: '1001'
    :email: jane@example.org
  :created_at: 2023-10-11 09:00:00.000000000 Z
  :score: 0.0
submission_955:
  :submitters:
  - :name: Jane Doe
    :sid: '1001'
    :email: jane@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2023-10-12 23:58:04.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: Etc/UTC
submission_902:
  :submitters:
  - :name: Ben Ångström
    :sid:
    :email: ben@example.org
  :created_at: 2023-10-12 08:00:00.000000000 Z
""",
}
GITHUB = {
    "gates-submissions/gates-jane-doe/03_gates.ipynb": NEW,
    "gates-submissions/gates-jane-doe/.git/HEAD": "ref: refs/heads/main",
    "gates-submissions/gates-ben/03_gates.ipynb": BEN,
}
GITHUB_BARE = {
    "gates-jane/03_gates.ipynb": NEW,
    "gates-jane/.git/HEAD": "ref: refs/heads/main",
    "gates-ben/03_gates.ipynb": BEN,
    "gates-ben/.github/workflows/classroom.yml": "on: push",
}
NBGRADER = {
    "nbgrader_config.py": "c = get_config()",
    "release/03_gates/03_gates.ipynb": OLD,
    "submitted/jdoe/03_gates/03_gates.ipynb": NEW,
    "submitted/jdoe/03_gates/timestamp.txt": "2023-10-12 23:58:04.203948 UTC",
    "submitted/jdoe/01_rnn_forgets/01_rnn_forgets.ipynb": OLD,
    "submitted/bang/03_gates/03_gates.ipynb": BEN,
}
NBGRADER_INBOUND = {
    "jdoe+03_gates+2023-10-11 09:00:00 UTC+abc/03_gates.ipynb": OLD,
    "jdoe+03_gates+2023-10-12 23:58:04.203948 UTC+def/03_gates.ipynb": NEW,
    "bang+03_gates+2023-10-12 08:00:00 UTC/03_gates.ipynb": BEN,
}

CASES: dict[str, tuple[str, Mapping[str, str], list[tuple[str, str, str, int]]]] = {
    "moodle": ("moodle", MOODLE, [("Ben Ångström-Li", "123457", "", 0), ("Jane Doe", "123456", "", 0)]),
    "moodle flat": ("moodle", MOODLE_FLAT, [("Ben Ångström-Li", "123457", "", 0), ("Jane Doe", "123456", "", 0)]),
    "canvas": ("canvas", CANVAS, [("angstromben", "1002", "", 1), ("doejane", "1001", "", 2)]),
    "blackboard": (
        "blackboard",
        BLACKBOARD,
        [("Jane Doe", "jdoe", "2023-10-12T23:58:04", 0), ("bang", "bang", "2023-10-12T08:00:00", 0)],
    ),
    "brightspace": (
        "brightspace",
        BRIGHTSPACE,
        [("Ben Ångström", "1002", "2023-10-09T21:30:00", 0), ("Jane Doe", "1001", "2023-10-12T00:05:00", 0)],
    ),
    "brightspace flat": (
        "brightspace",
        BRIGHTSPACE_FLAT,
        [("Ben Ångström", "1002", "2023-10-09T21:30:00", 0), ("Jane Doe", "1001", "2023-10-12T00:05:00", 0)],
    ),
    "google": ("google", GOOGLE, [("Ben Ångström", "", "", 1), ("Jane Doe", "", "", 2)]),
    "gradescope": (
        "gradescope",
        GRADESCOPE,
        [
            ("Ben Ångström", "ben@example.org", "2023-10-12T08:00:00+00:00", 0),
            ("Jane Doe", "1001", "2023-10-12T23:58:04+00:00", 0),
        ],
    ),
    "github": ("github", GITHUB, [("ben", "ben", "", 0), ("jane-doe", "jane-doe", "", 0)]),
    "github without a folder": ("github", GITHUB_BARE, [("ben", "ben", "", 0), ("jane", "jane", "", 0)]),
    "nbgrader": (
        "nbgrader",
        NBGRADER,
        [("bang", "bang", "", 0), ("jdoe", "jdoe", "2023-10-12T23:58:04.203948 UTC", 0)],
    ),
    "nbgrader inbound": (
        "nbgrader",
        NBGRADER_INBOUND,
        [("bang", "bang", "2023-10-12T08:00:00 UTC", 0), ("jdoe", "jdoe", "2023-10-12T23:58:04.203948 UTC", 0)],
    ),
}


def code(student: HandIn) -> str:
    read = read_submission(student.student, student.paths, ["f"])
    assert not read.problem
    return read.cells[0].strip()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("packed", ["folder", "archive", "archive of archives", "archive in a folder"])
def test_a_download(case: str, packed: str, lay: Lay, scratch: Path, tmp_path: Path) -> None:
    platform, files, rows = CASES[case]
    if packed == "archive of archives":
        files = {name.replace(".ipynb", ".zip"): _wrapped(name, content) for name, content in files.items()}
    if packed == "folder":
        root = lay(files)
    else:
        root = tmp_path / "download.zip"
        root.write_bytes(zipped(files))
    if packed == "archive in a folder":
        root = lay({"download.zip": root.read_bytes()})
    found = hand_ins(root, scratch, "03_gates").students
    assert told(found) == rows
    assert {one.platform for one in found} == {platform}
    assert sorted(map(code, found)) == ["ben = 1", "new = 1"]


def _wrapped(name: str, content: str) -> str | bytes:
    return zipped({Path(name).name: content}) if name.endswith(".ipynb") else content


def test_what_canvas_calls_late_is_kept(lay: Lay, scratch: Path) -> None:
    ben, jane = hand_ins(lay(CANVAS), scratch).students
    assert (ben.late, jane.late) == (False, True)
    assert [(one.attempt, one.late, one.paths[0].name) for one in jane.earlier] == [
        (1, False, "doejane_1001_50001_03_gates.ipynb")
    ]
    assert ben.earlier == ()


def test_attempts_are_told_apart_by_their_times(lay: Lay, scratch: Path) -> None:
    jane, bang = hand_ins(lay(BLACKBOARD), scratch).students
    assert [(one.handed_in_at, code(one)) for one in jane.earlier] == [("2023-10-11T09:00:00", "old = 1")]
    assert (jane.notes, bang.notes, bang.earlier) == ((), (), ())


def test_a_table_beside_the_files_tells_full_names(lay: Lay, scratch: Path) -> None:
    table = 'Student,ID,SIS Login ID,Section\nPoints Possible,,,\n"Doe, Jane",1001,jdoe,A\n"Åse, Ben",1002,bang,A\n'
    found = hand_ins(lay({**CANVAS, "2023-10-13_Grades.csv": table}), scratch)
    assert [one.student for one in found.students] == ["Ben Åse", "Jane Doe"]
    worksheet = "Identifier,Full name,Grade\nParticipant 5,Jane Doe,\nParticipant 6,Ben Åse,\n"
    files = {f"Participant_{k}_assignsubmission_file_w.ipynb": NEW for k in (5, 6)}
    (lay({}) / "2023-10-13_Grades.csv").unlink()
    for path in lay({}).glob("*.ipynb"):
        path.unlink()
    found = hand_ins(lay({**files, "Grades.csv": worksheet}), scratch)
    assert [one.student for one in found.students] == ["Ben Åse", "Jane Doe"]


def test_students_of_one_name_keep_a_row_each(lay: Lay, scratch: Path) -> None:
    files = {f"Jane Doe_{k}_assignsubmission_file_/w.ipynb": NEW for k in (5, 6)}
    assert [one.student for one in hand_ins(lay(files), scratch).students] == ["Jane Doe (5)", "Jane Doe (6)"]


def test_a_group_has_a_row_for_each_member(lay: Lay, scratch: Path) -> None:
    metadata = "submission_9:\n  :submitters:\n  - :name: Ana\n    :sid: 1\n  - :name: Ben\n    :sid: 2\n"
    files = {"submission_9/w.ipynb": NEW, "submission_metadata.yml": metadata}
    assert [one.student for one in hand_ins(lay(files), scratch).students] == ["Ana", "Ben"]


def test_gradescope_without_its_table_has_numbers_for_names(lay: Lay, scratch: Path) -> None:
    (one,) = hand_ins(lay({"submission_9/w.ipynb": NEW}), scratch).students
    assert (one.student, one.id) == ("submission_9", "9")


def test_work_laid_beside_a_download_by_hand_counts(lay: Lay, scratch: Path) -> None:
    found = hand_ins(lay({**MOODLE, "cem.ipynb": NEW, "dan/w.ipynb": NEW, "notes.docx": ""}), scratch)
    assert [one.student for one in found.students] == ["Ben Ångström-Li", "Jane Doe", "cem", "dan"]
    assert [one.platform for one in found.students] == ["moodle", "moodle", "", ""]
    assert found.left_out == ("notes.docx",)


def test_a_student_who_only_typed_a_text_is_not_left_out(lay: Lay, scratch: Path) -> None:
    (one,) = hand_ins(lay({"Ana_5_assignsubmission_onlinetext_/onlinetext.html": "<p>sorry</p>"}), scratch).students
    read = read_submission(one.student, one.paths, ["f"])
    assert one.student == "Ana"
    assert read.problem


def test_a_file_handed_in_beside_the_notebook_is_found_by_its_own_name(lay: Lay, scratch: Path) -> None:
    files = {"doejane_1_20_w-1.ipynb": NEW, "doejane_1_19_w.ipynb": OLD, "doejane_1_21_model.npz": "arrays"}
    (one,) = hand_ins(lay(files), scratch).students
    read = read_submission(one.student, one.paths, ["f"], ["model.npz"], one.own_folder)
    assert read.cells[0].strip() == "new = 1"
    assert read.files == {"model.npz": b"arrays"}
    other = hand_ins(lay({**files, "ang_2_22_w.ipynb": BEN}), scratch).students[0]
    assert read_submission(other.student, other.paths, ["f"], ["model.npz"], other.own_folder).files == {}


@pytest.mark.parametrize(
    "names",
    [
        ("ana.ipynb", "ben.ipynb"),
        ("ana/w.ipynb", "ben/w.ipynb"),
        ("Ana - final.ipynb", "Ben - 03.ipynb"),
        ("ana_03_gates.ipynb", "ben_1_2.ipynb"),
        ("submission.ipynb", "submission_final.ipynb"),
        ("ana-gates/w.ipynb", "ben-gates/w.ipynb"),
    ],
)
def test_files_named_by_hand_stay_what_they_are(names: tuple[str, str], lay: Lay, scratch: Path) -> None:
    found = hand_ins(lay(dict.fromkeys(names, NEW)), scratch).students
    assert [one.student for one in found] == [Path(name.split("/")[0]).stem for name in names]
    assert {one.platform for one in found} == {""}


def test_archives_named_by_hand_are_students(lay: Lay, scratch: Path) -> None:
    found = hand_ins(lay({"ana.zip": zipped({"a/w.ipynb": NEW}), "ben.ipynb": BEN}), scratch).students
    assert [one.student for one in found] == ["ana", "ben"]
    assert sorted(map(code, found)) == ["ben = 1", "new = 1"]


def test_drive_hands_out_one_folder_in_parts(lay: Lay, scratch: Path) -> None:
    first = zipped({"Unit 3/Jane Doe - Unit 3.ipynb": NEW})
    second = zipped({"Unit 3/Ben Å - Unit 3.ipynb": BEN})
    stem = "Unit 3-20231013T101500Z-1"
    found = hand_ins(lay({f"{stem}-001.zip": first, f"{stem}-002.zip": second}), scratch).students
    assert [(one.student, one.platform) for one in found] == [("Ben Å", "google"), ("Jane Doe", "google")]


def test_a_named_pipe_beside_the_files_holds_nothing_up(lay: Lay, scratch: Path) -> None:
    import os

    folder = lay({"submitted/ana/03_gates/w.ipynb": NEW})
    os.mkfifo(folder / "submitted" / "ana" / "03_gates" / "timestamp.txt")
    (one,) = hand_ins(folder, scratch, "03_gates").students
    assert (one.student, one.handed_in_at) == ("ana", "")


def test_where_gradescope_grades_there_is_one_student_whatever_the_files_are_called(lay: Lay, scratch: Path) -> None:
    told = '{"id": 7, "created_at": "2023-10-12T23:58:04-07:00", "users": [{"name": "Jane Doe", "email": "j@x.org"}]}'
    files = {f"submission/{name}": NEW for name in ("evil_1_2_x.ipynb", "ben_1_2_x.ipynb", "Eve - a.ipynb")}
    (one,) = hand_ins(lay({**files, "submission_metadata.json": told}), scratch).students
    assert (one.student, one.id, one.handed_in_at) == ("Jane Doe", "j@x.org", "2023-10-12T23:58:04-07:00")
    assert len(one.paths) == 3


def test_an_archive_called_like_a_notebook_is_one_student(lay: Lay, scratch: Path) -> None:
    (one,) = hand_ins(lay({"ana.ipynb.zip": zipped({"w.ipynb": NEW})}), scratch).students
    assert (one.student, code(one)) == ("ana", "new = 1")


def test_an_archive_of_clones_is_recognised_by_its_name(tmp_path: Path, scratch: Path) -> None:
    archive = tmp_path / "gates-10-12-2023-11-59-04.zip"
    archive.write_bytes(zipped({"gates-jane/w.ipynb": NEW, "gates-ben-li/w.ipynb": BEN}))
    found = hand_ins(archive, scratch).students
    assert [(one.student, one.platform) for one in found] == [("ben-li", "github"), ("jane", "github")]


@pytest.mark.parametrize(
    ("told_name", "name"),
    [
        ("../../../victim", "victim"),
        ("/etc/passwd", "etc passwd"),
        ("..", "1001"),
        ("Ana\\u202e\\nB\\0", "Ana B"),
        ("C:\\\\x", "C: x"),
        ("x" * 1000, "x" * 200),
    ],
)
def test_a_name_chosen_on_the_platform_is_one_that_a_file_can_have(
    told_name: str, name: str, lay: Lay, scratch: Path
) -> None:
    text = f'submission_9:\n  :submitters:\n  - :name: "{told_name}"\n    :sid: "1001"\n'
    files = {"submission_9/w.ipynb": NEW, "submission_metadata.yml": text}
    (one,) = hand_ins(lay(files), scratch).students
    assert one.student == name


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        (
            "Unit 3_jdoe_attempt_2023-10-12-09-00-00_Unit 3_ben_attempt_2030-01-01-00-00-00_w.ipynb",
            "Unit 3_ben_attempt_2023-10-12-08-00-00_w.ipynb",
        ),
        ("jdoe_1_50_ben_2_60_w-9.ipynb", "ben_2_51_w.ipynb"),
        ("jdoe_1_assignsubmission_file_ben_2_assignsubmission_file_w.ipynb", "ben_2_assignsubmission_file_w.ipynb"),
        (
            "1-7 - jdoe - Oct 12, 2023 900 AM - 2-7 - ben - Oct 12, 2030 900 AM - w.ipynb",
            "2-7 - ben - Oct 12, 2023 900 AM - w.ipynb",
        ),
    ],
)
def test_nobody_hands_in_for_another_by_the_name_of_a_file(mine: str, others: str, lay: Lay, scratch: Path) -> None:
    found = {one.student: code(one) for one in hand_ins(lay({mine: NEW, others: BEN}), scratch).students}
    assert found == {"jdoe": "new = 1", "ben": "ben = 1"}


def test_user_names_with_underscores_stay_apart(lay: Lay, scratch: Path) -> None:
    names = [f"Unit_3_{user}_attempt_2023-10-12-09-00-00_w.ipynb" for user in ("j_doe", "k_doe", "bang")]
    found = hand_ins(lay(dict.fromkeys(names, NEW)), scratch).students
    assert [one.id for one in found] == ["bang", "j_doe", "k_doe"]


def test_an_archive_in_a_students_archive_is_opened(lay: Lay, scratch: Path) -> None:
    inner = zipped({"deep/w.ipynb": NEW})
    files = {"Ana_5_assignsubmission_file_/all.zip": zipped({"work/inner.zip": inner, "work/notes.txt": "x"})}
    (one,) = hand_ins(lay(files), scratch).students
    assert (one.student, code(one)) == ("Ana", "new = 1")


def test_an_archive_in_a_folder_named_by_hand_is_opened(lay: Lay, scratch: Path) -> None:
    files = {"ana.b/work.zip": zipped({"w.ipynb": NEW}), "ben/w.ipynb": BEN, "ben/data.zip": zipped({"x.txt": "x"})}
    found = hand_ins(lay(files), scratch).students
    assert [one.student for one in found] == ["ana.b", "ben"]
    assert sorted(map(code, found)) == ["ben = 1", "new = 1"]
