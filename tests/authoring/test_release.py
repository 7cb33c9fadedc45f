from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile

import pytest

from gatedrnn_course.authoring.build import build
from gatedrnn_course.authoring.release import release
from gatedrnn_course.errors import CourseError


@pytest.fixture
def built(project):
    build(project.root)
    return project


def test_students_get_exercise_lesson_and_readme_and_nothing_else(built, tmp_path):
    made = release("00", tmp_path / "out", root=built.root)
    files = sorted(path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file())
    assert files == ["README.md", "exercises/en/00_start_here.ipynb", "notebooks/en/00_start_here.ipynb"]
    assert files == sorted(made.files)
    for folder in ("exercises", "notebooks"):
        assert (made.folder / folder / "en" / "00_start_here.ipynb").read_bytes() == built.product(folder).read_bytes()


def test_the_zip_holds_the_same_and_is_the_same_each_time(built, tmp_path):
    one, two = (release("0", tmp_path / name, root=built.root) for name in ("one", "two"))
    assert one.archive.read_bytes() == two.archive.read_bytes()
    with zipfile.ZipFile(one.archive) as archive:
        assert {f"00_start_here/{name}" for name in one.files} == set(archive.namelist())
        for name in one.files:
            assert archive.read(f"00_start_here/{name}") == (one.folder / name).read_bytes()


def test_the_readme_says_two_commands(built, tmp_path):
    made = release("00", tmp_path / "out", root=built.root, package="course.whl")
    commands = [line.strip() for line in (made.folder / "README.md").read_text().split("\n") if line.startswith("    ")]
    assert commands == [
        'python -m pip install "course.whl"',
        "python -m jupyter lab exercises/en/00_start_here.ipynb",
    ]


def test_an_earlier_release_is_not_overwritten_silently(built, tmp_path):
    made = release("00", tmp_path / "out", root=built.root)
    (made.folder / "notes.txt").write_text("mine")
    with pytest.raises(CourseError, match="one already"):
        release("00", tmp_path / "out", root=built.root)
    assert (made.folder / "notes.txt").exists()
    release("00", tmp_path / "out", root=built.root, overwrite=True)
    assert not (made.folder / "notes.txt").exists()


@pytest.mark.parametrize(
    "leak",
    [
        "# BEGIN SOLUTION",
        "return x @ p.W_h.T + p.b_h",
        "return  x@p.W_h.T+p.b_h   # spaced otherwise",
        "### BEGIN HIDDEN TESTS",
    ],
)
@pytest.mark.parametrize("folder", ["exercises", "notebooks"])
def test_nothing_of_a_solution_leaves(built, tmp_path, folder, leak):
    path = built.product(folder)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = ["x = 1\n", f"{leak}\n", "x"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(CourseError, match=f"{folder}/en/00_start_here.ipynb holds"):
        release("00", tmp_path / "out", root=built.root)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_what_was_not_built_is_told(built, tmp_path, folder):
    built.product(folder).unlink()
    with pytest.raises(CourseError, match="Build it first"):
        release("00", tmp_path / "out", root=built.root)


def test_a_release_of_the_project_opens_with_one_command(tmp_path):
    made = release("03", tmp_path)
    assert "    python3 course.py lab\n" in (made.folder / "README.md").read_text()
    top = {name.split("/")[0] for name in made.files}
    assert {"course.py", "pyproject.toml", "constraints.txt", "gatedrnn_course"} <= top
    assert not top & {"solutions", "course", "tests", "examples"}
    said = subprocess.run([sys.executable, "course.py"], cwd=made.folder, capture_output=True, text=True, check=True)
    assert "lab" in said.stdout


def test_a_release_may_name_a_package_instead(tmp_path):
    made = release("03", tmp_path, package="course.whl")
    assert 'pip install "course.whl"' in (made.folder / "README.md").read_text()
    assert not any(name.startswith("gatedrnn_course/") for name in made.files)


@pytest.mark.parametrize(
    "lines",
    [
        ["x = 1  # BEGIN", " SOLUTION\n"],  # one line of the notebook, kept as two parts
        ["# BEGIN\n", "SOLUTION\n"],  # a mark that goes on in the next line
        ["# BE", "GIN SOLU", "TION"],
        ["#BEGINSOLUTION\n"],
        ["# END HIDDEN\n", "   TESTS\n"],
        ["    return x @ p.W_h.T +\n", "        p.b_h\n"],  # the answer itself, on two lines
    ],
    ids=str,
)
@pytest.mark.parametrize("folder", ["exercises", "notebooks"])
def test_a_mark_split_over_lines_does_not_leave(built, tmp_path, folder, lines):
    path = built.product(folder)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = lines
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(CourseError, match=f"{folder}/en/00_start_here.ipynb holds"):
        release("00", tmp_path / "out", root=built.root)


@pytest.mark.parametrize("place", ["outputs", "metadata"])
def test_a_mark_anywhere_in_the_file_does_not_leave(built, tmp_path, place):
    path = built.product("notebooks")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    stream = {"output_type": "stream", "name": "stdout", "text": ["# BEGIN SOLU", "TION\n"]}
    code[place] = [stream] if place == "outputs" else {"note": "END SOLUTION"}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(CourseError, match="holds"):
        release("00", tmp_path / "out", root=built.root)


def test_the_hand_out_carries_no_time_and_the_same_rights_for_every_file(built, tmp_path):
    """Two hand-outs of the same files are the same bytes, on any day and under any umask."""
    made = release("00", tmp_path / "out", root=built.root)
    with zipfile.ZipFile(made.archive) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o644}
    assert [entry.filename for entry in entries] == [f"00_start_here/{name}" for name in made.files]


def test_a_hand_out_of_another_year_is_the_same_bytes(built, tmp_path, monkeypatch):
    first = release("00", tmp_path / "one", root=built.root).archive.read_bytes()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_seconds: time.gmtime(2_000_000_000))
    assert release("00", tmp_path / "two", root=built.root).archive.read_bytes() == first
    for path in (tmp_path / "one" / "00_start_here").rglob("*"):
        assert not path.is_file() or "2033" not in path.read_text(encoding="utf-8")
