"""Probes: calls in which a few parameters are alive, so that the lines can be told apart."""

from __future__ import annotations

import numpy as np

from gatedrnn_course.cells import catalogue, whole_step
from gatedrnn_course.cells.edits.isolation import drawn
from gatedrnn_course.cells.edits.probe import SIZE
from gatedrnn_course.cells.edits.probes import probes
from gatedrnn_course.cells.edits.readings import readings

STEP = whole_step(catalogue["LSTM"])


def test_only_what_is_alive_is_not_zero() -> None:
    probe = drawn(STEP, 0).with_alive(["W_f", "b_i"])
    assert {name for name, value in probe.p.items() if value.any()} == {"W_f", "b_i"} == probe.alive
    plain = probe.with_alive(["b_i"], plain="U_f")
    assert {name for name, value in plain.p.items() if value.any()} == {"U_f", "b_i"} == plain.alive
    np.testing.assert_array_equal(plain.p.U_f, 0.7 * np.eye(SIZE))
    assert plain.inputs is probe.inputs


def test_the_first_reading_of_a_line_is_what_belongs_there() -> None:
    probe = drawn(STEP, 0)
    given = probe.names
    f = 1 / (1 + np.exp(-(given["x"] @ probe.p.W_f.T + given["h_prev"] @ probe.p.U_f.T + probe.p.b_f)))
    np.testing.assert_allclose(probe.values["f"][0], f)
    assert len(probe.values["f"]) == len(readings(STEP)["f"])
    assert probe.values["c"][0] is None  # it needs other lines
    known = {"f": f, "i": f, "c_tilde": f}
    np.testing.assert_allclose(probe.value("c", readings(STEP)["c"][0].expr, known), f * given["c_prev"] + f * f)


def test_the_probes_of_a_step_begin_with_nothing_alive_and_end_with_everything() -> None:
    found = probes(STEP)
    assert found[0].alive == frozenset()
    assert found[-1].alive == frozenset(STEP.parameters)
    assert all(value.shape[0] == SIZE for probe in found for value in probe.inputs)


def test_with_nothing_alive_a_gate_is_one_half_and_a_candidate_zero() -> None:
    values = probes(STEP)[0].values
    assert np.all(values["f"][0] == 0.5) and np.all(values["c_tilde"][0] == 0)
