from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners_lstm import lstm_backward, lstm_forward, to_torch_layout

from gatedrnn_course import compare_with_torch
from gatedrnn_course.lab.device import best_device
from gatedrnn_course.lab.parity import SIZES

pytest.importorskip("torch", reason="torch is not installed here.")


def test_the_right_ones_agree_with_torch(capsys: pytest.CaptureFixture[str]) -> None:
    compare_with_torch(lstm_forward, lstm_backward, to_torch_layout, "cpu")
    out = capsys.readouterr().out
    assert out.startswith("✓ The same numbers as torch.nn.LSTM on cpu, to 1e-10.")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[2:]}
    assert set(rows) == {
        *("hs", "cs[-1]", "d_xs", "d_h_0", "d_c_0"),
        *("d_weight_ih_l0", "d_weight_hh_l0", "d_bias_l0"),
    }
    assert all(float(number) < 1e-12 for row in rows.values() for number in row)


def test_the_sizes_tell_axes_apart() -> None:
    assert all(len({*sizes}) == 4 and sizes[0] >= 3 for sizes in SIZES)
    assert any(1 in sizes for sizes in SIZES)


def test_a_wrong_layout_shows_in_every_row_it_spoils(capsys: pytest.CaptureFixture[str]) -> None:
    def in_our_order(p: Any) -> Any:
        return {name: np.roll(array, 1) for name, array in to_torch_layout(p).items()}

    compare_with_torch(lstm_forward, lstm_backward, in_our_order, "cpu")
    out = capsys.readouterr().out
    assert out.startswith("✗ Not the numbers of torch.nn.LSTM on cpu: see hs, cs[-1]")


def test_a_gradient_that_is_not_carried_is_told_by_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    def last_step_only(saved: Any, d_hs: Any, p: Any) -> Any:
        return {**lstm_backward(saved, d_hs, p), "d_c_0": 0 * d_hs[0]}

    compare_with_torch(lstm_forward, last_step_only, to_torch_layout, "cpu")
    assert "see d_c_0." in capsys.readouterr().out


def test_other_forms_that_check_accepts(capsys: pytest.CaptureFixture[str]) -> None:
    def as_mapping(xs: Any, h_0: Any, c_0: Any, p: Any) -> Any:
        return dict(zip(("hs", "cs"), lstm_forward(xs, h_0, c_0, p), strict=True))

    compare_with_torch(as_mapping, lstm_backward, to_torch_layout, "cpu")
    assert capsys.readouterr().out.startswith("✓")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda *_args: 1 / 0, "`lstm_forward` raises ZeroDivisionError: division by zero"),
        (lambda xs, h_0, c_0, p: lstm_forward(xs, h_0, c_0, p)[0], "`lstm_forward` returns only `hs`"),
        (lambda xs, h_0, c_0, p: lstm_forward(xs[1:], h_0, c_0, p), "`hs` of `lstm_forward` has shape (2, 2, 5)"),
        (lambda *_args: {1, 2}, "`lstm_forward` returns a set"),
    ],
)
def test_what_cannot_be_compared_is_told(function: Any, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    compare_with_torch(function, lstm_backward, to_torch_layout, "cpu")
    out = capsys.readouterr().out
    assert out.startswith("i Nothing was compared.")
    assert words in out and "check(lstm_forward) says more." in out


def test_what_is_not_written_yet_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def blank(p: Any) -> Any: ...

    compare_with_torch(lstm_forward, lstm_backward, blank)
    assert "Still to be written: `to_torch_layout`." in capsys.readouterr().out


@pytest.mark.gpu
def test_on_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    if best_device() != "cuda":
        pytest.skip("There is no CUDA device here.")
    compare_with_torch(lstm_forward, lstm_backward, to_torch_layout)
    assert capsys.readouterr().out.count("✓ The same numbers") == 2
