"""When values are computed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.program.lower import lower
from gatedrnn_course.engines.program.rounds import rounds
from gatedrnn_course.engines.program.step import is_slot


def test_a_gru_takes_two_rounds_forward() -> None:
    when = rounds(lower(catalogue["GRU"])).forward
    assert when["r"] == when["z"] == 0 and when["h"] == 1


def test_a_peephole_lstm_takes_one_round_each_way_and_one_for_what_leaves() -> None:
    when = rounds(lower(catalogue["peephole LSTM"]))
    assert set(when.forward.values()) == {0} and when.backward["d_a_f"] == 0
    assert when.backward["d_h_prev"] == 1 and when.backward["d_x"] == when.late == 2


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_product_takes_a_round_and_nothing_goes_back(data: Any, any_cell: Any) -> None:
    step = lower(data.draw(any_cell))
    when = rounds(step)
    for part, own in ((step.forward, when.forward), (step.backward, when.backward)):
        assert own.keys() == part.values.keys()
        for name, value in part.values.items():
            for used in names(value):
                vectors = part.used(used) if is_slot(used) else ()
                assert all(own[name] > own[v] for v in vectors if v in own)
                assert is_slot(used) or own.get(used, 0) <= own[name]
    assert all(when.backward[name] < when.late for name in step.wanted)
