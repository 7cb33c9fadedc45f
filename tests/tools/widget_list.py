"""Every widget of the course, for the tests and measurements that open each of them. A new one is one more word."""

from __future__ import annotations

import sys
from typing import Any

import gatedrnn_course

UNITS = (
    *("lags", "carousel", "depth", "gates", "time", "flow", "adding", "grus", "peepholes"),
    *("variants", "search", "mutations", "temperature"),
)
"""In the order of the units."""
WIDGETS = {f"explore_{what}": f"explore_{what}()" for what in UNITS}
"""For each name of a widget the line that shows it."""

THEMES = {
    "light": "",
    "dark": "--jp-layout-color0: #111; --jp-content-font-color1: #eee; color-scheme: dark",
}
"""What a program says of its colours: nothing, or a dark page."""

PAGE = """<!doctype html><html lang="en"><title>{name}</title>
<style>:root {{ {theme} }} body {{ margin: 8px; background: var(--jp-layout-color0, #fff) }}</style>
<main>{html}</main>
"""


def made(name: str) -> Any:
    """A widget as its line makes it."""
    return getattr(gatedrnn_course, name)()


def page_of(widget: Any, theme: str = "light") -> str:
    """The page that is saved of a widget, alone."""
    return PAGE.format(name=type(widget).__name__, theme=THEMES[theme], html=widget._repr_html_())


if __name__ == "__main__":
    print(page_of(made(sys.argv[1]), *sys.argv[2:]))
