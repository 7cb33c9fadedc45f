"""Where values are kept."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.program.memory_plan import Buffer
from gatedrnn_course.engines.program.program import program_of


def test_gates_lie_over_their_slots_and_deltas_over_gates() -> None:
    memory = program_of(catalogue["peephole LSTM"]).memory
    slots = {name: Buffer("slot", str(k)) for k, name in enumerate(("f", "i", "c_tilde", "o"))}
    assert memory.forward == {
        "h": Buffer("state", "h"),
        "c": Buffer("state", "c"),
        **slots,
        "a_h": Buffer("tape", "a_h"),
    }
    assert memory.tape == ("a_h",) and memory.in_place


def test_a_vector_of_a_gradient_does_not_lie_over_a_slot() -> None:
    memory = program_of(catalogue["GRU"]).memory
    assert memory.forward["a_h_tilde"] == Buffer("tape", "a_h_tilde") and memory.in_place


def test_deltas_have_an_array_of_their_own_where_slots_are_read_once_more() -> None:
    cell = parse("f = sigmoid(U_f @ h_prev)\nh = tanh(U_h @ f)")
    assert program_of(cell).memory.forward["f"] == Buffer("slot", "0") and not program_of(cell).memory.in_place


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_all_that_is_read_later_is_kept_and_no_slot_holds_two(data: Any, any_cell: Any) -> None:
    program = program_of(data.draw(any_cell))
    memory, forward = program.memory, program.forward
    read = {n for value in program.backward.values.values() for n in names(value)} & forward.values.keys()
    assert read | ({p.vector for p in forward.products} & forward.values.keys()) <= memory.forward.keys()
    taken = [buffer.key for buffer in memory.forward.values() if buffer.kind == "slot"]
    assert len(taken) == len(set(taken))
    assert set(memory.slots) == {p.slot for p in program.backward.products}
