"""Widgets of the course that a notebook stores with other code than the package holds today."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from nbformat import NotebookNode

from gatedrnn_course.authoring.normal import STATE
from gatedrnn_course.text import _

__all__ = ["stale"]

_FILES = {"_esm": "JavaScript", "_css": "CSS"}


def stale(notebook: NotebookNode) -> Iterator[str]:
    """The kinds of widgets whose stored code is not the package's.

    Args:
        notebook: A notebook with what it shows.

    Yields:
        A sentence for each.
    """
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    told = set()
    for model in state.values():
        stored = model.get("state", {})
        name = stored.get("_anywidget_id", "")
        if not name.startswith("gatedrnn_course."):
            continue
        made = _class(name)
        for key, words in _FILES.items():
            if stored.get(key, "") != str(getattr(made, key, "")) and (name, key) not in told:
                told.add((name, key))
                sentence = _("its widget `{name}` has other {words} than the package today. Build with --execute.")
                yield sentence.format(name=name.rpartition(".")[2], words=words)


def _class(name: str) -> Any:
    """The class of a dotted name, or None where the package has it no more."""
    module, _dot, inner = name.rpartition(".")
    try:
        return getattr(import_module(module), inner, None)
    except ImportError:
        return None
