from __future__ import annotations

import pytest

from gatedrnn_course.lab.panel import Panel
from gatedrnn_course.lab.show import show


def test_outside_a_notebook_a_thing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show(Panel("note", "hello"))
    assert capsys.readouterr().out == "i hello\n"
