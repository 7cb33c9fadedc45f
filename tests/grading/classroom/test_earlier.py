"""`earlier` in grading: the judge gives the values of earlier units' functions, and of nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.grading import units
from gatedrnn_course.grading.classroom.grade import grade_submission
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.items import SequenceItem
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox
from gatedrnn_course.grading.units import Unit, items_before, load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process sandbox needs a POSIX system")
HINTS = ("one", "two", "three")
NAME = "lstm_over_time"
UNIT = Unit("88", "over_time", "Over time", (SequenceItem(NAME, 100, "A loop.", HINTS, cell=catalogue["LSTM"]),))
LATER = Unit("89", "later", "Later", (SequenceItem("later_on", 100, "A loop.", HINTS, cell=catalogue["LSTM"]),))
LOOP = """
import numpy as np
from gatedrnn_course import earlier
step = earlier({name!r})
def lstm_over_time(xs, h_0, c_0, p):
    h, c, hs, cs = h_0, c_0, [], []
    for x in xs:
        h, c = {call}
        hs.append(h)
        cs.append(c)
    return np.stack(hs), np.stack(cs)
"""
Grade = Callable[..., Record]


@pytest.fixture(autouse=True)
def two_more_units(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The unit that is graded, and one after it."""
    held = {"u88": UNIT, "u89": LATER}
    known = units.import_module

    def there(name: str) -> Any:
        last = name.split(".")[-1]
        return SimpleNamespace(UNIT=held[last]) if last in held else known(name)

    monkeypatch.setattr(units, "import_module", there)
    monkeypatch.setitem(units.UNITS, "88", "u88")
    monkeypatch.setitem(units.UNITS, "89", "u89")
    yield
    load.cache_clear()


