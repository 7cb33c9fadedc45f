"""A sequence as one operator: torch.compile and export take it whole, for every number of steps and sequences."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gatedrnn_course.engines import Recurrent
from gatedrnn_course.engines.modules.opaque import opaque_run
from gatedrnn_course.engines.tiers import TIERS

every_tier = pytest.mark.parametrize("tier", TIERS)
SIZES = [(5, 2), (6, 3), (7, 4), (8, 5), (9, 6), (11, 7), (12, 8), (13, 9), (14, 10), (20, 3)]
"""More than torch.compile would compile anew for."""


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    """What torch.compile remembers of other tests is forgotten."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


@every_tier
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("settings", [{}, {"num_layers": 2, "bidirectional": True, "batch_first": True}])
def test_torch_compile_makes_one_graph_for_all_sizes(tier: Any, settings: dict[str, Any]) -> None:
    module, graphs = Recurrent("peephole LSTM", 3, 4, tier=tier, **settings), list[Any]()

    def backend(graph: Any, inputs: Any) -> Any:
        graphs.append(graph)
        return torch._dynamo.lookup_backend("aot_eager")(graph, inputs)

    compiled = torch.compile(module, backend=backend, fullgraph=True, dynamic=True)
    first = 0
    for T, B in SIZES:
        x = draw(*((B, T) if module.batch_first else (T, B)), 3).requires_grad_()
        found = []
        for own in (compiled, module):
            hs, (h, c) = own(x)
            leaves = [x, *module.parameters()]
            found.append((hs, h, c, *torch.autograd.grad(hs.square().sum() + h.sum() - c.sum(), leaves)))
        torch.testing.assert_close(found[0], found[1])
        first = first or len(graphs)  # torch may begin anew while it compiles the first
        assert len(graphs) == first


@pytest.mark.filterwarnings("ignore")
def test_torch_compile_learns_by_itself_that_sizes_change() -> None:
    module = Recurrent("GRU", 3, 4)
    counter = torch._dynamo.testing.CompileCounter()
    compiled = torch.compile(module, backend=counter, fullgraph=True)
    for T, B in SIZES:
        torch.testing.assert_close(compiled(draw(T, B, 3)), module(draw(T, B, 3)))
    assert counter.frame_count == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@every_tier
def test_the_compiler_of_torch_takes_it(tier: Any) -> None:
    module = Recurrent("LSTM", 3, 5, num_layers=2, tier=tier)
    compiled = torch.compile(module, fullgraph=True, dynamic=True)
    for T, B in SIZES[:3]:
        found = []
        for own in (compiled, module):
            hs, _ = own(draw(T, B, 3))
            found.append((hs, *torch.autograd.grad(hs.square().sum(), list(module.parameters()))))
        torch.testing.assert_close(found[0], found[1])


@every_tier
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("strict", [False, True])
def test_export_with_any_number_of_steps_and_sequences(tier: Any, strict: bool) -> None:
    module, Dim = Recurrent("LSTM", 3, 4, num_layers=2, tier=tier), torch.export.Dim
    shapes = ({0: Dim("T"), 1: Dim("B")},)
    program = torch.export.export(module, (draw(5, 2, 3),), dynamic_shapes=shapes, strict=strict)
    assert sum("gatedrnn_course.sequence" in str(node.target) for node in program.graph.nodes) == 2
    for T, B in SIZES[:4]:
        torch.testing.assert_close(program.module()(draw(T, B, 3)), module(draw(T, B, 3)))
    assert program.state_dict.keys() == module.state_dict().keys()


@pytest.mark.filterwarnings("ignore")
def test_no_state_of_one_call_reaches_another() -> None:
    module, x = Recurrent("LSTM", 3, 4), draw(5, 2, 3)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    first, second = compiled(x)[0], compiled(2 * x)[0]
    leaves = list(module.parameters())
    wanted = [torch.autograd.grad(module(own)[0].sum(), leaves) for own in (x, 2 * x)]
    torch.testing.assert_close(torch.autograd.grad(second.sum(), leaves), wanted[1])
    torch.testing.assert_close(torch.autograd.grad(first.sum(), leaves), wanted[0])


@every_tier
def test_the_operator_keeps_what_torch_asks_of_one(tier: Any) -> None:
    module = Recurrent("GRU", 3, 4, dtype=torch.float64)
    xs, h = draw(5, 3).double().requires_grad_(), draw(2, 4).double().requires_grad_()
    sizes = torch.tensor([2, 2, 1])
    tensors = [xs, h, *module.parameters()]
    operator = torch.ops.gatedrnn_course.sequence.default
    torch.library.opcheck(operator, ("torch" if tier == "numpy" else tier, module.cell.text, sizes, 1, tensors))

    def run(*own: Tensor) -> tuple[Tensor, ...]:
        hs, last = opaque_run(tier, module.cell.text, own[0], sizes, own[1:2], own[2:])
        return hs, *last

    assert torch.autograd.gradcheck(run, tensors)
    assert torch.autograd.gradgradcheck(run, tensors)
