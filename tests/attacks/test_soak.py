"""A slice of `benchmarks/soak.py`: hostile notebooks, a grader that is killed, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_killed_grader_goes_on_and_leaves_nothing() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/soak.py"), "--unit", "00", "--submissions", "20", "--kills", "2"]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "GATEDRNN_UNSAFE_SANDBOX": "1"}
    came = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=500, check=False)
    assert came.returncode == 0, came.stdout + came.stderr
    assert "20 of 20 notebooks have all points" in came.stdout
