"""The backward in the order of torch calls."""

from __future__ import annotations

import pytest

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.program.program import program_of
from gatedrnn_course.engines.torch_tier.backward_plan import Spread
from gatedrnn_course.engines.torch_tier.plan import plan_of


def test_deltas_that_are_multiples_of_one_derivative_are_one() -> None:
    loop = plan_of(catalogue["LSTM"]).backward.loop
    (spread,) = [action for action in loop if isinstance(action, Spread) and action.base == "d_c"]
    assert spread.last - spread.first >= 2 and len(spread.coefficients) == spread.last - spread.first


@pytest.mark.parametrize("name", catalogue)
def test_deltas_lie_in_the_order_of_the_program_s_columns(name: str) -> None:
    program, back = program_of(catalogue[name]), plan_of(catalogue[name]).backward
    wanted = list(dict.fromkeys(program.step.deltas[slot] for slot in program.columns))
    assert list(back.deltas) == [delta for delta in wanted if delta in back.deltas]
    assert {gradient.delta for gradient in back.gradients} == set(back.deltas)


def test_what_no_state_needs_waits_until_after_the_loop() -> None:
    back = plan_of(parse("g = tanh(W_g @ x)\nh = g + 0.5 * h_prev")).backward
    assert not back.loop and back.kept == ("d_h_next",)
    assert [action.name for action in back.after if not isinstance(action, Spread)][:1] == ["d_a_g"]
