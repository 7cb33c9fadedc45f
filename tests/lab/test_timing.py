from __future__ import annotations

from typing import Any

import pytest
import torch

from gatedrnn_course.lab import timing


def test_a_layer_runs_forward_and_backward_once_more_than_it_is_timed() -> None:
    calls: list[Any] = []
    weight = torch.ones(2, requires_grad=True)

    def layer(xs: Any) -> Any:
        calls.append(xs)
        return (xs * weight, None)

    assert timing.milliseconds(layer, torch.rand(3, 2), repeats=2) > 0
    assert len(calls) == 3 and weight.grad is not None


@pytest.mark.skipif(torch.cuda.is_available(), reason="the machine has a GPU: its curve is there")
def test_without_a_gpu_the_curve_of_the_cpu_stands_alone_and_this_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    timing.show_devices(torch.nn.LSTM(2, 4), 2)
    said = capsys.readouterr().out
    assert "cpu goes from" in said and "There is no GPU here" in said


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU; the test above is its twin on the CPU")
def test_with_a_gpu_both_curves_are_there() -> None:
    assert set(timing.device_times(torch.nn.LSTM(2, 4), 2, (1, 8))) == {"cpu", "cuda"}
