"""The course worked through in order, in real kernels: blank, then wrong, then right, until each unit has its points.

Each exercise is opened as students get it. Every function is first checked as it stands there, then with a wrong answer
of `wrong_answers.toml`, whose mistake must be named, then with the solution's own code. The units share what is kept
between notebooks, as they do on a learner's machine.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from adder_file import adder_file

from gatedrnn_course.grading.units import UNITS, Unit, load

ROOT = Path(__file__).parents[2]
WRONG = tomllib.loads(Path(__file__).with_name("wrong_answers.toml").read_text("utf-8"))
SECONDS = 120


def read(folder: str, unit: Unit) -> Any:
    return nbformat.read(ROOT / folder / "en" / f"{unit.stem}.ipynb", as_version=4)


def name_of(cell: Any) -> str:
    """The function, or class, that an answer or a check cell of a notebook is about."""
    return (
        str(cell.source)
        .removeprefix("check(")
        .removeprefix("def ")
        .removeprefix("class ")
        .partition("(")[0]
        .partition(")")[0]
    )


def is_check(cell: Any) -> bool:
    return cell.cell_type == "code" and str(cell.source).startswith("check(")


def right_answers(unit: Unit) -> dict[str, str]:
    """The solution's answer cells by the function, or class, they define."""
    cells = [cell for cell in read("solutions", unit).cells if cell.cell_type == "code"]
    names = {item.name for item in unit.items}
    return {
        name_of(cell): cell.source
        for cell in cells
        if cell.source.startswith(("def ", "class ")) and name_of(cell) in names
    }


def walked(unit: Unit) -> Iterator[tuple[str, str, str]]:
    """What the learner runs, in order: its kind, the function it is about, and the code."""
    answers = right_answers(unit)
    between: list[str] = []  # what stands between an answer and its check, such as the cell that trains it
    for cell in read("exercises", unit).cells:
        if cell.cell_type != "code":
            continue
        name = name_of(cell)
        if name not in answers:
            between.append(cell.source)
            yield "other", "", cell.source
            continue
        if not is_check(cell):
            between = []
            yield "blank", name, cell.source
            continue
        yield "check blank", name, cell.source
        wrong = WRONG[name]
        assert answers[name].count(wrong["old"]) >= 1, f"{name}: the solution holds no {wrong['old']!r}"
        yield "wrong", name, answers[name].replace(wrong["old"], wrong["new"])
        yield "check wrong", name, cell.source
        yield "right", name, answers[name]
        yield from (("other", "", source) for source in between)
        yield "check right", name, cell.source
    yield "progress", "", f"from gatedrnn_course import progress\nprogress('{unit.number}').points"


def shown(cell: Any) -> str:
    """All that a cell shows, as text."""
    rows = []
    for output in cell.outputs:
        rows.append(output.get("text", ""))
        rows.append("".join(output.get("data", {}).get("text/plain", "")))
        rows.append("\n".join(output.get("traceback", [])))
    return "\n".join(rows)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept between the notebooks."""
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize("number", sorted(UNITS))
def test_a_unit_ends_at_all_its_points(number: str, home: Path, tmp_path: Path) -> None:
    from nbclient import NotebookClient

    unit = load(number)
    assert {item.name for item in unit.items} <= set(WRONG), "every graded item needs a wrong answer here"
    steps = list(walked(unit))
    assert {name for kind, name, _code in steps if kind == "check right"} == {item.name for item in unit.items}
    for path in (ROOT / "solutions" / "en").glob("*.npz"):  # what training leaves beside the notebook
        shutil.copy(path, tmp_path)
    if number == "06":  # its file is not kept: a wrong class is tried with one that was not trained here
        (tmp_path / "Adder.npz").write_bytes(adder_file())
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for _kind, _name, code in steps])
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        allow_errors=True,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute(env={**os.environ, "GATEDRNN_HOME": str(home), "GATEDRNN_LANG": "en", "PYTHONPATH": str(ROOT)})
    for (kind, name, _code), cell in zip(steps, notebook.cells, strict=True):
        said = shown(cell)
        assert "Traceback" not in said, f"{kind} {name}: {said}"
        if kind == "check blank":
            assert "is not written yet" in said, said
        elif kind == "check wrong":
            assert f"{name} is not right yet" in said, said
            assert WRONG[name]["says"] in said, said
            assert "gives other numbers" not in said, said
        elif kind == "check right":
            assert f"`{name}` is right." in said and "not right yet" not in said, said
        elif kind == "progress":
            assert said.strip() == "100", said
