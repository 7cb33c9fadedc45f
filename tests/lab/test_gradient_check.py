from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners_lstm import lstm_backward

from gatedrnn_course import gradient_check


def test_right_gradients_agree_with_complex_steps(capsys: pytest.CaptureFixture[str]) -> None:
    gradient_check(lstm_backward)
    out = capsys.readouterr().out
    assert out.startswith("✓ Every number agrees with its complex step, to 1e-12.")
    assert out.count("below 1e-12") == 15


def test_a_small_mistake_is_found_and_located(capsys: pytest.CaptureFixture[str]) -> None:
    def nearly(saved: Any, d_hs: Any, p: Any) -> Any:
        d = lstm_backward(saved, d_hs, p)
        d["d_U_i"][1, 2] += 1e-9  # a difference quotient would not see it
        return d

    gradient_check(nearly)
    out = capsys.readouterr().out
    assert out.startswith("✗ Some numbers differ from their complex steps: see d_U_i.")
    assert "d_U_i     25       1e-09" in out


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda *_args: 1 / 0, "raises ZeroDivisionError"),
        (lambda saved, d_hs, p: {"d_xs": saved.x}, "`d_h_0` is missing"),
        (lambda saved, d_hs, p: {**lstm_backward(saved, d_hs, p), "d_b_f": np.zeros((3, 5))}, "has shape (3, 5)"),
    ],
)
def test_what_cannot_be_compared_is_told(function: Any, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    gradient_check(function)
    out = capsys.readouterr().out
    assert out.startswith("i Nothing was compared.")
    assert words in out


def test_not_written_yet(capsys: pytest.CaptureFixture[str]) -> None:
    def blank(saved: Any, d_hs: Any, p: Any) -> Any: ...

    gradient_check(blank)
    assert "is not written yet" in capsys.readouterr().out
