"""Which files are somebody's notebook, going by their names."""

from __future__ import annotations

import re

__all__ = ["is_export_name", "is_notebook_name", "without_endings"]

_COPY = r"(?:[ _.-]*(?:\(\d+\)|copy(?: ?\d+)?|kopie|copie|\d+))?"
_NOTEBOOK = re.compile(
    rf"\.ipynb{_COPY}(?:\.(?:txt|json|zip|gz|bak|download|crdownload|old|orig))?{_COPY}$|\.json$", re.IGNORECASE
)
_EXPORT = re.compile(r"(?:\.ipynb)?\.(?:py|html?)(?:\.txt)?$", re.IGNORECASE)


def is_notebook_name(name: str) -> bool:
    """Whether a file of this name is a notebook: `x.ipynb`, and what browsers and mail make of that name.

    So are `x.ipynb.txt`, `x.ipynb (1)`, `x.ipynb.zip` and `x.json`.
    """
    return bool(_NOTEBOOK.search(name))


def is_export_name(name: str) -> bool:
    """Whether a file of this name may be what a notebook was exported to: `x.py` or `x.html`."""
    return bool(_EXPORT.search(name))


def without_endings(name: str) -> str:
    """The name of a notebook or an export without the endings that make it one."""
    for pattern in (_NOTEBOOK, _EXPORT):
        if found := pattern.search(name):
            return name[: found.start()]
    return name
