"""What drivers read off classes and functions of torch objects, and what they tell of answers of another form."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.grading.exchange import drivers
from gatedrnn_course.grading.exchange.drivers import FAULT, NAMES, drive
from gatedrnn_course.grading.exchange.drivers.watch import watching

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
P = {"W": RNG.normal(size=(2, 3))}
XS = RNG.normal(size=(4, 5, 3))
WEIGHTS = {"hs": np.ones((4, 5, 2)), "h": np.ones((5, 2)), "c": np.zeros((5, 2))}
FOLDER = Path(drivers.__file__).parent


class Sums(torch.nn.Module):  # type: ignore[misc, name-defined]
    """The running sum of W x: a layer with a state that needs no equation of a cell."""

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.W = torch.nn.Parameter(torch.zeros(hidden, size))

    def forward(self, xs: Any, state: Any = None) -> Any:
        h = xs.new_zeros(xs.shape[1], len(self.W)) if state is None else state[0]
        hs = []
        for a in (xs @ self.W.T).unbind(0):
            h = h + a
            hs.append(h)
        return torch.stack(hs), (h, h)


def test_every_operation_is_seen_forward_and_backward() -> None:
    seen = []

    def look(name: str, operation: Any, args: Any, named: Any) -> Any:
        seen.append(name)
        return operation(*args, **named)

    x = torch.ones(2, 3, requires_grad=True)
    with watching(look):
        (x.sigmoid() @ torch.ones(3, 1)).sum().backward()
    assert [name for name in seen if name in ("sigmoid", "mm", "sigmoid_backward")] == [
        *("sigmoid", "mm", "mm", "sigmoid_backward")
    ]
    assert torch.allclose(x.grad, torch.full((2, 3), 0.19661193))


def layer(cls: Any = Sums, **inputs: Any) -> Any:
    return drive("recurrent", cls, (np.array([3, 2]), P, {"xs": XS, **inputs}, WEIGHTS))


def test_a_layer_gives_outputs_and_gradients_by_name() -> None:
    h_0 = RNG.normal(size=(5, 2))
    found = layer(h_0=h_0, c_0=h_0)
    np.testing.assert_allclose(found["hs"].detach(), h_0 + np.cumsum(XS @ P["W"].T, axis=0))
    times = np.array([5.0, 4, 3, 2])[:, None, None]  # each x is in the sums after it, and once more in the state
    np.testing.assert_allclose(found["d_W"], np.tile((times * XS).sum((0, 1)), (2, 1)))
    np.testing.assert_allclose(found["d_xs"], np.tile(times * P["W"].sum(0), (1, 5, 1)))
    np.testing.assert_allclose(found["d_h_0"], 5.0)
    np.testing.assert_allclose(found["d_c_0"], 0.0)


def changed(**members: Any) -> Any:
    return type("Sums", (Sums,), members)


def with_parameter(make: Any) -> Any:
    def init(self: Any, size: int, hidden: int) -> None:
        torch.nn.Module.__init__(self)
        self.W = make(torch.zeros(hidden, size))

    return changed(__init__=init)


def buffered(self: Any, size: int, hidden: int) -> None:
    torch.nn.Module.__init__(self)
    self.register_buffer("W", torch.zeros(hidden, size))


@pytest.mark.parametrize(
    ("cls", "kind"),
    [
        (lambda *sizes: Sums(*sizes), "no module"),
        (dict, "no module"),
        (with_parameter(lambda w: w), "a tensor"),
        (with_parameter(lambda w: [torch.nn.Parameter(w)]), "a list"),
        (changed(__init__=buffered), "a buffer"),
        (with_parameter(lambda w: torch.nn.Linear(3, 2)), "parameters"),
        (with_parameter(lambda w: torch.nn.Parameter(w.T)), "shapes"),
        (changed(forward=lambda self, xs: xs), "structure"),
        (changed(forward=lambda self, xs: (xs, xs, xs)), "structure"),
        (changed(forward=lambda self, xs: (xs, (xs, 3.0))), "no tensor"),
    ],
)
def test_a_layer_of_another_form_is_told(cls: Any, kind: str) -> None:
    assert layer(cls)[FAULT] == kind


def test_tensors_made_on_the_cpu_show_without_a_gpu() -> None:
    def run(forward: Any) -> Any:
        return drive("device", changed(forward=forward), (np.array([3, 2]), P, {"xs": XS}, WEIGHTS))

    assert drive("device", Sums, (np.array([3, 2]), P, {"xs": XS}, WEIGHTS)) == {"made": "", "left": ""}
    made = run(lambda self, xs: (xs, (torch.zeros(5, 2) + 1, xs)))
    assert made["made"].startswith("zeros")
    moved = run(lambda self, xs: (xs + torch.zeros(5, 2).to(xs), (xs, xs)))
    assert moved == {"made": "", "left": ""}
    kept = torch.ones(2)
    assert run(lambda self, xs: (xs @ self.W.T * kept, (xs, xs))) == {"made": "", "left": "yes"}
    assert run(lambda self, xs: (xs * torch.tensor(2.0), (xs, xs)))["made"] == ""  # a number may meet tensors anywhere
    assert run(lambda self, xs: (xs, (xs.new_zeros(5, 2), xs)))["made"] == ""


def test_the_work_of_each_operation_is_counted_at_two_lengths() -> None:
    sizes, p, xs = np.array([7, 2]), {"W": RNG.normal(size=(2, 7))}, RNG.normal(size=(20, 5, 7))
    weights = {"hs": np.ones((20, 5, 2)), "h": np.ones((5, 2)), "c": np.ones((5, 2))}

    def indexed(self: Any, xs: Any) -> Any:
        a = xs @ self.W.T
        hs = [a[t] for t in range(len(a))]
        return torch.stack(hs), (hs[-1], hs[-1])

    linear = drive("cost", Sums, (sizes, p, {"xs": xs}, weights))
    assert all(two <= max(2 * one, 20) for one, two in linear["written"].values())
    np.testing.assert_array_equal(linear["products"], [1, 1])
    square = drive("cost", changed(forward=indexed), (sizes, p, {"xs": xs}, weights))
    assert list(square["written"]["select_backward"]) == [20 * 20 * 10, 40 * 40 * 10]


def test_a_function_gives_values_and_gradients_and_whole_numbers_have_none() -> None:
    inputs, weights = {"a": RNG.normal(size=3), "n": np.array([2])}, {"b": np.array([1.0, 2, 3])}
    found = drive("function", lambda a, n: a * n, (inputs, weights))
    assert set(found) == {"b", "d_a"}
    np.testing.assert_allclose(found["d_a"], [2, 4, 6])
    cut = drive("function", lambda a, n: (a * n).detach(), (inputs, weights))
    np.testing.assert_allclose(cut["d_a"], 0)
    assert drive("function", lambda a, n: (a, a), (inputs, weights))[FAULT] == "count"
    assert drive("function", lambda a, n: 3.0, (inputs, weights))[FAULT] == "no tensor"
    assert drive("function", lambda a, n: n.zero_() + a, (inputs, weights))[FAULT] == "changed"


def test_an_exception_of_the_answer_goes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        drive("function", lambda a: 1 / 0, ({"a": XS}, {"b": XS}))


def test_there_are_no_other_drivers_and_none_can_be_named() -> None:
    with pytest.raises(KeyError):
        drive("os", print, ())
    assert {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "modules", "watch"} == NAMES


def test_the_randomness_of_the_process_is_as_before() -> None:
    torch.manual_seed(1)
    first = torch.rand(3)
    torch.manual_seed(1)
    drive("function", lambda a: a + torch.rand(3), ({"a": XS[0, 0]}, {"b": XS[0, 0]}))
    assert torch.equal(torch.rand(3), first)


def test_drivers_import_nothing_of_the_course_and_torch_only_when_they_run() -> None:
    for path in FOLDER.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("gatedrnn_course"), path.name
        top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert not any("torch" in ast.unparse(node) for node in top), path.name
