"""What the paper found for each variant: figure 3, the best tenth of 200 trials on each task."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gatedrnn_course.text import mark

__all__ = ["FIGURE3", "SHARES", "Found"]


@dataclass(frozen=True)
class Found:
    """The best tenth of one variant on one task; what lies off the paper's scale is no number.

    Attributes:
        mean: Mean of the test errors.
        median: Their median.
        low: A quarter lies below.
        high: A quarter lies above.
        least: The lowest.
        most: The highest.
        differs: Whether the paper finds it significantly different from V.
    """

    mean: float
    median: float
    low: float
    high: float
    least: float
    most: float
    differs: bool = False


_OFF = math.nan

FIGURE3 = {
    mark("speech"): {
        "V": Found(29.77, 29.72, 29.48, 30.33, 27.74, 31.31),
        "CIFG": Found(29.79, 29.61, 29.47, 30.09, 29.11, 30.48),
        "FGR": Found(29.82, 29.90, 29.38, 30.30, 28.58, 30.67),
        "NP": Found(30.33, 30.35, 29.92, 30.81, 28.93, 31.53),
        "NOG": Found(30.67, 30.74, 30.28, 31.10, 29.45, 31.60, True),
        "NIAF": Found(30.92, 30.77, 30.12, 32.12, 28.94, 32.84, True),
        "NIG": Found(32.59, 32.54, 31.44, 33.83, 30.11, 34.55, True),
        "NFG": Found(34.23, 34.22, 33.85, 34.65, 33.33, 35.10, True),
        "NOAF": Found(_OFF, _OFF, _OFF, _OFF, 33.88, _OFF, True),
    },
    mark("handwriting"): {
        "V": Found(10.58, 10.37, 9.75, 11.23, 9.33, 11.99),
        "CIFG": Found(11.29, 11.51, 10.59, 11.94, 9.84, 12.95),
        "FGR": Found(11.62, 11.37, 10.56, 12.61, 9.70, 13.98),
        "NP": Found(10.17, 10.06, 9.67, 10.66, 9.26, 11.34),
        "NOG": Found(12.38, 12.50, 11.11, 13.24, 9.70, 15.45, True),
        "NIAF": Found(12.93, 12.92, 11.73, 14.01, 10.26, 16.45, True),
        "NIG": Found(15.77, 16.27, 14.90, 17.35, 11.01, 18.03, True),
        "NFG": Found(27.72, 29.73, 24.10, 31.73, 17.49, _OFF, True),
        "NOAF": Found(_OFF, _OFF, _OFF, _OFF, 13.12, _OFF, True),
    },
    mark("music"): {
        "V": Found(8.550, 8.555, 8.504, 8.598, 8.423, 8.681),
        "CIFG": Found(8.557, 8.565, 8.509, 8.630, 8.368, 8.670),
        "FGR": Found(8.621, 8.643, 8.558, 8.664, 8.482, 8.730, True),
        "NP": Found(8.574, 8.568, 8.505, 8.660, 8.403, 8.772),
        "NOG": Found(8.571, 8.581, 8.548, 8.601, 8.446, 8.635),
        "NIAF": Found(8.519, 8.517, 8.502, 8.558, 8.392, 8.619),
        "NIG": Found(8.516, 8.497, 8.462, 8.585, 8.384, 8.636),
        "NFG": Found(8.596, 8.616, 8.525, 8.644, 8.473, 8.691, True),
        "NOAF": Found(_OFF, _OFF, 8.766, _OFF, 8.548, _OFF, True),
    },
}
"""By task and variant: frames wrong in %, characters wrong in %, nats a step.

Source: Greff et al. 2017, figure 3, top row; read from the coordinates of the drawing, so near to 0.01 of the unit.
"""

SHARES = {
    mark("speech"): {"learning_rate": 0.67, "hidden_size": 0.10, "noise": 0.02, "momentum": 0.00, "more": 0.20},
    mark("handwriting"): {"learning_rate": 0.89, "hidden_size": 0.02, "noise": 0.01, "momentum": 0.00, "more": 0.07},
    mark("music"): {"learning_rate": 0.91, "hidden_size": 0.01, "noise": 0.03, "momentum": 0.00, "more": 0.05},
}
"""By task the share of the variance of the test error that each setting explains; `more` is of two and more together.

Source: Greff et al. 2017, figure 4; printed labels, or the area of a wedge where there is none.
"""
