"""Cells of IPython as plain Python."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from .source import defined, parsed

__all__ = ["MAGIC", "as_python", "inside_magic"]

MAGIC = re.compile(r"\s*%%(?P<name>[A-Za-z_][\w.]*)(?P<line>[^\n]*)(?:\n|\Z)")
RUN = frozenset({"capture", "prun", "time", "timeit"})
"""Cell magics whose body is part of the notebook."""
OTHER_LANGUAGES = frozenset(
    [
        "R",
        "bash",
        "bigquery",
        "cmd",
        "cython",
        "fortran",
        "html",
        "javascript",
        "js",
        "julia",
        "latex",
        "markdown",
        "octave",
        "perl",
        "powershell",
        "ruby",
        "sh",
        "sql",
        "svg",
        "system",
    ]
)
_HINTS = re.compile(r"^\s*(?:[%!?]|[\w, ]+=\s*[%!]|>>> |In \[\d+\]:)|\?\s*$", re.MULTILINE)
_OPTIONS = re.compile(r"^(?:-[a-z]\w*(?:\s+\d+)?\s*)+")
SHORT = 4000
"""Characters of a cell that is remembered: most cells of a class are the exercise's own."""
MOST = 200
"""Lines that may be magics; each takes IPython a pass over the whole cell."""
WORK = 2_000_000
"""Characters in all these passes."""


def as_python(source: str) -> str | None:
    """A cell as IPython would run it; None if that is no Python either.

    Args:
        source: The cell as it was typed. A magic over a body that is part of the notebook becomes a line above it.
    """
    return _remembered(source) if len(source) < SHORT else _as_python(source)


@lru_cache(maxsize=256)
def _remembered(source: str) -> str | None:
    return _as_python(source)


def _as_python(source: str) -> str | None:
    lead = ""
    while (found := MAGIC.match(source)) and found["name"] in RUN:
        lead += _in_place_of(found["name"], found["line"].strip()) + "\n"
        source = source[found.end() :]
    if parsed(source) is not None:
        return lead + source
    hints = len(_HINTS.findall(source))
    if not 0 < hints <= MOST or hints * len(source) > WORK:
        return None
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        plain = str(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except Exception:  # its own passes over damaged source
        return None
    return lead + plain if parsed(plain) is not None else None


def _in_place_of(name: str, line: str) -> str:
    """The line that stands for a magic over a body that is part of the notebook."""
    if name != "timeit":
        return f"get_ipython().run_cell_magic({name!r}, {line!r}, 'pass')"
    prepares = _OPTIONS.sub("", line)
    return prepares if parsed(prepares) is not None else ""


def inside_magic(source: str, names: Collection[str]) -> tuple[str, str] | None:
    """The Python under a magic that would keep it from running, such as `%%writefile`, where it holds an answer.

    Args:
        source: The cell as it was typed.
        names: Functions asked for.

    Returns:
        The magic, and the cell as Python: the magic, which is noted and may write its file, and then the body.
    """
    found = MAGIC.match(source)
    if found is None or found["name"] in RUN | OTHER_LANGUAGES:
        return None
    body = as_python(source[found.end() :])
    if body is None or not defined(body) & set(names):
        return None
    name, line = found["name"], found["line"].strip()
    return f"%%{name}", f"get_ipython().run_cell_magic({name!r}, {line!r}, {source[found.end() :]!r})\n{body}"
