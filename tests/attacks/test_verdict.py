"""Cheats: a whole notebook is graded, the cheat earns nothing, and every honest answer beside it keeps its points."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import Attacker, Host

from gatedrnn_course.grading.classroom.grade import grade_submission
from gatedrnn_course.grading.classroom.record import Record
from gatedrnn_course.grading.prove.programs import answer
from gatedrnn_course.grading.units import load

WHOLE = load("03")
UNIT = replace(WHOLE, items=tuple(WHOLE.item(name) for name in ("forget_gate", "input_gate", "lstm_step")))
HELPERS = ("candidate", "cell_update", "output_gate", "hidden_state")
ZEROS = "np.zeros(np.broadcast(x @ p.W_f.T, h_prev).shape)"
CHEATED = "forget_gate"

# Each defines forget_gate(x, h_prev, p), or does something before or after a blank one.
CHEATS = {
    "comparisons always agree": (
        "import numpy.testing\nnp.testing.assert_allclose = np.allclose = np.array_equal = np.isclose = "
        "lambda *a, **k: True\ndef forget_gate(x, h_prev, p): return ZEROS"
    ),
    "built-in functions replaced": (
        "import builtins\nbuiltins.abs = lambda x: np.zeros(1)\nbuiltins.all = builtins.isinstance = "
        "lambda *a: True\ndef forget_gate(x, h_prev, p): return ZEROS"
    ),
    "NumPy's arithmetic replaced": (
        "np.subtract = np.abs = np.max = lambda *a, **k: 0.0\ndef forget_gate(x, h_prev, p): return ZEROS"
    ),
    "an array that lies about comparisons": (
        "class Lie(np.ndarray):\n    def __array_ufunc__(self, *a, **k): return np.zeros(1)\n"
        "    def __array_function__(self, *a): return True\n    def max(self, *a, **k): return 0.0\n"
        "    def __eq__(self, other): return True\n"
        "def forget_gate(x, h_prev, p): return ZEROS.view(Lie)"
    ),
    "a number that equals everything": (
        "class Equal(float):\n    __eq__ = __le__ = __ge__ = lambda self, other: True\n    __hash__ = float.__hash__\n"
        "def forget_gate(x, h_prev, p): return Equal(0.5)"
    ),
    "an array that changes after it is returned": (
        "import threading\nkept = []\ndef forget_gate(x, h_prev, p):\n    kept.append(ZEROS)\n"
        "    threading.Timer(0.01, lambda: kept[-1].fill(0.5)).start()\n    return kept[-1]"
    ),
    "the notebook's own machinery replaced": (
        "shell = get_ipython()\nshell.showtraceback = print\nshell.input_transformers_post = [lambda c: ['']]\n"
        "shell.ast_transformers = [None]\ndef forget_gate(x, h_prev, p): raise AssertionError"
    ),
    "a result that is published": (
        "from IPython.display import display\ndef forget_gate(x, h_prev, p):\n"
        "    display({'points': 10, 'outcome': 'right'})\n    print('right 10/10')\n    return 'full'"
    ),
    "the process ended with success": "import os\ndef forget_gate(x, h_prev, p): os._exit(0)",
    "an exit with success": (
        "import atexit\natexit.register(lambda: None)\ndef forget_gate(x, h_prev, p): raise SystemExit(0)"
    ),
    "callers looked through for what is expected": (
        "import sys\ndef forget_gate(x, h_prev, p):\n    frame = sys._getframe(1)\n    while frame is not None:\n"
        "        for name in ('expected', 'right', 'reference', 'ref', 'value'):\n"
        "            if isinstance(frame.f_locals.get(name), np.ndarray): return frame.f_locals[name]\n"
        "        frame = frame.f_back\n    return ZEROS"
    ),
    "all objects looked through for the reference": (
        "import gc\ndef forget_gate(x, h_prev, p):\n    for one in gc.get_objects():\n"
        "        name = getattr(one, '__name__', '')\n"
        "        if callable(one) and name in ('reference', 'right', 'course_function', 'ref_step') :\n"
        "            try: return one(x, h_prev, p)\n            except Exception: pass\n    return ZEROS"
    ),
    "every call traced": (
        "import sys\nseen = {}\nsys.settrace(lambda frame, *a: seen.update(frame.f_locals))\n"
        "def forget_gate(x, h_prev, p): return seen.get('expected', seen.get('right', ZEROS))"
    ),
    "solutions executed from files": (
        "import glob, json, os\nfound = {}\nfor path in glob.glob('../*/*.ipynb')[:9] + "
        "glob.glob('../../*/*.py')[:9]:\n    try: exec(open(path).read(), found)\n"
        "    except BaseException: pass\nif 'forget_gate' in found: forget_gate = found['forget_gate']"
    ),
    "tests written over": (
        "import os\nos.makedirs('tests', exist_ok=True)\nopen('tests/q1.py', 'w').write('OK = True')\n"
        "open('grades.csv', 'w').write('me,100')\ndef forget_gate(x, h_prev, p): return ZEROS"
    ),
    "results written for the grader": (
        "import json\nfor name in ('results.json', 'record.json', 'examples.npz', '../records/student.json'):\n"
        "    try: open(name, 'w').write(json.dumps({'points': 100, 'items': []}))\n    except OSError: pass\n"
        "def forget_gate(x, h_prev, p): return ZEROS"
    ),
    "a pickle that runs when it is read": (
        "class Payload:\n    def __reduce__(self): return (open, (VICTIM, 'w'))\n"
        "def forget_gate(x, h_prev, p): return Payload()"
    ),
    "an array of objects": "def forget_gate(x, h_prev, p): return np.array([object(), print], dtype=object)",
    "the parameters replaced": (
        "import gatedrnn_course\ngatedrnn_course.Params.__getattr__ = lambda self, name: np.zeros((1, 1))\n"
        "def forget_gate(x, h_prev, p): return p.expected"
    ),
    "the arguments changed so that they agree": (
        "def forget_gate(x, h_prev, p):\n    x[...] = 0; h_prev[...] = 0; p.b_f[...] = 0\n    return ZEROS + 0.5"
    ),
    "the first call remembered": (
        "first = []\ndef forget_gate(x, h_prev, p):\n    if not first: first.append(ZEROS + 0.5)\n    return first[0]"
    ),
    "the given examples known by heart": (
        "from gatedrnn_course import example\nknown = example('forget_gate')\n"
        "def forget_gate(x, h_prev, p):\n    return ZEROS if np.array_equal(x, known[0]) else ZEROS + 0.5"
    ),
    "not a number, everywhere": "def forget_gate(x, h_prev, p): return ZEROS * np.nan",
    "infinity": "def forget_gate(x, h_prev, p): return ZEROS + np.inf",
    "nothing, of no size": "def forget_gate(x, h_prev, p): return np.zeros((0, 0))",
    "true": "def forget_gate(x, h_prev, p): return True",
    "a word of praise": "def forget_gate(x, h_prev, p): return 'right'",
    "a mapping that names the verdict": (
        "def forget_gate(x, h_prev, p): return {'outcome': 'right', 'points': 10, 'f': ZEROS}"
    ),
    "values of another shape that would broadcast": "def forget_gate(x, h_prev, p): return np.full((1, 1), 0.5)",
    "the seed guessed": (
        "import random\ndef forget_gate(x, h_prev, p):\n    random.seed(0); np.random.seed(0)\n"
        "    return np.random.rand(*ZEROS.shape)"
    ),
    "the judge asked by hand": (
        "import gc\ndef forget_gate(x, h_prev, p):\n    for one in gc.get_objects():\n"
        "        if type(one).__name__ != '_Server': continue\n"
        "        try: return one._ask('forget_gate', (x, h_prev, p))\n        except ValueError: pass\n"
        "    return ZEROS"
    ),
    "the judge asked by name as if it were earlier": (
        "from gatedrnn_course import earlier\ndef forget_gate(x, h_prev, p):\n"
        "    return earlier('forget_gate')(x, h_prev, p)"
    ),
    "the judge asked of a later unit": (
        "import gc\ndef forget_gate(x, h_prev, p):\n    for one in gc.get_objects():\n"
        "        for name in ('lstm_forward', 'forget_gate') if type(one).__name__ == '_Server' else ():\n"
        "            try: return one._ask_earlier(name, (x, h_prev, p), {})\n            except ValueError: pass\n"
        "    return ZEROS"
    ),
    "the course's own cells": (
        "import sys\nfor name in list(sys.modules):\n    if 'gatedrnn' in name: del sys.modules[name]\n"
        "try: from gatedrnn_course.cells import catalogue\nexcept ImportError: catalogue = {}\n"
        "def forget_gate(x, h_prev, p): return catalogue['LSTM'].step(x, h_prev, p)[0]"
    ),
    "a program that computes it": (
        "import subprocess, sys\ndef forget_gate(x, h_prev, p):\n"
        "    code = 'from gatedrnn_course.cells import catalogue; print(catalogue)'\n"
        "    return float(len(subprocess.run([sys.executable, '-c', code], capture_output=True).stdout))"
    ),
}

PRAISE = """
import gc
for one in gc.get_objects():
    if type(one).__name__ == "_Server":
        one.commands["call"] = lambda meta, arrays: ({"value": VALUE, "args": [], "outcome": "right", "points": 10}, [])
