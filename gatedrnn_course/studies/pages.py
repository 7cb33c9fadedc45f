"""Pages of a study from templates: HTML that stands alone, Markdown for the documentation."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatedrnn_course.files import write_atomically
from gatedrnn_course.text import _, language, n_

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["render", "write_text"]

SHARED = Path(__file__).parent / "templates"


def render(folder: Path, template: str, **values: Any) -> str:
    """Fill a template. What goes into `*.html.j2` is escaped unless marked as safe.

    Args:
        folder: Where the template lies; it may extend those of `studies/templates`.
        template: Its name.
        **values: What it shows.
    """
    return _environment(folder).get_template(template).render(lang=language(), **values)


def write_text(path: Path, text: str) -> Path:
    """Write a text in UTF-8; a page that is there is replaced whole or not at all."""
    write_atomically(path, lambda file: file.write(text.encode()))
    return path


@cache
def _environment(folder: Path) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=FileSystemLoader([folder, SHARED]),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(_=_, n_=n_)
    return made
