"""The table and the bar, as a pipe and as a terminal see them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from records import Make
from rich.console import Console

from gatedrnn_course.grading.classroom.cli import _report
from gatedrnn_course.grading.classroom.run import ClassRun
from gatedrnn_course.grading.report.terminal import RunBar, grades_table, legend


def printed(run: ClassRun, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(grades_table(run, width))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_the_table_shows_points_signs_and_the_first_remark(run: ClassRun) -> None:
    text = "\n".join(printed(run, 100))
    assert "│ ana     │    100 │ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ │" in text
    assert "│ ben     │     94 │ ✓ ✓ ✗ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ │ No bias: `b_c` is missing." in text
    assert "│ cem     │      0 │ unreadable            │ The file is no readable notebook." in text
    assert "│ dan     │        │ not graded            │ OSError: no memory" in text
    assert legend(run) == "✓ right   ✗ wrong"


def test_which_of_several_notebooks_was_graded_comes_before_what_failed(run: ClassRun, make: Make) -> None:
    blank, notes = {"candidate": {"sentence": "It is blank."}}, ("2 notebooks were handed in.", "More.")
    records = (make("eve", blank, notes=notes, handed_in=2), make("fay", blank, notes=notes))
    text = "\n".join(printed(ClassRun(run.unit, records, 2, 0.0), 100))
    assert text.count("2 notebooks were handed in.") == text.count("It is blank.") == 1
    assert text.index("2 notebooks") < text.index("fay") < text.index("It is blank.")


def test_files_left_out_are_named_at_the_end(run: ClassRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _report(replace(run, left_out=("py_student.py", "a\x1b[31m.txt")), tmp_path)
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1] == "Left out, as they are no notebooks: py_student.py, a.txt."
    assert sum("Nothing there keeps an answer from using the network" in line for line in shown) == 1
    _report(run, tmp_path)
    assert "Left out" not in capsys.readouterr().out


def test_no_column_is_lost_on_a_narrow_terminal(run: ClassRun) -> None:
    lines = printed(run, 72)
    assert max(map(len, lines)) <= 72
    assert "✓ ✓ ✗ ✓ ✓ ✓ ✓" in "\n".join(lines)


def test_a_name_is_no_markup(run: ClassRun, make: Make) -> None:
    hostile = ClassRun(run.unit, (make("[red]x[/red]\x1b[31m"),), 1, 0.0)
    assert "[red]x[/red] " in "\n".join(printed(hostile, 100))


def test_a_pipe_gets_one_line_a_submission(run: ClassRun) -> None:
    ana, ben, *others = run.records
    console = Console(file=io.StringIO(), width=100)
    with RunBar(console, 2) as bar:
        bar.begin(others, ["ana", "ben"])
        bar.done(ben)
        bar.done(ana)
    assert console.file.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "2 of 4 submissions were graded before and have not changed.",
        "[3/4] ben: 94 of 100 points",
        "[4/4] ana: 100 of 100 points",
    ]


def test_a_terminal_gets_a_bar_with_the_current_names(run: ClassRun) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with RunBar(console, 2) as bar:
        bar.begin([], ["ana", "ben", "cem"])
        bar.done(run.records[0])
        bar._bar.refresh()
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1/3" in shown
    assert "a minute, 0:00:0" in shown
    assert "ben, cem" in shown


def test_a_pipe_is_told_the_rate_now_and_then(make: Make) -> None:
    records = [make(f"s{k}") for k in range(120)]
    console = Console(file=io.StringIO(), width=100)
    with RunBar(console, 1) as bar:
        bar.begin([], [record.student for record in records])
        for record in records:
            bar.done(record)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [k for k, line in enumerate(lines) if re.fullmatch(r"\d+ a minute, 0:00:0\d left", line)] == [50, 101]


def test_a_run_in_which_nobody_was_graded_has_an_empty_table(run: ClassRun) -> None:
    assert "student" in "".join(printed(replace(run, records=()), 80))
