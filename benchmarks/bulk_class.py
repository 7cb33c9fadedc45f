"""A class for timing: hand-ins with answers of every kind, and an nbgrader course with the same notebooks."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gatedrnn_course.grading.exchange.convert import from_function
from gatedrnn_course.grading.items import Item
from gatedrnn_course.grading.items.item import as_argument
from gatedrnn_course.grading.prove.programs import STEP, answer, blank_answer, filled_answer
from gatedrnn_course.grading.prove.typed import function_of
from gatedrnn_course.grading.units import Unit

__all__ = ["KINDS", "hand_in", "nbgrader_course"]

IMPORTS = "import numpy as np\nfrom gatedrnn_course import sigmoid"
KINDS = ("right", "wrong", "blank")
TEST = """import base64, pickle, types
import numpy as np

def flat(value):
    rows = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
    return [one for row in rows for one in (flat(row) if isinstance(row, (dict, tuple)) else [row])]

for args, expected in pickle.loads(base64.b64decode("{cases}")):
    args = [types.SimpleNamespace(**one) if isinstance(one, dict) else one for one in args]
    for got, right in zip(flat({name}(*args)), flat(expected), strict=True):
        if isinstance(right, str):
            assert got == right
        else:
            np.testing.assert_allclose(np.asarray(got), right, rtol=1e-7, atol=1e-9)
"""
"""What nbgrader runs for one function: the calls that the judge makes, and the values that are right."""
DRIVEN = """import base64, pickle
import numpy as np
from gatedrnn_course.grading.exchange.convert import from_function
from gatedrnn_course.grading.exchange.drivers import drive

for driver, args, expected in pickle.loads(base64.b64decode("{cases}")):
    found = from_function(drive(driver, {name}, args))
    assert "fault" not in found
    for key, right in expected.items():
        np.testing.assert_allclose(found[key], right, rtol=1e-4, atol=1e-5)
"""
"""The same for what lives in torch: its tests use the answer as the judge's child does."""


def answers(unit: Unit, kind: str) -> dict[str, str]:
    """A cell for each function of a unit: right, all wrong, or not written."""
    make = {"right": answer, "wrong": lambda item: filled_answer(item, "2.0"), "blank": blank_answer}[kind]
    return {item.name: make(item).replace(STEP, f"{STEP}_in_{item.name}") for item in unit.items}


def hand_in(folder: Path, unit: Unit, count: int, kinds: Sequence[str] = KINDS) -> None:
    """Write notebooks of so many students, no two of them equal; kinds of answers take turns.

    Args:
        folder: Where they are written.
        unit: The assignment.
        count: How many.
        kinds: Of `KINDS`.
    """
    folder.mkdir(parents=True)
    for k in range(count):
        cells = [
            _cell(f"c{j}", text) for j, text in enumerate((_imports(k), *answers(unit, kinds[k % len(kinds)]).values()))
        ]
        _write(folder / f"student_{k:04d}.ipynb", cells)


def nbgrader_course(folder: Path, unit: Unit, count: int) -> str:
    """Write an nbgrader course whose students handed in the same right notebooks, with hidden tests beside the answers.

    Args:
        folder: The course.
        unit: The assignment.
        count: How many students.

    Returns:
        Name of the assignment.
    """
    right, name = answers(unit, "right"), unit.stem
    rows: list[dict[str, Any]] = [_cell("imports", IMPORTS)]
    for item in unit.items:
        rows.append(_cell(item.name, "### BEGIN SOLUTION\n" + right[item.name] + "\n### END SOLUTION", solution=True))
        hidden = f"### BEGIN HIDDEN TESTS\n{_test(item)}\n### END HIDDEN TESTS"
        rows.append(_cell(f"test_{item.name}", hidden, grade=True, locked=True, points=item.points))
    _write(folder / "source" / name / f"{name}.ipynb", rows)
    for k in range(count):
        handed = [_cell("imports", _imports(k))]
        for item in unit.items:
            handed.append(_cell(item.name, right[item.name], solution=True))
            handed.append(_cell(f"test_{item.name}", "", grade=True, locked=True, points=item.points))
        _write(folder / "submitted" / f"student_{k:04d}" / name / f"{name}.ipynb", handed)
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'course'\n", "utf-8")
    return name


def _imports(student: int) -> str:
    return f"# student {student}\n{IMPORTS}"


def _test(item: Item) -> str:
    """The test cell of an item; of a model handed in as a file, which nobody here has, only that it is there."""
    draws = [draw for draw in item.draws(np.random.default_rng(1)) if draw.decides]
    if item.file:
        return f"assert callable({item.name})"
    if any(draw.driver for draw in draws):
        driven = [(draw.driver, draw.args, _arrays(item.right(draw))) for draw in draws]
        return DRIVEN.format(cases=base64.b64encode(pickle.dumps(driven)).decode(), name=item.name)
    function = function_of(answer(item), item.name)
    cases = []
    for draw in draws:
        value = from_function(function(*map(as_argument, draw.args)))
        plain = [dict(one) if isinstance(one, Mapping) else one for one in draw.args]
        cases.append((plain, value))
    return TEST.format(cases=base64.b64encode(pickle.dumps(cases)).decode(), name=item.name)


def _arrays(value: Any) -> dict[str, Any]:
    """The arrays of what is right; no text, which says that there is nothing."""
    return {name: one for name, one in value.items() if isinstance(one, np.ndarray) and one.size}


def _cell(cell: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    metadata = {}
    if nbgrader:
        rest = {
            "grade": False,
            "locked": False,
            "solution": False,
            "task": False,
            "schema_version": 3,
            "grade_id": cell,
        }
        metadata = {"nbgrader": rest | nbgrader}
    kind = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**kind, "id": cell.replace("_", "-")[:64], "metadata": metadata, "source": source}


def _write(path: Path, cells: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.write_text(json.dumps({"cells": list(cells), "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
