"""What a kernel does in one step: products and passes, in order."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.expr import names
from gatedrnn_course.engines.c_tier.addresses import Addresses
from gatedrnn_course.engines.c_tier.places import Place
from gatedrnn_course.engines.c_tier.steps import Pass, ahead, backward_steps, forward_steps
from gatedrnn_course.engines.program.normal import numbered


def test_a_peephole_lstm_is_a_product_and_a_pass_each_way() -> None:
    a = Addresses(numbered(catalogue["peephole LSTM"]))
    assert [block.vector for block in ahead(a)] == ["x"]
    product, one = forward_steps(a)
    assert not isinstance(product, Pass) and product.vector == "h_prev" and isinstance(one, Pass)
    assert one.stores[-1] == ("h", Place("after", "H", "h"))
    back, *products = backward_steps(a)
    assert isinstance(back, Pass) and len(back.sums) == 7 and not back.late
    assert sorted(step.late for step in products) == [False, True]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_value_is_in_one_pass_that_loads_the_rest(data: Any, any_cell: Any) -> None:
    a = Addresses(numbered(data.draw(any_cell)))
    for part, steps in ((a.program.forward, forward_steps(a)), (a.program.backward, backward_steps(a))):
        passes = [step for step in steps if isinstance(step, Pass)]
        assert sorted(name for own in passes for name in own.values) == sorted(part.values)
        for own in passes:
            known = set(own.loads)
            for name, value in own.values.items():
                assert set(names(value)) <= known
                known.add(name)
            assert {name for name, _ in own.stores} | {name for _, name in own.sums} <= known
            assert {part.letters[name] for name in own.values} == {own.letter}
