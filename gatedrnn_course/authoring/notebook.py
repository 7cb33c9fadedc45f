"""Notebooks as data: made, read, copied and written. nbformat does the work; its functions carry no types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from gatedrnn_course.lab.language_info import LANGUAGE_INFO

__all__ = ["copy", "dumps", "new_cell", "new_notebook", "reads", "write"]

_FORMAT: Any = nbformat

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": LANGUAGE_INFO,
}
"""The same in every notebook, whoever built it: no version of Python."""


def new_cell(kind: str, text: str, cell_id: str, metadata: Mapping[str, object]) -> NotebookNode:
    """A cell, `markdown` or `code`, that has not been run."""
    make = _FORMAT.v4.new_markdown_cell if kind == "markdown" else _FORMAT.v4.new_code_cell
    cell: NotebookNode = make(text, id=cell_id, metadata=dict(metadata))
    return cell


def new_notebook(cells: Iterable[NotebookNode]) -> NotebookNode:
    """A notebook of these cells."""
    notebook: NotebookNode = _FORMAT.v4.new_notebook(cells=list(cells), metadata=METADATA)
    return notebook


def copy(notebook: Mapping[str, Any], **changes: object) -> NotebookNode:
    """A copy that shares nothing with the notebook, some of its parts replaced."""
    made: NotebookNode = _FORMAT.from_dict({**notebook, **changes})
    return made


def reads(text: str) -> NotebookNode:
    """The notebook a file holds.

    Raises:
        ValueError: If the text is no notebook.
    """
    try:
        notebook: NotebookNode = _FORMAT.v4.reads(text)  # as it is: `nbformat.reads` would invent missing ids
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
    if faults := list(_FORMAT.validator.iter_validate(notebook, version=4, version_minor=5)):
        raise ValueError(str(faults[0]))
    return notebook


def dumps(notebook: NotebookNode) -> str:
    """The file of a notebook: sorted keys, one space of indentation, a newline at the end."""
    _FORMAT.validate(notebook)
    text: str = _FORMAT.writes(notebook)
    return text.rstrip("\n") + "\n"


def write(path: Path, notebook: NotebookNode) -> bool:
    """Write a notebook unless the file holds the same bytes already.

    Returns:
        Whether it was written.
    """
    data = dumps(notebook).encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True
