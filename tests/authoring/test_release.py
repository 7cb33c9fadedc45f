from __future__ import annotations

import json
import subprocess
import sys
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
