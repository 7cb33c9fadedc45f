"""Runs a notebook in a fresh kernel, in the folder it lies in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from gatedrnn_course.authoring.normal import stripped
from gatedrnn_course.authoring.places import LANGUAGE, find_root
from gatedrnn_course.authoring.source import first_words
from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["TIMEOUT", "environment", "execute"]

TIMEOUT = 60
"""Seconds a cell may take."""


def execute(
    notebook: NotebookNode, path: Path, advance: Callable[[], object] = lambda: None, timeout: int = TIMEOUT
) -> NotebookNode:
    """Run every code cell.

    Args:
        notebook: The notebook; it stays as it is.
        path: Where it lies or will lie: its folder is the working folder.
        advance: Called after each code cell.
        timeout: Seconds a cell may take.

    Returns:
        The notebook with what it shows, not yet in normal form.

    Raises:
        CourseError: If a cell raises without the tag `raises-exception`, takes too long, or ends the kernel; or if a
            check finds the solution above it wrong.
    """
    run = stripped(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    at: list[int] = [0]

    def start(cell: Any, cell_index: int) -> None:
        at[0] = cell_index

    def done(cell: Any, cell_index: int, execute_reply: Any) -> None:
        advance()

    client = NotebookClient(
        run,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=40"],  # else each kernel warns that its sockets are not encrypted
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=start,
        on_cell_executed=done,
    )
    with TemporaryDirectory() as home:
        try:
            client.execute(env=environment(home))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise _failure(run, path, at[0], error, timeout) from error
    for index, cell in enumerate(run.cells):
        if cell.metadata.get("nbgrader", {}).get("grade") and (said := _on_stderr(cell)):
            raise CourseError(_place(run, path, index), said, do=_("Mend the solution above it."))
    return run


def _on_stderr(cell: NotebookNode) -> str:
    """What a check says where the solution is not right; nbgrader takes it for failure."""
    return "".join(output.text for output in cell.outputs if output.get("name") == "stderr").strip()


def environment(home: str) -> dict[str, str]:
    """The author's environment, in the language of the notebooks, with this very package to be found.

    What the author has got right in other notebooks is not there: a product shows the same whoever builds it.
    """
    package = str(find_root(Path(__file__).parent))
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    fixed = {"GATEDRNN_LANG": LANGUAGE, "GATEDRNN_HOME": home, "PYTHONHASHSEED": "0"}
    return {**os.environ, **fixed, "PYTHONPATH": os.pathsep.join(paths)}


def _failure(notebook: NotebookNode, path: Path, index: int, error: Exception, timeout: int) -> CourseError:
    """What a person needs to mend it: file, cell, and what was raised."""
    asked = _place(notebook, path, index)
    if isinstance(error, CellExecutionError):
        came = f"{error.ename}: {error.evalue}"
        return CourseError(asked, came, do=_("Mend the source, or tag the cell `raises-exception` if that is meant."))
    if isinstance(error, CellTimeoutError):
        came = _("It took more than {seconds} seconds.").format(seconds=timeout)
        return CourseError(asked, came, do=_("Make the example smaller."))
    return CourseError(asked, _("The kernel ended."))


def _place(notebook: NotebookNode, path: Path, index: int) -> str:
    """File and cell, as messages name them."""
    shown, line = "/".join(path.parts[-3:]), first_words(notebook.cells[index].source)
    return _("{file}, cell {number}: {line}").format(file=shown, number=index + 1, line=line)
