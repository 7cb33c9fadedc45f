"""How a child is started: what its folder holds, what it sees of the parent, how its folder goes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

if os.name != "posix":
    pytest.skip("the process sandbox needs a POSIX system", allow_module_level=True)

from gatedrnn_course.grading.sandbox import launch as module
from gatedrnn_course.grading.sandbox.launch import MARKER, launch, remove
from gatedrnn_course.grading.sandbox.protocol import Limits, SandboxUnavailable


@pytest.fixture(autouse=True)
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Children's folders are made here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_holds_the_files_and_nothing_else() -> None:
    child = launch(Limits(), 0, {"a.txt": b"1", "below/b.txt": b"2"})
    try:
        found = {path.relative_to(child.folder).as_posix(): path for path in Path(child.folder).rglob("*")}
        assert set(found) == {"a.txt", "below", "below/b.txt"}
        assert found["below/b.txt"].read_bytes() == b"2"
        assert child.process.poll() is None
    finally:
        child.process.kill()
        child.process.wait()
        child.channel.close()
        remove(child.folder)
    assert not Path(child.folder).exists()


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", ""])
def test_a_name_that_leads_out_of_the_folder_is_refused_and_the_folder_goes(name: str, folders: Path) -> None:
    with pytest.raises(ValueError, match="leads out of the folder"):
        launch(Limits(), 0, {name: b""})
    assert list(folders.iterdir()) == []


def test_where_no_process_starts_the_sandbox_is_unavailable(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **options: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr("subprocess.Popen", refused)
    open_before = len(os.listdir("/proc/self/fd")) if sys.platform.startswith("linux") else 0
    with pytest.raises(SandboxUnavailable, match="no more processes"):
        launch(Limits(), 0, {})
    assert list(folders.iterdir()) == []
    if open_before:
        assert len(os.listdir("/proc/self/fd")) == open_before


def test_the_environment_is_the_childs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    given = module._environment("/folder", "abc")
    assert "SECRET" not in given
    assert given["HOME"] == given["TMPDIR"] == "/folder"
    assert given[MARKER] == "abc" and given["OPENBLAS_CORETYPE"] == "Haswell"
    assert given["CUDA_VISIBLE_DEVICES"] == ""


def test_the_options_name_the_limits_and_the_folders_of_libraries() -> None:
    told = json.loads(module._options(7, Limits(mem_mb=10, cpu_s=3, file_mb=2, open_files=9), 5))
    assert (told["fd"], told["seed"], told["parent"]) == (7, 5, os.getpid())
    assert told["limits"]["AS"] == 10 << 20 and told["limits"]["FSIZE"] == 2 << 20
    assert told["limits"]["CPU"] == 3 and told["limits"]["NOFILE"] == 9 and told["limits"]["CORE"] == 0
    assert str(Path(np.__file__).parents[1]) in told["path"]
    assert all("gatedrnn_course" not in os.listdir(folder) for folder in told["path"] if "packages" not in folder)


def test_a_folder_whose_permissions_were_taken_away_is_removed(folders: Path) -> None:
    deep = folders / "gone" / "deep"
    deep.mkdir(parents=True)
    (deep / "file").write_text("1")
    (folders / "gone" / "link").symlink_to(folders)
    deep.chmod(0)
    (folders / "gone").chmod(0)
    remove(str(folders / "gone"))
    assert list(folders.iterdir()) == []
    remove(str(folders / "never there"))
