"""Which cell a check judged, in a notebook as its kernel knows it."""

from __future__ import annotations

import linecache
from typing import Any

import pytest

from gatedrnn_course.grading.running.bound import namespace_of
from gatedrnn_course.lab.cells import Origin, origin, sources

GATE = "def gate(x):\n    return x + 1"


def ran(*cells: str) -> dict[str, Any]:
    """The names after these cells, each run as IPython runs it: noted first, and left where it raises."""
    names: dict[str, Any] = {"In": [""]}
    for cell in cells:
        names["In"].append(cell)
        filename = f"<cell {len(names['In']) - 1} of {id(names)}>"
        linecache.cache[filename] = (len(cell), None, cell.splitlines(keepends=True), filename)
        try:
            exec(compile(cell, filename, "exec"), names)
        except Exception:  # the notebook goes on
            continue
    return names


def told(*cells: str) -> Origin:
    names = ran(*cells)
    return origin("gate", names["gate"])


def test_the_cell_that_defined_it_is_named() -> None:
    assert told("x = 1", GATE, "gate(2)") == Origin(2)
    assert told("x = 1", GATE, "gate(2)").sentences == ("Judged: the function as cell [2] defined it.",)


def test_run_again_the_last_cell_counts() -> None:
    assert told(GATE, GATE.replace("1", "2"), GATE) == Origin(3)


@pytest.mark.parametrize(
    "broken",
    ["def gate(x):\n    return x +", "1 / 0\ndef gate(x):\n    return x", "gate = missing", "  def gate(x): (("],
)
def test_a_later_cell_that_failed_is_told(broken: str) -> None:
    found = told(GATE, "x = 1", broken)
    assert found == Origin(1, (3,))
    assert "cell [1]" in found.sentences[0] and "[3]" in found.sentences[0]


def test_a_cell_that_only_uses_the_name_is_none_of_these() -> None:
    assert told(GATE, "gate(1", "other = gate", "print('def gate')") == Origin(1)


def test_outside_a_notebook_there_is_nothing_to_say() -> None:
    assert origin("told", told) == Origin() and Origin().sentences == ()
    assert origin("print", print) == Origin()
    assert sources(told)[0].startswith('"""Which cell') and sources(print) == []
    assert namespace_of(7) == {}
