"""What stands in a saved page: a picture with its words, which a script turns into the widget where scripts may run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["saved"]

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


def saved(still: str, source: str, style: str, state: Mapping[str, Any]) -> str:
    """A widget as HTML that needs neither a kernel nor a network.

    A forge and an untrusted notebook drop the script and show the picture; everywhere else the script puts the widget
    in its place.

    Args:
        still: What is shown where no script runs, as HTML.
        source: JavaScript with a function `render({ model, el })`.
        style: CSS.
        state: What the model holds.

    Returns:
        HTML.
    """
    script = _SCRIPT % {"source": source, "state": _json(state), "style": _json(style)}
    return f"<div>{still}<script>{script}</script></div>"


def _json(value: Any) -> str:
    """JSON that cannot end a script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
