from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from gatedrnn_course.cells import Cell, catalogue, cell_latex, describe, diagram, parse
from gatedrnn_course.cells.notebook import image


class Page(HTMLParser):
    """The text of a page and its images."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.images: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(dict(attrs))


def test_a_cell_is_its_equations() -> None:
    lstm = catalogue["LSTM"]
    assert repr(lstm) == str(lstm) == lstm.text
    assert parse(repr(lstm)).lines == lstm.lines


@pytest.mark.parametrize("name", ["LSTM", "minLSTM"])
def test_a_notebook_shows_equations_and_picture(name: str) -> None:
    cell = catalogue[name]
    page = Page(cell._repr_html_())
    assert page.text.strip() == f"$$\n{cell_latex(cell)}\n$$" == cell._repr_markdown_()
    (picture,) = page.images
    assert picture["alt"] == describe(cell)
    assert unquote(str(picture["src"]).removeprefix("data:image/svg+xml,")) == diagram(cell)


def test_signs_of_markup_do_not_leave_the_picture() -> None:
    cell: Cell = parse('h = tanh(W_h @ x)  # <script>"x"</script>')
    page = cell._repr_html_()
    assert "<script" not in page
    assert Page(page).images[0]["alt"] == describe(cell)


def test_alternative_text_cannot_end_its_attribute() -> None:
    assert Page(image("<svg/>", 'a "b" > c')).images[0]["alt"] == 'a "b" > c'
