"""Assignments for other systems: scripts that run, files that parse, points that agree."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gatedrnn_course.authoring.platforms.github import workflow
from gatedrnn_course.authoring.platforms.gradescope import autograder
from gatedrnn_course.authoring.platforms.nbgrader import nbgrader_course
from gatedrnn_course.cli import app
from gatedrnn_course.errors import CourseError
from gatedrnn_course.grading.sandbox import UNSAFE
from gatedrnn_course.grading.units import load

ROOT = Path(__file__).resolve().parents[3]
METADATA = {
    "id": 7,
    "created_at": "2023-10-12T23:58:04.000000-07:00",
    "users": [{"id": 1, "name": "Jane Doe", "email": "jane@example.org"}],
}


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_the_autograder_holds_the_library_and_two_scripts(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["export", "gradescope-autograder", "03", "--to", str(tmp_path / "a.zip")])
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        names = set(file.namelist())
        modes = {entry.filename: entry.external_attr >> 16 for entry in file.infolist()}
        setup = file.read("setup.sh").decode()
    assert {"setup.sh", "run_autograder", "course/pyproject.toml", "course/README.md"} <= names
    assert "course/gatedrnn_course/grading/sandbox/child/serve.py" in names
    assert not any(name.startswith(("course/solutions", "course/course/", "course/exercises")) for name in names)
    assert modes["setup.sh"] & 0o111 and modes["run_autograder"] & 0o111
    assert '-m pip install -q -c "$base/source/course/constraints.txt" "$base/source/course"' in setup


def test_the_autograder_installs_a_package_where_one_is_named() -> None:
    files = autograder(load("03"), None, "gatedrnn-course==0.1")
    assert set(files) == {"setup.sh", "run_autograder"}
    assert b'pip install -q "gatedrnn-course==0.1"' in files["setup.sh"]
    with pytest.raises(CourseError, match="--package"):
        autograder(load("03"), None)


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(script: str, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("There is no bash.")
    written(autograder(load("03"), None, "x"), tmp_path)
    subprocess.run([bash, "-n", str(tmp_path / script)], check=True)


@pytest.mark.slow
def test_the_autograder_runs_where_a_student_cannot_get_in_its_way(tmp_path: Path) -> None:
    base = tmp_path / "autograder"
    written(autograder(load("02"), None, "x"), base)
    submission = base / "submission"
    submission.mkdir()
    shutil.copy(ROOT / "solutions" / "en" / "02_cell_state.ipynb", submission / "evil_1_2_x.ipynb")
    (submission / "numpy.py").write_text("raise SystemExit('imported')")
    (submission / "gatedrnn_course.py").write_text("raise SystemExit('imported')")
    (base / "submission_metadata.json").write_text(json.dumps(METADATA))
    environment = {
        **os.environ,
        "AUTOGRADER": str(base),
        "AUTOGRADER_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        UNSAFE: "1",  # where there is no strong sandbox, this is not what is tried here
    }
    done = subprocess.run(
        ["bash", str(base / "run_autograder")],
        cwd=submission,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((base / "results" / "results.json").read_text("utf-8"))
    assert results["score"] == 100
    assert [test["name"] for test in results["tests"]] == [item.name for item in load("02").items]
    assert "Jane Doe" in done.stdout


def test_the_workflow_reports_what_the_step_wrote() -> None:
    files = workflow(load("03"), "gatedrnn-course")
    told = yaml.safe_load(files[".github/workflows/classroom.yml"])
    assert told["name"] == "Autograding Tests"
    (job,) = told["jobs"].values()
    steps = {step.get("id"): step for step in job["steps"]}
    reporter = job["steps"][-1]
    (runner,) = reporter["with"]["runners"].split(",")
    assert f"{runner.upper()}_RESULTS" in reporter["env"]
    assert f"steps.{runner}.outputs.result" in reporter["env"][f"{runner.upper()}_RESULTS"]
    assert "export github" in steps[runner]["run"]
    assert "@" not in re.sub(r"@v\d", "", files[".github/workflows/classroom.yml"].decode())


def test_the_older_autograding_has_the_points_of_the_unit() -> None:
    tests = json.loads(workflow(load("03"), "p")[".github/classroom/autograding.json"])["tests"]
    assert {test["name"]: test["points"] for test in tests} == {item.name: item.points for item in load("03").items}


def test_a_hand_in_of_a_workflow_is_one_student(tmp_path: Path) -> None:
    from gatedrnn_course.grading.classroom.layouts import hand_ins

    repository = tmp_path / "hand-submissions" / "hand-in"
    repository.mkdir(parents=True)
    for name in ("03_gates.ipynb", "ana_1_2_x.ipynb", "Ben - w.ipynb"):
        shutil.copy(ROOT / "exercises" / "en" / "03_gates.ipynb", repository / name)
    (one,) = hand_ins(tmp_path / "hand-submissions", tmp_path / "unpacked").students
    assert (one.student, len(one.paths)) == ("in", 3)


def test_an_nbgrader_course_has_both_trees_with_the_points_of_the_unit() -> None:
    unit = load("03")
    files = nbgrader_course([unit], ROOT)
    assert set(files) == {"nbgrader_config.py", "source/03_gates/03_gates.ipynb", "release/03_gates/03_gates.ipynb"}
    compile(files["nbgrader_config.py"], "nbgrader_config.py", "exec")
    for tree in ("source", "release"):
        cells = [
            cell["metadata"].get("nbgrader", {})
            for cell in json.loads(files[f"{tree}/03_gates/03_gates.ipynb"])["cells"]
        ]
        points = {cell["grade_id"].removeprefix("check_"): cell["points"] for cell in cells if cell.get("grade")}
        assert points == {item.name: item.points for item in unit.items}
    assert b"BEGIN SOLUTION" in files["source/03_gates/03_gates.ipynb"]
    assert b"BEGIN SOLUTION" not in files["release/03_gates/03_gates.ipynb"]


@pytest.mark.slow
def test_nbgrader_makes_the_same_release_and_gives_the_same_points(tmp_path: Path) -> None:
    pytest.importorskip("nbgrader")
    stem = load("02").stem
    course = written(nbgrader_course([load("02")], ROOT), tmp_path / "course")
    ours = json.loads((course / "release" / stem / f"{stem}.ipynb").read_text("utf-8"))
    shutil.rmtree(course / "release")

    def nbgrader(*words: str) -> None:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # nbgrader calls alembic
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path}
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    nbgrader("generate_assignment", stem)
    theirs = json.loads((course / "release" / stem / f"{stem}.ipynb").read_text("utf-8"))
    assert [cell["source"] for cell in theirs["cells"]] == [cell["source"] for cell in ours["cells"]]
    for student, folder in (("solved", "solutions"), ("blank", "exercises")):
        place = course / "submitted" / student / stem
        place.mkdir(parents=True)
        shutil.copy(ROOT / folder / "en" / f"{stem}.ipynb", place)
    nbgrader("autograde", stem)
    nbgrader("export", "--to", "grades.csv")
    table = (course / "grades.csv").read_text("utf-8").splitlines()
    head = table[0].split(",")
    scores = {row.split(",")[head.index("student_id")]: float(row.split(",")[head.index("score")]) for row in table[1:]}
    assert scores == {"solved": 100, "blank": 0}
