"""The kernel as torch sees it: unequal lengths, memory layouts, graphs used twice, second derivatives."""

import gc

import pytest
import torch

from gatedrnn_course.cells import catalogue, parse
from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.c_tier.build import library
from gatedrnn_course.engines.shared import memory
from gatedrnn_course.engines.shared.memory import Lease
from gatedrnn_course.engines.shared.stacks import by_name, stacks_of
from gatedrnn_course.engines.torch_tier import sequence

pytestmark = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
REAL = torch.float64
run, run_torch = by_name(c_tier.run), by_name(sequence.run)


def draw(cell, batch_sizes, D=3, H=5, dtype=REAL, seed=0):
    torch.manual_seed(seed)
    sizes = {"D": D, "H": H}
    shapes = [(sum(batch_sizes), D), *[(max(batch_sizes), H)] * len(cell.states)]
    shapes += [[sizes[s] for s in cell.shape(name)] for name in cell.parameters]
    return [(torch.randn(*shape, dtype=dtype) * 0.5).requires_grad_() for shape in shapes]


def apply(function, cell, batch_sizes, tensors):
    count = 1 + len(cell.states)
    hs, last = function(cell, tensors[0], batch_sizes, tensors[1:count], tensors[count:])
    return (hs, *last)


def total(outputs):
    return sum((o * torch.linspace(-1, 1, o.numel(), dtype=o.dtype).view(o.shape)).sum() for o in outputs)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "FGR"])
@pytest.mark.parametrize("batch_sizes", [(4, 4, 3, 1, 1), (3, 2, 1), (2,), (5, 5, 5)])
def test_unequal_lengths_as_in_the_torch_tier(name, batch_sizes):
    cell = catalogue[name]
    tensors = draw(cell, batch_sizes)
    ours, theirs = (apply(f, cell, batch_sizes, tensors) for f in (run, run_torch))
    grads = [torch.autograd.grad(total(outputs), tensors) for outputs in (ours, theirs)]
    for a, b in zip((*ours, *grads[0]), (*theirs, *grads[1]), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


def test_gradcheck():
    cell = catalogue["peephole LSTM"]
    tensors = draw(cell, (2, 2, 1), H=3)
    assert torch.autograd.gradcheck(lambda *t: apply(run, cell, (2, 2, 1), t), tensors)


def test_a_graph_used_twice_gives_the_same():
    cell = catalogue["GRU"]
    tensors = draw(cell, (3, 2))
    loss = total(apply(run, cell, (3, 2), tensors))
    first, second = (torch.autograd.grad(loss, tensors, retain_graph=True) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_second_derivatives_come_from_the_torch_tier():
    cell = catalogue["LSTM"]
    tensors = draw(cell, (2, 2), H=2)
    found = []
    for function in (run, run_torch):
        first = torch.autograd.grad(total(apply(function, cell, (2, 2), tensors)), tensors, create_graph=True)
        found.append(torch.autograd.grad(sum((g**2).sum() for g in first), tensors))
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b)


def test_strided_tensors():
    cell = catalogue["LSTM"]
    tensors = draw(cell, (2, 2, 2))
    strided = [t.detach().t().contiguous().t() if t.dim() == 2 else t for t in tensors]
    assert not strided[0].is_contiguous()
    for a, b in zip(*(apply(run, cell, (2, 2, 2), t) for t in (tensors, strided)), strict=True):
        assert torch.equal(a, b)


def test_strided_stacks_live_until_they_are_read():
    cell, sizes = catalogue["LSTM"], {"D": 3, "H": 300}  # so large that freed memory goes back to the system
    stacks = [torch.randn(own.shape(sizes), dtype=REAL) * 0.1 for own in stacks_of(cell)]
    strided = [s.t().contiguous().t() if s.dim() == 2 else s for s in stacks]
    rest = torch.randn(4, 3, dtype=REAL), (2, 2), [torch.zeros(2, 300, dtype=REAL)] * 2
    assert torch.equal(c_tier.run(cell, *rest, strided)[0], c_tier.run(cell, *rest, stacks)[0])


def test_a_graph_that_is_dropped_frees_its_memory_at_once():
    module, found = Recurrent("LSTM", 3, 16), []
    gc.disable()
    try:
        for _ in range(3):
            module(torch.randn(5, 2, 3))[0].sum().backward()
            found.append(sum(type(thing) is Lease for thing in gc.get_objects()))
    finally:
        gc.enable()
    assert found[0] == found[-1]


def test_inputs_stay_and_what_was_returned_may_be_written_before_the_backward():
    cell = catalogue["LSTM"]
    tensors = draw(cell, (2, 2), H=16)
    before = [t.detach().clone() for t in tensors]
    wanted = torch.autograd.grad(apply(run, cell, (2, 2), tensors)[0].sum(), tensors, materialize_grads=True)
    hs, *last = apply(run, cell, (2, 2), tensors)
    assert all(torch.equal(a, b) for a, b in zip(before, tensors, strict=True))
    last[0].detach().zero_()  # memory of its own
    hs.detach().mul_(2)
    for _ in range(2):
        found = torch.autograd.grad(hs.sum(), tensors, materialize_grads=True, retain_graph=True)
        assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))
        hs.detach().mul_(2)