@pytest.fixture
def grade(tmp_path: Path) -> Iterator[Grade]:
    sandbox = ProcessSandbox()

    def graded(*cells: str) -> Record:
        rest = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        path = tmp_path / "ada.ipynb"
        content = {"cells": [{**rest, "source": s} for s in cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        path.write_text(json.dumps(content), encoding="utf-8")
        return grade_submission("ada", [path], UNIT, sandbox, 1)

    yield graded
    sandbox.close()


def loop(name: str = "lstm_step", call: str = "step(x, h, c, p)") -> str:
    return LOOP.format(name=name, call=call)


@pytest.mark.parametrize(
    "call", ["step(x, h, c, p)", "step(x=x, h_prev=h, c_prev=c, p=p)", "step(x, h, p=p, c_prev=c)"]
)
def test_an_answer_built_on_an_earlier_unit_gets_full_points(grade: Grade, call: str) -> None:
    record = grade(loop(call=call))
    assert (record.points, record.items[0].outcome) == (100, "right"), record.items[0]


def test_an_answer_built_on_it_in_torch_does_too(grade: Grade) -> None:
    torch = loop().replace("np.stack", "torch.stack").replace("import numpy as np", "import torch")
    assert grade(torch).points == 100


def test_it_works_while_the_cells_run(grade: Grade) -> None:
    use = (
        "x, h, c = np.zeros((1, 2)), np.zeros((1, 3)), np.zeros((1, 3))\n"
        "p = {k + g: np.ones(s) for k, s in (('W_', (3, 2)), ('U_', (3, 3)), ('b_', 3)) for g in 'fico'}\n"
        "assert step(x, h, c, p)[0].shape == (1, 3)"
    )
    assert grade(loop(), use).notes == ()


@pytest.mark.parametrize("name", [NAME, "later_on", "nothing", "__class__", 3])
def test_the_unit_graded_and_those_after_it_give_nothing(grade: Grade, name: object) -> None:
    source = f"from gatedrnn_course import earlier\n{NAME} = earlier({name!r})"
    answer = f"def {NAME}(xs, h_0, c_0, p):\n    return earlier({name!r})(xs, h_0, c_0, p)"
    for record in (grade(source), grade("from gatedrnn_course import earlier", answer)):
        item = record.items[0]
        assert (record.points, item.outcome) == (0, "raised")
        told = " ".join((item.sentence, *item.details))
        assert "Not available in grading" in told or (name == NAME and "calls itself" in told)


def test_a_cell_that_shows_what_was_built_gets_the_notebooks_own(grade: Grade) -> None:
    """As the exercises do below their items: `earlier` of the very unit, so that nobody is stranded there."""
    show = f"""
xs, zeros = np.ones((2, 1, 2)), np.zeros((1, 3))
p = {{k + g: np.ones(s) for k, s in (('W_', (3, 2)), ('U_', (3, 3)), ('b_', 3)) for g in 'fico'}}
assert earlier({NAME!r})(xs, zeros, zeros, p)[0].shape == (2, 1, 3)
"""
    assert grade(loop(), show).notes == ()
    assert len(grade(loop(), show.replace("(2, 1, 3)", "(9,)")).notes) == 0  # a cell that shows, after stand-ins
    assert len(grade(loop(), show + "def helper(): ...\nassert False").notes) == 1
    record = grade(f"{NAME} = None\n{loop().replace(NAME, 'another')}", f"earlier({NAME!r})(1)")
    assert (record.points, record.notes) == (0, ())


def test_what_comes_of_a_stand_in_is_no_note_and_a_fault_of_ones_own_is(grade: Grade) -> None:
    assert grade(loop(), "from gatedrnn_course import bit_sequences\nxs, bits = bit_sequences(20)").notes == ()
    assert grade(loop(), "from gatedrnn_course import run_cell\nearlier('lstm_step')(run_cell(), 1)").notes == ()
    assert len(grade(loop(), "from gatedrnn_course import plot\n1 / 0").notes) == 1
    assert len(grade(loop(), "from gatedrnn_course import plot\nplot()\nf = lambda x: x\n1 / 0").notes) == 1


def test_a_question_made_by_hand_gets_no_more(grade: Grade) -> None:
    """Whatever an answer sends itself, past `earlier`, the parent decides."""
    hand = f"""
import gc
server = next(o for o in gc.get_objects() if type(o).__name__ == "_Server")
def {NAME}(xs, h_0, c_0, p):
    return server._ask({NAME!r}, (xs, h_0, c_0, p), {{}}, HOW)
"""
    for how, outcome in (("True", "raised"), ("False", "died")):
        record = grade(hand.replace("HOW", how))
        assert (record.points, record.items[0].outcome) == (0, outcome), record.items[0]


def test_a_value_that_cannot_travel_raises_in_the_learners_and_the_session_lives() -> None:
    offered: dict[str, Any] = {
        "large": lambda: np.zeros(1 << 14),
        "odd": lambda: np.ones(2) * 1j,
        "rows": lambda: [1.0],
    }
    sandbox = ProcessSandbox()
    with sandbox.open(Limits(frame_bytes=1 << 16)) as session:
        session.offer(offered)
        asked = "\n".join(f"def {name}():\n    return earlier({name!r})()" for name in offered)
        session.load([f"from gatedrnn_course import earlier\n{asked}".replace("def ", "def ask_")], deadline=60)
        for name, told in (("large", "too large"), ("odd", "complex")):
            problem = session.call(f"ask_{name}", []).problem
            assert problem is not None and told in problem.message and session.alive
        np.testing.assert_array_equal(session.call("ask_rows", []).value, [1.0])  # type: ignore[arg-type]
    sandbox.close()


def test_a_call_that_takes_long_at_the_judges_ends_with_the_time_of_the_answer() -> None:
    import time

    sandbox = ProcessSandbox()
    with sandbox.open(Limits(wall_s=0.5)) as session:
        session.offer({"slow": lambda x: [time.sleep(0.01) for _k in range(1000)]})  # type: ignore[list-item, return-value]
        session.load(["from gatedrnn_course import earlier\ndef f(x):\n    return earlier('slow')(x)"], names=["f"])
        reply = session.call("f", [np.zeros(1)])
        assert reply.problem is not None and reply.problem.kind == "timeout"
        assert not session.alive


def test_what_may_be_built_on() -> None:
    assert [item.name for item in items_before(load("00"))] == []
    assert "lstm_step" in {item.name for item in items_before(UNIT)}
    names = {item.name for item in items_before(UNIT)}
    assert NAME not in names and "later_on" not in names
