"""A widget that is alive in a saved page: a picture with its words, which a script turns into the widget."""

from __future__ import annotations

import json
from abc import ABCMeta, abstractmethod
from html import escape
from pathlib import Path
from typing import Any

import anywidget

from gatedrnn_course.lab.picture import Picture, image
from gatedrnn_course.text import _, mark

__all__ = ["STILL", "Alive", "module", "script"]

STILL = mark("Run this cell to move it.")
"""What a page without Python and scripts says below the picture of something that moves."""
_HERE = Path(__file__).parent

_SCRIPT = """(() => {
const here = document.currentScript.parentElement;
%(source)s
const state = %(state)s;
const heard = [];
const model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; heard.forEach((listen) => listen()); },
  save_changes: () => {},
  on: (_events, listen) => heard.push(listen),
  off: () => {},
};
const style = document.createElement("style");
style.textContent = %(style)s;
here.replaceChildren(style);
render({ model, el: here });
})();"""


def script(path: Path) -> str:
    """The script of a widget with what the scripts of all widgets share.

    Args:
        path: JavaScript with a function `render({ model, el })`.
    """
    return (_HERE / "make.js").read_text("utf-8") + path.read_text("utf-8")


def module(source: str) -> str:
    """A script as anywidget takes it."""
    return f"{source}\nexport default {{ render }};"


class _Meta(ABCMeta, type(anywidget.AnyWidget)):  # type: ignore[misc]
    """Widgets with abstract methods."""


class Alive(anywidget.AnyWidget, metaclass=_Meta):
    """A widget whose notebook, exported or read without a kernel, shows it all the same.

    A forge and an untrusted notebook drop the script and show the pictures; everywhere else the script puts the widget
    in their place. It needs neither a kernel nor a network.
    """

    _source = ""
    _css = (_HERE.parent / "widgets.css").read_text("utf-8")

    @abstractmethod
    def pictures_now(self) -> tuple[Picture, ...]:
        """What is shown, dark ink on white paper. The words of the first one are the read-out."""

    @abstractmethod
    def said(self) -> str:
        """What stands below the pictures."""

    def _repr_html_(self) -> str:
        """Pictures, read-out and script."""
        pictures = "".join(image(shown.drawing, shown.alt) for shown in self.pictures_now())
        still = f"<div>{pictures}<p>{escape(self.said())}</p><p><em>{escape(_(STILL))}</em></p></div>"
        names = sorted(set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names()))
        state = {name: getattr(self, name) for name in names if not name.startswith("_")}
        program = _SCRIPT % {"source": self._source, "state": _json(state), "style": _json(self._css)}
        return f"<div>{still}<script>{program}</script></div>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**options)
        if bundle is not None:
            bundle[0]["text/html"] = self._repr_html_()
            bundle[0]["image/svg+xml"] = self.pictures_now()[0].svg
        return bundle


def _json(value: Any) -> str:
    """JSON that cannot end a script."""
    return json.dumps(_rounded(value), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _rounded(value: Any) -> Any:
    """A value whose numbers have the digits that can be seen."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return list(map(_rounded, value)) if isinstance(value, list) else value
