"""A notebook exported to HTML: the code of its cells is in the page."""

from __future__ import annotations

from html.parser import HTMLParser

from gatedrnn_course.text import _

from .cell import Cell, Contents, Unreadable

__all__ = ["page_cells"]

_INPUT = frozenset({"jp-InputArea", "jp-InputArea-editor", "input_area", "inner_cell", "codehilite"})
_OTHER = frozenset(
    {
        "jp-OutputArea",
        "output_area",
        "output_wrapper",
        "jp-RenderedMarkdown",
        "jp-RenderedHTMLCommon",
        "text_cell_render",
    }
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


class _Inputs(HTMLParser):
    """Collects the text of every `pre` inside an input and outside an output."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[tuple[str, frozenset[str]]] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            if tag == "br" and self._text is not None:
                self._text.append("\n")
            return
        self._open.append((tag, frozenset((dict(attributes).get("class") or "").split())))
        if tag == "pre" and self._text is None and self._is_input():
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(name == tag for name, _classes in self._open[-20:]):
            name, _classes = self._open.pop()
            if name == "pre" and self._text is not None:
                self.found.append("".join(self._text).strip("\n"))
                self._text = None
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _is_input(self) -> bool:
        """Whether the nearest of the elements around that tells is an input."""
        for _tag, classes in reversed(self._open[-40:]):
            if classes & _OTHER:
                return False
            if classes & _INPUT or any(name.startswith("hl-") for name in classes):
                return True
        return False


def page_cells(text: str) -> Contents:
    """The code cells of a page that nbconvert wrote.

    Args:
        text: The page.

    Raises:
        Unreadable: If it holds none.
    """
    parser = _Inputs()
    parser.feed(text)
    parser.close()
    if not parser.found:
        raise Unreadable(_("it is a web page without the cells of a notebook. Hand in the file NAME.ipynb itself."))
    note = _("A page in HTML was handed in; the code of its cells was read. A notebook (.ipynb) is expected.")
    return Contents(tuple(Cell("code", source) for source in parser.found), (note,))
