from __future__ import annotations

import pytest

from gatedrnn_course import hint


def forget_gate(x, h_prev, p):  # type: ignore[no-untyped-def]
    ...


def test_each_call_goes_one_step_further_and_then_to_the_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for _call in range(5):
        hint(forget_gate)
        said.append(capsys.readouterr().out)
    assert [text.splitlines()[0] for text in said[:3]] == [f"i Hint {k} of 3 for `forget_gate`" for k in (1, 2, 3)]
    assert "Read the lesson notebooks/en/03_gates.ipynb again." in said[3]
    assert said[4] == said[3]


def test_a_name_does_as_well_as_a_function(capsys: pytest.CaptureFixture[str]) -> None:
    hint("cell_update")
    hint(forget_gate)
    first, second = (line for line in capsys.readouterr().out.splitlines() if line.startswith("i "))
    assert "Hint 1 of 3 for `cell_update`" in first
    assert "Hint 1 of 3 for `forget_gate`" in second


def test_an_unknown_name_is_answered_calmly(capsys: pytest.CaptureFixture[str]) -> None:
    hint("my_door")
    assert "forget_gate" in capsys.readouterr().out
