"""Trials that nobody trained, with known differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gatedrnn_course.studies.odyssey.sizes import SIZES
from gatedrnn_course.studies.odyssey.table import Row

SHIFTS = {"V": 0.0, "CIFG": 0.0, "NFG": 3.0, "NIG": -3.0, "NOAF": 0.0}


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """40 trials of five variants on music; validation and test are 9 + (log10 of the rate's distance to 1e-3)²."""
    rng, space = np.random.default_rng(0), SIZES["paper"].space
    made = []
    for variant, shift in SHIFTS.items():
        for k in range(40):
            trial = space.trial(rng.uniform(size=4).tolist())
            value = 9 + shift + (math.log10(trial.learning_rate) + 3) ** 2 + rng.normal(0, 0.05)
            diverged = variant == "NOAF" and k < 5
            settings = (trial.hidden_size, trial.learning_rate, trial.momentum, trial.noise)
            values = (math.nan,) * 3 if diverged else (value, value, value + 0.1)
            made.append(
                Row("music", variant, k, k, *settings, *values, 1000 + k, 100, "diverged" if diverged else "steps")
            )
    return made
