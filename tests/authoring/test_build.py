from __future__ import annotations

import dataclasses
import json

import pytest

from gatedrnn_course.authoring import build as builder
from gatedrnn_course.authoring.build import build
from gatedrnn_course.authoring.notebook import reads
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.units import load

WIDGET = """\
# %%
# << first_cell >>
import anywidget
import traitlets

class Gate(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = 'half' } }"
    value = traitlets.Float(0.5).tag(sync=True)

    def __repr__(self):
        return "Gate(0.5)"

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        bundle[0]["text/html"] = "<p>half open</p>"
        return bundle

# %%
Gate()
"""


def read(path):
    return reads(path.read_text(encoding="utf-8"))


def shown(path):
    return [(cell.execution_count, cell.outputs) for cell in read(path).cells if cell.cell_type == "code"]


def test_two_builds_give_the_same_bytes_and_the_second_writes_nothing(project):
    assert len(build(project.root)) == 3
    first = project.bytes()
    assert build(project.root) == []
    for path in first:
        (project.root / path).unlink()
    build(project.root)
    assert project.bytes() == first


def test_running_stores_outputs_the_same_each_time(project):
    project.write("lessons", WIDGET)
    build(project.root, run=True)
    first = project.bytes()
    build(project.root, run=True)
    assert project.bytes() == first
    lesson = read(project.product("notebooks"))
    assert "widgets" not in lesson.metadata
    assert lesson.cells[1].outputs[0].data == {"text/html": "<p>half open</p>", "text/plain": "Gate(0.5)"}
    assert all(count == k for k, (count, _) in enumerate(shown(project.product("solutions")), 1))
    assert all(pair == (None, []) for pair in shown(project.product("exercises")))


def test_a_plain_build_keeps_what_unchanged_cells_show(executed, change):
    before = shown(executed.product("notebooks"))
    source = executed.root / "course" / "lessons" / "00_start_here.py"
    change(source, "# %%\nx =", "# %%\ny = 1\n\n# %%\nx =")
    change(source, "np.zeros(2) @ np.zeros(3)", "np.zeros(2) @ np.zeros(4)")
    build(executed.root)
    after = shown(executed.product("notebooks"))
    assert after[1] == (None, [])
    assert [after[0][1], after[2][1]] == [outputs for _, outputs in before[:2]]
    assert [count for count, _ in after] == [1, None, 3, None, 5]
    assert after[3] == (None, [])


def test_a_broken_product_is_built_anew(executed):
    executed.product("notebooks").write_text("{", encoding="utf-8")
    build(executed.root)
    assert json.loads(executed.product("notebooks").read_text(encoding="utf-8"))["nbformat"] == 4


def test_a_failing_cell_keeps_its_own_notebook_back_only(project, change):
    change(project.root / "course" / "lessons" / "00_start_here.py", "x.round(2)", "x.sound(2)")
    with pytest.raises(CourseError, match=r"notebooks/en/00_start_here\.ipynb, cell 3"):
        build(project.root, run=True)
    assert not project.product("notebooks").exists()
    assert project.product("exercises").exists()
    assert shown(project.product("solutions"))[0][0] == 1


@pytest.mark.parametrize("run", [False, True])
def test_a_source_that_breaks_a_rule_is_refused_before_anything_runs(project, run):
    project.write(
        "lessons", "# %% [markdown]\n# $$\n# f = 1\n# $$\n# " + "word " * 130 + "\n\n# %%\n# << first_cell >>\n1 / 0\n"
    )
    with pytest.raises(CourseError, match=r"cell 1: f = 1\n130 words"):
        build(project.root, run=run)
    assert project.bytes() == {}


def test_every_failure_is_told(project, change):
    change(project.root / "course" / "lessons" / "00_start_here.py", "x.round(2)", "x.sound(2)")
    change(project.root / "course" / "assignments" / "00_start_here.py", "return x @", "return 2 * x @")
    with pytest.raises(CourseError, match=r"(?s)notebooks/en.*AttributeError.*solutions/en.*linear is not right yet"):
        build(project.root, run=True)


def test_a_changed_answer_keeps_nothing_of_what_the_old_one_showed(executed, change):
    """An answer cell is known by its function's name: its id stays when its code changes."""
    path = executed.product("solutions")
    before = {cell.id: cell for cell in read(path).cells}
    change(executed.root / "course" / "assignments" / "00_start_here.py", "return x @", "return 1 * x @")
    build(executed.root)
    answer = next(cell for cell in read(path).cells if "1 * x @" in cell.source)
    assert before[answer.id].execution_count is not None
    assert (answer.execution_count, answer.outputs) == (None, [])
    others = [cell for cell in read(path).cells if cell.cell_type == "code" and cell.id != answer.id]
    assert all(cell.outputs == before[cell.id].outputs for cell in others)


def test_an_output_of_other_code_is_not_kept_whatever_the_cells_name(executed):
    """A notebook whose stored cell has the right id and other code, as after a change by hand."""
    path = executed.product("notebooks")
    stored = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [cell for cell in stored["cells"] if "linspace" in "".join(cell["source"])]
    cell["source"] = ["x = np.linspace(0, 9, 3)\n", "print(x.round(2))"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    build(executed.root)
    (made,) = [cell for cell in read(path).cells if "linspace" in cell.source]
    assert (made.source.split("\n")[0], made.outputs, made.execution_count) == ("x = np.linspace(0, 1, 3)", [], None)


def test_two_units_with_a_function_of_one_name_are_refused_before_anything_is_written(project, monkeypatch):
    """`check` finds an exercise by the name alone."""
    one = load("00")
    other = dataclasses.replace(one, number="07", name="other")
    monkeypatch.setattr(builder, "UNITS", ("00", "07"))
    monkeypatch.setattr(builder, "load", {"00": one, "07": other}.__getitem__)
    with pytest.raises(CourseError, match=r"`linear` is already a function of unit 00\."):
        build(project.root)
    assert project.bytes() == {}
