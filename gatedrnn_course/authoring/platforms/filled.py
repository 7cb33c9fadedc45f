"""The files in `templates`, with names in `@` replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

__all__ = ["filled"]

TEMPLATES = Path(__file__).parent / "templates"


def filled(name: str, values: Mapping[str, str]) -> bytes:
    """A template as the bytes of a file.

    Args:
        name: Its name.
        values: What stands for each `@NAME@`.
    """
    text = (TEMPLATES / name).read_text("utf-8")
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text).encode()
