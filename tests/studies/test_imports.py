"""Importing the studies loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("torch", "scipy", "sklearn", "optuna", "distributed", "dask", "matplotlib", "jinja2", "typer")
MODULES = (
    "gatedrnn_course.studies",
    "gatedrnn_course.studies.odyssey",
    "gatedrnn_course.studies.odyssey.space",
    "gatedrnn_course.studies.odyssey.variants",
    "gatedrnn_course.studies.importance",
    "gatedrnn_course.studies.statistics",
)


def test_studies_load_on_first_use() -> None:
    code = f"import sys, {', '.join(MODULES)}; print([name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
