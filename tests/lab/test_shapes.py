from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from gatedrnn_course import catalogue, example, show_shapes
from gatedrnn_course.cells import Slice
from gatedrnn_course.cells.backward_program import BackwardProgram
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.items import SequenceItem
from gatedrnn_course.grading.units import UNITS, load
from gatedrnn_course.lab import shapes

DRAWN = (Slice, BackwardProgram)
ITEMS = [item for number in UNITS for item in load(number).items]
NAMES = [item.name for item in ITEMS if isinstance(getattr(item, "slice", None), DRAWN)]


@pytest.mark.parametrize("name", NAMES)
def test_every_slice_has_a_picture_with_words(name: str) -> None:
    picture = show_shapes(name)
    assert ET.fromstring(picture.svg).get("aria-label") == picture.alt
    assert picture.svg == show_shapes(name).svg


def test_slide_and_code_side_by_side() -> None:
    picture = show_shapes("forget_gate")
    assert "p.W_f.T (D, H)" in picture.alt
    assert "x @ p.W_f.T" in picture.svg
    x, _h_prev, p = example("forget_gate")
    (B, D), H = x.shape, len(p.b_f)
    assert picture.svg.count("<rect") == 1 + H * D + D + H + B * D + D * H + B * H


def test_a_function_over_a_sequence_shows_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = load("03")
    item = SequenceItem("lstm_forward", 20, "A sequence.", unit.items[0].hints, cell=catalogue["LSTM"])
    monkeypatch.setattr(shapes, "named", lambda name: (unit, item))
    picture = show_shapes("lstm_forward")
    assert "The code, one step of it: a batch" in picture.svg
    assert picture.alt.startswith("One step of it: ")
    xs, h_0 = (np.asarray(argument) for argument in item.example()[:2])
    (B, D), H = xs.shape[1:], h_0.shape[-1]
    assert picture.svg.count("<rect") == 1 + H * D + D + H + B * D + D * H + B * H


def test_without_a_matrix_all_shapes_are_the_same() -> None:
    assert "f, c_prev, i, c_tilde, c has shape (B, H)" in show_shapes("cell_update").alt


def test_an_unknown_name() -> None:
    with pytest.raises(CourseError):
        show_shapes("my_gate")


def test_a_step_back_shows_where_transposes_and_sums_stand() -> None:
    picture = show_shapes("lstm_step_backward")
    saved, d_h, _d_c, p = example("lstm_step_backward")
    (B, D), H = saved.x.shape, d_h.shape[1]
    for name, shape in (("d_a_f @ p.W_f", "(B, D)"), ("d_a_f.T @ x", "(H, D)"), ("d_a_f.sum(axis=0)", "(H,)")):
        assert f">{name}</text>" in picture.svg and f">{shape}</text>" in picture.svg
    grids = (D * H, H, D), (B * H, H * D, B * D), (B * H, B * D, H * D), (B * H, H)
    assert picture.svg.count("<rect") == 1 + sum(map(sum, grids))
    assert p.W_f.shape == (H, D)


def test_a_jacobian_is_a_matrix_for_each_vector_of_the_batch() -> None:
    picture = show_shapes("step_jacobian")
    (B, H) = example("step_jacobian")[0].shape
    assert picture.svg.count(">J[") == B
    assert picture.svg.count("<rect") == 1 + B * H + B * H * H
