"""A drawing with its description, shown the same way wherever the notebook is read."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["READABLE", "Picture", "image"]

READABLE = 11
"""Pixels that the smallest letters of a picture keep, however narrow the page."""

_UNSEEN = re.compile(r'<title>.*?</title>\n?|<desc>.*?</desc>\n?| aria-label="[^"]*"| data-[\w-]+="[^"]*"', re.DOTALL)
"""What only readers and scripts of the page find in an SVG; inside an image nobody does, and `alt` has the words."""
_SIZE = re.compile(r'font-size="([\d.]+)"')
_WIDTH = re.compile(r'\bwidth="([\d.]+)"')


@dataclass(frozen=True, repr=False)
class Picture:
    """A drawing with its alternative text.

    JupyterLab, nbconvert and the forges show an SVG or PNG output without alternative text, and JupyterLab shows no
    SVG at all in a notebook it does not trust. So the picture goes out as an HTML image that has one, written into
    the page: it needs neither a kernel nor a network. The drawing stands beside it for readers that show no HTML.

    Attributes:
        drawing: An SVG as text, or a PNG as bytes.
        alt: What it shows, in words.
    """

    drawing: str | bytes
    alt: str

    @property
    def svg(self) -> str:
        """The SVG; empty where the drawing is a PNG."""
        return self.drawing if isinstance(self.drawing, str) else ""

    def _repr_html_(self) -> str:
        return image(self.drawing, self.alt)

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        bundle = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        if isinstance(self.drawing, str):
            return {**bundle, "image/svg+xml": self.drawing}
        return {**bundle, "image/png": b64encode(self.drawing).decode()}

    def __repr__(self) -> str:
        return self.alt


def image(drawing: str | bytes, alt: str, narrowest: float = 0) -> str:
    """A drawing as an HTML image with everything in it.

    It shrinks with the page down to the width at which its smallest letters have `READABLE` pixels, and scrolls below
    that.

    Args:
        drawing: An SVG as text, or a PNG as bytes.
        alt: What it shows, in words.
        narrowest: The least width in pixels; found from the letters of an SVG where left out.

    Returns:
        The HTML, without line breaks.
    """
    if isinstance(drawing, str):
        kind, data = "svg+xml", _UNSEEN.sub("", drawing).encode()
        narrowest = narrowest or _narrowest(drawing)
    else:
        kind, data = "png", drawing
    least = f";min-width:{narrowest:.0f}px" if narrowest else ""
    source = f"data:image/{kind};base64,{b64encode(data).decode()}"
    picture = f'<img alt="{escape(alt)}" style="max-width:100%{least}" src="{source}">'
    return f'<div style="overflow-x:auto">{picture}</div>'


def _narrowest(svg: str) -> float:
    """The width at which the smallest letters are just readable."""
    sizes, width = _SIZE.findall(svg), _WIDTH.search(svg)
    if not sizes or width is None:
        return 0
    return float(width[1]) * min(1.0, READABLE / min(map(float, sizes)))
