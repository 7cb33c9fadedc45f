"""Small classes on disk, as platforms lay them out."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gatedrnn_course.grading.classroom.layouts import HandIn

Lay = Callable[[Mapping[str, str | bytes]], Path]


def notebook(source: str) -> str:
    """A notebook of one code cell."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of files by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return made.getvalue()


def told(students: tuple[HandIn, ...]) -> list[tuple[str, str, str, int]]:
    """Name, id, time and attempt of each."""
    return [(one.student, one.id, one.handed_in_at, one.attempt) for one in students]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Writes files by name into a folder `class`, each with one and the same time, and gives the folder."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        folder = tmp_path / "class"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            os.utime(path, (1.6e9, 1.6e9))
        return folder

    return write


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "unpacked"
