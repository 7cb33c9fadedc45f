"""Which paths of the libraries are given, and which among them are left out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gatedrnn_course.grading.sandbox.child.walls.reachable import carve, shared_libraries


def laid(folder: Path, *files: str) -> str:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return str(folder)


def test_a_folder_with_nothing_to_hide_is_given_whole(tmp_path: Path) -> None:
    folder = laid(tmp_path / "lib", "numpy/a.py", "torch/b.py")
    assert list(carve(folder, ["/elsewhere", folder, folder + "2/x"])) == [folder]


def test_what_is_hidden_is_left_out_and_the_rest_given_in_large_pieces(tmp_path: Path) -> None:
    folder = laid(tmp_path / "lib", "numpy/a.py", "course/cells/a.py", "deep/course.pth", "deep/b/c.py", "one.py")
    found = carve(folder, [f"{folder}/course", f"{folder}/deep/course.pth"])
    assert sorted(found) == [f"{folder}/{name}" for name in ("deep/b", "numpy", "one.py")]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_shared_libraries_never_lead_to_installed_packages() -> None:
    found = shared_libraries([])
    assert any("libc.so" in path or Path(path, "libc.so.6").exists() for path in found)
    for path in map(Path, found):
        assert path.is_file() or not [name for name in path.iterdir() if name.name.startswith("python")]
