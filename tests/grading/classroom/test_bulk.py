"""A big class: equal work is judged once, a verdict comes out the same again, only what is asked for is looked at."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom import desk, run
from gatedrnn_course.grading.classroom.deadlines import Deadlines, Due
from gatedrnn_course.grading.classroom.grade import Grader
from gatedrnn_course.grading.classroom.record import Judged, Record
from gatedrnn_course.grading.classroom.replay import replay
from gatedrnn_course.grading.classroom.run import ClassRun, Options, grade_class
from gatedrnn_course.grading.sandbox import ProcessSandbox
from gatedrnn_course.grading.units import load
from gatedrnn_course.text import set_language

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
IMPORTS = "import numpy as np\nfrom gatedrnn_course import sigmoid"
GATE = "def forget_gate(x, h_prev, p):\n    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)"
NO_BIAS = GATE.replace(" + p.b_f", "")
CHANCE = "def forget_gate(x, h_prev, p):\n    return np.random.normal(size=h_prev.shape)"
POINTS = load("03").item("forget_gate").points


def hand_in(path: Path, *cells: str, day: int | None = None) -> None:
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s} for s in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8")
    if day is not None:
        moment = datetime(2026, 11, day, 12, tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Who has been judged, as time goes on."""
    names: list[str] = []
    right = Grader.judge

    def told(self: Grader, submission: Any, *more: Any) -> Judged:
        names.append(submission.student)
        return right(self, submission, *more)

    monkeypatch.setattr(Grader, "judge", told)
    yield names
    set_language("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "class"
    hand_in(made / "ana.ipynb", IMPORTS, GATE, day=10)
    hand_in(made / "ben.ipynb", IMPORTS, NO_BIAS, day=20)
    return made


def by_name(graded: ClassRun) -> dict[str, Record]:
    return {record.student: record for record in graded.records}


def test_equal_work_of_two_students_is_judged_once(folder: Path, tmp_path: Path, judged: list[str]) -> None:
    shutil.copy(folder / "ben.ipynb", folder / "cem.ipynb")
    records = by_name(grade_class(folder, "03", tmp_path / "out"))
    assert judged == ["ana", "ben"]
    assert [record.graded_from for record in records.values()] == ["", "", "ben"]
    assert records["cem"].items == records["ben"].items
    assert (records["cem"].seed, records["cem"].file) == (records["ben"].seed, "cem.ipynb")


def test_work_is_known_by_its_cells_not_by_its_file(folder: Path, tmp_path: Path, judged: list[str]) -> None:
    first = by_name(grade_class(folder, "03", tmp_path / "out"))
    (folder / "ben" / "later").mkdir(parents=True)
    (folder / "ben.ipynb").rename(folder / "ben" / "later" / "03_gates (1).ipynb")
    raw = json.loads((folder / "ana.ipynb").read_text("utf-8"))
    (folder / "ana.ipynb").write_text(json.dumps(raw, indent=4), "utf-8")
    again = grade_class(folder, "03", tmp_path / "out")
    assert (again.fresh, judged) == (2, ["ana", "ben"])
    assert by_name(again)["ben"].items == first["ben"].items
    assert by_name(again)["ben"].file == "03_gates (1).ipynb"


def test_a_shared_cache_serves_other_folders_of_results(folder: Path, tmp_path: Path, judged: list[str]) -> None:
    shared = Options(store=tmp_path / "shared")
    grade_class(folder, "03", tmp_path / "one", options=shared)
    copies = by_name(grade_class(folder, "03", tmp_path / "two", options=shared))
    assert judged == ["ana", "ben"]
    assert [record.graded_from for record in copies.values()] == ["ana", "ben"]
    grade_class(folder, "03", tmp_path / "three")
    grade_class(folder, "03", tmp_path / "two", anew=True, options=shared)
    assert judged == ["ana", "ben"] * 3


@pytest.mark.parametrize("change", ["cell", "rubric", "unit", "language", "damaged", "file"])
def test_what_could_change_a_verdict_is_judged_again(
    folder: Path, tmp_path: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    (folder / "ana.ipynb").unlink()
    shared, number = Options(store=tmp_path / "shared"), "03"
    grade_class(folder, number, tmp_path / "out", options=shared)
    if change == "cell":
        hand_in(folder / "ben.ipynb", IMPORTS, NO_BIAS + "  # mine")
    elif change == "rubric":
        monkeypatch.setattr("gatedrnn_course.grading.classroom.grade.rubric_of", lambda unit: "another")
        monkeypatch.setattr(run, "rubric_of", lambda unit: "another")
    elif change == "unit":
        number = "02"
    elif change == "language":
        set_language("fr")
        shutil.rmtree(tmp_path / "out")
    elif change == "damaged":
        shutil.rmtree(tmp_path / "out")
        (kept,) = (tmp_path / "shared").iterdir()
        kept.write_bytes(kept.read_bytes()[:-1])
    else:
        monkeypatch.setattr(desk, "read_submission", with_a_file(desk.read_submission))
        shutil.rmtree(tmp_path / "out")
    grade_class(folder, number, tmp_path / "out", options=shared)
    assert judged == ["ben", "ben"]


def with_a_file(read: Any) -> Any:
    from dataclasses import replace

    return lambda *args: replace(read(*args), files={"weights.npz": b"1"})


class Strong(ProcessSandbox):
    """A sandbox that says it is stronger."""

    level = "strong"


def test_verdicts_of_a_weaker_sandbox_do_not_count(
    folder: Path, tmp_path: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Options(store=tmp_path / "shared")
    monkeypatch.setattr(desk, "best_sandbox", ProcessSandbox)
    grade_class(folder, "03", tmp_path / "one", options=shared)
    monkeypatch.setattr(desk, "best_sandbox", Strong)
    grade_class(folder, "03", tmp_path / "two", options=shared)
    assert judged == ["ana", "ben"] * 2
    monkeypatch.setattr(desk, "best_sandbox", ProcessSandbox)
    grade_class(folder, "03", tmp_path / "three", options=shared)
    assert len(judged) == 4


def test_a_seed_makes_a_whole_run_come_out_the_same(folder: Path, tmp_path: Path) -> None:
    one, two = (grade_class(folder, "03", tmp_path / name, options=Options(seed=7)) for name in ("one", "two"))
    other = grade_class(folder, "03", tmp_path / "three", options=Options(seed=8))
    assert [(r.seed, r.items) for r in one.records] == [(r.seed, r.items) for r in two.records]
    assert {r.seed for r in one.records}.isdisjoint(r.seed for r in other.records)


def test_a_verdict_is_replayed_from_what_is_kept(folder: Path, tmp_path: Path) -> None:
    hand_in(folder / "cem.ipynb", IMPORTS, CHANCE, "print(np.random.normal())")
    grade_class(folder, "03", tmp_path / "out")
    shutil.rmtree(folder)
    for name, points in {"ana": POINTS, "ben": 0, "cem": 0}.items():
        again = replay(tmp_path / "out" / "records" / f"{name}.json")
        assert again.warnings == ()
        assert again.again.points == again.record.points == points
        assert all(then == now for then, now in again.items())
    ((then, now),) = again.items("forget_gate")
    assert now is not None and then.details == now.details != ()


def test_a_replay_says_what_is_another(folder: Path, tmp_path: Path) -> None:
    grade_class(folder, "03", tmp_path / "out")
    path = tmp_path / "out" / "records" / "ana.json"
    told = json.loads(path.read_text("utf-8"))
    told["items"][0] |= {"outcome": "wrong", "points": 0}
    told |= {"rubric": "old", "versions": {"python": "2.7"}, "sandbox": told["sandbox"] | {"backend": "box"}}
    path.write_text(json.dumps(told), "utf-8")
    again = replay(path)
    assert len(again.warnings) == 3
    ((then, now),) = again.items("forget_gate")
    assert now is not None and (then.points, now.points) == (0, POINTS)
    with pytest.raises(CourseError, match="nothing of the name"):
        again.items("forget_gates")


def test_what_cannot_be_replayed_is_told(folder: Path, tmp_path: Path) -> None:
    (folder / "eve.ipynb").write_bytes(b"")
    grade_class(folder, "03", tmp_path / "out")
    records = tmp_path / "out" / "records"
    with pytest.raises(CourseError, match="There is no record in this file"):
        replay(records / "zoe.json")
    with pytest.raises(CourseError, match="Nothing was judged"):
        replay(records / "eve.json")
    (tmp_path / "out" / "work").rename(tmp_path / "elsewhere")
    with pytest.raises(CourseError, match="not kept beside it"):
        replay(records / "ana.json")
    assert replay(records / "ana.json", tmp_path / "elsewhere").again.points == POINTS


def test_only_what_was_handed_in_since_is_looked_at(folder: Path, tmp_path: Path, judged: list[str]) -> None:
    late = Options(since=datetime(2026, 11, 15, tzinfo=UTC))
    first = grade_class(folder, "03", tmp_path / "out", options=late)
    assert (judged, list(by_name(first)), first.not_looked_at) == (["ben"], ["ben"], ("ana",))
    grade_class(folder, "03", tmp_path / "out")
    hand_in(folder / "ana.ipynb", IMPORTS, GATE + "\n", day=14)
    second = grade_class(folder, "03", tmp_path / "out", options=late)
    assert (judged, list(by_name(second)), second.not_looked_at) == (["ben", "ana"], ["ana", "ben"], ())


def attempts(folder: Path, mode: str, percent: float = 0.0) -> Options:
    """A class with one student and three notebooks, the right one late and a scratch one last."""
    hand_in(folder / "ana" / "one.ipynb", IMPORTS, NO_BIAS, day=10)
    hand_in(folder / "ana" / "two.ipynb", IMPORTS, GATE, day=12)
    hand_in(folder / "ana" / "three.ipynb", IMPORTS, NO_BIAS + "  # again", day=13)
    hand_in(folder / "ana" / "scratch.ipynb", "x = 1", day=14)
    due = {"due": datetime(2026, 11, 11, 12, tzinfo=UTC), "percent_a_day": percent, "attempts": mode}
    return Options(deadlines=Deadlines(Due.model_validate(due)))


@pytest.mark.parametrize(
    ("mode", "percent", "file", "points", "days"),
    [
        ("last", 10, "three.ipynb", 0, 2),
        ("best", 10, "two.ipynb", POINTS, 1),
        (None, 10, "three.ipynb", 0, 2),
    ],
)
def test_which_attempt_counts(tmp_path: Path, mode: str, percent: float, file: str, points: int, days: int) -> None:
    options = attempts(tmp_path / "class", mode, percent)
    (record,) = grade_class(tmp_path / "class", "03", tmp_path / "out", options=options).records
    assert (record.file, record.points, record.late_days) == (file, points, 3 if mode is None else days)
    assert record.points_after == pytest.approx(points * (1 - percent * days / 100))
    assert [one.file for one in record.attempts] == (
        ["one.ipynb", "three.ipynb", "two.ipynb"] if mode == "best" else []
    )


def test_another_table_changes_no_verdict(folder: Path, tmp_path: Path, judged: list[str]) -> None:
    def after(percent: float) -> list[float | None]:
        due = Due.model_validate({"due": datetime(2026, 11, 9, 12, tzinfo=UTC), "percent_a_day": percent})
        options = Options(deadlines=Deadlines(due))
        return [one.points_after for one in grade_class(folder, "03", tmp_path / "out", options=options).records]

    assert [after(10), after(50), after(0)] == [[9.0, 0.0], [5.0, 0.0], [10.0, 0.0]]
    assert judged == ["ana", "ben"]
    assert [one.points_after for one in grade_class(folder, "03", tmp_path / "out").records] == [None, None]


@pytest.mark.parametrize("sandbox", ["", "process"])
def test_a_notebook_that_kills_what_grades_it_costs_nobody_else_anything(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: str
) -> None:
    if sandbox:  # without walls it reaches what it wants to kill
        monkeypatch.setenv("GATEDRNN_SANDBOX", sandbox)
        monkeypatch.setenv("GATEDRNN_UNSAFE_SANDBOX", "1")
    hand_in(folder / "eve.ipynb", IMPORTS, GATE, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)")
    for fresh in (3, 1):
        graded = grade_class(folder, "03", tmp_path / "out", jobs=2)
        records = by_name(graded)
        assert (records["ana"].points, records["ben"].points) == (POINTS, 0)
        if records["eve"].sandbox.level == "strong":
            assert records["eve"].points == POINTS
            return
        assert (records["eve"].status, graded.fresh) == ("not graded", fresh)
        assert "It was ended by the signal SIGKILL." in records["eve"].problem
