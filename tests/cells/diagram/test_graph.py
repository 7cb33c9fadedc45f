from __future__ import annotations

import pytest

from gatedrnn_course.cells import catalogue
from gatedrnn_course.cells.diagram.graph import graph_of


@pytest.mark.parametrize("name", ["LSTM", "GRU", "peephole LSTM", "RNN"])
def test_every_operation_stands_after_all_it_reads_from(name: str) -> None:
    graph = graph_of(catalogue[name])
    for k, node in enumerate(graph.nodes):
        assert all(source < k for source in node.sources)
        assert all(k in graph.readers(source) for source in node.sources)
    assert {line.name for line in catalogue[name].lines} <= set(graph.named)


def test_a_gate_is_a_weighted_sum_and_a_sigmoid() -> None:
    graph = graph_of(catalogue["LSTM"])
    gate = graph.nodes[graph.named["f"]]
    assert (gate.kind, gate.label, gate.gate) == ("unary", "σ", True)
    (under,) = gate.sources
    assert graph.nodes[under].kind == "affine"
    assert [pin.label for pin in graph.nodes[under].pins] == ["W_f", "U_f", "b_f"]
    assert graph.roots(graph.named["f"]) == ["f"] and graph.quantity(under) == "f"


def test_a_product_with_a_gate_is_a_valve() -> None:
    graph = graph_of(catalogue["LSTM"])
    products = [k for k, node in enumerate(graph.nodes) if node.kind == "times"]
    valves = [graph.nodes[k].pins[graph.valve(k) or 0].source for k in products if graph.valve(k) is not None]
    assert {graph.quantity(source) for source in valves if source is not None} == {"f", "i", "o"}
    assert graph.valve(graph.named["c"]) is None  # a sum
