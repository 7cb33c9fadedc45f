# ruff: noqa: E501 -- a cell of a notebook stands on one line
"""The course's own cells are not where answers run: no road leads to them, and nothing there holds an equation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import gatedrnn_course
from gatedrnn_course.grading.judging.forbidden import unless_refused
from gatedrnn_course.grading.judging.judge import judge
from gatedrnn_course.grading.running.student import Place
from gatedrnn_course.grading.sandbox import Limits, ProcessSandbox, Sandbox, best_sandbox
from gatedrnn_course.grading.units import load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a sandbox needs a POSIX system")
ITEM = load("03").item("lstm_step")
COURSE = Path(gatedrnn_course.__file__).parent
ROOT = COURSE.parent
STEP = "whole_step(catalogue['LSTM'])(x, h_prev, c_prev, p)"
HEAD = "def lstm_step(x, h_prev, c_prev, p):\n"
USE = f"{HEAD}    return tuple(step(x, h_prev, c_prev, p))"
PATHS = f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(COURSE)!r}]\n"
FORGET = (
    "[m for m in list(sys.modules) if m.split('.')[0] == 'gatedrnn_course' and not sys.modules.pop(m)]\n"
    "sys.meta_path[:] = [f for f in sys.meta_path if type(f).__module__.startswith(('_frozen', 'importlib'))]\n"
)
ROADS = {
    "imported": "from gatedrnn_course.cells import step\n" + USE,
    "by name": "import importlib\nstep = importlib.import_module('gatedrnn_course' + '.cells').step\n" + USE,
    "inside": f"{HEAD}    from gatedrnn_course.engines import numpy_engine as step\n    return step(x, h_prev, c_prev, p)",
    "through paths": PATHS + FORGET + "import gatedrnn_course.cells as step\n" + USE,
    "its folder as a path": PATHS + FORGET + "import cells\nstep = cells.whole_step(cells.catalogue['LSTM'])\n" + USE,
    "by its file": (
        "from importlib.util import module_from_spec, spec_from_file_location\n"
        f"spec = spec_from_file_location('c', {str(COURSE / 'cells' / '__init__.py')!r})\n"
        "c = module_from_spec(spec)\nspec.loader.exec_module(c)\nstep = c.whole_step(c.catalogue['LSTM'])\n" + USE
    ),
    "a .pth": (
        f"import site\nopen('course.pth', 'w').write({str(ROOT)!r})\nsite.addsitedir('.')\nimport sys\n"
        + FORGET
        + "from gatedrnn_course.cells import step\n"
        + USE
    ),
    "a process": (
        f"{HEAD}    import subprocess, sys, json\n    said = subprocess.run([sys.executable, '-c', 'from gatedrnn_course "
        f"import cells; print(1.0)'], cwd={str(ROOT)!r}, capture_output=True, check=True)\n    return float(said.stdout)"
    ),
    "its source, parsed": (
        f"text = open({str(COURSE / 'cells' / 'catalogue.py')!r}).read()\nspace = {{}}\nexec(text, space)\n"
        f"{HEAD}    return space"
    ),
    "its source, by a number": (
        f"import os\nfd = os.open({str(COURSE / 'cells' / 'catalogue.py')!r}, os.O_RDONLY)\ntext = os.read(fd, 99999)\n"
        f"{HEAD}    return text"
    ),
    "a link to its source": (
        f"import os\nos.symlink({str(COURSE / 'cells')!r}, 'linked')\ntext = open('linked/catalogue.py').read()\n"
        f"{HEAD}    return text"
    ),
    "the solutions": (
        f"import glob\ntext = [open(f).read() for f in glob.glob({str(ROOT / 'solutions')!r} + '/**/*.*', recursive=True)]"
        f"\nassert text\n{HEAD}    return text"
    ),
}
MARKS = ("W_f @ x", "U_f @ h_prev", "p.W_f.T", "f * c_prev", "c_tilde", "step_of_the_cell", "d_a_f")
SCAN = """
def found(x):
    import gc, sys, types
    marks = [mark[::-1] for mark in MARKS]  # turned round, so that this cell is not found itself
    gc.unfreeze()
    texts, seen, todo = set(), set(), [*gc.get_objects(), *sys.modules.values()]
    while todo:
        one = todo.pop()
        if id(one) in seen or one is marks:
            continue
        seen.add(id(one))
        if isinstance(one, (str, bytes)):
            texts.add(one if isinstance(one, str) else one.decode("latin-1"))
        elif isinstance(one, types.CodeType):
            todo += [*one.co_consts, *one.co_names, *one.co_varnames]
        elif isinstance(one, types.FunctionType):
            todo += [one.__code__, *vars(one).values()]
        elif isinstance(one, (types.ModuleType, type)):
            todo += list(vars(one).values())
        elif isinstance(one, dict):
            todo += [*list(one.keys()), *list(one.values())]
        elif isinstance(one, (list, tuple, set, frozenset)):
            todo += list(one)
    hits = {mark for text in texts for mark in marks if mark in text and text not in marks}
    return " | ".join(sorted(hits)) or "none"
"""


@pytest.fixture(scope="module", params=["strongest", "process"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    made = best_sandbox(unsafe=True) if request.param == "strongest" else ProcessSandbox()
    yield made
    made.close()


@pytest.mark.parametrize("road", ROADS)
def test_no_road_to_the_course_earns_anything(sandbox: Sandbox, road: str) -> None:
    cells = [ROADS[road]]
    place = Place(sandbox, cells, ["lstm_step"], Limits(wall_s=20.0), {}, 60.0)
    place.forbid(ITEM.forbidden)
    verdict = unless_refused(ITEM, judge(ITEM, place, 1, explain=False), cells)
    assert verdict.points == 0, verdict
    assert place.report is not None
    assert place.report.faults or verdict.outcome in ("refused", "raised"), verdict
    place.close()


@pytest.mark.parametrize("planted", ["", "f = sigmoid(W_f @ x + b_f)"])
def test_nothing_in_the_process_holds_an_equation_of_the_course(sandbox: Sandbox, planted: str) -> None:
    scan = SCAN.replace("MARKS", repr([mark[::-1] for mark in MARKS]))
    with sandbox.open(Limits(wall_s=60.0)) as session:
        session.load([f"kept = {planted!r}", scan], names=["found"], deadline=60)
        reply = session.call("found", (np.zeros(1),), deadline=60)
    assert reply.problem is None and reply.value == ("W_f @ x" if planted else "none"), reply


def test_the_course_is_there_for_the_grader() -> None:
    catalogue = (COURSE / "cells" / "catalogue.py").read_text(encoding="utf-8")
    assert all(mark in catalogue for mark in MARKS[:2])
