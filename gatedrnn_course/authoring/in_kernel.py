"""What a real kernel makes of a handed-in notebook: for authors, on their own machine, outside every jail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gatedrnn_course.authoring.execute import TIMEOUT, environment
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.classroom.reading import read_file
from gatedrnn_course.text import _

__all__ = ["KernelCell", "run_in_kernel"]


@dataclass(frozen=True)
class KernelCell:
    """What came of one code cell.

    Attributes:
        number: Its number among the code cells, from 1 on.
        error: Type and message of what it raised; empty if it raised nothing.
        said: What it wrote on stderr: a check says there that an answer is not right.
    """

    number: int
    error: str = ""
    said: str = ""


def run_in_kernel(
    path: Path, timeout: int = TIMEOUT, advance: Callable[[], object] = lambda: None
) -> tuple[KernelCell, ...]:
    """Run every code cell of a notebook in a fresh kernel, as a student's own computer does.

    The notebook runs with all the rights of whoever calls this: only for notebooks of one's own, or that one trusts.

    Args:
        path: The notebook, in any format that is read for grading.
        timeout: Seconds a cell may take; one that takes longer is interrupted.
        advance: Called after each code cell.

    Returns:
        The cells that raised something or wrote on stderr.

    Raises:
        CourseError: If the file cannot be read, or the kernel does not start or dies.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    asked = _("Running {name} in a kernel.").format(name=path.name)
    reading = read_file(path)
    if reading.problem:
        raise CourseError(asked, reading.problem)
    made: Any = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    made.cells = [nbformat.v4.new_code_cell(source) for source in reading.cells]  # type: ignore[no-untyped-call]
    with TemporaryDirectory() as home, TemporaryDirectory() as folder:
        client = NotebookClient(
            made,
            timeout=timeout,
            interrupt_on_timeout=True,
            allow_errors=True,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": folder}},
            on_cell_executed=lambda cell, cell_index, execute_reply: advance(),
        )
        try:
            client.execute(env=environment(home))
        except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
            raise CourseError(asked, str(error).strip().splitlines()[0]) from error
    found = [KernelCell(number, _error(cell), _said(cell)) for number, cell in enumerate(made.cells, 1)]
    return tuple(one for one in found if one.error or one.said)


def _error(cell: Any) -> str:
    raised = [one for one in cell.outputs if one.output_type == "error"]
    return f"{raised[0].ename}: {raised[0].evalue}" if raised else ""


def _said(cell: Any) -> str:
    return "".join(one.text for one in cell.outputs if one.get("name") == "stderr").strip()
