from __future__ import annotations

import sys
import warnings
from collections import namedtuple
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from learners_lstm import lstm_forward

from gatedrnn_course import check, run_on_device, sigmoid, tanh
from gatedrnn_course.lab import device, passed

pytest.importorskip("torch", reason="torch is not installed here.")


def lstm_step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
    def a(k: str) -> Any:
        return x @ p[f"W_{k}"].T + h_prev @ p[f"U_{k}"].T + p[f"b_{k}"]

    c = sigmoid(a("f")) * c_prev + sigmoid(a("i")) * tanh(a("c"))
    return sigmoid(a("o")) * tanh(c), c


def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
    return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)


def test_a_step_runs_over_time_and_gives_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    passed.remember("lstm_step", lstm_step)
    run_on_device(lstm_step, "cpu")
    out = capsys.readouterr().out
    assert out.startswith("\u2713 ")
    assert "check has not passed" not in out
    assert "`lstm_step` ran on cpu: 5 steps with torch tensors" in out
    assert "These are the same numbers." in out


def test_the_same_wrong_numbers_twice_are_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        return tanh(x @ p.W_f.T)

    run_on_device(forget_gate, "cpu")
    out = capsys.readouterr().out
    assert out.startswith("i ")
    assert "Its check has not passed yet: both may be wrong in the same way." in out


def test_a_single_gate_runs_once(capsys: pytest.CaptureFixture[str]) -> None:
    run_on_device(forget_gate, "cpu")
    assert "1 step with torch tensors" in capsys.readouterr().out


@pytest.mark.gpu
def test_a_step_on_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    if device.best_device() == "cpu":
        pytest.skip("There is no GPU here.")
    run_on_device(lstm_step)
    out = capsys.readouterr().out
    assert "These are the same numbers." in out
    assert device.best_device() in out


def test_a_function_written_for_torch_only(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        return (x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f).sigmoid()

    run_on_device(forget_gate, "cpu")
    assert "same numbers" in capsys.readouterr().out


def test_a_function_that_takes_arrays_only_is_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        if not isinstance(x, np.ndarray):
            raise TypeError("can't convert cuda:0 device type tensor to numpy")
        return x

    run_on_device(forget_gate, "cpu")
    out = capsys.readouterr().out
    assert "did not run on the device" in out
    assert "np.tanh take NumPy arrays only" in out


def test_a_function_that_is_broken_anyway_is_sent_to_check(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        return p.W_q

    run_on_device(forget_gate, "cpu")
    assert "check(forget_gate) says more." in capsys.readouterr().out


def test_other_numbers_on_the_device_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        return x if isinstance(x, np.ndarray) else x + 1

    run_on_device(forget_gate, "cpu")
    assert "These are other numbers" in capsys.readouterr().out


def test_a_blank_function_and_an_unknown_one(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any: ...

    def my_gate(x: Any) -> Any:
        return x

    run_on_device(forget_gate)
    run_on_device(my_gate)
    out, err = capsys.readouterr()
    assert "not written yet, so nothing ran" in out
    assert "my_gate" in out
    assert err == ""


def test_without_torch_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(device, "find_spec", lambda name: None)
    run_on_device(forget_gate)
    assert "torch is not installed here" in capsys.readouterr().out
    assert sys.modules.get("torch") is not None


State = namedtuple("State", "c h")


@pytest.mark.parametrize(
    "give",
    [
        lambda h, c: [h, c],
        lambda h, c: {"h": h, "c": c},
        lambda h, c: State(c, h),
        lambda h, c: SimpleNamespace(h=h, c=c),
        lambda h, c: np.stack([h, c]) if isinstance(h, np.ndarray) else sys.modules["torch"].stack([h, c]),
    ],
)
def test_what_check_accepts_runs_on_the_device(give: Any, capsys: pytest.CaptureFixture[str]) -> None:
    own = lstm_step

    def lstm_step_(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        return give(*own(x, h_prev, c_prev, p))

    lstm_step_.__name__ = "lstm_step"
    check(lstm_step_)
    run_on_device(lstm_step_, "cpu")
    out = capsys.readouterr().out
    assert "`lstm_step` is right." in out and "These are the same numbers." in out


def test_what_check_refuses_is_told_alike(capsys: pytest.CaptureFixture[str]) -> None:
    def lstm_step(x: Any, h_prev: Any, c_prev: Any, p: Any) -> Any:
        return h_prev

    run_on_device(lstm_step, "cpu")
    assert "returns one array where 2 are wanted: `return h, c`" in capsys.readouterr().out


def test_warnings_of_libraries_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def forget_gate(x: Any, h_prev: Any, p: Any) -> Any:
        warnings.warn("__array_wrap__ must accept context", DeprecationWarning, stacklevel=2)
        return sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)

    run_on_device(forget_gate, "cpu")
    out, err = capsys.readouterr()
    assert "These are the same numbers." in out and err == ""


def test_a_sequence_runs_over_all_its_steps(capsys: pytest.CaptureFixture[str]) -> None:
    run_on_device(lstm_forward, "cpu")
    out = capsys.readouterr().out
    assert "`lstm_forward` ran on cpu: 6 steps with torch tensors" in out
    assert "These are the same numbers." in out
