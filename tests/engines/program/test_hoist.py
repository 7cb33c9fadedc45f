"""What is computed for all steps at once."""

from __future__ import annotations

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.program.hoist import hoisted
from gatedrnn_course.engines.program.lower import lower


def test_what_depends_on_the_state_is_not_hoisted() -> None:
    step = lower(parse("f = sigmoid(W_f @ x)\nk = tanh(U_k @ f) + P_k\nh = k * h_prev + U_h @ f + U_1 @ h_prev"))
    assert hoisted(step.forward) == {"x", "#0", "a_f", "f", "#1", "a_k", "a_k_2", "k"}


def test_of_an_lstm_only_the_input_is_known_before() -> None:
    assert hoisted(lower(catalogue["LSTM"]).forward) == {"x"}


def test_of_a_min_gru_both_gates_are() -> None:
    assert {"z", "h_tilde"} <= hoisted(lower(catalogue["minGRU"]).forward)
