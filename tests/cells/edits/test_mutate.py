from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gatedrnn_course.cells.catalogue import GRU, LSTM, MUT1, catalogue
from gatedrnn_course.cells.cell import parse
from gatedrnn_course.cells.describe import describe
from gatedrnn_course.cells.diagram import diagram
from gatedrnn_course.cells.edits.graph import graph_of
from gatedrnn_course.cells.edits.mutate import OPERATORS, apply_operator, mutate, places
from gatedrnn_course.cells.latex import cell_latex
from gatedrnn_course.cells.reference import draw_params, sequence, zero_state
from gatedrnn_course.errors import CellError

START = st.sampled_from([GRU, LSTM, MUT1, catalogue["peephole LSTM"], catalogue["minGRU"], catalogue["JANET"]])


def rng(seed=0):
    return np.random.default_rng(seed)


@settings(max_examples=60, deadline=None)
@given(START, st.integers(0, 10**6), st.integers(1, 5))
def test_every_mutant_is_a_cell_however_often_it_is_mutated(cell, seed, generations):
    source = rng(seed)
    for _ in range(generations):
        made = mutate(cell, source)
        assert made is not None
        cell = made.cell
    assert parse(cell.text).text == cell.text
    assert cell.inputs == ("x",)
    assert cell.parameter_count(3, 4) >= 0
    assert describe(cell)
    assert cell_latex(cell)
    assert diagram(cell).startswith("<svg")
    with np.errstate(all="ignore"):
        hs, _state = sequence(
            cell, source.normal(size=(3, 2, 3)), zero_state(cell, 4, (2,)), draw_params(cell, 3, 4, source)
        )
    assert hs.shape == (3, 2, 4)
    assert 1 <= len(made.operators) == len(made.words) <= 3


@settings(max_examples=60, deadline=None)
@given(START, st.sampled_from(sorted(OPERATORS)), st.integers(0, 10**6))
def test_one_change_of_a_graph_is_a_cell_or_is_refused(cell, operator, seed):
    graph, source = graph_of(cell), rng(seed)
    possible = places(graph, operator)
    words = apply_operator(graph, operator, possible[int(source.integers(len(possible)))], source)
    assert str(words).endswith(".")
    try:
        made = graph.cell("mutant")
    except CellError:
        return
    assert "h" in made.states


def lines(cell):
    return [line.split("#")[0].strip() for line in cell.text.splitlines()]


def outcomes(text, operator, tries=60):
    """Every cell that one change makes of a cell."""
    cell = parse(text)
    made = [mutate(cell, rng(seed), operators=(operator,)) for seed in range(tries)]
    return {"\n".join(lines(mutant.cell)) for mutant in made if mutant}


def test_1_swaps_an_activation_for_one_of_seven():
    found = outcomes("h = tanh(h_prev + W_h @ x)", 1)
    bases = {text for text in found if "W_h @ x" in text}
    assert "h = sigmoid(h_prev + W_h @ x)" in bases
    assert "h = relu(h_prev + W_h @ x)" in bases
    assert "h = U_1 @ (h_prev + W_h @ x) + b_1" in bases
    assert any("0.9 * v1 + b_1" in text for text in bases)
    assert any("+ v1 + b_1" in text for text in bases)
    assert "h = tanh(h_prev + W_h @ x)" not in found  # the same again is no mutant


def test_2_swaps_an_elementwise_operation():
    assert outcomes("h = h_prev + W_h @ x", 2) == {"h = h_prev * (W_h @ x)", "h = h_prev - W_h @ x"}


def test_3_inserts_an_activation_between_a_node_and_a_parent():
    found = outcomes("h = h_prev + W_h @ x", 3)
    assert "h = tanh(h_prev) + W_h @ x" in found
    assert "h = h_prev + relu(W_h @ x)" in found
    assert "h = h_prev + U_h @ sigmoid(W_x @ x)" in found


def test_4_removes_a_node_with_one_input_and_one_output():
    assert outcomes("h = tanh(h_prev + W_h @ x)", 4) == {"h = h_prev + W_h @ x", "h = tanh(h_prev + W_x @ x)"}
    twice = graph_of(parse("z = sigmoid(W_z @ x)\nh = z * h_prev + z"))
    assert not [n for n in places(twice, 4) if twice.nodes[n].what == "sigmoid"]  # z has two outputs


def test_5_puts_an_ancestor_in_a_nodes_place():
    found = outcomes("g = tanh(h_prev)\nh = g * tanh(W_h @ x)", 5)
    assert "g = tanh(h_prev)\nh = g * (W_h @ x)" in found
    assert "h = h_prev * tanh(W_h @ x)" in found
    assert "h = h_prev" not in found  # never sees x


def test_6_combines_an_ancestor_with_an_ancestor_of_any_node():
    found = outcomes("h = tanh(h_prev + W_h @ x)", 6, 300)
    assert "h = h_prev * (W_h @ x)" in found
    assert "h = tanh(h_prev + W_x @ x - h_prev)" in found


def test_an_operator_works_only_where_it_applies():
    graph = graph_of(parse("h = h_prev + W_h @ x"))
    assert [graph.nodes[n].what for n in places(graph, 1)] == ["W_h"]
    assert [graph.nodes[n].what for n in places(graph, 2)] == ["+"]
    assert mutate(parse("h = U_h @ (W_h @ x) + b_h"), rng(), operators=(2,)) is None  # has no elementwise operation


def test_the_same_seed_gives_the_same_mutant_and_parents_stay():
    before = GRU.text
    one, other = mutate(GRU, rng(5)), mutate(GRU, rng(5))
    assert (one.cell.text, one.operators, one.told) == (other.cell.text, other.operators, other.told)
    assert GRU.text == before
    assert one.cell.text != GRU.text


def test_one_to_three_changes_and_all_six_kinds_are_drawn():
    made = [mutate(LSTM, rng(seed)) for seed in range(120)]
    assert {len(mutant.operators) for mutant in made} == {1, 2, 3}
    assert {k for mutant in made for k in mutant.operators} == set(OPERATORS)
