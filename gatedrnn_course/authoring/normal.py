"""The one form in which a notebook is written, whatever machine built or ran it."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from gatedrnn_course.authoring.notebook import METADATA, copy

__all__ = ["MACHINE_PATH", "STATIC", "VIEW", "normal", "stripped"]

VIEW = "application/vnd.jupyter.widget-view+json"
STATIC = ("text/html", "image/svg+xml", "image/png")
"""What a reader sees of an output where no kernel runs; plain text is no picture."""
MACHINE_PATH = re.compile(r"(?<![\w:/.])(?:/[\w.@+-]+){2,}\.py\b|\b[A-Z]:\\[\w\\.-]+|\bipykernel_\d+|\b0x[0-9a-f]{6,}")
"""A file, a process or an address of the machine that ran a cell."""


def normal(notebook: NotebookNode) -> NotebookNode:
    """The notebook in normal form: counts 1 to n, no times, and of each widget its static picture.

    A stored widget is a broken link until its kernel runs, is nothing at all on a forge or in a page without a
    network, and opening it changes the notebook. Running its cell makes it anew.

    Args:
        notebook: A notebook; it stays as it is.

    Returns:
        A new notebook. The normal form of a normal form is itself.
    """
    made = copy(notebook, metadata=METADATA)
    for place, cell in enumerate((cell for cell in made.cells if cell.cell_type == "code"), 1):
        cell.metadata.pop("execution", None)
        cell.execution_count = None if cell.execution_count is None else place
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = place
            if output.output_type == "error" and MACHINE_PATH.search("\n".join(output.traceback)):
                output.traceback = [f"{output.ename}: {output.evalue}"]
            data = output.get("data", {})
            if any(mime in data for mime in STATIC):
                data.pop(VIEW, None)
    return made


def stripped(notebook: NotebookNode) -> NotebookNode:
    """The notebook without anything that running it made."""
    bare = copy(notebook)
    bare.metadata.pop("widgets", None)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return bare
