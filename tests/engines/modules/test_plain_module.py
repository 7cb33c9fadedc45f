"""What torch does with any module it does with `Recurrent`: each thing is done to `torch.nn.LSTM` too, side by side."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune

from gatedrnn_course.engines import Recurrent, to_torch
from gatedrnn_course.errors import CourseError

Both = pytest.mark.parametrize("make", [nn.LSTM, lambda *a, **k: Recurrent("LSTM", *a, **k)], ids=["nn.LSTM", "ours"])
Make = Callable[..., Any]
X = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(0))


def matrix(module: nn.Module) -> str:
    """The name of the recurrent matrix of the first layer."""
    return "weight_hh_l0" if isinstance(module, nn.LSTM) else "U_l0"


class Fixed(nn.Module):
    """A parametrisation: everything is 0.1."""

    def forward(self, tensor: Tensor) -> Tensor:
        return torch.full_like(tensor, 0.1)


class Scaled(nn.Module):
    """A parametrisation that an assignment can undo."""

    def forward(self, tensor: Tensor) -> Tensor:
        return 2 * tensor

    def right_inverse(self, tensor: Tensor) -> Tensor:
        return tensor / 2


# state_dict


@Both
def test_the_state_dict_has_the_keys_of_named_parameters(make: Make) -> None:
    module = make(3, 4, num_layers=2, bidirectional=True)
    assert list(module.state_dict()) == [name for name, _ in module.named_parameters()]


@Both
def test_buffers_parameters_and_submodules_of_users_survive(make: Make) -> None:
    modules = []
    for value in (1.0, 2.0):
        module = make(3, 4)
        module.register_buffer("mean", torch.full((3,), value))
        module.register_buffer("passing", torch.zeros(1), persistent=False)
        module.scale = nn.Parameter(torch.full((4,), value))
        module.head = nn.Linear(4, 1)
        modules.append(module)
    state = modules[0].state_dict()
    assert {"mean", "scale", "head.weight", "head.bias"} <= set(state) and "passing" not in state
    assert not modules[1].load_state_dict(state).missing_keys
    assert all(torch.equal(a, b) for a, b in zip(state.values(), modules[1].state_dict().values(), strict=True))
    assert (modules[1].mean == 1).all() and (modules[1].scale == 1).all()
    modules[1](X)


def test_a_subclass_keeps_what_it_adds() -> None:
    class Own(Recurrent):
        def __init__(self) -> None:
            super().__init__("GRU", 3, 4)
            self.register_buffer("seen", torch.zeros(()))
            self.start = nn.Parameter(torch.zeros(4))

    module, other = Own(), Own()
    module.seen += 3
    other.load_state_dict(module.state_dict())
    assert other.seen == 3 and "start" in module.state_dict()


@Both
def test_extra_state_is_kept(make: Make) -> None:
    class Own(type(make(3, 4))):  # type: ignore[misc]
        note = "old"

        def get_extra_state(self) -> Any:
            return {"note": self.note}

        def set_extra_state(self, state: Any) -> None:
            self.note = state["note"]

    arguments = (3, 4) if issubclass(Own, nn.LSTM) else ("LSTM", 3, 4)
    module, other = Own(*arguments), Own(*arguments)
    module.note = "new"
    other.load_state_dict(module.state_dict())
    assert other.note == "new"


@Both
def test_hooks_on_the_state_dict_are_honoured(make: Make) -> None:
    module, calls = make(3, 4), list[str]()
    first = next(iter(module.state_dict()))

    def rename(own: Any, state: Any, prefix: str, *rest: Any) -> None:
        calls.append("load")
        state[first] = state.pop("renamed")

    module.register_state_dict_post_hook(lambda *a: calls.append("save"))
    module._register_load_state_dict_pre_hook(rename, with_module=True)
    module.register_load_state_dict_post_hook(lambda *a: calls.append("loaded"))
    state = {**make(3, 4).state_dict()}
    wanted = state[first]
    state["renamed"] = state.pop(first)
    module.load_state_dict(state)
    assert torch.equal(module.state_dict()[first], wanted) and calls == ["load", "loaded", "save"]


@Both
def test_what_is_missing_too_much_or_of_another_shape_is_told(make: Make) -> None:
    module, state = make(3, 4), make(3, 4).state_dict()
    first, second, *_ = state
    del state[first]
    state["extra"], state[second] = torch.zeros(1), torch.zeros(2)
    with pytest.raises(RuntimeError) as told:
        module.load_state_dict(state)
    assert all(name in str(told.value) for name in (first, second, "extra"))
    assert not module.load_state_dict(make(3, 4).state_dict(), strict=False).unexpected_keys


@Both
def test_meta_then_assign(make: Make) -> None:
    source, module = make(3, 4), make(3, 4, device="meta")
    assert module(X.to("meta"))[0].shape == (5, 2, 4) and module(X.to("meta"))[0].is_meta
    module.load_state_dict(source.state_dict(), assign=True)
    assert not any(p.is_meta for p in module.parameters())
    torch.testing.assert_close(module(X), source(X))
    assert all(a.data_ptr() == b.data_ptr() for a, b in zip(module.parameters(), source.parameters(), strict=True))


@Both
def test_meta_then_empty_then_drawn(make: Make) -> None:
    module = make(3, 4, device="meta").to_empty(device="cpu")
    module.reset_parameters()
    assert all(p.abs().max() <= 0.5 for p in module.parameters())


@Both
def test_copies_and_files(make: Make) -> None:
    module = make(3, 4, num_layers=2)
    module.register_buffer("mean", torch.ones(2))
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        torch.testing.assert_close(twin(X), module(X))
        assert torch.equal(twin.mean, module.mean)


# other parameters for one call


@Both
def test_functional_call_uses_what_it_is_given(make: Make) -> None:
    module, other = make(3, 4), make(3, 4)
    for given in (other.state_dict(), dict(other.named_parameters())):
        torch.testing.assert_close(torch.func.functional_call(module, given, (X,)), other(X))
    own = module(X)[0]
    assert not torch.equal(own, other(X)[0])  # and none of it stays
    leaves = {name: p.detach().clone().requires_grad_() for name, p in module.named_parameters()}
    torch.func.functional_call(module, leaves, (X,))[0].sum().backward()
    assert all(p.grad is not None for p in leaves.values()) and all(p.grad is None for p in module.parameters())


def test_named_follows_a_functional_call() -> None:
    module, seen = Recurrent("LSTM", 3, 4), list[Tensor]()
    module.register_forward_pre_hook(lambda own, args: seen.append(own.named()["b_f"]))
    given = {name: torch.zeros_like(p) for name, p in module.named_parameters()}
    torch.func.functional_call(module, given, (X,))
    assert not seen[0].any()


def test_stacked_modules_run_at_once() -> None:
    modules = [Recurrent("LSTM", 3, 4, dtype=torch.float64) for _ in range(3)]
    params, _ = torch.func.stack_module_state(modules)

    def one(own: dict[str, Tensor]) -> Tensor:
        hs: Tensor = torch.func.functional_call(modules[0], own, (X.double(),))[0]
        return hs

    for hs, module in zip(torch.vmap(one)(params), modules, strict=True):
        torch.testing.assert_close(hs, module(X.double())[0])


@Both
def test_tensors_in_place_of_parameters(make: Make) -> None:
    """As `torch.nn.DataParallel` puts them there."""
    module = make(3, 4)
    wanted, replica = module(X), module._replicate_for_data_parallel()
    for name, parameter in module.named_parameters():
        setattr(replica, name, parameter * 1)
    if isinstance(replica, Recurrent):  # torch.nn.LSTM has a list of its own to be refreshed
        torch.testing.assert_close(replica(X), wanted)


# parametrisations and pruning


@Both
def test_a_parametrisation_is_used(make: Make) -> None:
    module, plain = make(3, 4), make(3, 4)
    plain.load_state_dict(module.state_dict())
    name = matrix(module)
    parametrize.register_parametrization(module, name, Fixed())
    with torch.no_grad():
        getattr(plain, name).fill_(0.1)
    torch.testing.assert_close(module(X), plain(X))
    assert f"parametrizations.{name}.original" in module.state_dict()


@Both
@pytest.mark.parametrize("wrap", [parametrizations.orthogonal, parametrizations.weight_norm])
def test_parametrisations_of_torch_train(make: Make, wrap: Callable[..., Any]) -> None:
    torch.manual_seed(0)
    module = wrap(make(3, 4), matrix(make(3, 4)))
    optimiser = torch.optim.SGD(module.parameters(), lr=0.5)
    losses = []
    for _ in range(8):
        loss = module(X)[0].square().sum()
        optimiser.zero_grad()
        loss.backward()
        assert all(p.grad is not None for p in module.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    if wrap is parametrizations.orthogonal:
        U = getattr(module, matrix(make(3, 4)))
        torch.testing.assert_close(U.T @ U, torch.eye(4), rtol=0, atol=1e-5)


def test_one_call_computes_a_parametrisation_once_and_an_assignment_goes_through_it() -> None:
    module, calls = Recurrent("LSTM", 3, 4), list[int]()
    scaled = Scaled()
    parametrize.register_parametrization(module, "U_l0", scaled)
    values = torch.randn(16, 4)
    module.U_l0 = values
    torch.testing.assert_close(module.U_l0, values)
    torch.testing.assert_close(module.U_f_l0, values[:4])
    scaled.register_forward_hook(lambda *a: calls.append(1))
    module(X)
    assert len(calls) == 1
    twin = copy.deepcopy(module)
    torch.testing.assert_close(twin(X), module(X))
    module(X)[0].sum().backward()
    assert module.gradients()["U_f"] is None and module.gradients()["W_f"] is not None
    wanted = module(X)
    parametrize.remove_parametrizations(module, "U_l0")
    torch.testing.assert_close(module(X), wanted)


@Both
def test_the_older_weight_norm(make: Make) -> None:
    module = make(3, 4)
    wanted, name = module(X), matrix(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        nn.utils.weight_norm(module, name)
    torch.testing.assert_close(module(X), wanted)
    with torch.no_grad():
        getattr(module, f"{name}_g").mul_(2)
    assert not torch.equal(module(X)[0], wanted[0])
    nn.utils.remove_weight_norm(module, name)
    assert name in dict(module.named_parameters())


@Both
def test_pruning(make: Make) -> None:
    module = make(3, 4)
    name = matrix(module)
    prune.l1_unstructured(module, name, 0.5)
    assert {f"{name}_orig", f"{name}_mask"} <= set(module.state_dict())
    plain = make(3, 4)
    own = {n: p for n, p in module.state_dict().items() if n in dict(plain.named_parameters())}
    plain.load_state_dict({**own, name: getattr(module, name)})
    torch.testing.assert_close(module(X), plain(X))
    module(X)[0].sum().backward()
    gradient = getattr(module, f"{name}_orig").grad
    assert gradient is not None and not gradient[getattr(module, f"{name}_mask") == 0].any()
    prune.remove(module, name)
    torch.testing.assert_close(module(X), plain(X))


# hooks


@Both
def test_hooks_see_what_goes_in_and_out(make: Make) -> None:
    module, seen = make(3, 4), list[str]()
    module.register_forward_pre_hook(lambda own, args: (args[0] * 0,))
    module.register_forward_hook(lambda own, args, out: seen.append("forward"))
    module.register_full_backward_hook(lambda *a: seen.append("backward"))
    x = X.clone().requires_grad_()
    hs, _ = module(x)
    hs.sum().backward()
    assert seen == ["forward", "backward"] and not x.grad.any()


# names


@Both
def test_a_tensor_cannot_take_the_place_of_a_parameter(make: Make) -> None:
    module = make(3, 4)
    for name, p in module.named_parameters():
        with pytest.raises(TypeError, match=name):
            setattr(module, name, torch.zeros_like(p))


@pytest.mark.parametrize("value", [torch.full((4,), 9.0), nn.Parameter(torch.zeros(4)), None, 3])
def test_a_part_of_a_parameter_cannot_be_assigned_and_can_be_written(value: Any) -> None:
    module = Recurrent("LSTM", 3, 4, num_layers=2)
    before = module(X)[0]
    with pytest.raises(TypeError, match=r"b_f_l1 is a part of the parameter b_l1.*copy_"):
        module.b_f_l1 = value
    assert torch.equal(module(X)[0], before)
    with torch.no_grad():
        module.b_f_l1.copy_(torch.full((4,), 9.0))
    assert (module.b_l1[:4] == 9).all() and not torch.equal(module(X)[0], before)
    with pytest.raises(KeyError, match="already exists"):
        module.register_parameter("b_f_l0", nn.Parameter(torch.zeros(4)))


@Both
def test_the_arguments_of_torch(make: Make) -> None:
    by_place = make(3, 4, 2, True, True, 0.0, True, 0, "cpu", torch.float64)
    names = ("num_layers", "bias", "batch_first", "dropout", "bidirectional", "proj_size", "device", "dtype")
    by_name = make(3, 4, **dict(zip(names, (2, True, True, 0.0, True, 0, "cpu", torch.float64), strict=True)))
    for module in (by_place, by_name):
        assert [getattr(module, name) for name in names[:6]] == [2, True, True, 0.0, True, 0]
        hs, (h, c) = module(X.double().transpose(0, 1))
        assert hs.shape == (2, 5, 8) and hs.dtype == torch.float64
        again, _ = module(input=X.double().transpose(0, 1), hx=(h, c))
        assert not torch.equal(again, hs)


@Both
def test_all_weights_and_flatten_parameters(make: Make) -> None:
    module = make(3, 4, 2, bidirectional=True)
    module.flatten_parameters()
    assert all(p is q for p, q in zip(chain(*module.all_weights), module.parameters(), strict=True))
    assert len(module.all_weights) == 4 and all(len(own) in (3, 4) for own in module.all_weights)


def test_what_is_not_offered_is_said() -> None:
    with pytest.raises(CourseError, match="proj_size is 2") as told:
        Recurrent("LSTM", 3, 4, proj_size=2)
    assert "Linear" in told.value.do
    packed = nn.utils.rnn.pack_sequence([X[:, 0], X[:3, 1]])
    with pytest.raises(CourseError, match="lengths of its own"):
        Recurrent("LSTM", 3, 4)(packed, lengths=[5, 3])


@pytest.mark.parametrize("state", [5, "h", (), [1, 2], {"h": 1}, (torch.zeros(1, 2, 4),)])
def test_a_state_that_is_none_is_told(state: Any) -> None:
    with pytest.raises(CourseError, match="came as"):
        Recurrent("LSTM", 3, 4)(X, state)


def test_a_parameter_of_another_type_beside_ours_changes_nothing() -> None:
    module = Recurrent("LSTM", 3, 4)
    module.first = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    module._parameters = {name: module._parameters[name] for name in ("first", "W_l0", "U_l0", "b_l0")}
    module.register_buffer("count", torch.zeros(1, dtype=torch.long))
    torch.testing.assert_close(module(X)[0], to_torch(module)(X)[0])
