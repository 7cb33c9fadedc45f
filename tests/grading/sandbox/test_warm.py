"""Libraries loaded beforehand: out of sight until somebody imports them, and then the very same."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(body: str) -> str:
    head = "import sys\nfrom gatedrnn_course.grading.sandbox.child import warm\n"
    done = subprocess.run([sys.executable, "-c", head + body], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_parked_library_is_out_of_sight_until_it_is_imported() -> None:
    pytest.importorskip("scipy")
    assert (
        run(
            "warm.warm_up(['scipy'])\nbefore = sys.modules['scipy.special']\nwarm.park(['scipy'])\n"
            "assert warm.parked('scipy') and warm.used() == []\n"
            "assert not [name for name in sys.modules if name.partition('.')[0] == 'scipy']\n"
            "from scipy.special import expit\n"
            "assert sys.modules['scipy.special'] is before and not warm.parked('scipy')\n"
            "assert sys.modules['scipy'].__spec__.name == 'scipy' and sys.modules['scipy'].__spec__.origin\n"
            "import importlib; importlib.reload(sys.modules['scipy'])\n"
            "import scipy.linalg\n"
            "print(warm.used(), float(expit(0)))"
        )
        == "['scipy'] 0.5"
    )


def test_a_library_that_is_not_installed_is_left_out() -> None:
    body = (
        "sys.modules['matplotlib'] = None\nwarm.warm_up(['matplotlib'])\ndel sys.modules['matplotlib']\n"
        "warm.park(['matplotlib'])\nprint(warm.parked('matplotlib'), 'numpy' in sys.modules)"
    )
    assert run(body) == "False True"


def test_what_uses_answers_in_torch_is_loaded_with_it() -> None:
    pytest.importorskip("torch")
    body = (
        "warm.warm_up(['torch'])\nfrom gatedrnn_course.grading.exchange.drivers import NAMES\n"
        "missing = [name for name in NAMES if f'gatedrnn_course.grading.exchange.drivers.{name}' not in sys.modules]\n"
        "print(missing)"
    )
    assert run(body) == "[]"


def test_torch_is_seeded_although_it_is_out_of_sight() -> None:
    pytest.importorskip("torch")
    body = (
        "warm.warm_up(['torch'])\nwarm.park(['torch'])\nwarm.seed(5)\nassert warm.used() == []\n"
        "import torch\na = torch.rand(3)\ntorch.manual_seed(5)\nprint(torch.equal(a, torch.rand(3)))"
    )
    assert run(body) == "True"
