"""Products that run as one."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines.program.fuse import runs
from gatedrnn_course.engines.program.program import program_of


def test_neighbours_are_found() -> None:
    assert runs([1, 2, 4, 5, 6, 8], lambda a, b: b == a + 1) == [[1, 2], [4, 5, 6], [8]]
    assert runs([], lambda a, b: True) == []


def test_a_peephole_lstm_is_one_product_with_each_vector() -> None:
    program = program_of(catalogue["peephole LSTM"])
    assert [(b.vector, len(b.entries), b.round, b.fresh) for b in program.blocks] == [
        ("x", 4, -1, True),
        ("h_prev", 4, 0, False),
    ]
    assert [len(turn.entries) for turn in program.transposed] == [4, 4]


def test_a_matrix_that_is_shared_stands_in_both_places() -> None:
    program = program_of(parse("f = sigmoid(W_1 @ x)\nh = tanh(W_1 @ x + f)"))
    assert [block.entries for block in program.blocks] == [(("W_1", 0), ("W_1", 1))]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_product_is_in_one_block(data: Any, any_cell: Any) -> None:
    program = program_of(data.draw(any_cell))
    place = {slot: k for k, slot in enumerate(program.columns)}
    found = [(slot, matrix, block.vector) for block in program.blocks for matrix, slot in block.entries]
    assert sorted(found) == sorted((p.slot, p.matrix, p.vector) for p in program.forward.products)
    filled: set[int] = set()
    for block in program.blocks:
        own = [slot for _, slot in block.entries]
        assert [place[slot] for slot in own] == list(range(place[own[0]], place[own[0]] + len(own)))
        assert len({program.forward.slots[slot] for slot in own}) == 1
        assert all((slot not in filled) == block.fresh for slot in own)
        filled.update(own)
    turned = [
        (turn.target, matrix, program.step.deltas[slot]) for turn in program.transposed for matrix, slot in turn.entries
    ]
    assert sorted(turned) == sorted((p.slot, p.matrix, p.vector) for p in program.backward.products)


def test_a_transposed_matrix_comes_from_a_block_that_holds_it() -> None:
    program = program_of(catalogue["GRU"])
    for own in program.transposed:
        for (matrix, _slot), (block, place) in zip(own.entries, own.sources, strict=True):
            assert program.blocks[block].entries[place][0] == matrix
    late = [own.target for own in program.transposed if own.late]
    assert [program.split.ends[target][0] for target in late] == ["d_x"]
