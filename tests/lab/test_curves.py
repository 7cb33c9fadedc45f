"""The SVG behind `plot`: told apart by colour and line style, round numbers at the axes, few points."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gatedrnn_course.lab.curves import COLOURS, DASHES, NEAR, _bends, _powers, _round, draw_curves

CURVES = {"RNN": [1.0, 0.1, 0.01], "LSTM": [0.5, 0.9, 0.7]}


def lines(svg: str) -> list[dict[str, str]]:
    """The curves' own lines, in order: not grid, axes and samples beside the names."""
    root = ElementTree.fromstring(svg)
    paths = [part.attrib for part in root.iter("{http://www.w3.org/2000/svg}path") if "stroke-width" not in part.attrib]
    return [path for path in paths if not path["d"].endswith("h26")]


def words(svg: str) -> list[str]:
    return [part.text or "" for part in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def points(path: str) -> list[list[tuple[float, float]]]:
    """Each unbroken part of a path as its points."""
    numbers = [[float(n) for n in re.findall(r"[-.\d]+", part.split("h")[0])] for part in path.split("M")[1:]]
    return [list(zip(row[::2], row[1::2], strict=True)) for row in numbers]


def test_curves_differ_in_colour_and_in_style() -> None:
    drawn = lines(draw_curves({str(k): [0, k] for k in range(7)}, "x", "y"))
    assert len({line["stroke"] for line in drawn}) == len(COLOURS) == len(DASHES) == 7
    assert len({line.get("stroke-dasharray") for line in drawn}) == 7


def test_a_quantity_of_a_cell_has_its_colour() -> None:
    (f, other) = lines(draw_curves({"f, forget gate": [0, 1], "other": [1, 0]}, "x", "y"))
    assert (f["stroke"], other["stroke"]) == ("#D55E00", COLOURS[0])


def test_axes_and_names_are_written_and_escaped() -> None:
    told = words(draw_curves({"a < b": [0, 1], "c": [1, 0]}, "steps & more", "y", "A title"))
    assert {"a < b", "c", "steps & more", "y", "A title"} <= set(told)
    assert "a < b" not in words(draw_curves({"a < b": [0, 1]}, "x", "y"))  # one curve needs no name


def test_higher_values_stand_higher_and_later_ones_further_right() -> None:
    (row,) = points(lines(draw_curves({"a": [0.0, 3.0, 1.0]}, "x", "y"))[0]["d"])
    assert row[0][0] < row[1][0] < row[2][0]
    assert row[1][1] < row[2][1] < row[0][1]


def test_a_decay_is_a_straight_line_on_a_log_axis() -> None:
    (row,) = points(lines(draw_curves({"a": 0.5 ** np.arange(60)}, "x", "y", log=True))[0]["d"])
    assert len(row) == 2
    (bent,) = points(lines(draw_curves({"a": 0.5 ** np.arange(60)}, "x", "y"))[0]["d"])
    assert 10 < len(bent) < 60


def test_what_is_no_number_is_a_gap() -> None:
    gap = points(lines(draw_curves({"a": [1.0, 2.0, np.nan, 1.0, np.inf, 3.0, 3.5]}, "x", "y"))[0]["d"])
    assert [len(part) for part in gap] == [2, 1, 2]
    low = points(lines(draw_curves({"a": [1.0, 0.1, 0.0, -1.0]}, "x", "y", log=True))[0]["d"])
    assert [len(part) for part in low] == [2]


@pytest.mark.parametrize("values", [[], [np.nan], [3.0], [2.0, 2.0], [0.0, 0.0], [1e300, -1e300], [1e-12, 3e-12]])
@pytest.mark.parametrize("log", [False, True])
def test_any_values_give_a_picture(values: list[float], log: bool) -> None:
    svg = draw_curves({"a": values}, "x", "y", log=log)
    assert len(lines(svg)) == 1 and "nan" not in svg and "inf" not in svg


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"),
        (0, 60, "0 10 20 30 40 50 60"),
        (-6, 6, "-6 -4 -2 0 2 4 6"),
        (0.43, 0.57, "0.45 0.50 0.55"),
        (1, 40, "10 20 30 40"),
    ],
)
def test_numbers_at_an_axis_are_round(low: float, high: float, told: str) -> None:
    assert " ".join(words for _value, words in _round(low, high)) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(-3, 0, "10⁻³ 10⁻² 10⁻¹ 10⁰"), (-18, 0, "10⁻¹⁶ 10⁻¹² 10⁻⁸ 10⁻⁴ 10⁰"), (0.1, 0.9, "2 5"), (0.32, 0.36, "2.19")],
)
def test_numbers_at_a_log_axis_are_powers_of_ten(low: float, high: float, told: str) -> None:
    assert " ".join(words for _value, words in _powers(low, high)) == told


def test_left_out_points_lie_on_the_line() -> None:
    xs = np.linspace(0, 400, 1000)
    curve = np.stack([xs, 50 * np.sin(xs / 30)], axis=1)
    kept = _bends(curve)
    assert len(kept) < 150
    assert np.abs(np.interp(xs, kept[:, 0], kept[:, 1]) - curve[:, 1]).max() < 2 * NEAR


def test_a_picture_of_many_points_is_small() -> None:
    rng = np.random.default_rng(0)
    svg = draw_curves({str(k): np.cumsum(rng.normal(size=60)) for k in range(5)}, "x", "y")
    assert len(svg) < 8000
