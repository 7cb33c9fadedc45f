from __future__ import annotations

import json

import pytest

from gatedrnn_course.authoring.normal import MACHINE_PATH, STATE, VIEW, normal, stripped
from gatedrnn_course.authoring.notebook import copy, dumps, new_cell, new_notebook

BOX, LAYOUT, SLIDER, UNSEEN = ("f" * 32, "0" * 31 + "1", "a" * 32, "b" * 32)


def ran():
    """A notebook as a kernel leaves it: odd counts, times, widgets with random ids."""
    cells = [new_cell("code", text, f"c{k}", {}) for k, text in enumerate(("1", "slider", "plain = 0"))]
    cells[0].update(execution_count=7, outputs=[_output("execute_result", {"text/plain": "1"}, execution_count=7)])
    view = {"model_id": BOX, "version_major": 2, "version_minor": 0}
    cells[1].update(execution_count=9, outputs=[_output("display_data", {"text/plain": "Box()", VIEW: view})])
    cells[1].metadata["execution"] = {"iopub.execute_input": "2026-11-23T17:00:00Z"}
    notebook = new_notebook(cells)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    models = {
        UNSEEN: _model("SliderModel", {"value": 2}),
        LAYOUT: _model("LayoutModel", {"width": None, "_view_name": "LayoutView"}),
        SLIDER: _model("SliderModel", {"value": 1, "description": None}),
        BOX: _model("BoxModel", {"children": [f"IPY_MODEL_{SLIDER}"], "layout": f"IPY_MODEL_{LAYOUT}"}),
    }
    notebook.metadata["widgets"] = {STATE: {"state": models, "version_major": 2, "version_minor": 0}}
    return copy(notebook)


def _output(kind, data, **more):
    return {"output_type": kind, "data": data, "metadata": {}, **more}


def _model(name, state):
    return {"model_module": "m", "model_module_version": "1", "model_name": name, "state": state}


def renamed(notebook, names):
    text = json.dumps(notebook)
    for old, new in names.items():
        text = text.replace(old, new)
    return copy(json.loads(text))


def test_counts_are_one_to_n_and_times_are_gone():
    made = normal(ran(), "s")
    assert [cell.execution_count for cell in made.cells] == [1, 2, None]
    assert made.cells[0].outputs[0].execution_count == 1
    assert made.cells[1].metadata == {}
    assert "version" not in made.metadata.language_info


def test_only_widgets_that_are_shown_stay_and_unset_layout_is_left_out():
    models = normal(ran(), "s").metadata.widgets[STATE].state
    assert sorted(model.model_name for model in models.values()) == ["BoxModel", "LayoutModel", "SliderModel"]
    by_name = {model.model_name: model.state for model in models.values()}
    assert by_name["LayoutModel"] == {"_view_name": "LayoutView"}
    assert by_name["SliderModel"] == {"value": 1, "description": None}


def test_outputs_and_state_agree_on_the_new_ids():
    made = normal(ran(), "s")
    models = made.metadata.widgets[STATE].state
    box = models[made.cells[1].outputs[0].data[VIEW].model_id]
    assert models[box.state.children[0].removeprefix("IPY_MODEL_")].model_name == "SliderModel"
    assert models[box.state.layout.removeprefix("IPY_MODEL_")].model_name == "LayoutModel"
    assert not {BOX, LAYOUT, SLIDER} & set(models)


def test_other_random_ids_give_the_same_bytes():
    other = renamed(ran(), {BOX: "3" * 32, LAYOUT: "9" * 32, SLIDER: "1" * 32})
    assert dumps(normal(other, "s")) == dumps(normal(ran(), "s"))
    assert dumps(normal(ran(), "another notebook")) != dumps(normal(ran(), "s"))


def test_the_normal_form_is_its_own():
    once = normal(ran(), "s")
    assert normal(once, "s") == once


def test_the_notebook_given_stays_as_it_is():
    notebook = ran()
    normal(notebook, "s")
    stripped(notebook)
    assert notebook == ran()


def test_stripped_holds_nothing_that_running_made():
    bare = stripped(normal(ran(), "s"))
    assert "widgets" not in bare.metadata
    assert all(cell.outputs == [] and cell.execution_count is None for cell in bare.cells)


def test_a_traceback_through_files_keeps_its_last_line_only():
    notebook = new_notebook([new_cell("code", "f()", "c", {})])
    trace = ["Cell In[1], line 1", "File /usr/lib/python3/numpy/core.py:3", "ValueError: no"]
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": trace}
    notebook.cells[0].update(execution_count=1, outputs=[error])
    assert normal(copy(notebook), "s").cells[0].outputs[0].traceback == ["ValueError: no"]


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
