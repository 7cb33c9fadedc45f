"""Ends of the backward that begin as a sum and end as a product."""

from __future__ import annotations

from gatedrnn_course.cells import Cell, catalogue, parse
from gatedrnn_course.cells.expr import to_text
from gatedrnn_course.engines.program.ends import Split, split_ends
from gatedrnn_course.engines.program.lower import lower
from gatedrnn_course.engines.program.rounds import rounds


def split(cell: Cell) -> Split:
    step = lower(cell)
    return split_ends(step, rounds(step))


def test_the_sum_comes_first_and_the_product_is_added() -> None:
    found = split(parse("z = sigmoid(U_z @ h_prev)\nh = z * h_prev"))
    ((slot, (end, (begin,))),) = found.ends.items()
    assert end == "d_h_prev" and end not in found.backward.values
    assert to_text(found.backward.values[begin]) == "d_h * z" and found.rounds[begin] == 0
    assert [p.matrix for p in found.backward.products if p.slot == slot] == ["U_z"]


def test_terms_of_several_rounds_are_a_chain() -> None:
    found = split(catalogue["GRU"])
    (chain,) = [values for end, values in found.ends.values() if end == "d_h_prev"]
    assert len(chain) == 2 and found.rounds[chain[0]] < found.rounds[chain[1]]
    assert to_text(found.backward.values[chain[1]]).startswith(chain[0])


def test_an_end_without_a_product_of_its_own_stays_as_it_is() -> None:
    step = lower(catalogue["minGRU"])
    found = split_ends(step, rounds(step))
    assert found.backward.values["d_h_prev"] == step.backward.values["d_h_prev"]
    assert "d_h_prev" not in {end for end, _ in found.ends.values()}
