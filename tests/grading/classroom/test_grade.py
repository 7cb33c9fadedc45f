from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gatedrnn_course.grading.classroom.grade import grade_submission, rubric_of
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.prove.programs import answer, blank_answer
from gatedrnn_course.grading.sandbox import ProcessSandbox
from gatedrnn_course.grading.units import load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
UNIT = load("03")
ANSWERS = {item.name: answer(item) for item in UNIT.items}
FUTURE = "from __future__ import annotations\n"  # it may stand at the top of a cell only
STEP = (
    "def lstm_step(x, h_prev, c_prev, p):\n    f = forget_gate(x, h_prev, p)\n"
    "    c = cell_update(f, input_gate(x, h_prev, p), candidate(x, h_prev, p), c_prev)\n"
    "    return hidden_state(output_gate(x, h_prev, p), c), c\n"
)
Grade = Callable[..., Record]


def without(*names: str) -> int:
    """The points of all other questions."""
    return UNIT.points - sum(UNIT.item(name).points for name in names)


@pytest.fixture
def grade(tmp_path: Path) -> Iterator[Grade]:
    """Grades cells as a notebook; an answer given by name takes the place of the right one."""
    sandbox = ProcessSandbox()

    def graded(*cells: str, seed: int = 1, before: str = "x = 1", **changed: str) -> Record:
        sources = cells or (before, *{**ANSWERS, **changed}.values())
        rest = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        rows = [{**rest, "source": source} for source in sources]
        path = tmp_path / "ada.ipynb"
        content = {"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        path.write_text(json.dumps(content), encoding="utf-8")
        return grade_submission("ada", [path], UNIT, sandbox, seed)

    yield graded
    sandbox.close()


def outcomes(record: Record) -> dict[str, str]:
    return {item.name: item.outcome for item in record.items if item.outcome != "right"}


def test_a_right_notebook(grade: Grade) -> None:
    record = grade()
    assert (record.points, record.out_of, record.status, record.notes) == (100, 100, "graded", ())
    assert record.sandbox.backend == "process" and record.sandbox.level == "weak"


def test_the_same_seed_gives_the_same_verdicts(grade: Grade) -> None:
    wrong = {"candidate": ANSWERS["candidate"].replace("tanh(", "sigmoid(")}
    first, second = grade(seed=5, **wrong), grade(seed=5, **wrong)
    assert first.items == second.items
    assert first.points == without("candidate")
    assert first.items[2].mistake == "The candidate uses sigmoid where tanh belongs."


def test_answers_are_found_wherever_the_cells_went(grade: Grade) -> None:
    assert grade(*reversed(ANSWERS.values())).points == 100
    assert grade(FUTURE + "\n".join(ANSWERS.values()).replace(FUTURE, "")).points == 100
    assert grade(*ANSWERS.values(), *(blank_answer(item) for item in UNIT.items)).points == 100


def test_each_question_stands_alone(grade: Grade) -> None:
    record = grade(forget_gate="def forget_gate(x, h_prev, p):\n    return x", lstm_step=STEP)
    assert outcomes(record) == {"forget_gate": "wrong"}
    step = next(item for item in record.items if item.name == "lstm_step")
    assert record.points == without("forget_gate") and step.alone


def test_a_blank_helper_leaves_the_step_right(grade: Grade) -> None:
    record = grade(cell_update=blank_answer(UNIT.item("cell_update")), lstm_step=STEP)
    assert outcomes(record) == {"cell_update": "blank"} and record.points == without("cell_update")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("import os\n    os._exit(1)", "died"),
        ("exit()", "raised"),
        ("raise ValueError('no')", "raised"),
        ("return input('f? ')", "wrong"),
        ("return 'f'", "wrong"),
        ("return forget_gate(x, h_prev, p)", "raised"),
    ],
)
def test_a_fault_costs_its_own_question(grade: Grade, body: str, outcome: str) -> None:
    record = grade(forget_gate=f"def forget_gate(x, h_prev, p):\n    {body}")
    assert outcomes(record) == {"forget_gate": outcome} and record.points == without("forget_gate")


def test_a_loop_costs_its_own_question(grade: Grade) -> None:
    record = grade(output_gate="def output_gate(x, h_prev, p):\n    while True: pass")
    assert outcomes(record) == {"output_gate": "timeout"}


def test_an_answer_that_uses_the_lstm_is_refused_and_the_step_still_counts(grade: Grade) -> None:
    made = "import torch\ncell = torch.nn.LSTMCell(3, 4)\ndef forget_gate(x, h_prev, p):\n    return cell(x)[0]"
    record = grade(forget_gate=made, lstm_step=STEP)
    assert outcomes(record) == {"forget_gate": "refused"}
    assert "torch.nn.LSTMCell" in record.items[0].sentence


def test_a_step_does_not_profit_from_a_refused_helper(grade: Grade) -> None:
    made = (
        "import torch\ndef forget_gate(x, h_prev, p, c_prev=None):\n"
        "    cell = torch.nn.LSTMCell(x.shape[-1], h_prev.shape[-1])\n    return cell(x, (h_prev, c_prev))"
    )
    step = "def lstm_step(x, h_prev, c_prev, p):\n    return forget_gate(x, h_prev, p, c_prev)"
    assert outcomes(grade(forget_gate=made, lstm_step=step)).keys() == {"forget_gate", "lstm_step"}


def test_cells_that_raise_and_cells_that_end_the_process_are_told(grade: Grade) -> None:
    record = grade(before="1 / 0")
    assert record.points == 100
    assert record.notes[0].startswith("Code cell 1 raised ZeroDivisionError: division by zero")
    record = grade(before="import os\nos._exit(0)")
    assert record.points == 100
    assert record.notes == (
        "Code cell 1 was cut short, and its definitions count. The process ended itself, with exit code 0.",
    )


def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "bob.ipynb"
    path.write_text("{", encoding="utf-8")
    record = grade_submission("bob", [path], UNIT, ProcessSandbox(), 1)
    assert (record.status, record.points, record.items) == ("unreadable", 0, ())
    assert "no readable notebook" in record.problem


def test_the_rubric_changes_with_what_is_asked() -> None:
    first = UNIT.items[0]
    other = replace(UNIT, items=(replace(first, points=13), *UNIT.items[1:]))
    assert rubric_of(UNIT) == rubric_of(replace(UNIT, title="Other")) != rubric_of(other)
