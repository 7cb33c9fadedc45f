from __future__ import annotations

import pytest

from gatedrnn_course.authoring.drift import drift
from gatedrnn_course.authoring.places import find_sources
from gatedrnn_course.authoring.whole import lacks


def told(project):
    return list(lacks(project.root, find_sources(project.root)))


def test_nothing_is_missing_from_a_whole_unit(executed):
    assert told(executed) == []


def test_a_missing_page_is_told_with_the_command_that_writes_it(executed):
    (executed.root / "docs" / "kill_matrix_00.md").unlink()
    (sentence,) = told(executed)
    assert "docs/kill_matrix_00.md: The file is missing." in sentence
    assert "gatedrnn prove 00 --page docs/kill_matrix_00.md" in sentence
    assert sentence in drift(executed.root)


@pytest.mark.parametrize("rows", ["| `lineal` | 100 |", "| `linear` | 90 |", "| `linear` | 100 |\n| `more` | 5 |", ""])
def test_a_page_of_other_functions_or_points_is_told(executed, rows):
    (executed.root / "docs" / "kill_matrix_00.md").write_text(f"# Page\n\n{rows}\n", "utf-8")
    (sentence,) = told(executed)
    assert "lists other functions or points" in sentence


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("| 03 gates | lesson and assignment |", "no row of its own for unit 00"),
        ("| 00 start here, 01 the RNN | planned |", "no row of its own for unit 00"),
        ("| 00 start here | lesson |\n| 01 the RNN, 00 start here | planned |", "calls unit 00 planned"),
        ("", "no row of its own for unit 00"),
    ],
)
def test_a_unit_that_readme_does_not_list_is_told(executed, rows, says):
    (executed.root / "README.md").write_text(f"{rows}\n", "utf-8")
    (sentence,) = told(executed)
    assert says in sentence


@pytest.mark.parametrize("folder", ["lessons", "assignments"])
def test_a_missing_source_is_told(executed, folder):
    (executed.root / "course" / folder / "00_start_here.py").unlink()
    assert told(executed) == [f"course/{folder}/00_start_here.py: The unit has no such source."]
