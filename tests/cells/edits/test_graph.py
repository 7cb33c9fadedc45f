from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.cells.catalogue import GRU, LSTM, catalogue
from gatedrnn_course.cells.cell import parse
from gatedrnn_course.cells.edits.graph import Graph, Node, graph_of
from gatedrnn_course.cells.reference import draw_params, sequence, zero_state
from gatedrnn_course.errors import CellError

RECURRENT = [cell for cell in catalogue.values() if cell.inputs]


@pytest.mark.parametrize("cell", RECURRENT, ids=lambda cell: cell.name)
def test_a_cell_comes_back_from_its_graph_as_it_was(cell):
    again = graph_of(cell).cell(cell.name)
    if cell.name == "FGR":  # its long sums get lines of their own
        assert again.states == cell.states
    else:
        assert again.text == cell.text
    rng = np.random.default_rng(0)
    p = draw_params(cell, 3, 4, rng)
    xs = rng.normal(size=(5, 2, 3))
    given = zero_state(cell, 4, (2,))
    assert np.allclose(sequence(again, xs, given, p)[0], sequence(cell, xs, given, p)[0], atol=1e-12)


def test_a_matrix_and_its_bias_are_one_node():
    graph = graph_of(GRU)
    linear = [node for node in graph.nodes.values() if node.kind == "linear"]
    assert sorted(node.what for node in linear) == ["U_h", "U_r", "U_z", "W_h", "W_r", "W_z"]
    assert sorted(node.bias for node in linear if node.bias) == ["b_h", "b_r", "b_z"]
    assert set(graph.outputs) == {"h"}
    assert set(graph_of(LSTM).outputs) == {"h", "c"}


@pytest.mark.parametrize("a", [1.0, 0.9, 1.1])
def test_a_diagonal_at_the_start_is_a_constant_path(a):
    path = "h_prev" if a == 1 else f"{a:g} * h_prev"
    cell = parse(f"h = tanh(W_h @ x + U_1 @ h_prev + {path} + b_1)")
    node = next(node for node in graph_of(cell).nodes.values() if node.what == "U_1")
    assert (node.value, node.bias) == (a, "b_1")
    assert graph_of(cell).cell("cell").text == cell.text


def test_the_input_stands_at_the_width_of_h_only_behind_a_matrix():
    graph = graph_of(GRU)
    linear = next(n for n, node in graph.nodes.items() if node.what == "W_h")
    graph.redirect(linear, graph.nodes[linear].parents[0])
    assert "h_tilde = tanh(W_x @ x + U_h @ (r * h_prev) + b_h)" in graph.cell("cell").text


@pytest.mark.parametrize(
    ("text", "said"),
    [("h = tanh(W_h @ tanh(x) + U_h @ h_prev)", "x"), ("g = tanh(x)\nh = tanh(W_h @ g + U_h @ h_prev)", "g")],
)
def test_what_has_the_width_of_x_is_refused(text, said):
    with pytest.raises(CellError, match=f"`{said}` has the size of x"):
        graph_of(parse(text))


def test_what_h_never_depends_on_is_left_out():
    cell = parse("q = tanh(W_q @ x + U_q @ q_prev)\nh = tanh(W_h @ x + U_h @ h_prev)")
    graph = graph_of(cell)
    graph.prune()
    assert set(graph.outputs) == {"h"}
    assert graph.cell("cell").states == ("h",)


def test_a_state_that_h_sees_only_later_is_kept():
    cell = parse("c = c_prev + W_c @ x\nh = tanh(U_h @ h_prev + c_prev)")
    assert graph_of(cell).needed().keys() == {"c", "h"}


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ({0: Node("leaf", "h_prev"), 1: Node("call", "tanh", (2,)), 2: Node("call", "tanh", (1,))}, "from itself"),
        ({0: Node("leaf", "h_prev"), 1: Node("call", "tanh", (0,))}, "never depends on x"),
        ({0: Node("leaf", "x"), 1: Node("call", "tanh", (0,))}, "no memory"),
    ],
)
def test_ill_formed_graphs_are_no_cells(nodes, said):
    with pytest.raises(CellError, match=said):
        Graph(nodes, {"h": 1}).cell("cell")


def test_names_of_lines_stay_and_shared_nodes_get_one():
    cell = parse("z = sigmoid(W_z @ x)\nh = z * h_prev + z * tanh(U_h @ h_prev)")
    graph = graph_of(cell)
    tanh = next(n for n, node in graph.nodes.items() if node.what == "tanh")
    sigmoid = next(n for n, node in graph.nodes.items() if node.what == "sigmoid")
    graph.nodes[sigmoid] = Node("call", "sigmoid", (tanh,), line="z")
    graph.nodes[graph.add(Node("leaf", "x"))] = Node("leaf", "x")
    product = graph.add(Node("op", "+", (graph.outputs["h"], max(graph.nodes))))
    graph.outputs["h"] = product
    text = graph.cell("cell").text
    assert text.splitlines()[0].startswith("v1 = tanh(U_h @ h_prev)")
    assert "z = sigmoid(v1)" in text