def test_what_was_returned_may_be_written_where_the_graph_is_not_used():
    cell = catalogue["LSTM"]
    tensors = [t.detach() for t in draw(cell, (2, 2), H=16)]
    hs, *_ = apply(run, cell, (2, 2), tensors)
    wanted = hs.clone().relu()
    assert torch.equal(hs.relu_(), wanted)


def test_empty_batch_and_no_steps():
    cell = catalogue["LSTM"]
    p = draw(cell, (1,))[3:]
    empty, none = torch.zeros(0, 3, dtype=REAL), torch.zeros(0, 5, dtype=REAL)
    hs, last = run(cell, empty, [0, 0], [none, none], p)
    assert hs.shape == (0, 5) and last[1].shape == (0, 5)
    state = [torch.ones(2, 5, dtype=REAL)] * 2
    hs, last = run(cell, empty, [], state, p)
    assert hs.shape == (0, 5) and torch.equal(last[1], state[1])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.int64])
def test_other_types_are_not_for_the_kernel(dtype):
    assert not c_tier.usable(catalogue["LSTM"], torch.zeros(2, 3, dtype=dtype))


def test_usable():
    cell = catalogue["LSTM"]
    assert c_tier.usable(cell, torch.zeros(2, 3), torch.zeros(2))
    assert not c_tier.usable(cell, torch.zeros(2, 3), torch.zeros(2, dtype=REAL))
    assert not c_tier.usable(cell, torch.zeros(2, 3, device="meta"))


def test_the_pool_of_memory_has_a_limit(monkeypatch):
    monkeypatch.setattr(memory, "_free", [])
    monkeypatch.setattr(memory, "_MOST_BYTES", 100_000)
    leases = [Lease(10_000, torch.float32) for _ in range(4)]  # 40,000 bytes each
    leases.clear()
    gc.collect()
    assert len(memory._free) == 2


def test_memory_is_used_again():
    first = Lease(10_000, torch.float32)
    address = first.address
    del first
    gc.collect()
    second = Lease(9_000, torch.float32)
    third = Lease(9_000, torch.float32)
    assert second.address == address != third.address


def test_a_cell_without_a_kernel_costs_only_itself(monkeypatch):
    texts = {name: f"h = tanh(W_h @ x + {k}.5 * h_prev)" for k, name in enumerate(("one", "broken", "other"))}
    cells = [parse(text, name) for name, text in texts.items()]
    write = library.write_cell
    monkeypatch.setattr(library, "write_cell", lambda cell: write(cell) + ("#error\n" if cell.name == "broken" else ""))
    assert not c_tier.supports(cells, REAL)
    assert [c_tier.supports([cell], REAL) for cell in cells] == [True, False, True]


def test_matrices_of_unused_lines_go_in_and_out():
    cell = parse("u = sigmoid(W_u @ x + U_u @ h_prev + b_u)\nh = tanh(W_h @ x + h_prev)")
    tensors = draw(cell, (2, 2))
    own = c_tier.kernel_of(cell, 8)
    sizes = own.shape(0, 0, 3, 5)
    packed = torch.zeros(sizes.parameters, dtype=REAL)
    back = [torch.full_like(t, 7.0) for t in tensors[2:]]
    own.pack(sizes.sizes, [t.data_ptr() for t in tensors[2:]], packed.data_ptr())
    own.unpack(sizes.sizes, packed.data_ptr(), [t.data_ptr() for t in back])
    assert all(torch.equal(a, b) for a, b in zip(tensors[2:], back, strict=True))
    grads = torch.autograd.grad(total(apply(run, cell, (2, 2), tensors)), tensors[2:])
    assert [bool(g.any()) for g in grads] == [False, False, False, True]
