"""What the paper found, to be put beside what is found here.

Source: Greff, Srivastava, Koutník, Steunebrink, Schmidhuber, "LSTM: A Search Space Odyssey", IEEE TNNLS 28(10), 2017
(arXiv 1503.04069v2). Figure 3 prints no numbers: those of the boxes were read from the coordinates of its vector
graphics against the ticks of the axes, to within 0.01 of the unit shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from gatedrnn_course.studies.statistics import Box

__all__ = ["ALL_TRIALS", "BEST", "BEST_TENTH", "IMPORTANCE", "TASK_NAMES", "Printed", "Whole"]

TASK_NAMES = {"speech": "TIMIT", "handwriting": "IAM-OnDB", "music": "JSB Chorales"}


@dataclass(frozen=True)
class Printed:
    """One box of figure 3, lower half: the best 20 of 200 trials by validation, judged on the test part.

    Attributes:
        mean: Their mean; None where the box lies off the scale.
        median: Their median.
        low: Their first quartile.
        high: Their third quartile.
        least: The best of them.
        most: The worst of them.
        different: Whether the box is printed blue: significantly different from the vanilla LSTM.
        parameters: Mean number of parameters of the 20, in hundred thousands (the grey bars).
    """

    mean: float | None
    median: float | None
    low: float | None
    high: float | None
    least: float
    most: float | None
    different: bool
    parameters: float

    @property
    def box(self) -> Box | None:
        """The box, where the whole of it is printed."""
        if self.median is None or self.low is None or self.high is None or self.most is None:
            return None
        return Box(self.median, self.low, self.high, self.least, self.most)


@dataclass(frozen=True)
class Whole:
    """All 200 trials of a variant, figure 3, upper half.

    Attributes:
        mean: Mean on the test part.
        median: Median.
        different: Whether the box is printed blue.
    """

    mean: float
    median: float
    different: bool = False


BEST_TENTH: dict[str, dict[str, Printed]] = {
    "speech": {
        "V": Printed(29.77, 29.72, 29.48, 30.33, 27.74, 31.31, False, 1.37),
        "CIFG": Printed(29.79, 29.61, 29.47, 30.09, 29.11, 30.48, False, 1.19),
        "FGR": Printed(29.82, 29.90, 29.38, 30.30, 28.58, 30.67, False, 4.73),
        "NP": Printed(30.33, 30.35, 29.92, 30.81, 28.93, 31.53, False, 2.05),
        "NOG": Printed(30.67, 30.74, 30.28, 31.10, 29.45, 31.60, True, 1.39),
        "NIAF": Printed(30.92, 30.77, 30.12, 32.12, 28.94, 32.84, True, 1.44),
        "NIG": Printed(32.59, 32.54, 31.44, 33.83, 30.11, 34.55, True, 1.31),
        "NFG": Printed(34.23, 34.22, 33.85, 34.65, 33.33, 35.10, True, 1.71),
        "NOAF": Printed(None, None, None, None, 33.88, None, True, 2.20),
    },
    "handwriting": {
        "V": Printed(10.58, 10.37, 9.75, 11.23, 9.33, 11.99, False, 1.63),
        "CIFG": Printed(11.29, 11.51, 10.59, 11.94, 9.84, 12.95, False, 0.82),
        "FGR": Printed(11.62, 11.37, 10.56, 12.61, 9.70, 13.98, False, 2.90),
        "NP": Printed(10.17, 10.06, 9.67, 10.66, 9.26, 11.34, False, 1.48),
        "NOG": Printed(12.38, 12.50, 11.11, 13.24, 9.70, 15.45, True, 0.71),
        "NIAF": Printed(12.93, 12.92, 11.73, 14.01, 10.26, 16.45, True, 1.56),
        "NIG": Printed(15.77, 16.27, 14.90, 17.35, 11.01, 18.03, True, 0.60),
        "NFG": Printed(27.72, 29.73, 24.10, 31.73, 17.49, None, True, 0.73),
        "NOAF": Printed(None, None, None, None, 13.12, None, True, 0.41),
    },
    "music": {
        "V": Printed(8.550, 8.555, 8.504, 8.598, 8.423, 8.681, False, 0.69),
        "CIFG": Printed(8.557, 8.565, 8.509, 8.630, 8.368, 8.670, False, 0.49),
        "FGR": Printed(8.621, 8.643, 8.558, 8.664, 8.482, 8.730, True, 1.56),
        "NP": Printed(8.574, 8.568, 8.505, 8.660, 8.403, 8.772, False, 0.68),
        "NOG": Printed(8.571, 8.581, 8.548, 8.601, 8.446, 8.635, False, 0.53),
        "NIAF": Printed(8.519, 8.517, 8.502, 8.558, 8.392, 8.619, False, 0.97),
        "NIG": Printed(8.516, 8.497, 8.462, 8.585, 8.384, 8.636, False, 0.75),
        "NFG": Printed(8.596, 8.616, 8.525, 8.644, 8.473, 8.691, True, 0.64),
        "NOAF": Printed(None, None, 8.766, None, 8.548, None, True, 0.25),
    },
}
"""Figure 3, lower half: error on frames in %, character error rate in %, nats a step."""

ALL_TRIALS: dict[str, dict[str, Whole]] = {
    "speech": {
        "V": Whole(39.6, 37.8),
        "CIFG": Whole(39.8, 38.6),
        "FGR": Whole(41.2, 37.9),
        "NP": Whole(38.7, 37.1),
        "NOG": Whole(40.7, 38.7),
        "NIAF": Whole(46.6, 41.4, True),
        "NIG": Whole(43.2, 42.1, True),
        "NFG": Whole(49.7, 49.3, True),
        "NOAF": Whole(75.9, 87.7, True),
    },
    "handwriting": {
        "V": Whole(47.2, 26.4),
        "CIFG": Whole(57.7, 36.9),
        "FGR": Whole(48.0, 27.1),
        "NP": Whole(59.0, 41.3),
        "NOG": Whole(52.2, 32.6),
        "NIAF": Whole(50.0, 33.5),
        "NIG": Whole(58.8, 48.3, True),
        "NFG": Whole(75.3, 89.1, True),
        "NOAF": Whole(97.9, 100.0, True),
    },
    "music": {
        "V": Whole(9.77, 9.48),
        "CIFG": Whole(9.86, 9.56),
        "FGR": Whole(9.86, 9.66),
        "NP": Whole(9.89, 9.58),
        "NOG": Whole(9.79, 9.60),
        "NIAF": Whole(9.87, 9.63),
        "NIG": Whole(9.88, 9.66),
        "NFG": Whole(10.02, 9.77, True),
        "NOAF": Whole(10.54, 10.13, True),
    },
}
"""Figure 3, upper half."""

BEST: dict[str, tuple[str, float]] = {"speech": ("CIFG", 29.6), "handwriting": ("NP", 9.26), "music": ("NIAF", 8.38)}
"""The best trial by validation of each task: variant and test result (section V)."""

IMPORTANCE: dict[str, dict[str, float]] = {
    "speech": {"learning_rate": 67.3, "hidden_size": 10.3, "noise": 1.9, "momentum": 0.4, "": 20.1},
    "handwriting": {"learning_rate": 89.5, "hidden_size": 2.0, "noise": 0.9, "momentum": 0.2, "": 7.3},
    "music": {"learning_rate": 91.3, "hidden_size": 0.8, "noise": 2.6, "momentum": 0.1, "": 5.3},
}
"""Shares of the variance of test results in %, from the areas of the printed wedges; `""` is what settings do together.

The text says that the hidden size comes second everywhere; for music the figure has the noise before it.
"""
