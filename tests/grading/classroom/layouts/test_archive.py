"""A zip from anywhere stays in its folder and within its limits, whatever it declares."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from gatedrnn_course.grading.classroom.layouts import hand_ins
from gatedrnn_course.grading.classroom.layouts.archive import STUDENT, ArchiveError, Limit, unpacked
from gatedrnn_course.grading.classroom.submission import read_submission

from .conftest import Lay, notebook, zipped


def inside(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "one.zip"
    path.write_bytes(content)
    return path


OUTSIDE = ("../victim", "a/../../victim", "/tmp/victim", "C:\\victim", "..\\victim", "c:victim", "//host/victim")


def test_names_that_lead_out_are_left_out(tmp_path: Path) -> None:
    archive = written(tmp_path, zipped({**dict.fromkeys(OUTSIDE, "x"), "good/w.ipynb": "y", "__MACOSX/._w.ipynb": "z"}))
    folder = unpacked(archive, tmp_path / "to", STUDENT)
    assert inside(folder) == ["good/w.ipynb"]
    assert inside(tmp_path) == sorted(["one.zip", f"to/{folder.name}/good/w.ipynb"])


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, kind in (("link", stat.S_IFLNK), ("pipe", stat.S_IFIFO), ("device", stat.S_IFCHR)):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (kind | 0o777) << 16
            file.writestr(entry, "/etc/passwd")
        file.writestr("link/w.ipynb", "through the link")
    folder = unpacked(path, tmp_path / "to", STUDENT)
    assert inside(folder) == ["link/w.ipynb"]
    assert not (folder / "link").is_symlink()


@pytest.mark.parametrize("limit", [Limit(10, 1000, 10_000), Limit(10, 10_000, 1000)])
def test_a_bomb_is_not_unpacked(tmp_path: Path, limit: Limit) -> None:
    archive = written(tmp_path, zipped({"w.ipynb": b"0" * 5000}))
    with pytest.raises(ArchiveError, match="unpacks to more than"):
        unpacked(archive, tmp_path / "to", limit)
    assert list((tmp_path / "to").iterdir()) == []


def test_what_a_bomb_declares_is_not_believed(tmp_path: Path) -> None:
    whole = zipped({"w.ipynb": b"0" * 5000})
    small = whole.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert small != whole
    with pytest.raises(ArchiveError):
        unpacked(written(tmp_path, small), tmp_path / "to", Limit(10, 1000, 1000))
    assert list((tmp_path / "to").iterdir()) == []


def test_many_files_and_no_zip_and_a_password(tmp_path: Path) -> None:
    many = written(tmp_path, zipped({f"{k}.txt": "" for k in range(11)}))
    with pytest.raises(ArchiveError, match="more than 10 files"):
        unpacked(many, tmp_path / "to", Limit(10, 1000, 1000))
    with pytest.raises(ArchiveError, match="cannot be unpacked"):
        unpacked(written(tmp_path, b"no zip"), tmp_path / "to", STUDENT)
    locked = bytearray(zipped({"w": "x"}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(sign) + place] |= 1
    with pytest.raises(ArchiveError, match="password"):
        unpacked(written(tmp_path, bytes(locked)), tmp_path / "to", STUDENT)


def test_names_twice_long_names_and_names_without_a_flag(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("w.ipynb", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("w.ipynb", "2")
        file.writestr("n" * 250 + ".ipynb", "3")
        file.writestr("Ångström".encode().decode("cp437") + ".ipynb", "4")
    raw = path.read_bytes()
    name = "Ångström.ipynb".encode()
    wrong = name.decode("cp437").encode()
    plain = raw.replace(wrong, name + b" " * (len(wrong) - len(name)))
    unflagged = bytearray(plain)
    for sign, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        start = 0
        while (start := unflagged.find(sign, start)) >= 0:
            unflagged[start + place] &= ~8
            start += 4
    path.write_bytes(bytes(unflagged))
    found = [name.strip() for name in inside(unpacked(path, tmp_path / "to", STUDENT))]
    assert {"w.ipynb", "w (1).ipynb", "Ångström.ipynb"} < set(found)
    assert all(len(name.encode()) < 250 and ".ipynb" in name for name in found)


def test_unpacked_once_with_the_times_of_its_files(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(zipfile.ZipInfo("w.ipynb", (2023, 10, 12, 23, 58, 4)), "x")
        file.writestr(zipfile.ZipInfo("old.ipynb", (1980, 0, 0, 0, 0, 0)), "x")
    folder = unpacked(path, tmp_path / "to", STUDENT)
    assert (folder / "w.ipynb").stat().st_mtime > (folder / "old.ipynb").stat().st_mtime
    (folder / "mark").touch()
    assert (unpacked(path, tmp_path / "to", STUDENT) / "mark").exists()


def test_a_students_bomb_costs_that_student_only(lay: Lay, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatedrnn_course.grading.classroom.layouts.within.STUDENT", Limit(10, 4000, 4000))
    bomb = zipped({"w.ipynb": b"0" * 5000})
    ana, ben = hand_ins(lay({"ana.zip": bomb, "ben.ipynb": notebook("b = 1")}), scratch).students
    assert ana.notes == ("The archive ana.zip was not opened: it unpacks to more than 0 MiB.",)
    assert read_submission(ana.student, ana.paths, ["f"]).problem
    assert not read_submission(ben.student, ben.paths, ["f"]).problem


def test_archives_in_archives_end(lay: Lay, scratch: Path) -> None:
    deep = zipped({"w.ipynb": notebook("deep = 1")})
    for _k in range(3):
        deep = zipped({f"{k}.zip": deep for k in range(7)})
    ana, _ben = hand_ins(lay({"ana.zip": deep, "ben.ipynb": notebook("b = 1")}), scratch).students
    assert any("there are too many of them" in note for note in ana.notes)
    assert len(list(scratch.iterdir())) <= 6
