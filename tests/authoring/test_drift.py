from __future__ import annotations

import json
import shutil

import pytest

from gatedrnn_course.authoring.build import build
from gatedrnn_course.authoring.drift import drift
from gatedrnn_course.authoring.normal import normal
from gatedrnn_course.authoring.notebook import new_cell, reads, write
from gatedrnn_course.authoring.places import answers_path
from gatedrnn_course.authoring.rules import moves

MODEL = "0123456789abcdef0123456789abcdef"
QUESTION = """
# %%
predict("keep", "What does it do?", ["It keeps", "It drops"])

# %%
with reveal("keep", "It keeps", "f is 1."):
    print(1.0 * x)
"""


def test_nothing_is_wrong_with_what_was_just_built_and_run(executed):
    assert drift(executed.root) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"# Start here', '"# Start there', "Cell 1"),
        ('"The cell keeps', '"A cell keeps', "Cell 1"),
        ("import numpy as np", "import numpy as mp", "source"),
        ("from gatedrnn_course import check", "from gatedrnn_course import *", "source"),
        ('"raises-exception"', '"nbval-skip"', "metadata.tags"),
        ('"check"\n', '"chek"\n', "metadata.tags"),
        ('"points": 100', '"points": 101', "metadata.nbgrader.points"),
        ('"grade_id": "linear"', '"grade_id": "liner"', "metadata.nbgrader.grade_id"),
        ('"editable": false', '"editable": true', "metadata.editable"),
        ('"id": "', '"id": "0', "id"),
        ('"name": "python3"', '"name": "python4"', "metadata"),
        ('"nbformat": 4,', '"nbformat":  4,', "normal form"),
    ],
)
def test_a_change_of_a_notebook_by_hand_is_caught(executed, change, old, new, says):
    paths = [executed.product(folder) for folder in ("notebooks", "exercises", "solutions")]
    touched = [path for path in paths if old in path.read_text(encoding="utf-8")]
    for path in touched:
        change(path, old, new)
    found = drift(executed.root)
    assert [one.partition(":")[0] for one in found] == [path.relative_to(executed.root).as_posix() for path in touched]
    assert found
    assert all(says in sentence for sentence in found)


def test_a_change_of_outputs_is_no_drift(executed, change):
    change(executed.product("notebooks"), "[0.  0.5 1. ]", "[0.  0.4 1. ]")
    assert drift(executed.root) == []


def test_an_output_in_an_exercise_is_drift(executed):
    path = executed.product("exercises")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][1]["execution_count"] = 1
    path.write_text(json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert "exercises" in "".join(drift(executed.root))


@pytest.mark.parametrize(
    ("folder", "old", "new", "products"),
    [
        ("lessons", "The cell keeps", "The cell holds", {"notebooks"}),
        ("lessons", "np.linspace(0, 1, 3)", "np.linspace(0, 2, 3)", {"notebooks"}),
        ("assignments", "return x @ p.W_h.T + p.b_h", "return p.b_h + x @ p.W_h.T", {"solutions"}),
        ("assignments", "A common mistake", "One common mistake", {"solutions"}),
        ("assignments", "Write `linear`", "Now write `linear`", {"exercises", "solutions"}),
    ],
)
def test_a_change_of_a_source_is_caught_in_what_it_makes(executed, change, folder, old, new, products):
    change(executed.root / "course" / folder / "00_start_here.py", old, new)
    assert {sentence.partition("/")[0] for sentence in drift(executed.root)} == products


def test_a_missing_a_broken_and_a_stray_notebook_are_told(executed):
    executed.product("notebooks").unlink()
    executed.product("exercises").write_text("{", encoding="utf-8")
    stray = executed.root / "solutions" / "en" / "07_old.ipynb"
    shutil.copy(executed.product("solutions"), stray)
    missing, broken, no_source = drift(executed.root)
    assert missing.startswith("notebooks/") and "missing" in missing
    assert broken.startswith("exercises/") and "no notebook" in broken
    assert no_source.startswith("solutions/en/07_old.ipynb")


def test_rules_are_kept(executed, change):
    change(executed.product("solutions"), '"execution_count": 2', '"execution_count": null')
    (sentence,) = drift(executed.root)
    assert "never run" in sentence


def test_a_widget_that_stores_no_picture_is_told(executed):
    path = executed.product("notebooks")
    notebook = reads(path.read_text(encoding="utf-8"))
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": MODEL, "version_major": 2, "version_minor": 0}}
    notebook.cells[1].outputs = [{"output_type": "display_data", "data": view, "metadata": {}}]
    write(path, normal(notebook))
    (sentence,) = drift(executed.root)
    assert "without a picture of itself" in sentence


def test_a_change_of_the_answers_is_caught(executed, change):
    source = executed.root / "course" / "lessons" / "00_start_here.py"
    source.write_text(source.read_text("utf-8") + QUESTION, encoding="utf-8")
    assert any("answers differ" in sentence for sentence in drift(executed.root))
    build(executed.root)
    path = answers_path(executed.root, "00_start_here")
    assert json.loads(path.read_text("utf-8")) == {"keep": ["It keeps", "f is 1."]}
    assert not any("answers differ" in sentence for sentence in drift(executed.root))
    change(path, "f is 1.", "f is 2.")
    assert any("answers differ" in sentence for sentence in drift(executed.root))


@pytest.mark.parametrize("folder", ["notebooks", "exercises", "solutions"])
@pytest.mark.parametrize("more", [-1, 1])
def test_a_notebook_with_a_cell_too_few_or_too_many_at_its_end_is_told(executed, folder, more):
    """What stands before agrees cell by cell: only the number tells."""
    path = executed.product(folder)
    notebook = reads(path.read_text(encoding="utf-8"))
    right = len(notebook.cells)
    if more < 0:
        notebook.cells.pop()
    else:
        notebook.cells.append(new_cell("markdown", "One more.", "0" * 16, {}))
    write(path, notebook)
    (sentence,) = drift(executed.root)
    assert sentence == f"{folder}/en/00_start_here.ipynb: It has {right + more} cells, the source gives {right}."


def test_a_cell_missing_in_the_middle_is_told_by_the_first_that_differs(executed):
    path = executed.product("notebooks")
    notebook = reads(path.read_text(encoding="utf-8"))
    del notebook.cells[1]
    write(path, notebook)
    (sentence,) = drift(executed.root)
    assert "Cell 2 (try:) differs" in sentence


def test_a_lesson_in_which_nothing_moves_is_told_whatever_its_text_says(executed, change):
    lesson = executed.product("notebooks")
    assert moves(reads(lesson.read_text("utf-8")))
    source = executed.root / "course" / "lessons" / "00_start_here.py"
    change(source, 'explore_gates("LSTM")', '"explore_gates"')
    build(executed.root, run=True)
    assert not moves(reads(lesson.read_text("utf-8")))
    (sentence,) = drift(executed.root)
    assert "notebooks/en/00_start_here.ipynb: Nothing in it can be moved." in sentence
