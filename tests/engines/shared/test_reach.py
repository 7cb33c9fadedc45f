"""Tensors without numbers at their address, and those who follow operations; beside `torch.nn.LSTM` where it can."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode

from gatedrnn_course.engines import Recurrent, to_torch
from gatedrnn_course.engines.shared.reach import by_operation, by_operator, in_memory, ordinary
from gatedrnn_course.engines.tiers import TIERS
from gatedrnn_course.errors import CourseError

every_tier = pytest.mark.parametrize("tier", TIERS)
DOUBLE = torch.float64


def module_of(tier: Any, dtype: torch.dtype = torch.float32, **more: Any) -> Recurrent:
    torch.manual_seed(0)
    return Recurrent("LSTM", 3, 4, dtype=dtype, tier=tier, **more)


def draw(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(1))


class Watching(TorchDispatchMode):
    """Counts what passes."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += 1
        return func(*args, **(kwargs or {}))


class Doubled(Tensor):
    """A subclass that stands for twice the numbers it holds."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> Doubled:
        own: Doubled = Tensor._make_wrapper_subclass(cls, held.shape, dtype=held.dtype)  # type: ignore[attr-defined]
        own.held = held
        return own

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        plain = torch.utils._pytree.tree_map_only(Doubled, lambda d: 2 * d.held, (args, kwargs or {}))
        return func(*plain[0], **plain[1])


# tensors


@every_tier
def test_zero_tensors_are_zeros(tier: Any) -> None:
    module = module_of(tier)
    zero = torch._efficientzerotensor  # type: ignore[attr-defined]
    hs, (h, c) = module(zero((5, 2, 3)), (zero((1, 2, 4)), zero((1, 2, 4))))
    torch.testing.assert_close((hs, (h, c)), module(torch.zeros(5, 2, 3)))
    hs.sum().backward()
    p = {name: zero(p.shape) for name, p in module.named_parameters()}
    assert not torch.func.functional_call(module, p, (draw(5, 2, 3),))[0].any()


@every_tier
def test_negated_tensors_are_what_they_stand_for(tier: Any) -> None:
    module, x, h = module_of(tier), draw(5, 2, 3), draw(1, 2, 4)
    neg = torch._neg_view
    torch.testing.assert_close(module(neg(x), (neg(h), neg(h))), module(-x, (-h, -h)))
    given = {name: neg(-p) for name, p in module.named_parameters()}
    torch.testing.assert_close(torch.func.functional_call(module, given, (x,)), module(x))
    hs, x = module(x)[0], torch.complex(x, x).conj().imag
    torch.testing.assert_close(module(x)[0], module(x.resolve_neg())[0])
    leaves = list(module.parameters())
    found = torch.autograd.grad(hs, leaves, neg(torch.ones_like(hs)), retain_graph=True)
    torch.testing.assert_close(found, torch.autograd.grad(hs, leaves, -torch.ones_like(hs)))


@every_tier
def test_a_subclass_is_what_it_stands_for(tier: Any) -> None:
    module, x = module_of(tier), draw(5, 2, 3)
    torch.testing.assert_close(module(Doubled(x))[0], module(2 * x)[0])


@every_tier
@pytest.mark.parametrize("change", [Tensor.to_sparse, Tensor.to_mkldnn])
def test_other_layouts_are_refused_in_words(tier: Any, change: Callable[[Tensor], Tensor]) -> None:
    module, x, h = module_of(tier), draw(5, 2, 3), draw(1, 2, 4)
    with pytest.raises(CourseError, match=r"input came as torch\._?(sparse_coo|mkldnn)"):
        module(change(x))
    with pytest.raises(CourseError, match=r"h came as torch\._?(sparse_coo|mkldnn)"):
        module(x, (change(h), h))


def test_nested_tensors_are_refused_in_words() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nested = torch.nested.nested_tensor([draw(4, 3), draw(2, 3)])
    with pytest.raises(CourseError, match=r"input came as torch\.nested"):
        module_of("auto")(nested)


@every_tier
@pytest.mark.filterwarnings("ignore:The .grad attribute:UserWarning")
def test_fake_tensors_have_the_shapes_of_torch(tier: Any) -> None:
    with FakeTensorMode():
        for B in (2, 1):
            module, x = module_of(tier, num_layers=2, bidirectional=True), torch.randn(5, B, 3)
            hs, (h, c) = module(x)
            hs.sum().backward()
            wanted, (wanted_h, wanted_c) = nn.LSTM(3, 4, num_layers=2, bidirectional=True)(x)
            for ours, theirs in ((hs, wanted), (h, wanted_h), (c, wanted_c)):
                assert isinstance(ours, FakeTensor) and ours.shape == theirs.shape and ours.dtype == theirs.dtype
            assert all(isinstance(p.grad, FakeTensor) for p in module.parameters())
    hs, _ = module(x)  # outside the mode
    hs.sum().backward()
    assert isinstance(hs, FakeTensor)
    with FakeTensorMode(allow_non_fake_inputs=True):
        assert isinstance(module_of(tier)(draw(5, 2, 3))[0], FakeTensor)
    real = module_of(tier)
    loss = real(draw(5, 2, 3))[0].sum()
    with FakeTensorMode(allow_non_fake_inputs=True):
        loss.backward()


@pytest.fixture
def mesh(tmp_path: Any) -> Iterator[Any]:
    dist = pytest.importorskip("torch.distributed")
    if not dist.is_available():
        pytest.skip("this torch has no torch.distributed")
    from torch.distributed.device_mesh import init_device_mesh

    dist.init_process_group("gloo", store=dist.FileStore(str(tmp_path / "store"), 1), rank=0, world_size=1)
    yield init_device_mesh("cpu", (1,))
    dist.destroy_process_group()


@pytest.mark.filterwarnings("ignore")
@every_tier
def test_dtensors(tier: Any, mesh: Any) -> None:
    from torch.distributed.tensor import DTensor, Replicate, distribute_module, distribute_tensor

    module, x = module_of(tier), draw(5, 2, 3)
    wanted = module(x)[0]
    hs, _ = distribute_module(module, mesh)(distribute_tensor(x, mesh, [Replicate()]))
    assert isinstance(hs, DTensor)
    torch.testing.assert_close(hs.full_tensor(), wanted)
    hs.sum().backward()
    assert all(isinstance(p.grad, DTensor) for p in module.parameters())


# where tensors are made


@every_tier
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("lengths", [None, [5, 3]])
def test_another_device_by_default_changes_nothing(tier: Any, device: str, lengths: Any) -> None:
    module, x = module_of(tier, bidirectional=True), draw(5, 2, 3)
    wanted = module(x, lengths=lengths)
    expected = torch.autograd.grad(wanted[0].sum(), list(module.parameters()))
    with torch.device(device):
        found = module(x, lengths=lengths)
        grads = torch.autograd.grad(found[0].sum(), list(module.parameters()))
    torch.testing.assert_close((found, grads), (wanted, expected))


# those who follow operations


@every_tier
def test_modes_see_the_sequence_forward_and_backward(tier: Any) -> None:
    module, x = module_of(tier), draw(5, 2, 3)
    wanted = torch.autograd.grad(module(x)[0].sum(), list(module.parameters()))
    with Watching() as mode:
        hs, _ = module(x)
        seen = mode.count
        found = torch.autograd.grad(hs.sum(), list(module.parameters()))
    assert seen > 0 and mode.count > seen
    torch.testing.assert_close(found, wanted)
    hs, _ = module(x)
    with Watching():
        torch.testing.assert_close(torch.autograd.grad(hs.sum(), list(module.parameters())), wanted)


@every_tier
@pytest.mark.parametrize("tracing", ["real", "fake", "symbolic"])
def test_make_fx_traces_and_bakes_nothing_in(tier: Any, tracing: Any) -> None:
    module, other = module_of(tier), Recurrent("LSTM", 3, 4, tier=tier)

    def run(p: dict[str, Tensor], x: Tensor) -> tuple[Tensor, ...]:
        p = {name: own.detach().requires_grad_() for name, own in p.items()}
        hs, _ = torch.func.functional_call(module, p, (x,))
        return hs, *torch.autograd.grad(hs.square().sum(), list(p.values()))

    traced = make_fx(run, tracing_mode=tracing)(module.state_dict(), draw(5, 2, 3))
    for T, B in [(5, 2), (7, 3)] if tracing == "symbolic" else [(5, 2)]:
        x = draw(T, B, 3) * 2
        torch.testing.assert_close(traced(other.state_dict(), x), run(other.state_dict(), x))


@every_tier
def test_gradients_of_each_example(tier: Any) -> None:
    module, xs = module_of(tier, DOUBLE), draw(5, 3, 3, dtype=DOUBLE)

    def loss(p: dict[str, Tensor], x: Tensor) -> Tensor:
        hs, _ = torch.func.functional_call(module, p, (x.unsqueeze(1),))
        total: Tensor = hs.square().sum()
        return total

    p = {name: own.detach() for name, own in module.named_parameters()}
    found = torch.func.vmap(torch.func.grad(loss), (None, 1))(p, xs)
    for k in range(3):
        wanted = torch.autograd.grad(module(xs[:, k])[0].square().sum(), list(module.parameters()))
        torch.testing.assert_close([own[k] for own in found.values()], list(wanted))


@every_tier
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_forward_mode(tier: Any) -> None:
    module, x, tangent = module_of(tier, DOUBLE), draw(5, 2, 3, dtype=DOUBLE), draw(5, 2, 3, dtype=DOUBLE) * 2
    wanted = torch.func.jvp(lambda x: to_torch(module)(x)[0], (x,), (tangent,))
    torch.testing.assert_close(torch.func.jvp(lambda x: module(x)[0], (x,), (tangent,)), wanted)
    with forward_ad.dual_level():
        hs = forward_ad.unpack_dual(module(forward_ad.make_dual(x, tangent))[0])
    torch.testing.assert_close((hs.primal, hs.tangent), wanted)
    assert torch.func.jacfwd(lambda x: module(x)[0].sum())(x).shape == x.shape


@every_tier
def test_many_gradients_at_once(tier: Any) -> None:
    module, x = module_of(tier, DOUBLE), draw(3, 2, 3, dtype=DOUBLE).requires_grad_()
    hs, _ = module(x)
    many = draw(6, *hs.shape, dtype=DOUBLE)
    at_once = torch.autograd.grad(hs, x, many, is_grads_batched=True, retain_graph=True)[0]
    torch.testing.assert_close(
        at_once, torch.stack([torch.autograd.grad(hs, x, d, retain_graph=True)[0] for d in many])
    )
    assert not at_once.requires_grad

    def run(x: Tensor) -> Tensor:
        hs: Tensor = module(x)[0]
        return hs

    jacobian = torch.autograd.functional.jacobian
    torch.testing.assert_close(jacobian(run, x, vectorize=True), jacobian(run, x))


@every_tier
def test_derivatives_of_derivatives(tier: Any) -> None:
    module, x = module_of(tier, DOUBLE), draw(3, 2, 3, dtype=DOUBLE).requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: module(x)[0], x)


@every_tier
@pytest.mark.filterwarnings("ignore")
def test_a_trace_computes(tier: Any) -> None:
    module, x, other = module_of(tier, num_layers=2, bidirectional=True), draw(5, 2, 3), draw(5, 2, 3) * 2
    traced = torch.jit.trace(module, (x,))
    torch.testing.assert_close(traced(other), module(other))
    with torch.no_grad():
        module.b_l0.zero_()
        traced.b_l0.zero_()
    torch.testing.assert_close(traced(other), module(other))
    assert "PythonOp" not in str(traced.graph)


def test_what_is_asked() -> None:
    x, fake = torch.zeros(2), FakeTensorMode().from_tensor(torch.zeros(2))
    kinds = [x, nn.Parameter(x), x[None].T, torch.zeros(2).requires_grad_() * 2]
    with torch.inference_mode():
        kinds.append(torch.zeros(2))
    assert all(in_memory([t], t.dtype) and ordinary([t]) and not by_operation([t]) for t in kinds)
    assert not by_operator(kinds)
    strange = [fake, torch._neg_view(x), torch.zeros(2, device="meta"), x.to_sparse(), Doubled(x)]
    assert not any(in_memory([t], t.dtype) or ordinary([t]) for t in strange)
    assert not in_memory([x], torch.float64)
    assert by_operation([Doubled(x)]) and not by_operation([fake])
    with Watching():
        assert by_operator([x, fake]) and not by_operator([Doubled(x)]) and not in_memory([x], x.dtype)


def test_export_to_onnx_sees_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.onnx, "is_in_onnx_export", lambda: True)
    module = module_of("torch")
    graph = make_fx(lambda x: module(x)[0])(draw(2, 2, 3)).graph
    names = {str(node.target) for node in graph.nodes}
    assert not any("gatedrnn" in name for name in names) and any("aten.tanh" in name for name in names)
