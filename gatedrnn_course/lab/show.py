"""Shows something where the reader is: in the notebook, or on the terminal."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["show"]


def show(thing: Any) -> None:
    """Show an object with its rich form in a notebook, and as text elsewhere."""
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(thing)  # type: ignore[no-untyped-call]
            return
    print(thing)
