"""`import gatedrnn_course` costs nothing, and every name arrives on first use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import gatedrnn_course
from gatedrnn_course import engines

HEAVY = ("numpy", "torch", "matplotlib", "anywidget", "ipywidgets", "IPython", "pandas")


def loaded_by(code: str) -> set[str]:
    report = f"{code}\nimport json, sys; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    result = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import gatedrnn_course", set()),
        ("from gatedrnn_course import check, hint, progress, example, Params, sigmoid, run_on_device", {"numpy"}),
        ("import gatedrnn_course.lab.check, gatedrnn_course.lab.plots, gatedrnn_course.lab.shapes", {"numpy"}),
        ("from gatedrnn_course import setup; setup()", set()),
    ],
)
def test_what_an_import_loads(code: str, allowed: set[str]) -> None:
    assert loaded_by(code) <= allowed


@pytest.mark.parametrize("name", gatedrnn_course.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(gatedrnn_course, name) is not None
    assert name in dir(gatedrnn_course)


def test_completion_offers_the_course_and_nothing_else() -> None:
    assert dir(gatedrnn_course) == sorted(gatedrnn_course.__all__)
    assert dir(engines) == sorted(engines.__all__)
    assert all(getattr(engines, name) is not None for name in dir(engines))
    assert {"Any", "import_module"}.isdisjoint([*dir(gatedrnn_course), *dir(engines)])


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="chek"):
        _ = gatedrnn_course.chek
