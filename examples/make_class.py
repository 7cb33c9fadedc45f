"""Writes the sample class `class_03`, the same bytes each time: `python examples/make_class.py [FOLDER]`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from students import CLASS, Student

HERE = Path(__file__).resolve().parent
TITLE = "# Exercise 03: gates\nBuild the LSTM step gate by gate. Keep the names of the functions."


def notebook(student: Student) -> dict[str, Any]:
    """The student's notebook in the form Jupyter stores it."""
    cells = [_cell(student.name, k, kind, source) for k, (kind, source) in enumerate(_sources(student))]
    kernel = {"display_name": student.kernel, "language": "python", "name": student.kernel}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _sources(student: Student) -> Iterator[tuple[str, str]]:
    yield "markdown", TITLE
    yield "code", student.imports
    yield from (("code", source) for source in student.before)
    for name, source in student.answers.items():
        yield "markdown", f"## `{name}`"
        yield "code", source.rstrip()
        if student.checks:
            yield "code", f"check({name})"
    yield from (("code", source.rstrip()) for source in student.after)


def _cell(student: str, k: int, kind: str, source: str) -> dict[str, Any]:
    name = hashlib.sha256(f"{student} {k}".encode()).hexdigest()[:8]
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def write(folder: Path) -> None:
    """Write every submission of the class into a folder."""
    for student in CLASS:
        path = folder / (student.file or f"{student.name}.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(notebook(student), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        content = text.encode()
        path.write_bytes(content[: int(len(content) * student.keep)])


if __name__ == "__main__":
    write(Path(sys.argv[1]) if sys.argv[1:] else HERE / "class_03")
