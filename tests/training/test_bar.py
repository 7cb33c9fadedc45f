from __future__ import annotations

import pytest

from gatedrnn_course.training.bar import bar_over


def test_a_bar_stands_where_the_run_stands(capsys: pytest.CaptureFixture[str]) -> None:
    with bar_over(10, 4, "adding", True) as bar:
        assert (bar.total, bar.n) == (10, 4)
        bar.update(6)
    said = capsys.readouterr()
    assert "adding" in said.err + said.out and "10/10" in said.err + said.out


def test_a_bar_that_is_not_asked_for_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with bar_over(10, 0, "adding", False) as bar:
        bar.update(10)
    assert capsys.readouterr() == ("", "")
