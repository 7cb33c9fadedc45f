from __future__ import annotations

import pytest
from typer.testing import CliRunner

from gatedrnn_course.authoring.cli import app


@pytest.fixture
def run(project):
    def call(*words):
        return CliRunner().invoke(app, [*words, "--root", str(project.root)])

    return call


def test_it_builds_then_has_nothing_to_do(run):
    first = run()
    assert first.exit_code == 0
    assert "exercises/en/00_start_here.ipynb" in first.stdout
    assert "3 notebooks written." in first.stdout
    assert "up to date" in run("00").stdout


def test_a_check_writes_nothing_and_fails_where_files_are_missing(run, project):
    outcome = run("--check")
    assert outcome.exit_code == 1
    assert "exercises/en/00_start_here.ipynb: The file is missing." in outcome.stderr
    assert project.bytes() == {}


def test_a_check_after_a_run_passes(run):
    assert run("--execute").exit_code == 0
    outcome = run("--check")
    assert (outcome.exit_code, outcome.stderr) == (0, "")


def test_a_fault_is_told_without_a_traceback(run, project):
    project.write("lessons", "# %% [markdown]\n# << colour >>\n")
    outcome = run()
    assert outcome.exit_code == 1
    assert "course/lessons/00_start_here.py, cell 1" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_run_and_check_together_are_refused(run):
    assert run("--check", "--execute").exit_code == 1
