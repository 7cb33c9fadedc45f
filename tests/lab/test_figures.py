from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from gatedrnn_course import catalogue, parse, show_cell
from gatedrnn_course.cells import cell_of
from gatedrnn_course.errors import CourseError
from gatedrnn_course.lab.figures import CellEquations, figure_of


@pytest.mark.parametrize("name", catalogue)
def test_every_cell_has_a_picture_with_words(name: str) -> None:
    bundle = figure_of(name)._repr_mimebundle_()
    ET.fromstring(bundle["image/svg+xml"])
    image = ET.fromstring(bundle["text/html"].replace('"></div>', '"/></div>')).find("img")
    assert image is not None
    assert image.get("alt") == bundle["text/plain"] == repr(figure_of(name))
    assert len(bundle["text/plain"]) > 40


def test_the_equations_are_typeset_and_have_a_text() -> None:
    assert "sigma" in CellEquations(catalogue["GRU"])._repr_latex_()
    assert parse(repr(CellEquations(catalogue["GRU"]))).lines == catalogue["GRU"].lines


def test_a_cell_of_ones_own_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_cell(parse("h = tanh(W_h @ x + U_h @ h_prev)", "mine"), equations=True)
    out = capsys.readouterr().out
    assert "h = tanh(W_h @ x + U_h @ h_prev)" in out
    assert "The mine receives" in out


def test_an_unknown_cell_is_told_with_names_that_are_near() -> None:
    with pytest.raises(CourseError, match="peephole LSTM"):
        cell_of("LSTM peephole")
    with pytest.raises(CourseError, match=r"Near it: LSTM"):
        cell_of("LTSM")


def test_a_cell_grows_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    part = figure_of("LSTM", upto="i", lit="i")
    assert part.drawing != figure_of("LSTM").drawing
    assert "input gate" in part.alt and "output gate" not in part.alt
    show_cell("LSTM", upto="i", lit="i")
    assert capsys.readouterr().out == f"{part.alt}\n"
    with pytest.raises(CourseError):
        show_cell("LSTM", upto="z")


def test_backwards_the_arrows_in_colour_point_at_what_a_line_is_made_of() -> None:
    forwards, back = (figure_of("LSTM", lit="h", back=back) for back in (False, True))
    assert forwards.svg != back.svg
    assert forwards.svg.count("#C4C4C4") == back.svg.count("#C4C4C4")
    assert back.alt == ("The gradient runs against the arrows of the LSTM cell. The hidden state passes it on to o, c.")


def test_all_lines_backwards_from_the_last_to_the_first() -> None:
    alt = figure_of("GRU", back=True).alt
    assert alt.index("The hidden state passes it on to") < alt.index("The update gate passes it on to")
