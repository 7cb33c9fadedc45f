from __future__ import annotations

import numpy as np
import pytest

from gatedrnn_course.lab.curves import draw_curves
from gatedrnn_course.lab.picture import Picture, image
from gatedrnn_course.lab.plots import describe_plot, plot

CURVES = {"RNN": [1.0, 0.1, 0.01], "LSTM": [0.5, 0.9, 0.7]}


def test_the_words_come_from_the_data() -> None:
    assert describe_plot(CURVES, "step", "gradient", "Two cells") == (
        "Two cells: gradient over step. RNN goes from 1 at 0 to 0.01 at 2. LSTM goes from 0.5 at 0 to 0.7 at 2, "
        "highest 0.9 at 1."
    )


def test_gaps_and_nothing_at_all() -> None:
    words = describe_plot({"a": [np.nan, np.nan], "b": [1.0, np.nan, 3.0]}, "x", "y")
    assert "a: no numbers." in words
    assert "b goes from 1 at 0 to 3 at 2." in words


def test_a_plot_is_an_image_whose_words_every_reader_finds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plot(CURVES, "step", "gradient", log=True)
    words = describe_plot(CURVES, "step", "gradient")
    assert capsys.readouterr().out == f"{words}\n"  # once: on a page they are the picture's alternative text
    shown: list[Picture] = []
    monkeypatch.setattr("gatedrnn_course.lab.plots.show", shown.append)
    plot(CURVES, "step", "gradient", log=True)
    data = shown[0]._repr_mimebundle_()
    assert set(data) == {"text/html", "image/svg+xml", "text/plain"}
    assert f'<img alt="{words}"' in data["text/html"]
    assert data["image/svg+xml"] == draw_curves(CURVES, "step", "gradient", log=True, alt=words)
    assert data["text/html"] == image(data["image/svg+xml"], words)


def test_no_minus_stands_before_zero() -> None:
    assert "from 0 at 0 to 0 at 1" in describe_plot({"a": [-0.0, 0.0]}, "x", "y")
