"""Which slots lie side by side."""

from __future__ import annotations

import pytest

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.program.columns import columns
from gatedrnn_course.engines.program.lower import lower


def lines(text: str) -> list[str]:
    """The value each column belongs to, in order."""
    step = lower(parse(text))
    own = {slot: name for name in step.forward.values for slot in step.forward.used(name) if slot.startswith("#")}
    return [own[f"#{slot}"] for slot in columns(step)]


def test_slots_of_one_vector_lie_together() -> None:
    text = "f = sigmoid(U_f @ h_prev)\ng = sigmoid(W_g @ x)\nk = sigmoid(U_k @ h_prev + W_k @ x)\nh = f * g * k"
    assert lines(text) == ["a_g", "a_k", "a_f"]


def test_of_these_the_ones_with_one_function_that_are_ready_together() -> None:
    more = {"f": "b_f", "g": "b_g", "i": "b_i", "o": "P_o * f"}
    gates = [f"{n} = {'tanh' if n == 'g' else 'sigmoid'}(U_{n} @ h_prev + {own})" for n, own in more.items()]
    assert lines("\n".join([*gates, "h = f * g * i * o"])) == ["a_f", "a_i", "a_g", "a_o"]


def test_sizes_do_not_mix() -> None:
    assert lines("q = tanh(W_q @ h_prev + W_x @ x) * x\nh = tanh(U_h @ h_prev + W_h @ q)")[-1] == "a_q"


@pytest.mark.parametrize("name", catalogue)
def test_every_slot_has_one_column(name: str) -> None:
    step = lower(catalogue[name])
    assert sorted(columns(step)) == list(range(len(step.forward.slots)))
