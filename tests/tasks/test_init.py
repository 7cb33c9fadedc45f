from __future__ import annotations

import subprocess
import sys

import pytest

from gatedrnn_course.tasks import catalogue, generated, recorded


def test_the_catalogue_holds_every_task_under_its_name():
    assert set(catalogue) == set(generated) | set(recorded)
    for name in recorded:
        make = recorded[name]
        task = make(folder=".") if name in ("timit", "iam_ondb") else make(stand_in="always")
        assert task.name == name
        assert task.source


@pytest.mark.parametrize("heavy", ["torch", "scipy", "pooch", "matplotlib"])
def test_heavy_packages_wait_for_their_first_use(heavy):
    code = f"import sys, gatedrnn_course.tasks; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
