from __future__ import annotations

import pytest

from gatedrnn_course.authoring.normal import MACHINE_PATH, VIEW, normal, stripped
from gatedrnn_course.authoring.notebook import copy, new_cell, new_notebook

STATE = "application/vnd.jupyter.widget-state+json"


def ran():
    """A notebook as a kernel leaves it: odd counts, times, a widget with a picture and one without."""
    cells = [new_cell("code", text, f"c{k}", {}) for k, text in enumerate(("1", "slider", "plain = 0"))]
    cells[0].update(execution_count=7, outputs=[_output("execute_result", {"text/plain": "1"}, execution_count=7)])
    view = {"model_id": "f" * 32, "version_major": 2, "version_minor": 0}
    drawn = {"text/plain": "Gates()", "text/html": "<img>", VIEW: view}
    undrawn = {"text/plain": "Box()", VIEW: view}
    cells[1].update(execution_count=9, outputs=[_output("display_data", data) for data in (drawn, undrawn)])
    cells[1].metadata["execution"] = {"iopub.execute_input": "2026-11-23T17:00:00Z"}
    notebook = new_notebook(cells)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    notebook.metadata["widgets"] = {STATE: {"state": {}, "version_major": 2, "version_minor": 0}}
    return copy(notebook)


def _output(kind, data, **more):
    return {"output_type": kind, "data": data, "metadata": {}, **more}


def test_counts_are_one_to_n_and_times_are_gone():
    made = normal(ran())
    assert [cell.execution_count for cell in made.cells] == [1, 2, None]
    assert made.cells[0].outputs[0].execution_count == 1
    assert made.cells[1].metadata == {}
    assert made.metadata.language_info.version == "3"


def test_of_a_widget_its_picture_stays_and_nothing_that_needs_a_kernel():
    made = normal(ran())
    drawn, undrawn = made.cells[1].outputs
    assert set(drawn.data) == {"text/plain", "text/html"}
    assert set(undrawn.data) == {"text/plain", VIEW}  # told by the rules
    assert "widgets" not in made.metadata


def test_the_normal_form_is_its_own():
    once = normal(ran())
    assert normal(once) == once


def test_the_notebook_given_stays_as_it_is():
    notebook = ran()
    normal(notebook)
    stripped(notebook)
    assert notebook == ran()


def test_stripped_holds_nothing_that_running_made():
    bare = stripped(ran())
    assert "widgets" not in bare.metadata
    assert all(cell.outputs == [] and cell.execution_count is None for cell in bare.cells)


def test_a_traceback_through_files_keeps_its_last_line_only():
    notebook = new_notebook([new_cell("code", "f()", "c", {})])
    trace = ["Cell In[1], line 1", "File /usr/lib/python3/numpy/core.py:3", "ValueError: no"]
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": trace}
    notebook.cells[0].update(execution_count=1, outputs=[error])
    assert normal(copy(notebook)).cells[0].outputs[0].traceback == ["ValueError: no"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/home/someone/course/x.py:3", True),
        ("C:\\Users\\someone", True),
        ("/tmp/ipykernel_123/4.py", True),
        ("<object at 0x7f3a12bc>", True),
        ("https://docs.python.org/3/library.py", False),
        ("gatedrnn_course/cells/cell.py", False),
        ("a/b and 1/2", False),
        ("0xff", False),
    ],
)
def test_what_counts_as_a_trace_of_one_machine(text, found):
    assert bool(MACHINE_PATH.search(text)) is found
