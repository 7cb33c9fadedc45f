from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from gatedrnn_course.cells import Params
from gatedrnn_course.grading.running.local import LocalCaller

X = np.arange(6.0).reshape(2, 3)


def call(function: Callable[..., Any], *args: Any, framework: Any = "numpy") -> Any:
    return LocalCaller(function).call("f", args or (X,), framework=framework)


def test_arguments_are_copies_and_parameters_have_names() -> None:
    def spoil(x: Any, p: Any) -> Any:
        assert isinstance(p, Params) and p.W_f is p["W_f"]
        x += 1
        p.W_f[:] = 0
        return x

    w = np.ones(2)
    reply = call(spoil, X, {"W_f": w})
    np.testing.assert_array_equal(reply.value, X + 1)
    np.testing.assert_array_equal(reply.arguments[0], X + 1)
    np.testing.assert_array_equal(reply.arguments[1]["W_f"], [0, 0])
    assert X[0, 0] == 0 and w[0] == 1


def test_tensors_go_in_and_arrays_come_out() -> None:
    import torch

    reply = call(lambda x, p: torch.sigmoid(x @ p.W.T).requires_grad_(), X, {"W": np.eye(3)}, framework="torch")
    assert reply.framework == "torch" and reply.torch
    np.testing.assert_allclose(reply.value, 1 / (1 + np.exp(-X)))


def test_torch_imported_inside_the_function_is_noticed() -> None:
    def late(x: Any) -> Any:
        import torch

        return torch.sigmoid(x)

    reply = call(late)
    assert reply.problem.type == "TypeError" and reply.torch


def test_an_exception_is_told_with_the_learners_line(tmp_path: Any) -> None:
    def late(x: Any) -> Any:
        return np.linalg.inv(x[:, :1])  # the learner's line

    problem = call(late).problem
    assert (problem.kind, problem.type) == ("raised", "LinAlgError")
    assert problem.line == "return np.linalg.inv(x[:, :1])  # the learner's line"
    assert call(lambda x: (_ for _ in ()).throw(ValueError("y" * 1000))).problem.message == "y" * 300


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError(), MemoryError(), ZeroDivisionError("no")])
def test_no_exception_of_an_answer_escapes(error: BaseException) -> None:
    def stop(x: Any) -> Any:
        raise error

    assert call(stop).problem.type == type(error).__name__


def test_stopping_the_kernel_still_works() -> None:
    def stop(x: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(stop)


def test_a_blank_function_is_noticed() -> None:
    def blank(x: Any) -> Any:
        """To be written."""

    assert call(blank).blank
    assert not call(lambda x: None if x is not None else x).blank


def test_warnings_of_the_answer_are_not_errors() -> None:
    import warnings

    def warn(x: Any) -> Any:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return np.log(x * 0)

    assert np.isinf(call(warn).value).all()


class Liar(np.ndarray):
    """Answers every operation with something else."""

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("not today")

    def __eq__(self, other: object) -> Any:
        return True

    def __array_function__(self, *args: Any, **kwargs: Any) -> Any:
        return "nonsense"


class Pretender:
    """Says it is an array."""

    shape, dtype, ndim = (2, 3), np.dtype(float), 2

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("caught you")

    def __getattr__(self, name: str) -> Any:
        return self


class Mask(Mapping[str, Any]):
    """A mapping that raises whenever it is asked."""

    def __getitem__(self, name: str) -> Any:
        raise RuntimeError

    def __iter__(self) -> Any:
        raise RuntimeError("no names")

    def __len__(self) -> int:
        raise RuntimeError


def endless() -> Any:
    nested: list[Any] = []
    nested.append(nested)
    return nested


@pytest.mark.parametrize(
    "make",
    [
        Pretender,
        Mask,
        endless,
        object,
        lambda: b"text",
        lambda: (k for k in range(3)),
        lambda: {1: X},
        lambda: {"h": b"text"},
        lambda: (X, b"text"),
        lambda: np.array(["a"]),
        lambda: np.array([None]),
        lambda: np.array([1j]),
        lambda: set(),
        lambda: print,
        lambda: np.zeros(2, dtype=[("a", float)]),
        lambda: [X, b"text"],
    ],
)
def test_hostile_values_are_a_problem_not_a_crash(make: Callable[[], Any]) -> None:
    reply = call(lambda x: make())
    assert reply.value is None
    assert reply.problem is not None and reply.problem.kind in ("value", "raised")


def test_an_array_that_lies_is_read_as_the_numbers_it_holds() -> None:
    reply = call(lambda x: x.view(Liar))
    assert reply.problem is not None or type(reply.value) is np.ndarray


def test_lists_numbers_and_mappings_are_values() -> None:
    assert call(lambda x: x.tolist()).value.shape == (2, 3)
    assert call(lambda x: 3).value == 3
    assert set(call(lambda x: {"h": x, "c": 1.0}).value) == {"h", "c"}


def test_arguments_that_are_no_arrays_any_more() -> None:
    def spoil(x: Any, p: Any) -> Any:
        vars(p).update(W_f="gone", b_f=None)
        x.shape = (3, 2)
        return 1.0

    reply = call(spoil, X, {"W_f": np.ones(2), "b_f": np.ones(2), "U_f": np.ones(2)})
    assert reply.arguments[0].shape == (3, 2)
    assert "W_f" not in reply.arguments[1] and "U_f" in reply.arguments[1]


def learner(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"np": np}
    exec(source, names)
    return names


def test_names_are_replaced_and_put_back() -> None:
    names = learner("def gate(x, p):\n    return 0 * x\ndef step(x, p):\n    return gate(x, p)")
    own = names["gate"]
    caller = LocalCaller(names["step"])
    caller.replace({"gate": lambda x, p: x + p["b"], "unknown": lambda x: x})
    np.testing.assert_array_equal(caller.call("step", (X, {"b": np.ones(3)})).value, X + 1)
    assert "unknown" not in names
    caller.replace({})
    assert names["gate"] is own


def test_a_replaced_function_takes_names_as_the_learners_does() -> None:
    names = learner("def gate(x, p):\n    return 0 * x\ndef step(x, p):\n    return gate(p=p, x=x)")
    caller = LocalCaller(names["step"])
    caller.replace({"gate": lambda x, p: x + p["b"]})
    np.testing.assert_array_equal(caller.call("step", (X, {"b": np.ones(3)})).value, X + 1)


@pytest.mark.parametrize("give", [lambda x: x + 1, lambda x: (x + 1, x), lambda x: {"a": x + 1}])
def test_a_replaced_function_answers_tensors_with_tensors(give: Any) -> None:
    import torch

    names = learner(
        "import torch\ndef gate(x): ...\n"
        "def step(x):\n    g = gate(x)\n"
        "    g = g['a'] if isinstance(g, dict) else g[0] if isinstance(g, tuple) else g\n"
        "    assert g.dtype == x.dtype\n    return torch.tanh(g)"
    )
    caller = LocalCaller(names["step"])
    caller.replace({"gate": give})
    np.testing.assert_allclose(caller.call("step", (X,), framework="torch").value, np.tanh(X + 1))
    value = names["gate"](torch.ones(2, dtype=torch.float32))
    assert torch.is_tensor(value) == (not isinstance(give(X), (tuple, dict)))
