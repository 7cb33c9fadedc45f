"""A drawing with its description, shown the same way wherever the notebook is read."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

__all__ = ["Picture"]


@dataclass(frozen=True, repr=False)
class Picture:
    """An SVG with its alternative text.

    JupyterLab shows an SVG output without alternative text and none at all in a notebook it does not trust. So the
    picture goes out as an HTML image that has one, with the SVG beside it for readers that show no HTML.

    Attributes:
        svg: The drawing.
        alt: What it shows, in words.
    """

    svg: str
    alt: str

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        source = quote(self.svg, safe=" =:/,;()")
        image = f'<img alt="{escape(self.alt)}" style="max-width:100%" src="data:image/svg+xml,{source}">'
        return {"text/html": image, "image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return self.alt