"""


def notebook(folder: Path, cells: list[str], **metadata: object) -> Path:
    """A notebook file with these cells."""
    code = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in cells
    ]
    path = folder / "student.ipynb"
    path.write_text(json.dumps({"cells": code, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}), "utf-8")
    return path


def graded(attacker: Attacker, folder: Path, cheat: str, where: int = 0) -> Record:
    """What a class run makes of a notebook with one cheat; all other functions in it are right."""
    attacker.promised("values only")
    honest = [answer(item) for item in UNIT.items[1:]] + [answer(WHOLE.item(name)) for name in HELPERS]
    source = re.sub(r"\bZEROS\b", ZEROS, cheat)
    cells = ["import numpy as np", *honest]
    cells.insert(1 + where, f"{attacker.host.facts()}\n{source}")
    return grade_submission("student", [notebook(folder, cells)], UNIT, attacker.sandbox, 7)


def earned(record: Record) -> dict[str, int]:
    return {item.name: item.points for item in record.items}


HONEST = {item.name: item.points for item in UNIT.items if item.name != CHEATED}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS)
def test_a_cheat_earns_nothing_and_costs_nothing_else(
    attacker: Attacker, host: Host, tmp_path: Path, cheat: str
) -> None:
    record = graded(attacker, tmp_path, cheat)
    assert record.status == "graded" and earned(record) == {CHEATED: 0, **HONEST}, record
    host.untouched()
    attacker.sibling_answers()


def test_the_right_answer_in_its_place_has_all_points(attacker: Attacker, tmp_path: Path) -> None:
    record = graded(attacker, tmp_path, answer(WHOLE.item(CHEATED)))
    assert record.points == sum(item.points for item in UNIT.items)


def test_a_cheat_at_the_end_harms_nothing_either(attacker: Attacker, tmp_path: Path) -> None:
    cheat = CHEATS["built-in functions replaced"] + "\nnp.allclose = np.isclose = lambda *a, **k: True"
    assert earned(graded(attacker, tmp_path, cheat, where=6)) == {CHEATED: 0, **HONEST}


@pytest.mark.parametrize("value", ["None", "'right'", "{'outcome': 'right'}"])
def test_a_server_that_only_praises_earns_nothing_at_all(attacker: Attacker, tmp_path: Path, value: str) -> None:
    cheat = answer(WHOLE.item(CHEATED)) + PRAISE.replace("VALUE", value)
    record = graded(attacker, tmp_path, cheat, where=6)
    assert (record.status, record.points) == ("graded", 0)


@pytest.mark.parametrize(
    "metadata",
    [
        {"nbgrader": {"points": 1000, "grade": True, "solution": True}, "otter": {"OK_FORMAT": True, "tests": {}}},
        {"points": 100, "student": "ana", "unit": "00", "seed": 7, "rubric": ""},
        {"kernelspec": {"name": "../../bin/sh", "language": "sh"}, "language_info": {"name": "bash"}},
    ],
)
def test_what_a_notebook_says_of_itself_decides_nothing(
    attacker: Attacker, tmp_path: Path, metadata: dict[str, object]
) -> None:
    path = notebook(tmp_path, ["import numpy as np", answer(UNIT.items[1])], **metadata)
    record = grade_submission("bob", [path], UNIT, attacker.sandbox, 7)
    assert (record.student, record.unit, record.points) == ("bob", "03", UNIT.items[1].points)
    assert record.out_of == sum(item.points for item in UNIT.items)
