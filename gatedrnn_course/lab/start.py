"""`setup()`: what a notebook needs before its first cell, wherever it runs."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

__all__ = ["setup"]


def setup() -> None:
    """Let Colab show the course's widgets. Everywhere else there is nothing to do."""
    try:
        on_colab = find_spec("google.colab") is not None
    except ModuleNotFoundError:  # no package named google at all
        return
    if on_colab:
        import_module("google.colab.output").enable_custom_widget_manager()
